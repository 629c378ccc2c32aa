"""a sheet taken along on a visit, sent once; photographs of what was seen, kept with the answer"""

import sqlalchemy as sa
from alembic import op

from app.database import UtcDateTime

revision = "0040"
down_revision = "0039"

_TAKEN = (
    "This database cannot go back: visits were begun or photographs kept in it that the earlier version has no place for. "
    "Nothing was changed. To go back all the same, restore the backup made before the upgrade."
)
_TABLES = ("photograph", "visit")


def _text(*names: str, may_be_empty: bool = False) -> list[sa.Column]:
    return [sa.Column(name, sa.String(), nullable=may_be_empty) for name in names]


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def upgrade() -> None:
    op.create_table(
        "visit",
        *_text("id", "case_id", "assessment_id", "officer_id"),
        sa.Column("begun_at", UtcDateTime(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=True),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        *_text("sha256"),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        *_text("ended_why"),
        _to("visit", "case_id", "housing_case"),
        _to("visit", "assessment_id", "assessment"),
        _to("visit", "officer_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_visit_case_id"), "visit", ["case_id"])
    op.create_index(op.f("ix_visit_officer_id"), "visit", ["officer_id"])
    op.create_table(
        "photograph",
        *_text("id", "case_id", "answer_id"),
        *_text("visit_id", may_be_empty=True),
        sa.Column("seen_on", sa.Date(), nullable=False),
        *_text("sha256"),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("small", sa.LargeBinary(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        *_text("taken_by", "taken_by_name"),
        sa.Column("kept_at", UtcDateTime(), nullable=False),
        _to("photograph", "case_id", "housing_case"),
        _to("photograph", "answer_id", "answer"),
        _to("photograph", "visit_id", "visit"),
        _to("photograph", "taken_by", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photograph")),
        sa.UniqueConstraint("answer_id", "sha256", name=op.f("uq_photograph_answer_id")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_photograph_case_id"), "photograph", ["case_id"])
    if op.get_bind().dialect.name == "sqlite":
        for what in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER photograph_no_{what.lower()} BEFORE {what} ON photograph "
                "BEGIN SELECT RAISE(ABORT, 'photograph is append-only'); END"
            )
    else:
        op.execute(
            "CREATE TRIGGER photograph_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON photograph EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    for table in _TABLES:
        if op.get_bind().execute(sa.text(f"SELECT 1 FROM {table} LIMIT 1")).first():
            raise SystemExit(_TAKEN)
    for table in _TABLES:
        op.drop_table(table)
