"""what was done after a recipient did not agree, or was not the lead professional"""

import sqlalchemy as sa
from alembic import op

from app.database import UtcDateTime

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "share_step",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("share_id", sa.String(), nullable=False),
        sa.Column("taken_by", sa.String(), nullable=False),
        sa.Column("taken_by_name", sa.String(), nullable=False),
        sa.Column("taken_at", UtcDateTime(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("verdict", "spoken", "note")),
        sa.ForeignKeyConstraint(["case_id"], ["housing_case.id"], name=op.f("fk_share_step_case_id_housing_case")),
        sa.ForeignKeyConstraint(["share_id"], ["share.id"], name=op.f("fk_share_step_share_id_share")),
        sa.ForeignKeyConstraint(["taken_by"], ["user_account.id"], name=op.f("fk_share_step_taken_by_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share_step")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_share_step_case_id"), "share_step", ["case_id"], unique=False)
    op.create_index(op.f("ix_share_step_share_id"), "share_step", ["share_id"], unique=False)
    # What a recipient said, and what was done about it, is never changed.
    if op.get_bind().dialect.name == "sqlite":
        for what in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER share_step_no_{what.lower()} BEFORE {what} ON share_step BEGIN SELECT RAISE(ABORT, 'share_step is append-only'); END"
            )
        op.execute(
            "CREATE TRIGGER share_answered_once BEFORE UPDATE OF response, response_name, response_reason, responded_at ON share "
            "WHEN OLD.response != '' BEGIN SELECT RAISE(ABORT, 'an answer is never changed'); END"
        )
    else:
        op.execute(
            "CREATE TRIGGER share_step_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON share_step EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            "CREATE TRIGGER share_answered_once BEFORE UPDATE OF response, response_name, response_reason, responded_at ON share "
            "FOR EACH ROW WHEN (OLD.response <> '') EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    on_share = "share_answered_once" if op.get_bind().dialect.name == "sqlite" else "share_answered_once ON share"
    op.execute(f"DROP TRIGGER {on_share}")
    op.drop_table("share_step")
