"""where a family was moved after an emergency decision that was escalated: only ever added to"""

import sqlalchemy as sa
from alembic import op

from app.database import UtcDateTime

revision = "0031"
down_revision = "0030"

_TYPED = (
    "This database cannot go back: after an emergency decision that was escalated it was written down where the family was moved, "
    "which the earlier version has no place for. Nothing was changed. To go back all the same, restore the backup made before the upgrade."
)


def upgrade() -> None:
    op.create_table(
        "emergency_move",
        *(sa.Column(name, sa.String(), nullable=False) for name in ("id", "case_id", "emergency_id", "said")),
        sa.Column("moved_on", sa.Date(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("written_by", "written_by_name")),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["housing_case.id"], name=op.f("fk_emergency_move_case_id_housing_case")),
        sa.ForeignKeyConstraint(
            ["emergency_id"], ["emergency_decision.id"], name=op.f("fk_emergency_move_emergency_id_emergency_decision")
        ),
        sa.ForeignKeyConstraint(
            ["written_by"], ["user_account.id"], name=op.f("fk_emergency_move_written_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emergency_move")),
        sa.UniqueConstraint("emergency_id", name=op.f("uq_emergency_move_emergency_id")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_emergency_move_case_id"), "emergency_move", ["case_id"])
    if op.get_bind().dialect.name == "sqlite":
        for what in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER emergency_move_no_{what.lower()} BEFORE {what} ON emergency_move "
                "BEGIN SELECT RAISE(ABORT, 'emergency_move is append-only'); END"
            )
    else:
        op.execute(
            "CREATE TRIGGER emergency_move_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON emergency_move EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    if op.get_bind().execute(sa.text("SELECT 1 FROM emergency_move LIMIT 1")).first():
        raise SystemExit(_TYPED)
    op.drop_table("emergency_move")
