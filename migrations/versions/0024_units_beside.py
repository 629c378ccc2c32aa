"""a placement may have further units beside its first: each with a door of its own, and who sleeps there"""

import sqlalchemy as sa
from alembic import op

from app.database import Json, UtcDateTime

revision = "0024"
down_revision = "0023"

_TYPED = (
    "This database cannot go back: further units of a placement were written down in it that the earlier version has no "
    "place for. Nothing was changed. To go back all the same, restore the backup made before the upgrade."
)


def upgrade() -> None:
    op.create_table(
        "unit_beside",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("first_id", sa.String(), nullable=False),
        sa.Column("unit_id", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("door", sa.String(), nullable=False),
        sa.Column("sleeps", Json, nullable=True),
        sa.ForeignKeyConstraint(["first_id"], ["unit.id"], name=op.f("fk_unit_beside_first_id_unit")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_unit_beside_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_beside")),
        sa.UniqueConstraint("first_id", "key", name=op.f("uq_unit_beside_first_id")),
        sqlite_strict=True,
    )
    op.add_column("unit", sa.Column("several", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    if op.get_bind().execute(sa.text("SELECT 1 FROM unit_beside LIMIT 1")).first():
        raise SystemExit(_TYPED)
    op.drop_column("unit", "several")
    op.drop_table("unit_beside")
