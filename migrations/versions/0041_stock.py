"""what we know of our stock: the counts that its charts are drawn from, a row a figure and day"""

import sqlalchemy as sa
from alembic import op

from app.database import Json, UtcDateTime

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    op.create_table(
        "stock_summary",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("figure", sa.String(), nullable=False),
        sa.Column("cells", Json, nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("day", "figure", name=op.f("pk_stock_summary")),
        sqlite_strict=True,
    )


def downgrade() -> None:
    """Nothing that anybody typed is in it: it is counted again."""
    op.drop_table("stock_summary")
