"""whether a placement is for tonight or planned, which sets by when each answer is wanted"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.add_column("assessment", sa.Column("urgency", sa.String))


def downgrade() -> None:
    op.drop_column("assessment", "urgency")
