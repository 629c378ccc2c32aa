"""which entry of the directory a service in use is"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("case_service", sa.Column("directory_ref", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("case_service", "directory_ref")
