"""what happens after a decision is written down beside it; a lead may judge worse; a submission can be taken back; a record is issued anew"""

import hashlib
import json
from datetime import date

import sqlalchemy as sa
from alembic import op

from app.database import UtcDateTime

revision = "0026"
down_revision = "0025"

_ADDED = (
    ("decision", ("worse_outcome", "worse_reason")),
    ("assessment", ("taken_back_note", "again_because", "again_note")),
)
_FOLLOWS = "This database cannot go back: after its decisions things were written down that the earlier version has no place for. Nothing was changed. To go back all the same, restore the backup made before the upgrade."


def upgrade() -> None:
    for table, names in _ADDED:
        for name in names:
            op.add_column(table, sa.Column(name, sa.String(), nullable=False, server_default=""))
    op.add_column("assessment", sa.Column("follows", sa.String(), nullable=True))
    op.add_column("record", sa.Column("reissue_of", sa.String(), nullable=True))
    op.create_index(op.f("ix_record_reissue_of"), "record", ["reissue_of"], unique=False)
    op.create_table(
        "decision_step",
        *(sa.Column(name, sa.String(), nullable=False) for name in ("id", "case_id", "decision_id", "kind", "about")),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("said", "instead", "seen_by")),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("seen_on", sa.Date(), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("taken_by", "taken_by_name", "taken_by_role")),
        sa.Column("taken_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["housing_case.id"], name=op.f("fk_decision_step_case_id_housing_case")),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_decision_step_decision_id_decision")),
        sa.ForeignKeyConstraint(["taken_by"], ["user_account.id"], name=op.f("fk_decision_step_taken_by_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_step")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_decision_step_case_id"), "decision_step", ["case_id"], unique=False)
    op.create_index(op.f("ix_decision_step_decision_id"), "decision_step", ["decision_id"], unique=False)
    _follow_up()
    if op.get_bind().dialect.name == "sqlite":
        for what in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER decision_step_no_{what.lower()} BEFORE {what} ON decision_step "
                "BEGIN SELECT RAISE(ABORT, 'decision_step is append-only'); END"
            )
    else:
        op.execute(
            "CREATE TRIGGER decision_step_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON decision_step EXECUTE FUNCTION refuse_change()"
        )


def _follow_up() -> None:
    """The conditions of every record that stands already begin to wait too: none of them lapses unseen."""
    read = op.get_bind()
    decisions = read.execute(
        sa.text(
            "SELECT d.id, d.case_id, d.reviewer, d.reviewed_at, r.body, u.name, u.role FROM decision d "
            "JOIN record r ON r.id = d.record_id JOIN user_account u ON u.id = d.reviewer"
        ).columns(reviewed_at=UtcDateTime(), body=sa.LargeBinary())
    )
    for found in decisions:
        for number, c in enumerate(json.loads(found.body).get("conditions", ())):
            day = c["due"][:10]
            read.execute(
                _STEP.insert().values(
                    # As the service names it: a step down and up again leaves the row that the audit speaks of.
                    id=hashlib.sha256(f"{found.id}/{number}".encode()).hexdigest()[:32],
                    case_id=found.case_id,
                    decision_id=found.id,
                    kind="condition",
                    about="",
                    said=c["what"],
                    instead="",
                    seen_by=c["owner"],
                    number=number,
                    due=date.fromisoformat(day) if day else None,
                    taken_by=found.reviewer,
                    taken_by_name=found.name,
                    taken_by_role=found.role,
                    taken_at=found.reviewed_at,
                )
            )


_STEP = sa.table(
    "decision_step",
    *(sa.column(name) for name in ("id", "case_id", "decision_id", "kind", "about", "said", "instead", "seen_by")),
    sa.column("number", sa.Integer()),
    sa.column("seen_on", sa.Date()),
    sa.column("due", sa.Date()),
    *(sa.column(name) for name in ("taken_by", "taken_by_name", "taken_by_role")),
    sa.column("taken_at", UtcDateTime()),
)


def downgrade() -> None:
    # What only follows a condition as its record has it is made again by the next step up.
    typed = (
        "SELECT 1 FROM decision_step WHERE kind <> 'condition' OR about <> '' LIMIT 1",
        "SELECT 1 FROM record WHERE reissue_of IS NOT NULL LIMIT 1",
        "SELECT 1 FROM assessment WHERE follows IS NOT NULL OR taken_back_note <> '' LIMIT 1",
        "SELECT 1 FROM decision WHERE worse_outcome <> '' LIMIT 1",
    )
    if any(op.get_bind().execute(sa.text(said)).first() for said in typed):
        raise SystemExit(_FOLLOWS)
    op.drop_table("decision_step")
    op.drop_index(op.f("ix_record_reissue_of"), table_name="record")
    op.drop_column("record", "reissue_of")
    op.drop_column("assessment", "follows")
    for table, names in _ADDED:
        for name in names:
            op.drop_column(table, name)
