"""Which users answer for an account, where a channel does not say so itself.

Revision: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    column = sa.Column("staff", sa.String(), server_default="", nullable=False)
    op.add_column("account", column)


def downgrade() -> None:
    op.drop_column("account", "staff")
