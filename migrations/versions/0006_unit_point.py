"""where the very building is"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    for name in ("easting", "northing", "radius_m"):
        op.add_column("unit", sa.Column(name, sa.Integer(), nullable=True))
    for name in ("uprn", "precision", "placed_by"):
        op.add_column("unit", sa.Column(name, sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    for name in ("uprn", "precision", "placed_by", "easting", "northing", "radius_m"):
        op.drop_column("unit", name)
