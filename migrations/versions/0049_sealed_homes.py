"""a home can be held sealed, with who may see it and who asked; and where somebody of the council may be of a household

The step down opens nothing and is refused while anything is held sealed: its words would go with the table. Lift the seals first.
"""

import sqlalchemy as sa
from alembic import op

from app.database import Json, UtcDateTime

revision = "0049"
down_revision = "0048"

_NOT_LIFTED, _NOT_ENDED, _WAITS = (
    sa.text("lifted_at IS NULL"),
    sa.text("ended_at IS NULL"),
    sa.text("settled_at IS NULL"),
)


def _id(table: str) -> tuple[sa.Column, sa.PrimaryKeyConstraint]:
    return sa.Column("id", sa.String(), nullable=False), sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))


def upgrade() -> None:
    op.add_column("case_address", sa.Column("sealed", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "home_seal",
        *_id("home_seal"),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("sealed_by", sa.String(), nullable=False),
        sa.Column("sealed_by_name", sa.String(), nullable=False),
        sa.Column("sealed_at", UtcDateTime(), nullable=False),
        sa.Column("steps", Json, nullable=False),
        sa.Column("lifted_at", UtcDateTime(), nullable=True),
        _refers("home_seal", "case_id", "housing_case"),
        _refers("home_seal", "sealed_by", "user_account"),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_home_seal_in_force", "home_seal", ["case_id"], unique=True,
        sqlite_where=_NOT_LIFTED, postgresql_where=_NOT_LIFTED,
    )  # fmt: skip
    op.create_table(
        "sealed_address",
        sa.Column("address_id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("closed", sa.String(), nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("sealed_at", UtcDateTime(), nullable=False),
        _refers("sealed_address", "case_id", "housing_case"),
        sa.PrimaryKeyConstraint("address_id", name=op.f("pk_sealed_address")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_sealed_address_case_id"), "sealed_address", ["case_id"])
    op.create_table(
        "home_named",
        *_id("home_named"),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("seal_id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("named_by", sa.String(), nullable=False),
        sa.Column("named_at", UtcDateTime(), nullable=False),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        _refers("home_named", "case_id", "housing_case"),
        _refers("home_named", "seal_id", "home_seal"),
        *(_refers("home_named", name, "user_account") for name in ("user_id", "named_by", "ended_by")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_home_named_in_force", "home_named", ["seal_id", "user_id"], unique=True,
        sqlite_where=_NOT_ENDED, postgresql_where=_NOT_ENDED,
    )  # fmt: skip
    op.create_table(
        "home_asked",
        *_id("home_asked"),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("seal_id", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_by_name", sa.String(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=True),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("settled_by", sa.String(), nullable=True),
        sa.Column("settled_by_name", sa.String(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.Column("until", UtcDateTime(), nullable=True),
        sa.Column("shown_at", UtcDateTime(), nullable=True),
        _refers("home_asked", "case_id", "housing_case"),
        _refers("home_asked", "seal_id", "home_seal"),
        *(_refers("home_asked", name, "user_account") for name in ("asked_by", "settled_by")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_home_asked_case_id"), "home_asked", ["case_id"])
    op.create_table(
        "staff_tie",
        *_id("staff_tie"),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("keys", Json, nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        _refers("staff_tie", "user_id", "user_account"),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_staff_tie_user_id"), "staff_tie", ["user_id"])
    op.create_table(
        "possible_match",
        *_id("possible_match"),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("grounds", Json, nullable=False),
        sa.Column("keys", Json, nullable=False),
        sa.Column("holds", sa.Boolean(), nullable=False),
        sa.Column("found_at", UtcDateTime(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("settled_by", sa.String(), nullable=True),
        sa.Column("settled_by_name", sa.String(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        _refers("possible_match", "case_id", "housing_case"),
        *(_refers("possible_match", name, "user_account") for name in ("user_id", "settled_by")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_possible_match_case_id"), "possible_match", ["case_id"])
    op.create_index(
        "ix_possible_match_waits", "possible_match", ["user_id", "case_id"], unique=True,
        sqlite_where=_WAITS, postgresql_where=_WAITS,
    )  # fmt: skip


def downgrade() -> None:
    if op.get_bind().scalar(sa.text("SELECT count(*) FROM sealed_address WHERE closed <> ''")):
        raise RuntimeError("addresses are held sealed: lift the seals first, or their words are lost")
    for table in ("possible_match", "staff_tie", "home_asked", "home_named", "sealed_address", "home_seal"):
        op.drop_table(table)
    op.drop_column("case_address", "sealed")
