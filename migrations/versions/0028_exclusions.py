"""a case is kept from somebody by name, whatever their role; entries of the audit say by which permission, and which version wrote them

The step down leaves what entries say: an earlier version reads none of it, and the chain, which holds it, goes on.
"""

import sqlalchemy as sa
from alembic import op

from app.database import UtcDateTime

revision = "0028"
down_revision = "0027"

_IN_FORCE = sa.text("lifted_at IS NULL")


def upgrade() -> None:
    there = {c["name"] for c in sa.inspect(op.get_bind()).get_columns("audit_event")}
    for name in ("rule", "app_version"):
        if name not in there:
            op.add_column("audit_event", sa.Column(name, sa.String(), nullable=True))
    people = ("user_id", "set_by", "lifted_by")
    op.create_table(
        "case_exclusion",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("set_by", sa.String(), nullable=False),
        sa.Column("set_at", UtcDateTime(), nullable=False),
        sa.Column("lifted_by", sa.String(), nullable=True),
        sa.Column("lifted_at", UtcDateTime(), nullable=True),
        sa.Column("lifted_reason", sa.String(), nullable=False, server_default=""),
        sa.ForeignKeyConstraint(["case_id"], ["housing_case.id"], name=op.f("fk_case_exclusion_case_id_housing_case")),
        *(
            sa.ForeignKeyConstraint([name], ["user_account.id"], name=op.f(f"fk_case_exclusion_{name}_user_account"))
            for name in people
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_exclusion")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_case_exclusion_case_id"), "case_exclusion", ["case_id"])
    op.create_index(
        "ix_case_exclusion_in_force", "case_exclusion", ["user_id", "case_id"], unique=True,
        sqlite_where=_IN_FORCE, postgresql_where=_IN_FORCE,
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("case_exclusion")
