"""the name of each service as it is searched: one spelling for all"""

import sqlalchemy as sa
from alembic import op

from app.suitability.casefile.spelling import folded

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.add_column("service_place", sa.Column("folded", sa.String(), nullable=False, server_default=""))
    table = sa.table("service_place", sa.column("id"), sa.column("name"), sa.column("folded"))
    connection = op.get_bind()
    rows = connection.execute(sa.select(table.c.id, table.c.name)).all()
    for start in range(0, len(rows), 1000):
        connection.execute(
            table.update().where(table.c.id == sa.bindparam("which")).values(folded=sa.bindparam("said")),
            [{"which": row.id, "said": folded(row.name)} for row in rows[start : start + 1000]],
        )
    op.create_index(op.f("ix_service_place_kind_folded"), "service_place", ["kind", "folded"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_service_place_kind_folded"), table_name="service_place")
    op.drop_column("service_place", "folded")
