"""the schedules of a service as a feed told them, to be read on the day of use"""

import sqlalchemy as sa
from alembic import op

from app.database import Json

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    with op.batch_alter_table("service_place") as table:
        table.add_column(sa.Column("schedules", Json, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("service_place") as table:
        table.drop_column("schedules")
