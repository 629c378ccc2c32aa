"""the dates that cases have to keep, what was written down about them, and when each case was last looked at for them"""

import sqlalchemy as sa
from alembic import op

from app.database import UtcDateTime

revision = "0035"
down_revision = "0034"

_TYPED = (
    "This database cannot go back: dates were put off or written down in it, with reasons, that the earlier version has no place for. "
    "Nothing was changed. To go back all the same, restore the backup made before the upgrade."
)


def _of_case(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["case_id"], ["housing_case.id"], name=op.f(f"fk_{table}_case_id_housing_case"))


def _of_account(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["user_account.id"], name=op.f(f"fk_{table}_{column}_user_account"))


def upgrade() -> None:
    op.create_table(
        "clock",
        *(sa.Column(name, sa.String(), nullable=False) for name in ("id", "case_id", "kind", "subject", "about")),
        sa.Column("began", sa.Date(), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("owner_role", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("met_on", sa.Date(), nullable=True),
        sa.Column("met_by", sa.String(), nullable=False),
        sa.Column("snoozed_until", sa.Date(), nullable=True),
        sa.Column("snoozed_why", sa.String(), nullable=False),
        sa.Column("snoozed_by", sa.String(), nullable=True),
        sa.Column("snoozed_by_name", sa.String(), nullable=False),
        sa.Column("snoozes", sa.Integer(), nullable=False),
        sa.Column("rule_version", sa.String(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        _of_case("clock"),
        _of_account("clock", "owner"),
        _of_account("clock", "snoozed_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock")),
        sa.UniqueConstraint("case_id", "kind", "subject", name=op.f("uq_clock_case_id")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_clock_owner"), "clock", ["owner"])
    op.create_index("ix_clock_state_due", "clock", ["state", "due"])
    op.create_table(
        "clock_step",
        *(sa.Column(name, sa.String(), nullable=False) for name in ("id", "case_id", "kind", "subject", "what")),
        *(sa.Column(name, sa.Date(), nullable=True) for name in ("happened_on", "due_before", "due")),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("written_by", sa.String(), nullable=True),
        sa.Column("written_by_name", sa.String(), nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        _of_case("clock_step"),
        _of_account("clock_step", "written_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_step")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_clock_step_case_id"), "clock_step", ["case_id"])
    op.create_table(
        "clock_look",
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("looked_on", sa.Date(), nullable=False),
        sa.Column("looked_at", UtcDateTime(), nullable=False),
        _of_case("clock_look"),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_clock_look")),
        sqlite_strict=True,
    )
    if op.get_bind().dialect.name == "sqlite":
        for what in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER clock_step_no_{what.lower()} BEFORE {what} ON clock_step "
                "BEGIN SELECT RAISE(ABORT, 'clock_step is append-only'); END"
            )
    else:
        op.execute(
            "CREATE TRIGGER clock_step_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON clock_step EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    # What the job wrote down follows from the case; what a person typed does not.
    if op.get_bind().execute(sa.text("SELECT 1 FROM clock_step WHERE written_by IS NOT NULL LIMIT 1")).first():
        raise SystemExit(_TYPED)
    for table in ("clock_look", "clock_step", "clock"):
        op.drop_table(table)
