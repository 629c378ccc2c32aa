"""views noted while the disk was full are stored once, and marked so"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.add_column("audit_event", sa.Column("spooled", sa.String(), nullable=True))
    op.create_index(op.f("ix_audit_event_spooled"), "audit_event", ["spooled"], unique=True)


def downgrade() -> None:
    op.drop_index(op.f("ix_audit_event_spooled"), table_name="audit_event")
    op.drop_column("audit_event", "spooled")
