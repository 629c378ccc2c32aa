"""cases opened in an emergency, and who looked at what: only ever added to"""

import sqlalchemy as sa
from alembic import op

from app.database import Json, UtcDateTime

revision = "0048"
down_revision = "0047"

_TYPED = (
    "This database cannot go back: cases were opened in an emergency in it, or somebody answered for who looked at what, and the earlier version "
    "has no place for that. Nothing was changed. To go back all the same, restore the backup made before the upgrade."
)
_TABLES = ("reading_answer", "reading_finding", "tonight_note", "break_glass_step", "break_glass")


def _text(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def _moment(*names: str) -> list[sa.Column]:
    return [sa.Column(name, UtcDateTime(), nullable=False) for name in names]


def _to(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))
        for column, other in columns.items()
    ]


def upgrade() -> None:
    op.create_table(
        "break_glass",
        *_text("id", "case_id", "opened_by", "user_name", "user_role", "category", "reason"),
        *_moment("opened_at", "ends_at"),
        sa.Column("review_by", sa.Date(), nullable=False),
        *_to("break_glass", case_id="housing_case", opened_by="user_account"),
        sa.CheckConstraint("opened_at < ends_at", name=op.f("ck_break_glass_ends_after_it_begins")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_break_glass")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_break_glass_case_id"), "break_glass", ["case_id"])
    op.create_index("ix_break_glass_opened_by_case_id", "break_glass", ["opened_by", "case_id"])
    op.create_table(
        "break_glass_step",
        *_text("id", "case_id", "glass_id", "kind", "answer", "said", "by_id", "by_name", "by_role"),
        *_moment("at"),
        *_to("break_glass_step", case_id="housing_case", glass_id="break_glass", by_id="user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_break_glass_step")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_break_glass_step_case_id"), "break_glass_step", ["case_id"])
    op.create_index(op.f("ix_break_glass_step_glass_id"), "break_glass_step", ["glass_id"])
    op.create_table(
        "tonight_note",
        *_text("id", "case_id", "glass_id", "said", "written_by", "written_by_name"),
        *_moment("written_at"),
        *_to("tonight_note", case_id="housing_case", glass_id="break_glass", written_by="user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tonight_note")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_tonight_note_case_id"), "tonight_note", ["case_id"])
    op.create_table(
        "reading_finding",
        *_text("id", "rule", "user_id"),
        sa.Column("case_id", sa.String(), nullable=True),
        sa.Column("facts", Json, nullable=False),
        *_moment("happened_at", "found_at"),
        *_to("reading_finding", user_id="user_account", case_id="housing_case"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading_finding")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_reading_finding_case_id"), "reading_finding", ["case_id"])
    op.create_index("ix_reading_finding_user_id_rule", "reading_finding", ["user_id", "rule"])
    op.create_table(
        "reading_answer",
        *_text("id", "finding_id", "answer", "said", "by_id", "by_name", "by_role"),
        *_moment("at"),
        *_to("reading_answer", finding_id="reading_finding", by_id="user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading_answer")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_reading_answer_finding_id"), "reading_answer", ["finding_id"])
    for table in _TABLES:
        _only_added_to(table)


def _only_added_to(table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for what in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{what.lower()} BEFORE {what} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
    else:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    for table in _TABLES:
        if op.get_bind().execute(sa.text(f"SELECT 1 FROM {table} LIMIT 1")).first():
            raise SystemExit(_TYPED)
    for table in _TABLES:
        op.drop_table(table)
