"""Which inquiries were changed since somebody last asked.

Whatever rebuilds the table ``inquiry`` on SQLite (``batch_alter_table``) drops its
triggers, and has to make these again.

Revision: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

READ = (
    "id, account_id, author, asked_at, answered_at, step, kind, found_by, addressed,"
    " watched_until, deleted_at"
)
"""What publishing reads of an inquiry; a change of anything else concerns nobody."""


def upgrade() -> None:
    """New inquiries cost nothing: they are known by their ids."""
    op.create_table(
        "kept",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept")),
    )
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "touched",
        sa.Column("id", key, nullable=False),
        sa.Column("inquiry_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_touched")),
    )
    sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in _sqlite() if sqlite else _postgres():
        op.execute(statement)


def _sqlite() -> tuple[str, ...]:
    old, new = (
        ", ".join(f"{row}.{name.strip()}" for name in READ.split(","))
        for row in ("OLD", "NEW")
    )
    return (
        "CREATE TRIGGER inquiry_touched_updated AFTER UPDATE ON inquiry"
        f" WHEN ({old}) IS NOT ({new}) AND EXISTS (SELECT 1 FROM kept)"
        " BEGIN"
        "  INSERT INTO touched (inquiry_id) VALUES (OLD.id);"
        "  INSERT INTO touched (inquiry_id) SELECT NEW.id WHERE NEW.id <> OLD.id;"
        " END",
        "CREATE TRIGGER inquiry_touched_deleted AFTER DELETE ON inquiry"
        " WHEN EXISTS (SELECT 1 FROM kept)"
        " BEGIN INSERT INTO touched (inquiry_id) VALUES (OLD.id); END",
    )


def _postgres() -> tuple[str, ...]:
    """Once a statement, over all of its rows."""
    changed = (f"(SELECT {READ} FROM {{0}} EXCEPT SELECT {READ} FROM {{1}})").format
    return (
        _function(
            "inquiry_updated",
            "INSERT INTO touched (inquiry_id)"
            f" SELECT id FROM {changed('old_rows', 'new_rows')} o"
            f" UNION SELECT id FROM {changed('new_rows', 'old_rows')} n;",
        ),
        _function(
            "inquiry_deleted",
            "INSERT INTO touched (inquiry_id) SELECT id FROM old_rows;",
        ),
        "CREATE FUNCTION inquiry_emptied() RETURNS trigger LANGUAGE plpgsql AS $$"
        " BEGIN UPDATE kept SET token = ''; RETURN NULL; END $$",
        "CREATE TRIGGER inquiry_touched_updated AFTER UPDATE ON inquiry"
        " REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows"
        " EXECUTE FUNCTION inquiry_updated()",
        "CREATE TRIGGER inquiry_touched_deleted AFTER DELETE ON inquiry"
        " REFERENCING OLD TABLE AS old_rows EXECUTE FUNCTION inquiry_deleted()",
        "CREATE TRIGGER inquiry_touched_emptied AFTER TRUNCATE ON inquiry"
        " EXECUTE FUNCTION inquiry_emptied()",
    )


def _function(name: str, notes: str) -> str:
    return (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$"
        f" BEGIN IF EXISTS (SELECT 1 FROM kept) THEN {notes} END IF; RETURN NULL;"
        " END $$"
    )


def downgrade() -> None:
    for name in ("updated", "deleted"):
        _drop_trigger(name)
    if op.get_bind().dialect.name != "sqlite":
        _drop_trigger("emptied")
        for name in ("updated", "deleted", "emptied"):
            op.execute(f"DROP FUNCTION inquiry_{name}()")
    op.drop_table("touched")
    op.drop_table("kept")


def _drop_trigger(name: str) -> None:
    on = "" if op.get_bind().dialect.name == "sqlite" else " ON inquiry"
    op.execute(f"DROP TRIGGER inquiry_touched_{name}{on}")
