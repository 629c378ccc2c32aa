"""letters to the owner of an account, who alone gets its one-time link; changes that wait for a second administrator"""

import sqlalchemy as sa
from alembic import op

from app.database import UtcDateTime

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_table(
        "account_letter",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_account_letter_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_letter")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_account_letter_user_id"), "account_letter", ["user_id"], unique=False)
    op.create_table(
        "account_request",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("settled_by", sa.String(), nullable=True),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        *(
            sa.ForeignKeyConstraint([name], ["user_account.id"], name=op.f(f"fk_account_request_{name}_user_account"))
            for name in ("user_id", "asked_by", "settled_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_request")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_account_request_state"), "account_request", ["state"], unique=False)
    _guard_what_is_settled()


def _guard_what_is_settled() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for what in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER account_request_no_{what.lower()} BEFORE {what} ON account_request "
                "WHEN OLD.state <> 'waiting' BEGIN SELECT RAISE(ABORT, 'what is settled is never changed'); END"
            )
        return
    op.execute(
        "CREATE TRIGGER account_request_settled BEFORE UPDATE OR DELETE ON account_request FOR EACH ROW "
        "WHEN (OLD.state <> 'waiting') EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER account_request_no_truncate BEFORE TRUNCATE ON account_request EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    op.drop_table("account_request")
    op.drop_table("account_letter")
