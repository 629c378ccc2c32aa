"""data sets, the directory of services, protected places"""

import sqlalchemy as sa
from alembic import op

from app.database import Json, UtcDateTime

revision = "0004"
down_revision = "0003"


def _text(*names: str, nullable: bool = False) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(), nullable=nullable) for name in names]


def upgrade() -> None:
    op.create_table(
        "data_load",
        *_text("id", "kind", "file_name", "sha256", "source", "owner"),
        sa.Column("data_date", sa.Date(), nullable=False),
        *_text("state"),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("counts", Json, nullable=False),
        sa.Column("problems", Json, nullable=False),
        *_text("why"),
        sa.Column("loaded_at", UtcDateTime(), nullable=False),
        *_text("loaded_by", "decided_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_load")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_data_load_kind"), "data_load", ["kind"])
    op.create_index(op.f("ix_data_load_loaded_at"), "data_load", ["loaded_at"])
    op.create_table(
        "service_place",
        *_text("id", "load_id", "source", "source_ref", "kind", "name", "address", "postcode", "uprn"),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in ("easting", "northing", "radius_m")),
        *_text("precision", "status"),
        sa.Column("offers", Json, nullable=False),
        sa.Column("ages", Json, nullable=True),
        sa.Column("hours", Json, nullable=True),
        *_text("telephone", "owner"),
        sa.Column("checked_on", sa.Date(), nullable=True),
        *_text("successor_ref"),
        sa.ForeignKeyConstraint(["load_id"], ["data_load.id"], name=op.f("fk_service_place_load_id_data_load")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_place")),
        sa.UniqueConstraint("source", "source_ref", name=op.f("uq_service_place_source")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_service_place_load_id"), "service_place", ["load_id"])
    op.create_index("ix_service_place_postcode", "service_place", ["postcode"])
    op.create_index("ix_service_place_kind_name", "service_place", ["kind", "name"])
    op.create_table(
        "protected_place",
        *_text("id"),
        *_text("case_id", nullable=True),
        *_text("role", "sealed", "match"),
        sa.Column("has_point", sa.Boolean(), nullable=False),
        *_text("made_by"),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["housing_case.id"], name=op.f("fk_protected_place_case_id_housing_case")),
        sa.ForeignKeyConstraint(["made_by"], ["user_account.id"], name=op.f("fk_protected_place_made_by_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protected_place")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_protected_place_case_id"), "protected_place", ["case_id"])
    op.create_index(op.f("ix_protected_place_match"), "protected_place", ["match"])


def downgrade() -> None:
    op.drop_table("protected_place")
    op.drop_table("service_place")
    op.drop_table("data_load")
