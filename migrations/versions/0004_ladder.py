"""What a brand's reply is by its own words, and what its near-copies share.

Revision: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

INDEX = "ix_response_account_id_responded_at"


def upgrade() -> None:
    """Replies seen before this say nothing of themselves: 5 is not judged."""
    with op.batch_alter_table("response") as batch_op:
        batch_op.add_column(
            sa.Column("reads", sa.Integer(), nullable=False, server_default="5")
        )
        batch_op.add_column(sa.Column("fingerprint", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("personal", sa.Integer(), nullable=True))
        batch_op.create_index(INDEX, ["account_id", "responded_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("response") as batch_op:
        batch_op.drop_index(INDEX)
        batch_op.drop_column("personal")
        batch_op.drop_column("fingerprint")
        batch_op.drop_column("reads")
