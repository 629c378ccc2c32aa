"""whether anybody asked on which nights a family was in bed and breakfast"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    # A case with nothing entered was not asked, as far as anybody can tell: unknown is never "none".
    op.add_column("housing_case", sa.Column("nights_asked", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("housing_case", "nights_asked")
