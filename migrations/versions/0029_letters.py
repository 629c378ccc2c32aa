"""letters with their proof, who was asked whether others may be told, who was asked to lead, and what is told to whom by mail"""

import sqlalchemy as sa
from alembic import op

from app.database import Json, UtcDateTime

revision = "0029"
down_revision = "0028"

_ADDED_TO = ("letter_file", "letter_step", "notice_asked", "lead_step")
_FIXED = "case_id, assessment_id, number, kind, agency, about, to_name, body, sha256, protected, by_when, made_by, made_by_name, made_at"


def _text(*names: str, empty: bool = False) -> list[sa.Column]:
    return [sa.Column(name, sa.String(), nullable=empty) for name in names]


def _moment(name: str, empty: bool = False) -> sa.Column:
    return sa.Column(name, UtcDateTime(), nullable=empty)


def _make(
    name: str, *columns: sa.Column, to: dict[str, str], index: tuple[str, ...], unique: tuple[str, ...] = ()
) -> None:
    op.create_table(
        name,
        *columns,
        *(sa.ForeignKeyConstraint([c], [f"{t}.id"], name=op.f(f"fk_{name}_{c}_{t}")) for c, t in to.items()),
        sa.PrimaryKeyConstraint(columns[0].name, name=op.f(f"pk_{name}")),
        *(sa.UniqueConstraint(c, name=op.f(f"uq_{name}_{c}")) for c in unique),
        sqlite_strict=True,
    )
    for column in index:
        op.create_index(op.f(f"ix_{name}_{column}"), name, [column], unique=False)


def upgrade() -> None:
    _make(
        "letter",
        *_text("id", "case_id"), *_text("assessment_id", empty=True), *_text("number", "kind", "agency"),
        sa.Column("about", Json, nullable=False), *_text("to_name"), sa.Column("body", sa.LargeBinary(), nullable=False),
        *_text("sha256"), sa.Column("protected", sa.Boolean(), nullable=False), sa.Column("by_when", sa.Date(), nullable=True),
        *_text("made_by", "made_by_name"), _moment("made_at"), *_text("released_by", empty=True), *_text("released_by_name"),
        _moment("released_at", True), *_text("released_why"), _moment("cancelled_at", True), *_text("cancelled_why"),
        to={"case_id": "housing_case", "assessment_id": "assessment", "made_by": "user_account", "released_by": "user_account"},
        index=("case_id",), unique=("number",),
    )  # fmt: skip
    _make(
        "letter_file",
        *_text("id", "case_id", "letter_id", "what", "sha256"), sa.Column("content", sa.LargeBinary(), nullable=False), _moment("made_at"),
        to={"case_id": "housing_case", "letter_id": "letter"}, index=("case_id", "letter_id"),
    )  # fmt: skip
    _make(
        "letter_mail",
        *_text("id", "case_id", "letter_id", "to_email"), sa.Column("sealed", sa.LargeBinary(), nullable=True),
        *_text("asked_by", "asked_by_name"), _moment("asked_at"), _moment("mailed_at", True),
        to={"case_id": "housing_case", "letter_id": "letter", "asked_by": "user_account"}, index=("case_id", "letter_id"),
    )  # fmt: skip
    _make(
        "letter_step",
        *_text("id", "case_id", "letter_id", "how"), sa.Column("happened_on", sa.Date(), nullable=False),
        *_text("whom", "note", "sha256", "noted_by", "noted_by_name"), _moment("noted_at"),
        to={"case_id": "housing_case", "letter_id": "letter", "noted_by": "user_account"}, index=("case_id", "letter_id"),
    )  # fmt: skip
    _make(
        "notice_asked",
        *_text("id", "case_id", "assessment_id", "body", "asked_of", "asked_of_name"), sa.Column("asked_on", sa.Date(), nullable=False),
        *_text("answer"), sa.Column("details_on", sa.Date(), nullable=True), *_text("note", "noted_by", "noted_by_name"), _moment("noted_at"),
        to={"case_id": "housing_case", "assessment_id": "assessment", "noted_by": "user_account"}, index=("case_id",),
    )  # fmt: skip
    _make(
        "lead_step",
        *_text("id", "case_id", "what", "name", "role", "agency", "email"), sa.Column("happened_on", sa.Date(), nullable=False),
        *_text("note", "noted_by", "noted_by_name"), _moment("noted_at"),
        to={"case_id": "housing_case", "noted_by": "user_account"}, index=("case_id",),
    )  # fmt: skip
    _make(
        "telling",
        *_text("id", "kind", "case_id", "object_id", "done_by"), _moment("made_at"), *_text("owner", empty=True), *_text("digest"),
        _moment("told_at", True), _moment("moot_at", True),
        to={"case_id": "housing_case", "owner": "user_account"}, index=("case_id", "digest"),
    )  # fmt: skip
    _make("digest_day", *_text("day"), _moment("made_at"), to={}, index=())
    # What proves that a letter went, what somebody agreed to, and what a letter says, is never changed.
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for table in _ADDED_TO:
        if on_sqlite:
            for what in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{what.lower()} BEFORE {what} ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
        else:
            op.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} EXECUTE FUNCTION refuse_change()"
            )
    if on_sqlite:
        op.execute(
            f"CREATE TRIGGER letter_no_update BEFORE UPDATE OF {_FIXED} ON letter BEGIN SELECT RAISE(ABORT, 'a letter is never changed'); END"
        )
    else:
        op.execute(
            f"CREATE TRIGGER letter_no_update BEFORE UPDATE OF {_FIXED} ON letter EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    for table in (
        "digest_day",
        "telling",
        "lead_step",
        "notice_asked",
        "letter_step",
        "letter_mail",
        "letter_file",
        "letter",
    ):
        op.drop_table(table)
