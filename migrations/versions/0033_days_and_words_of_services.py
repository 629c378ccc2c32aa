"""a service opens and closes on a day, its hours are kept in words where they are not certain; a load keeps the words nobody knew"""

import sqlalchemy as sa
from alembic import op

from app.database import Json

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    op.add_column("service_place", sa.Column("opens_on", sa.Date(), nullable=True))
    op.add_column("service_place", sa.Column("closes_on", sa.Date(), nullable=True))
    op.add_column("service_place", sa.Column("hours_said", sa.String(), nullable=False, server_default=""))
    op.add_column("data_load", sa.Column("unmatched", Json, nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("data_load", "unmatched")
    for name in ("hours_said", "closes_on", "opens_on"):
        op.drop_column("service_place", name)
