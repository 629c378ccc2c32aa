"""dangerous medicine at home, and how many storeys a unit has"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("case_member", sa.Column("dangerous_medicine", sa.Boolean(), nullable=True))
    op.add_column("unit", sa.Column("storeys", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("unit", "storeys")
    op.drop_column("case_member", "dangerous_medicine")
