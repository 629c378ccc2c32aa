"""whom an entry of the household was said to be another person than, so that nobody is asked twice"""

import sqlalchemy as sa
from alembic import op

from app.database import Json

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.add_column("case_member", sa.Column("told_apart", Json, nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("case_member", "told_apart")
