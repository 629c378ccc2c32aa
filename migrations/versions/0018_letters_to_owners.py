"""letters to the owner of an account: a one-time link goes to nobody else"""

import sqlalchemy as sa
from alembic import op

from app.database import UtcDateTime

revision = "0018"
down_revision = "0016"


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


def downgrade() -> None:
    op.drop_table("account_letter")
