"""who agreed in writing to a plan, and from which day the bodies to notify were known"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

# A plan of before was agreed to by nobody, as far as anybody can tell: it counts once somebody has.
AGREED = (("agreed_by", True), ("agreed_by_name", False), ("agreed_by_role", False), ("agreed_note", False))


def upgrade() -> None:
    for name, nullable in AGREED:
        default = None if nullable else ""
        op.add_column("mitigation", sa.Column(name, sa.String(), nullable=nullable, server_default=default))
    op.add_column("mitigation", sa.Column("agreed_on", sa.Date(), nullable=True))
    op.add_column("housing_case", sa.Column("notice_details", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("housing_case", "notice_details")
    op.drop_column("mitigation", "agreed_on")
    for name, _ in reversed(AGREED):
        op.drop_column("mitigation", name)
