"""a slip of the hand is corrected; an acute accent typed for an apostrophe is folded as one"""

import sqlalchemy as sa
from alembic import op

from app.suitability.spelling import folded

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.add_column("answer", sa.Column("corrects", sa.String(), nullable=True))
    op.create_index("ix_answer_corrects", "answer", ["corrects"], unique=True)
    table = sa.table("service_place", sa.column("id"), sa.column("name"), sa.column("folded"))
    connection = op.get_bind()
    rows = connection.execute(sa.select(table.c.id, table.c.name).where(table.c.name.contains("\u00b4"))).all()
    if rows:
        connection.execute(
            table.update().where(table.c.id == sa.bindparam("which")).values(folded=sa.bindparam("said")),
            [{"which": row.id, "said": folded(row.name)} for row in rows],
        )


def downgrade() -> None:
    op.drop_index("ix_answer_corrects", table_name="answer")
    op.drop_column("answer", "corrects")
