"""What an edition says beside its standings; as unchangeable as they are.

Revision: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLE = "edition_detail"
NEVER = "an edition is never changed"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("family", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["edition.id"],
            name=op.f("fk_edition_detail_edition_id_edition"),
        ),
        sa.PrimaryKeyConstraint(
            "edition_id",
            "topic",
            "level",
            "family",
            "channel",
            "slug",
            name=op.f("pk_edition_detail"),
        ),
    )
    with op.batch_alter_table(TABLE) as batch_op:
        batch_op.create_index(
            "ix_edition_detail_edition_id_level_slug",
            ["edition_id", "level", "slug"],
            unique=False,
        )
    sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in _sqlite() if sqlite else _postgres():
        op.execute(statement)


def downgrade() -> None:
    with op.batch_alter_table(TABLE) as batch_op:
        batch_op.drop_index("ix_edition_detail_edition_id_level_slug")
    op.drop_table(TABLE)


def _sqlite() -> tuple[str, ...]:
    return (
        f"CREATE TRIGGER {TABLE}_never_updated BEFORE UPDATE ON {TABLE}"
        f" BEGIN SELECT RAISE(ABORT, '{NEVER}'); END",
        f"CREATE TRIGGER {TABLE}_never_deleted BEFORE DELETE ON {TABLE}"
        " WHEN (SELECT NOT provisional FROM edition WHERE id = OLD.edition_id)"
        f" BEGIN SELECT RAISE(ABORT, '{NEVER}'); END",
    )


def _postgres() -> tuple[str, ...]:
    """The functions are the first migration's."""
    return (
        f"CREATE TRIGGER {TABLE}_never_updated BEFORE UPDATE ON {TABLE}"
        " FOR EACH ROW EXECUTE FUNCTION refuse_update()",
        f"CREATE TRIGGER {TABLE}_never_deleted BEFORE DELETE ON {TABLE}"
        " FOR EACH ROW EXECUTE FUNCTION refuse_delete('edition_id')",
        f"CREATE TRIGGER {TABLE}_never_emptied BEFORE TRUNCATE ON {TABLE}"
        " EXECUTE FUNCTION refuse_update()",
    )
