"""what a case is found by: a row a case, an index of its words, and former names

On SQLite an FTS5 table over the rows, kept by triggers; on PostgreSQL trigram indexes, where the extension pg_trgm may be made.
"""

import sqlalchemy as sa
from alembic import op

from app.database import Json, UtcDateTime

revision = "0036"
down_revision = "0035"

_TYPED = (
    "This database cannot go back: names that were replaced in a case were kept in it that the earlier version has no place for. "
    "Nothing was changed. To go back all the same, restore the backup made before the upgrade."
)
# The words are folded and parted by spaces before they are stored: the tokenizer that knows nothing of letters but that leaves them alone.
_FTS = (
    "CREATE VIRTUAL TABLE case_found_words USING fts5(words, sounds, content='case_found', content_rowid='id', "
    "tokenize='ascii', prefix='1 2 3', detail='column')"
)
_OLD = "INSERT INTO case_found_words (case_found_words, rowid, words, sounds) VALUES ('delete', old.id, old.words, old.sounds);"
_NEW = "INSERT INTO case_found_words (rowid, words, sounds) VALUES (new.id, new.words, new.sounds);"
_TRIGGERS = {"insert": ("INSERT", _NEW), "delete": ("DELETE", _OLD), "update": ("UPDATE", _OLD + " " + _NEW)}
_INDEXES = {f"ix_case_found_{column}": column for column in ("words", "sounds")}
_NO_EXTENSION = (
    "PostgreSQL does not let this role make the extension pg_trgm, so that a search reads every case and takes longer. Whoever runs "
    "the database says once, in it: CREATE EXTENSION pg_trgm; then “flask --app wsgi setup” makes the indexes."
)


def upgrade() -> None:
    op.create_table(
        "case_found",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("sounds", sa.String(), nullable=False),
        sa.Column("entries", Json, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["housing_case.id"], name=op.f("fk_case_found_case_id_housing_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_found")),
        sa.UniqueConstraint("case_id", name=op.f("uq_case_found_case_id")),
        sqlite_strict=True,
    )
    op.create_table(
        "former_name",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("member_key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("replaced_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["housing_case.id"], name=op.f("fk_former_name_case_id_housing_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_name")),
        sqlite_strict=True,
    )
    op.create_index("ix_former_name_case_id", "former_name", ["case_id"])
    op.create_table(
        "case_found_mark",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("rules", sa.String(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_found_mark")),
        sqlite_strict=True,
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute(_FTS)
        for name, (verb, does) in _TRIGGERS.items():
            op.execute(f"CREATE TRIGGER case_found_{name} AFTER {verb} ON case_found BEGIN {does} END")
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER former_name_no_{verb.lower()} BEFORE {verb} ON former_name "
                "BEGIN SELECT RAISE(ABORT, 'a former name is never changed'); END"
            )
        return
    op.execute(
        "CREATE TRIGGER former_name_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON former_name EXECUTE FUNCTION refuse_change()"
    )
    try:
        with op.get_bind().begin_nested():
            op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except sa.exc.DBAPIError:
        print(_NO_EXTENSION)
        return
    for name, column in _INDEXES.items():
        op.execute(f"CREATE INDEX {name} ON case_found USING gin ({column} gin_trgm_ops)")


def downgrade() -> None:
    if op.get_bind().execute(sa.text("SELECT 1 FROM former_name LIMIT 1")).first():
        raise SystemExit(_TYPED)
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE case_found_words")
    for name in ("case_found_mark", "former_name", "case_found"):
        op.drop_table(name)
