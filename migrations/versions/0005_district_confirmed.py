"""who said which district a unit is in"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("assessment", sa.Column("authority_how", sa.String(), nullable=False, server_default=""))
    # What stood here was worked out from the postcode; from now on only what a person confirmed does.
    op.execute("UPDATE assessment SET authority = NULL")


def downgrade() -> None:
    op.drop_column("assessment", "authority_how")
