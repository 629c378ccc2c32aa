"""what was reflected on in supervision and agreed, of a case: only ever added to"""

import sqlalchemy as sa
from alembic import op

from app.database import UtcDateTime

revision = "0032"
down_revision = "0031"

_TEXTS = ("reflected", "agreed", "with_whom", "written_by", "written_by_name", "written_by_role")
_TYPED = (
    "This database cannot go back: notes of supervision were written down in it that the earlier version has no place for. "
    "Nothing was changed. To go back all the same, restore the backup made before the upgrade."
)


def upgrade() -> None:
    op.create_table(
        "supervision_note",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in _TEXTS),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["housing_case.id"], name=op.f("fk_supervision_note_case_id_housing_case")
        ),
        sa.ForeignKeyConstraint(
            ["written_by"], ["user_account.id"], name=op.f("fk_supervision_note_written_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supervision_note")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_supervision_note_case_id"), "supervision_note", ["case_id"])
    if op.get_bind().dialect.name == "sqlite":
        for what in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER supervision_note_no_{what.lower()} BEFORE {what} ON supervision_note "
                "BEGIN SELECT RAISE(ABORT, 'supervision_note is append-only'); END"
            )
    else:
        op.execute(
            "CREATE TRIGGER supervision_note_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON supervision_note EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    if op.get_bind().execute(sa.text("SELECT 1 FROM supervision_note LIMIT 1")).first():
        raise SystemExit(_TYPED)
    op.drop_table("supervision_note")
