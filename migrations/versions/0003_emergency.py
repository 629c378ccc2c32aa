"""emergency decisions"""

import sqlalchemy as sa
from alembic import op

from app.database import Json, UtcDateTime

revision = "0003"
down_revision = "0002"

# What was decided that night never changes; what a safeguarding lead says of it comes once, later.
TAKEN = (
    "case_id", "assessment_id", "outcome", "frozen", "taken_by", "taken_by_name", "taken_at", "first_night", "nights",
    "tried", "why", "safe_tonight", "seen_by", "told", "review_by",
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "emergency_decision",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("assessment_id", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("frozen", Json, nullable=False),
        sa.Column("taken_by", sa.String(), nullable=False),
        sa.Column("taken_by_name", sa.String(), nullable=False),
        sa.Column("taken_at", UtcDateTime(), nullable=False),
        sa.Column("first_night", sa.Date(), nullable=False),
        sa.Column("nights", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("tried", "why", "safe_tonight", "seen_by", "told")),
        sa.Column("review_by", sa.Date(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=True),
        sa.Column("ratified_by", sa.String(), nullable=True),
        sa.Column("ratified_by_name", sa.String(), nullable=False),
        sa.Column("ratified_at", UtcDateTime(), nullable=True),
        sa.Column("ratified_note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name=op.f("fk_emergency_decision_assessment_id_assessment")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["housing_case.id"], name=op.f("fk_emergency_decision_case_id_housing_case")
        ),
        sa.ForeignKeyConstraint(
            ["taken_by"], ["user_account.id"], name=op.f("fk_emergency_decision_taken_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["ratified_by"], ["user_account.id"], name=op.f("fk_emergency_decision_ratified_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emergency_decision")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_emergency_decision_case_id"), "emergency_decision", ["case_id"], unique=False)
    op.create_index(op.f("ix_emergency_decision_assessment_id"), "emergency_decision", ["assessment_id"], unique=False)
    if op.get_bind().dialect.name == "sqlite":
        refuse = "BEGIN SELECT RAISE(ABORT, 'an emergency decision is never changed'); END"
        op.execute(
            f"CREATE TRIGGER emergency_decision_frozen BEFORE UPDATE OF {', '.join(TAKEN)} ON emergency_decision {refuse}"
        )
        op.execute(
            f"CREATE TRIGGER emergency_decision_once BEFORE UPDATE ON emergency_decision WHEN OLD.verdict IS NOT NULL {refuse}"
        )
        op.execute(f"CREATE TRIGGER emergency_decision_no_delete BEFORE DELETE ON emergency_decision {refuse}")
    else:
        op.execute(
            f"CREATE TRIGGER emergency_decision_frozen BEFORE UPDATE OF {', '.join(TAKEN)} ON emergency_decision EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            "CREATE TRIGGER emergency_decision_once BEFORE UPDATE ON emergency_decision FOR EACH ROW WHEN (OLD.verdict IS NOT NULL) EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            "CREATE TRIGGER emergency_decision_no_delete BEFORE DELETE OR TRUNCATE ON emergency_decision EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    op.drop_table("emergency_decision")
