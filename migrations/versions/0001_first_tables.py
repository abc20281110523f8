"""The first tables, and the triggers that keep editions as they are.

Revision: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

NEVER = "an edition is never changed"
FROZEN = {"edition": "id", "standing": "edition_id", "edition_rows": "edition_id"}
"""Table to the column that names the edition a row belongs to."""


def freeze_sqlite(table: str, edition: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_never_updated BEFORE UPDATE ON {table}"
        f" BEGIN SELECT RAISE(ABORT, '{NEVER}'); END"
    )
    op.execute(
        f"CREATE TRIGGER {table}_never_deleted BEFORE DELETE ON {table}"
        f" WHEN (SELECT NOT provisional FROM edition WHERE id = OLD.{edition})"
        f" BEGIN SELECT RAISE(ABORT, '{NEVER}'); END"
    )


def freeze_postgres(table: str, edition: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_never_updated BEFORE UPDATE ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION refuse_update()"
    )
    op.execute(
        f"CREATE TRIGGER {table}_never_deleted BEFORE DELETE ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION refuse_delete('{edition}')"
    )
    op.execute(
        f"CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table}"
        f" EXECUTE FUNCTION refuse_update()"
    )


def functions_postgres() -> None:
    op.execute(
        "CREATE FUNCTION refuse_update() RETURNS trigger LANGUAGE plpgsql AS $$"
        f" BEGIN RAISE EXCEPTION '{NEVER}'; END $$"
    )
    op.execute(
        "CREATE FUNCTION refuse_delete() RETURNS trigger LANGUAGE plpgsql AS $$"
        " BEGIN"
        "  IF (SELECT NOT provisional FROM edition"
        "      WHERE id = (to_jsonb(OLD) ->> TG_ARGV[0])::int)"
        f" THEN RAISE EXCEPTION '{NEVER}'; END IF;"
        "  RETURN OLD;"
        " END $$"
    )


def upgrade() -> None:
    op.create_table(
        "channel",
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("family", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("licence", sa.String(), nullable=False),
        sa.Column("terms", sa.String(), nullable=False),
        sa.Column("cannot_see", sa.String(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("every_s", sa.Integer(), nullable=True),
        sa.Column("key_setting", sa.String(), nullable=False),
        sa.Column("on", sa.Boolean(), nullable=False),
        sa.Column("off_because", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_channel")),
    )
    op.create_table(
        "cursor",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "name", name=op.f("pk_cursor")),
    )
    op.create_table(
        "edition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("day_from", sa.Integer(), nullable=False),
        sa.Column("day_to", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.Column("inquiries", sa.Integer(), nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.Column("brands", sa.Integer(), nullable=False),
        sa.Column("coverage", sa.Float(), nullable=True),
        sa.Column("cuts", sa.String(), nullable=False),
        sa.Column("left_out", sa.String(), nullable=False),
        sa.Column("input_digest", sa.String(), nullable=False),
        sa.Column("result_digest", sa.String(), nullable=False),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("licence", sa.String(), nullable=False),
        sa.Column("corrects", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition")),
        sa.UniqueConstraint("name", name=op.f("uq_edition_name")),
    )
    op.create_table(
        "industry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("nace", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_industry")),
        sa.UniqueConstraint("slug", name=op.f("uq_industry_slug")),
    )
    op.create_table(
        "run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("problem", sa.String(), nullable=False),
        sa.Column("rows_read", sa.Integer(), nullable=False),
        sa.Column("rows_kept", sa.Integer(), nullable=False),
        sa.Column("refused", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run")),
    )
    with op.batch_alter_table("run") as batch_op:
        batch_op.create_index(
            "ix_run_channel_started_at", ["channel", "started_at"], unique=False
        )

    op.create_table(
        "brand",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("industry_id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("website", sa.String(), nullable=False),
        sa.Column("wikidata", sa.String(), nullable=False),
        sa.Column("former_names", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["industry_id"], ["industry.id"], name=op.f("fk_brand_industry_id_industry")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand")),
        sa.UniqueConstraint("slug", name=op.f("uq_brand_slug")),
    )
    with op.batch_alter_table("brand") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_brand_industry_id"), ["industry_id"], unique=False
        )

    op.create_table(
        "edition_rows",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("parquet", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["edition.id"],
            name=op.f("fk_edition_rows_edition_id_edition"),
        ),
        sa.PrimaryKeyConstraint("edition_id", "part", name=op.f("pk_edition_rows")),
    )
    op.create_table(
        "standing",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("family", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("industry", sa.String(), nullable=False),
        sa.Column("cut", sa.String(), nullable=False),
        sa.Column("headline", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("rank_low", sa.Integer(), nullable=True),
        sa.Column("rank_high", sa.Integer(), nullable=True),
        sa.Column("placed", sa.String(), nullable=False),
        sa.Column("of", sa.Integer(), nullable=True),
        sa.Column("industry_rank", sa.Integer(), nullable=True),
        sa.Column("industry_rank_low", sa.Integer(), nullable=True),
        sa.Column("industry_rank_high", sa.Integer(), nullable=True),
        sa.Column("industry_placed", sa.String(), nullable=False),
        sa.Column("industry_of", sa.Integer(), nullable=True),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("score_low", sa.Float(), nullable=True),
        sa.Column("score_high", sa.Float(), nullable=True),
        sa.Column("inquiries", sa.Integer(), nullable=False),
        sa.Column("authors", sa.Integer(), nullable=False),
        sa.Column("days", sa.Float(), nullable=True),
        sa.Column("t1_s", sa.Integer(), nullable=False),
        sa.Column("t2_s", sa.Integer(), nullable=False),
        sa.Column("t3_s", sa.Integer(), nullable=False),
        sa.Column("answered_t1", sa.Integer(), nullable=True),
        sa.Column("answered_t2", sa.Integer(), nullable=True),
        sa.Column("answered_t3", sa.Integer(), nullable=True),
        sa.Column("share_t1", sa.Float(), nullable=True),
        sa.Column("share_t1_low", sa.Float(), nullable=True),
        sa.Column("share_t1_high", sa.Float(), nullable=True),
        sa.Column("share_t2", sa.Float(), nullable=True),
        sa.Column("share_t2_low", sa.Float(), nullable=True),
        sa.Column("share_t2_high", sa.Float(), nullable=True),
        sa.Column("share_t3", sa.Float(), nullable=True),
        sa.Column("share_t3_low", sa.Float(), nullable=True),
        sa.Column("share_t3_high", sa.Float(), nullable=True),
        sa.Column("median_wait_s", sa.Integer(), nullable=True),
        sa.Column("p90_wait_s", sa.Integer(), nullable=True),
        sa.Column("posts_per_reply", sa.Float(), nullable=True),
        sa.Column("n_eff", sa.Float(), nullable=True),
        sa.Column("lost", sa.Integer(), nullable=False),
        sa.Column("coverage", sa.Float(), nullable=True),
        sa.Column("brands", sa.Integer(), nullable=True),
        sa.Column("waits", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_standing_edition_id_edition")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standing")),
    )
    with op.batch_alter_table("standing") as batch_op:
        batch_op.create_index(
            "ix_standing_edition_id_level_slug",
            ["edition_id", "level", "slug"],
            unique=False,
        )

    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("brand_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("confidence", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("resolved_at", sa.BigInteger(), nullable=True),
        sa.Column("problem", sa.String(), nullable=False),
        sa.Column("watched_from", sa.BigInteger(), nullable=True),
        sa.Column("watched_until", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["brand_id"], ["brand.id"], name=op.f("fk_account_brand_id_brand")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint(
            "channel", "account", name=op.f("uq_account_channel_account")
        ),
    )
    with op.batch_alter_table("account") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_account_brand_id"), ["brand_id"], unique=False
        )

    op.create_table(
        "coverage",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_coverage_account_id_account")
        ),
        sa.PrimaryKeyConstraint("account_id", "day", name=op.f("pk_coverage")),
    )
    op.create_table(
        "inquiry",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("author", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.Column("automatic_at", sa.BigInteger(), nullable=True),
        sa.Column("substantive_at", sa.BigInteger(), nullable=True),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Integer(), nullable=False),
        sa.Column("found_by", sa.Integer(), nullable=False),
        sa.Column("addressed", sa.Integer(), nullable=False),
        sa.Column("watched_until", sa.BigInteger(), nullable=True),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("message", sa.BigInteger(), nullable=True),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("url", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_inquiry_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inquiry")),
        sa.UniqueConstraint(
            "account_id", "key", name=op.f("uq_inquiry_account_id_key")
        ),
    )
    with op.batch_alter_table("inquiry") as batch_op:
        batch_op.create_index(
            "ix_inquiry_message",
            ["message"],
            unique=False,
            sqlite_where=sa.text("message IS NOT NULL"),
            postgresql_where=sa.text("message IS NOT NULL"),
        )

    op.create_table(
        "publication",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("posts", sa.Integer(), nullable=False),
        sa.Column("replies", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_publication_account_id_account"),
        ),
        sa.PrimaryKeyConstraint("account_id", "day", name=op.f("pk_publication")),
    )
    op.create_table(
        "response",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("message", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=True),
        sa.Column("to_message", sa.BigInteger(), nullable=True),
        sa.Column("responded_at", sa.BigInteger(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_response_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response")),
        sa.UniqueConstraint(
            "message", "account_id", name=op.f("uq_response_message_account_id")
        ),
    )
    with op.batch_alter_table("response") as batch_op:
        batch_op.create_index(
            "ix_response_account_id_key", ["account_id", "key"], unique=False
        )

    sqlite = op.get_bind().dialect.name == "sqlite"
    if not sqlite:
        functions_postgres()
    for table, edition in FROZEN.items():
        (freeze_sqlite if sqlite else freeze_postgres)(table, edition)


def downgrade() -> None:
    with op.batch_alter_table("response") as batch_op:
        batch_op.drop_index("ix_response_account_id_key")

    op.drop_table("response")
    op.drop_table("publication")
    with op.batch_alter_table("inquiry") as batch_op:
        batch_op.drop_index("ix_inquiry_message")

    op.drop_table("inquiry")
    op.drop_table("coverage")
    with op.batch_alter_table("account") as batch_op:
        batch_op.drop_index(batch_op.f("ix_account_brand_id"))

    op.drop_table("account")
    with op.batch_alter_table("standing") as batch_op:
        batch_op.drop_index("ix_standing_edition_id_level_slug")

    op.drop_table("standing")
    op.drop_table("edition_rows")
    with op.batch_alter_table("brand") as batch_op:
        batch_op.drop_index(batch_op.f("ix_brand_industry_id"))

    op.drop_table("brand")
    with op.batch_alter_table("run") as batch_op:
        batch_op.drop_index("ix_run_channel_started_at")

    op.drop_table("run")
    op.drop_table("industry")
    op.drop_table("edition")
    op.drop_table("cursor")
    op.drop_table("channel")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION refuse_update()")
        op.execute("DROP FUNCTION refuse_delete()")
