"""What brands ask us to put right.

Revision: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    texts = ("kind", "brand", "name", "domain", "text", "state", "token", "outcome")
    text = {name: sa.Column(name, sa.String(), nullable=False) for name in texts}
    op.create_table(
        "filing",
        sa.Column("id", key, nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        *(text[name] for name in texts[:4]),
        sa.Column("known_domain", sa.Boolean(), nullable=False),
        *(text[name] for name in texts[4:7]),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_at", sa.BigInteger(), nullable=True),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        text["outcome"],
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filing")),
        sa.UniqueConstraint("number", name=op.f("uq_filing_number")),
    )
    op.create_index(op.f("ix_filing_brand"), "filing", ["brand"])
    op.create_index(op.f("ix_filing_token"), "filing", ["token"])


def downgrade() -> None:
    op.drop_table("filing")
