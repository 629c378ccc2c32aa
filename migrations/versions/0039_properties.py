"""the register of buildings and units: what is known of each and by whose word, which assessments are of it, and the nights they are taken"""

import sqlalchemy as sa
from alembic import op

from app.database import Json, UtcDateTime

revision = "0039"
down_revision = "0038"

_TYPED = (
    "This database cannot go back: buildings, units and what is known of them were written down in it that the earlier version has no "
    "place for. Nothing was changed. To go back all the same, restore the backup made before the upgrade."
)
_TABLES = (
    "register_alert", "register_night", "register_stay", "register_answer", "register_link", "register_evidence", "register_unit", "register_building",
)  # fmt: skip
_ADDED_TO = ("register_evidence", "register_link", "register_answer", "register_alert")


def _text(*names: str, default: str | None = None) -> list[sa.Column]:
    return [sa.Column(name, sa.String(), nullable=False, server_default=default) for name in names]


def _maybe(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.String(), nullable=True) for name in names]


def _by(prefix: str) -> list[sa.Column]:
    moment = sa.Column(f"{prefix}_at", UtcDateTime(), nullable=False)
    return [*_text(f"{prefix}_by", f"{prefix}_by_name"), moment]


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def _table(name: str, *parts: object) -> None:
    op.create_table(name, *parts, sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")), sqlite_strict=True)


def _index(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def upgrade() -> None:
    _table(
        "register_building",
        *_text("id", "address", "folded", "postcode", "uprn", "notes"),
        *_by("added"),
        _to("register_building", "added_by", "user_account"),
        sa.UniqueConstraint("folded", "postcode", name=op.f("uq_register_building_folded")),
    )
    _index("register_building", "postcode")
    _table(
        "register_unit",
        *_text("id", "building_id", "door", "folded"),
        *_maybe("council_ref"),
        *_by("added"),
        _to("register_unit", "building_id", "register_building"),
        _to("register_unit", "added_by", "user_account"),
        sa.UniqueConstraint("building_id", "folded", name=op.f("uq_register_unit_building_id")),
        sa.UniqueConstraint("council_ref", name=op.f("uq_register_unit_council_ref")),
    )
    _table(
        "register_evidence",
        *_text("id", "building_id"),
        *_maybe("unit_id"),
        *_text("kind", "word", "said_by"),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        *_text("words"),
        sa.Column("facts", Json, nullable=True),
        *_maybe("certificate", "reach"),
        sa.Column("under_age", sa.Integer(), nullable=True),
        *_maybe("corrects", "lifts"),
        *_by("noted"),
        _to("register_evidence", "building_id", "register_building"),
        _to("register_evidence", "unit_id", "register_unit"),
        _to("register_evidence", "corrects", "register_evidence"),
        _to("register_evidence", "lifts", "register_evidence"),
        _to("register_evidence", "noted_by", "user_account"),
        sa.UniqueConstraint("corrects", name=op.f("uq_register_evidence_corrects")),
    )
    _index("register_evidence", "building_id", "unit_id", "lifts")
    _table(
        "register_link",
        *_text("id", "case_id", "proposed_id"),
        *_maybe("register_id"),
        *_text("said"),
        *_by("noted"),
        _to("register_link", "case_id", "housing_case"),
        _to("register_link", "proposed_id", "unit"),
        _to("register_link", "register_id", "register_unit"),
        _to("register_link", "noted_by", "user_account"),
    )
    _index("register_link", "case_id", "proposed_id", "register_id")
    _table(
        "register_answer",
        *_text("id", "case_id", "proposed_id", "evidence_id", "against", "said"),
        *_by("noted"),
        _to("register_answer", "case_id", "housing_case"),
        _to("register_answer", "proposed_id", "unit"),
        _to("register_answer", "evidence_id", "register_evidence"),
        _to("register_answer", "noted_by", "user_account"),
    )
    _index("register_answer", "case_id", "proposed_id")
    _table(
        "register_stay",
        *_text("id", "case_id", "unit_id", "proposed_id", "said"),
        sa.Column("first_night", sa.Date(), nullable=False),
        sa.Column("last_night", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        *_text("told_by"),
        *_by("noted"),
        *_text("ended_said", "ended_by_name"),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("first_night <= last_night", name=op.f("ck_register_stay_ends_after_it_begins")),
        _to("register_stay", "case_id", "housing_case"),
        _to("register_stay", "unit_id", "register_unit"),
        _to("register_stay", "proposed_id", "unit"),
        _to("register_stay", "noted_by", "user_account"),
    )
    _index("register_stay", "case_id", "unit_id")
    op.create_table(
        "register_night",
        *_text("unit_id"),
        sa.Column("night", sa.Date(), nullable=False),
        *_text("stay_id"),
        _to("register_night", "unit_id", "register_unit"),
        _to("register_night", "stay_id", "register_stay"),
        sa.PrimaryKeyConstraint("unit_id", "night", name=op.f("pk_register_night")),
        sqlite_strict=True,
    )
    _index("register_night", "stay_id")
    _table(
        "register_alert",
        *_text("id", "building_id"),
        sa.Column("cases", Json, nullable=False),
        sa.Column("newest", UtcDateTime(), nullable=False),
        *_text("said"),
        *_by("noted"),
        _to("register_alert", "building_id", "register_building"),
        _to("register_alert", "noted_by", "user_account"),
    )
    _index("register_alert", "building_id")
    op.create_index("ix_answer_criterion_recorded_at", "answer", ["criterion", "recorded_at"])
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for table in _ADDED_TO:
        if not is_sqlite:
            op.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} EXECUTE FUNCTION refuse_change()"
            )
        for what in ("UPDATE", "DELETE") if is_sqlite else ():
            op.execute(
                f"CREATE TRIGGER {table}_no_{what.lower()} BEFORE {what} ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )


def downgrade() -> None:
    if op.get_bind().execute(sa.text("SELECT 1 FROM register_building LIMIT 1")).first():
        raise SystemExit(_TYPED)
    op.drop_index("ix_answer_criterion_recorded_at", "answer")
    for table in _TABLES:
        op.drop_table(table)
