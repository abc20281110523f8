"""Field audits: protocols, messages and results, in tables of their own.

Revision: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

FROZEN = {
    "audit": "a registered protocol is never changed",
    "audit_result": "the result of an audit is never changed",
}


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("protocol", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        sa.UniqueConstraint("slug", name=op.f("uq_audit_slug")),
    )
    op.create_table(
        "audit_message",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("audit_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("author", sa.BigInteger(), nullable=True),
        sa.Column("arm", sa.String(), nullable=False),
        sa.Column("brand", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=False),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.Column("automatic_at", sa.BigInteger(), nullable=True),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("watched_until", sa.BigInteger(), nullable=False),
        sa.Column("excluded", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["audit_id"], ["audit.id"], name=op.f("fk_audit_message_audit_id_audit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_message")),
        sa.UniqueConstraint(
            "audit_id", "key", name=op.f("uq_audit_message_audit_id_key")
        ),
    )
    op.create_table(
        "audit_result",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("audit_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("messages", sa.String(), nullable=False),
        sa.Column("figures", sa.String(), nullable=False),
        sa.Column("protocol_digest", sa.String(), nullable=False),
        sa.Column("rows_digest", sa.String(), nullable=False),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["audit_id"], ["audit.id"], name=op.f("fk_audit_result_audit_id_audit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_result")),
        sa.UniqueConstraint(
            "audit_id", "number", name=op.f("uq_audit_result_audit_id_number")
        ),
    )
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table, never in FROZEN.items():
        for statement in _sqlite(table, never) if sqlite else _postgres(table, never):
            op.execute(statement)


def downgrade() -> None:
    for table in ("audit_result", "audit_message", "audit"):
        op.drop_table(table)
    if op.get_bind().dialect.name != "sqlite":
        for table in FROZEN:
            op.execute(f"DROP FUNCTION refuse_change_of_{table}()")


def _sqlite(table: str, never: str) -> tuple[str, ...]:
    return (
        f"CREATE TRIGGER {table}_never_updated BEFORE UPDATE ON {table}"
        f" BEGIN SELECT RAISE(ABORT, '{never}'); END",
    )


def _postgres(table: str, never: str) -> tuple[str, ...]:
    return (
        f"CREATE FUNCTION refuse_change_of_{table}() RETURNS trigger"
        f" LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{never}'; END $$",
        f"CREATE TRIGGER {table}_never_updated BEFORE UPDATE ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION refuse_change_of_{table}()",
    )
