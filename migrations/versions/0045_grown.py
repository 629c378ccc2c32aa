"""indexes by which what waits for somebody is found without going through all cases, decisions and acceptances"""

from alembic import op

revision = "0045"
down_revision = "0044"

_INDEXES = (
    ("acceptance", "by_user"),
    ("assessment", "follows"),
    ("decision_step", "about"),
    ("decision_step", "kind", "due"),
    ("housing_case", "restricted"),
)


def upgrade() -> None:
    for table, *columns in _INDEXES:
        op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, columns)


def downgrade() -> None:
    for table, *columns in reversed(_INDEXES):
        op.drop_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table)
