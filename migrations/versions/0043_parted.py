"""somebody who left a household stays written down in it, with the day on which they left"""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"

_TYPED = (
    "This database cannot go back: people left their household in it, and the earlier version would take them for members again. "
    "Nothing was changed. To go back all the same, restore the backup made before the upgrade."
)


def upgrade() -> None:
    op.add_column("case_member", sa.Column("left_on", sa.Date(), nullable=True))


def downgrade() -> None:
    if op.get_bind().execute(sa.text("SELECT 1 FROM case_member WHERE left_on IS NOT NULL LIMIT 1")).first():
        raise SystemExit(_TYPED)
    op.drop_column("case_member", "left_on")
