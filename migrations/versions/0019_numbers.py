"""the council's own number of a household, beside a reference that the service gives; what a lead found of two cases with one; who took over a share"""

import sqlalchemy as sa
from alembic import op

from app.cases.models import folded_number
from app.database import UtcDateTime

revision = "0019"
down_revision = "0018"

NEW = ("council_number", "reference_folded", "number_folded")


def upgrade() -> None:
    op.add_column("share", sa.Column("held_by", sa.String(), nullable=False, server_default=""))
    for name in NEW:
        op.add_column("housing_case", sa.Column(name, sa.String(), nullable=False, server_default=""))
    # Until now the council's own number was the reference: both are held against new numbers, in one spelling.
    table = sa.table("housing_case", *(sa.column(name) for name in ("id", "reference", *NEW)))
    connection = op.get_bind()
    rows = connection.execute(sa.select(table.c.id, table.c.reference)).all()
    for start in range(0, len(rows), 1000):
        connection.execute(
            table.update()
            .where(table.c.id == sa.bindparam("which"))
            .values(
                council_number=sa.bindparam("said"),
                reference_folded=sa.bindparam("spelt"),
                number_folded=sa.bindparam("spelt"),
            ),
            [
                {"which": row.id, "said": row.reference, "spelt": folded_number(row.reference)}
                for row in rows[start : start + 1000]
            ],
        )
    for name in NEW[1:]:
        op.create_index(op.f(f"ix_housing_case_{name}"), "housing_case", [name], unique=False)
    op.create_table(
        "number_settled",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("case_a", sa.String(), nullable=False),
        sa.Column("case_b", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("settled_by", sa.String(), nullable=False),
        sa.Column("settled_by_name", sa.String(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=False),
        *(
            sa.ForeignKeyConstraint([name], ["housing_case.id"], name=op.f(f"fk_number_settled_{name}_housing_case"))
            for name in ("case_a", "case_b")
        ),
        sa.ForeignKeyConstraint(
            ["settled_by"], ["user_account.id"], name=op.f("fk_number_settled_settled_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_number_settled")),
        sa.UniqueConstraint("case_a", "case_b", name=op.f("uq_number_settled_case_a")),
        sqlite_strict=True,
    )
    if op.get_bind().dialect.name == "sqlite":
        for what in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER number_settled_no_{what.lower()} BEFORE {what} ON number_settled "
                "BEGIN SELECT RAISE(ABORT, 'number_settled is append-only'); END"
            )
    else:
        op.execute(
            "CREATE TRIGGER number_settled_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON number_settled "
            "EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    op.drop_table("number_settled")
    op.drop_column("share", "held_by")
    for name in NEW[1:]:
        op.drop_index(op.f(f"ix_housing_case_{name}"), table_name="housing_case")
    for name in NEW:
        op.drop_column("housing_case", name)
