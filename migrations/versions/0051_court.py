"""a case that was given out whole, for a court: for what, by whom, and the hash by which the export is known again"""

import sqlalchemy as sa
from alembic import op

from app.database import UtcDateTime

revision = "0051"
down_revision = "0050"
only_expands = True  # a table that code from before it never looks at


def upgrade() -> None:
    op.create_table(
        "court_export",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_by_name", sa.String(), nullable=False),
        sa.Column("made_by_role", sa.String(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("manifest_sha256", sa.String(), nullable=False),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["housing_case.id"], name=op.f("fk_court_export_case_id_housing_case")),
        sa.ForeignKeyConstraint(["made_by"], ["user_account.id"], name=op.f("fk_court_export_made_by_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_court_export")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_court_export_case_id"), "court_export", ["case_id"])
    if op.get_bind().dialect.name == "sqlite":
        for what in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER court_export_no_{what.lower()} BEFORE {what} ON court_export "
                "BEGIN SELECT RAISE(ABORT, 'court_export is append-only'); END"
            )
    else:
        op.execute(
            "CREATE TRIGGER court_export_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON court_export "
            "EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    # That it was made stays an entry of the audit.
    op.drop_table("court_export")
