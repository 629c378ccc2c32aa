"""the life of a case: births, leaving, closing and opening again, warnings, ways, views; only ever added to"""

import sqlalchemy as sa
from alembic import op

from app.database import Json, UtcDateTime

revision = "0042"
down_revision = "0041"

_TEXTS = ("kind", "who", "code", "said", "source", "place", "how", "grade", "about", "by_id", "by_name", "by_role")
_TYPED = (
    "This database cannot go back: what became of a case was written down in it that the earlier version has no place for. "
    "Nothing was changed. To go back all the same, restore the backup made before the upgrade."
)


def upgrade() -> None:
    op.create_table(
        "life_step",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in _TEXTS),
        sa.Column("happened_on", sa.Date(), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("facts", Json, nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["housing_case.id"], name=op.f("fk_life_step_case_id_housing_case")),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_life_step_by_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_life_step")),
        sqlite_strict=True,
    )
    op.create_index("ix_life_step_case_id_kind", "life_step", ["case_id", "kind"])
    op.create_index("ix_life_step_kind_due", "life_step", ["kind", "due"])
    op.add_column("housing_case", sa.Column("closed_on", sa.Date(), nullable=True))
    if op.get_bind().dialect.name == "sqlite":
        for what in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER life_step_no_{what.lower()} BEFORE {what} ON life_step "
                "BEGIN SELECT RAISE(ABORT, 'life_step is append-only'); END"
            )
    else:
        op.execute(
            "CREATE TRIGGER life_step_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON life_step EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    for asked in ("life_step", "housing_case WHERE closed_on IS NOT NULL"):
        if op.get_bind().execute(sa.text(f"SELECT 1 FROM {asked} LIMIT 1")).first():
            raise SystemExit(_TYPED)
    op.drop_column("housing_case", "closed_on")
    op.drop_table("life_step")
