"""signing in: when somebody last said that it is them, on which browser, and second steps"""

import sqlalchemy as sa
from alembic import op

from app.database import UtcDateTime

revision = "0047"
down_revision = "0046"

_KEPT = (
    "This database cannot go back: there are second steps for signing in that the earlier version has no place for, and without "
    "which it would let people in by a password alone. Nothing was changed. To go back all the same, restore the backup made "
    "before the upgrade."
)


def upgrade() -> None:
    # Of a session that is open during the upgrade nothing is known: its owner is asked when it matters.
    op.add_column("user_session", sa.Column("confirmed_at", UtcDateTime(), nullable=True))
    for name in ("begun_by", "device"):
        op.add_column("user_session", sa.Column(name, sa.String(), nullable=False, server_default=""))
    _table(
        "half_sign_in",
        ("token_hash",),
        sa.Column("first", sa.String(), nullable=False),
        sa.Column("began_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("wrong", sa.Integer(), nullable=False),
    )
    op.create_table(
        "authenticator",
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("sealed", sa.String(), nullable=False),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_authenticator_user_id_user_account")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_authenticator")),
        sqlite_strict=True,
    )
    _table(
        "recovery_code",
        ("code_hash",),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
    )
    _table(
        "passkey",
        ("id",),
        sa.Column("credential", sa.String(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("last_used_at", UtcDateTime(), nullable=True),
        sa.UniqueConstraint("credential", name=op.f("uq_passkey_credential")),
    )
    op.create_table(
        "spent_challenge",
        sa.Column("challenge_hash", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("challenge_hash", name=op.f("pk_spent_challenge")),
        sqlite_strict=True,
    )
    _table("council_identity", ("issuer", "subject"), sa.Column("made_at", UtcDateTime(), nullable=False))
    for table in ("recovery_code", "passkey", "council_identity"):
        op.create_index(op.f(f"ix_{table}_user_id"), table, ["user_id"])


def _table(name: str, key: tuple[str, ...], *columns: sa.schema.SchemaItem) -> None:
    """A table of which each row is of one account."""
    op.create_table(
        name,
        *(sa.Column(part, sa.String(), nullable=False) for part in (*key, "user_id")),
        *columns,
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f(f"fk_{name}_user_id_user_account")),
        sa.PrimaryKeyConstraint(*key, name=op.f(f"pk_{name}")),
        sqlite_strict=True,
    )


def downgrade() -> None:
    for table in ("authenticator", "passkey"):
        if op.get_bind().execute(sa.text(f"SELECT 1 FROM {table} LIMIT 1")).first():
            raise SystemExit(_KEPT)
    for table in ("council_identity", "spent_challenge", "passkey", "recovery_code", "authenticator", "half_sign_in"):
        op.drop_table(table)
    for name in ("device", "begun_by", "confirmed_at"):
        op.drop_column("user_session", name)
