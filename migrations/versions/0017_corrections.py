"""a slip of the hand is corrected, and why it was one; names are folded anew: an acute accent as an apostrophe, signs of Indic scripts as letters"""

import sqlalchemy as sa
from alembic import op

from app.suitability.casefile.spelling import folded

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.add_column("answer", sa.Column("corrects", sa.String(), nullable=True))
    op.create_index("ix_answer_corrects", "answer", ["corrects"], unique=True)
    op.add_column("answer", sa.Column("slip", sa.String(), nullable=False, server_default=""))
    table = sa.table("service_place", sa.column("id"), sa.column("name"), sa.column("folded"))
    connection = op.get_bind()
    rows = connection.execute(sa.select(table.c.id, table.c.name, table.c.folded)).all()
    changed = [{"which": r.id, "said": said} for r in rows if (said := folded(r.name)) != r.folded]
    for start in range(0, len(changed), 1000):
        connection.execute(
            table.update().where(table.c.id == sa.bindparam("which")).values(folded=sa.bindparam("said")),
            changed[start : start + 1000],
        )


def downgrade() -> None:
    op.drop_column("answer", "slip")
    op.drop_index("ix_answer_corrects", table_name="answer")
    op.drop_column("answer", "corrects")
