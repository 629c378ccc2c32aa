"""the places that were considered for a family: what came of each and why, only ever added to"""

import sqlalchemy as sa
from alembic import op

from app.database import UtcDateTime

revision = "0030"
down_revision = "0029"

_TYPED = (
    "This database cannot go back: places that were considered for a family were written down in it that the earlier version "
    "has no place for. Nothing was changed. To go back all the same, restore the backup made before the upgrade."
)


def upgrade() -> None:
    op.create_table(
        "place_considered",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("looked_on", sa.Date(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("size", sa.String(), nullable=False),
        sa.Column("nightly_cost_pence", sa.Integer(), nullable=True),
        sa.Column("district", sa.String(), nullable=False),
        sa.Column("came", sa.String(), nullable=False),
        sa.Column("because", sa.String(), nullable=False),
        sa.Column("told_by", sa.String(), nullable=False),
        sa.Column("written_by", sa.String(), nullable=False),
        sa.Column("written_by_name", sa.String(), nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.Column("struck_because", sa.String(), nullable=False, server_default=""),
        sa.Column("struck_by_name", sa.String(), nullable=False, server_default=""),
        sa.Column("struck_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["housing_case.id"], name=op.f("fk_place_considered_case_id_housing_case")
        ),
        sa.ForeignKeyConstraint(
            ["written_by"], ["user_account.id"], name=op.f("fk_place_considered_written_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place_considered")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_place_considered_case_id"), "place_considered", ["case_id"])


def downgrade() -> None:
    if op.get_bind().execute(sa.text("SELECT 1 FROM place_considered LIMIT 1")).first():
        raise SystemExit(_TYPED)
    op.drop_table("place_considered")
