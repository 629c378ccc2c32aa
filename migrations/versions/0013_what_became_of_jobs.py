"""what became of each job, and which worker the database belongs to"""

import sqlalchemy as sa
from alembic import op

from app.database import UtcDateTime

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "job",
        *(sa.Column(name, sa.String(), nullable=False) for name in ("id", "name", "subject", "state")),
        *(sa.Column(name, UtcDateTime(), nullable=False) for name in ("queued_at", "next_try_at")),
        *(sa.Column(name, UtcDateTime(), nullable=True) for name in ("started_at", "ended_at")),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("tries", "runs")),
        sa.Column("problem", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_job_state"), "job", ["state"], unique=False)
    op.create_table("worker_mark", sa.Column("id", sa.String(), nullable=False), sqlite_strict=True)
    # A letter that was never sent, a PDF that was never made: the first version forgot them after a minute. They are taken up again.
    for name, table, moment, left in (
        ("mail-share", "share", "made_at", "mailed_at IS NULL AND revoked_at IS NULL AND link_sealed IS NOT NULL"),
        ("render-record", "record", "issued_at", "pdf_sha256 IS NULL"),
    ):
        op.execute(
            "INSERT INTO job (id, name, subject, state, queued_at, next_try_at, tries, runs, problem) "
            f"SELECT '{name}-' || id, '{name}', id, 'waiting', {moment}, {moment}, 0, 0, '' FROM {table} WHERE {left}"
        )


def downgrade() -> None:
    op.drop_table("worker_mark")
    op.drop_index(op.f("ix_job_state"), table_name="job")
    op.drop_table("job")
