"""from where and by which device a sign-in was tried; the browsers in which a link was opened"""

import sqlalchemy as sa
from alembic import op

from app.database import UtcDateTime

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    for name in ("address", "device"):
        op.add_column("sign_in_attempt", sa.Column(name, sa.String(), nullable=False, server_default=""))
    op.create_index(op.f("ix_sign_in_attempt_address_at"), "sign_in_attempt", ["address", "at"], unique=False)
    for name in ("code_used_hash", "code_used_by", "ended_why"):
        op.add_column("share", sa.Column(name, sa.String(), nullable=False, server_default=""))
    op.add_column("share", sa.Column("code_used_at", UtcDateTime(), nullable=True))
    op.create_table(
        "share_visit",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("share_id", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["share_id"], ["share.id"], name=op.f("fk_share_visit_share_id_share")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share_visit")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_share_visit_token_hash")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_share_visit_share_id"), "share_visit", ["share_id"], unique=False)


def downgrade() -> None:
    op.drop_table("share_visit")
    op.drop_column("share", "code_used_at")
    for name in ("ended_why", "code_used_by", "code_used_hash"):
        op.drop_column("share", name)
    op.drop_index(op.f("ix_sign_in_attempt_address_at"), table_name="sign_in_attempt")
    for name in ("device", "address"):
        op.drop_column("sign_in_attempt", name)
