"""whose work a case is: teams, cover for leave, handing over; what a person looked at last, and what waits, are found by an index"""

import sqlalchemy as sa
from alembic import op

from app.database import UtcDateTime

revision = "0038"
down_revision = "0036"

_TYPED = (
    "This database cannot go back: teams, covers or cases handed over were written down in it that the earlier version has no place for. "
    "Nothing was changed. To go back all the same, restore the backup made before the upgrade."
)
_TABLES = ("case_handover", "cover", "team_place")


def _text(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def upgrade() -> None:
    op.create_table(
        "team_place",
        *_text("officer_id", "senior_id", "set_by"),
        sa.Column("set_at", UtcDateTime(), nullable=False),
        *(_to("team_place", name, "user_account") for name in ("officer_id", "senior_id", "set_by")),
        sa.PrimaryKeyConstraint("officer_id", name=op.f("pk_team_place")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_team_place_senior_id"), "team_place", ["senior_id"])
    op.create_table(
        "cover",
        *_text("id", "holder_id", "cover_id", "set_by"),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("set_at", UtcDateTime(), nullable=False),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        *(_to("cover", name, "user_account") for name in ("holder_id", "cover_id", "set_by", "ended_by")),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_cover_ends_after_it_begins")),
        sa.CheckConstraint("holder_id <> cover_id", name=op.f("ck_cover_somebody_else")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cover")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_cover_holder_id"), "cover", ["holder_id"])
    op.create_index(op.f("ix_cover_cover_id"), "cover", ["cover_id"])
    op.create_table(
        "case_handover",
        *_text("id", "case_id", "from_id", "from_name", "to_id", "to_name", "reason", "by_id", "by_name"),
        sa.Column("handed_at", UtcDateTime(), nullable=False),
        _to("case_handover", "case_id", "housing_case"),
        *(_to("case_handover", name, "user_account") for name in ("from_id", "to_id", "by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_handover")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_case_handover_case_id"), "case_handover", ["case_id"])
    if op.get_bind().dialect.name == "sqlite":
        for what in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER case_handover_no_{what.lower()} BEFORE {what} ON case_handover "
                "BEGIN SELECT RAISE(ABORT, 'case_handover is append-only'); END"
            )
    else:
        op.execute(
            "CREATE TRIGGER case_handover_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON case_handover EXECUTE FUNCTION refuse_change()"
        )
    op.create_index("ix_audit_event_actor_id_seq", "audit_event", ["actor_id", "seq"])
    op.create_index(op.f("ix_assessment_state"), "assessment", ["state"])


def downgrade() -> None:
    for table in _TABLES:
        if op.get_bind().execute(sa.text(f"SELECT 1 FROM {table} LIMIT 1")).first():
            raise SystemExit(_TYPED)
    op.drop_index(op.f("ix_assessment_state"), "assessment")
    op.drop_index("ix_audit_event_actor_id_seq", "audit_event")
    for table in _TABLES:
        op.drop_table(table)
