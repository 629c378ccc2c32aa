"""history of a household, pattern answers, the checklists that were used"""

import sqlalchemy as sa
from alembic import op

from app.database import Json, UtcDateTime

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("housing_case", sa.Column("domestic_abuse", sa.Boolean(), nullable=True))
    op.add_column("housing_case", sa.Column("earlier_child_removed", sa.Boolean(), nullable=True))
    op.add_column("housing_case", sa.Column("contacts", Json, nullable=True))
    op.add_column("housing_case", sa.Column("enquiries", Json, nullable=False, server_default="[]"))
    op.add_column("housing_case", sa.Column("events", Json, nullable=False, server_default="[]"))
    op.add_column("housing_case", sa.Column("budget", Json, nullable=True))
    op.add_column("housing_case", sa.Column("danger", Json, nullable=False, server_default="[]"))
    op.add_column("case_member", sa.Column("exploitation_sign", sa.Boolean(), nullable=True))
    op.add_column("case_member", sa.Column("seen_how", sa.String(), nullable=True))
    op.add_column("unit", sa.Column("hmo", sa.Boolean(), nullable=True))
    op.add_column("assessment", sa.Column("notice_sent", sa.Date(), nullable=True))
    op.add_column("assessment", sa.Column("impression_relied_on", sa.Boolean(), nullable=True))
    op.add_column("assessment", sa.Column("journeys", Json, nullable=False, server_default="[]"))
    op.create_table(
        "pattern_answer",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("unit_id", sa.String(), nullable=False),
        sa.Column("pattern", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("by_user", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["by_user"], ["user_account.id"], name=op.f("fk_pattern_answer_by_user_user_account")),
        sa.ForeignKeyConstraint(["case_id"], ["housing_case.id"], name=op.f("fk_pattern_answer_case_id_housing_case")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_pattern_answer_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pattern_answer")),
        sqlite_strict=True,
    )
    op.create_index("ix_pattern_answer_case_id", "pattern_answer", ["case_id"], unique=False)
    op.create_table(
        "used_checklist",
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("files", Json, nullable=False),
        sa.Column("first_used", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_used_checklist")),
        sqlite_strict=True,
    )
    op.create_table(
        "frozen_text",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_frozen_text")),
        sqlite_strict=True,
    )
    if op.get_bind().dialect.name == "sqlite":
        for table in ("used_checklist", "frozen_text", "pattern_answer"):
            for what in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{what.lower()} BEFORE {what} ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
    else:
        for table in ("used_checklist", "frozen_text", "pattern_answer"):
            op.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} EXECUTE FUNCTION refuse_change()"
            )


def downgrade() -> None:
    op.drop_table("frozen_text")
    op.drop_table("used_checklist")
    op.drop_table("pattern_answer")
    op.drop_column("assessment", "journeys")
    op.drop_column("assessment", "impression_relied_on")
    op.drop_column("assessment", "notice_sent")
    op.drop_column("unit", "hmo")
    op.drop_column("case_member", "seen_how")
    op.drop_column("case_member", "exploitation_sign")
    for name in ("danger", "budget", "events", "enquiries", "contacts", "earlier_child_removed", "domestic_abuse"):
        op.drop_column("housing_case", name)
