"""signing in: when somebody last said that it is them"""

import sqlalchemy as sa
from alembic import op

from app.database import UtcDateTime

revision = "0049"
down_revision = "0046"


def upgrade() -> None:
    # Of a session that is open during the upgrade nothing is known: its owner is asked when it matters.
    op.add_column("user_session", sa.Column("confirmed_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("user_session", "confirmed_at")
