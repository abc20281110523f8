"""An index of the inquiries that have what most have not.

Revision: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

INDEX = "ix_inquiry_rare"
COLUMNS = ["id", "watched_until", "deleted_at", "addressed"]
RARE = "watched_until IS NOT NULL OR deleted_at IS NOT NULL OR addressed <> 1"


def upgrade() -> None:
    """Publishing reads these columns from here, and from no other inquiry."""
    op.create_index(
        INDEX,
        "inquiry",
        COLUMNS,
        unique=False,
        sqlite_where=sa.text(RARE),
        postgresql_where=sa.text(RARE),
    )


def downgrade() -> None:
    op.drop_index(INDEX, table_name="inquiry")
