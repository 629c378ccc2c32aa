"""copies of a record for one reader, and what a reader adds or corrects

The step down takes both away; where any is there, the earlier version has no place for it, and nothing is changed.
"""

import sqlalchemy as sa
from alembic import op

from app.database import Json, UtcDateTime

revision = "0027"
down_revision = "0026"

_MADE = (
    "This database cannot go back: copies for single readers were made in it, or readers added what they know, and the earlier "
    "version has no place for that. Nothing was changed. To go back all the same, restore the backup made before the upgrade."
)
_FROZEN = ("case_id", "record_id", "number", "reader", "about", "opened", "body", "sha256", "made_by", "made_at")
_SAID = ("case_id", "share_id", "kind", "said", "said_by", "said_by_role", "said_at")


def _guard(table: str, columns: tuple[str, ...]) -> None:
    if op.get_bind().dialect.name == "sqlite":
        refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is frozen'); END"
        op.execute(f"CREATE TRIGGER {table}_frozen BEFORE UPDATE OF {', '.join(columns)} ON {table} {refuse}")
        op.execute(f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}")
        return
    op.execute(
        f"CREATE TRIGGER {table}_frozen BEFORE UPDATE OF {', '.join(columns)} ON {table} EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE OR TRUNCATE ON {table} EXECUTE FUNCTION refuse_change()"
    )


def upgrade() -> None:
    op.create_table(
        "edition",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("reader", sa.String(), nullable=False),
        sa.Column("about", Json, nullable=False),
        sa.Column("opened", Json, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_by_name", sa.String(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("agreed_by", sa.String(), nullable=False),
        sa.Column("agreed_by_name", sa.String(), nullable=False),
        sa.Column("agreed_at", UtcDateTime(), nullable=True),
        sa.Column("pdf_sha256", sa.String(), nullable=True),
        sa.Column("files", Json, nullable=False),
        sa.Column("unsealed_sha256", sa.String(), nullable=True),
        sa.Column("pdf_bytes", sa.Integer(), nullable=True),
        sa.Column("rendered_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["housing_case.id"], name=op.f("fk_edition_case_id_housing_case")),
        sa.ForeignKeyConstraint(["made_by"], ["user_account.id"], name=op.f("fk_edition_made_by_user_account")),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_edition_record_id_record")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition")),
        sa.UniqueConstraint("number", name=op.f("uq_edition_number")),
        sa.UniqueConstraint("pdf_sha256", name=op.f("uq_edition_pdf_sha256")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_edition_case_id"), "edition", ["case_id"])
    op.create_index(op.f("ix_edition_record_id"), "edition", ["record_id"])
    op.create_table(
        "share_word",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("share_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("said_by", sa.String(), nullable=False),
        sa.Column("said_by_role", sa.String(), nullable=False),
        sa.Column("said_at", UtcDateTime(), nullable=False),
        sa.Column("taken_by", sa.String(), nullable=False),
        sa.Column("taken_by_name", sa.String(), nullable=False),
        sa.Column("taken_at", UtcDateTime(), nullable=True),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["housing_case.id"], name=op.f("fk_share_word_case_id_housing_case")),
        sa.ForeignKeyConstraint(["share_id"], ["share.id"], name=op.f("fk_share_word_share_id_share")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share_word")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_share_word_case_id"), "share_word", ["case_id"])
    op.create_index(op.f("ix_share_word_share_id"), "share_word", ["share_id"])
    op.add_column("share", sa.Column("edition_id", sa.String(), nullable=False, server_default=""))
    _guard("edition", _FROZEN)
    _guard("share_word", _SAID)


def downgrade() -> None:
    for table in ("edition", "share_word"):
        if op.get_bind().execute(sa.text(f"SELECT 1 FROM {table} LIMIT 1")).first():
            raise SystemExit(_MADE)
    op.drop_column("share", "edition_id")
    op.drop_table("share_word")
    op.drop_table("edition")
