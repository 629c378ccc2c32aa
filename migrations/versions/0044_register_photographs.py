"""photographs of buildings and units in the register: the picture of a row that is one, made anew"""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"

_KEPT = (
    "This database cannot go back: photographs of buildings or units were kept in it that the earlier version has no place for. "
    "Nothing was changed. To go back all the same, restore the backup made before the upgrade."
)


def upgrade() -> None:
    op.create_table(
        "register_photograph",
        sa.Column("evidence_id", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("small", sa.LargeBinary(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["register_evidence.id"], name=op.f("fk_register_photograph_evidence_id_register_evidence")
        ),
        sa.PrimaryKeyConstraint("evidence_id", name=op.f("pk_register_photograph")),
        sqlite_strict=True,
    )
    if op.get_bind().dialect.name == "sqlite":
        for what in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER register_photograph_no_{what.lower()} BEFORE {what} ON register_photograph "
                "BEGIN SELECT RAISE(ABORT, 'register_photograph is append-only'); END"
            )
    else:
        op.execute(
            "CREATE TRIGGER register_photograph_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON register_photograph "
            "EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    if op.get_bind().execute(sa.text("SELECT 1 FROM register_photograph LIMIT 1")).first():
        raise SystemExit(_KEPT)
    op.drop_table("register_photograph")
