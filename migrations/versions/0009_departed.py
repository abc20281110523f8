"""An index of standing inquiries by their authors, for those whose account is gone.

Revision: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

INDEX = "ix_inquiry_author"
STANDING = "message IS NOT NULL AND deleted_at IS NULL"
"""Imported inquiries name no message: they are not in it and pay nothing for it."""


def upgrade() -> None:
    op.create_index(
        INDEX,
        "inquiry",
        ["author"],
        unique=False,
        sqlite_where=sa.text(STANDING),
        postgresql_where=sa.text(STANDING),
    )


def downgrade() -> None:
    op.drop_index(INDEX, table_name="inquiry")
