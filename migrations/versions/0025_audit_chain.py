"""every entry of the audit is linked to the one before it; what a case's entry says more of it is closed under the case's own key

What there was before is sealed by one first entry, with its count and hash: of what happened to it earlier that proves nothing. The step
down takes away what guards and moves the chain, and leaves what it proved: an earlier version reads none of it, and what that one
writes meanwhile is sealed in the same way when the step up is taken again.
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from app.audit import chain, reading
from app.database import Json, UtcDateTime

revision = "0025"
down_revision = "0024"

_SQLITE = (
    # The seq of a row that names none is known only after it is there; what is refused then is taken back as a whole.
    """CREATE TRIGGER audit_event_linked AFTER INSERT ON audit_event BEGIN
    SELECT RAISE(ABORT, 'an entry comes behind the last') WHERE NEW.seq <> (SELECT seq + 1 FROM audit_head);
    SELECT RAISE(ABORT, 'an entry names the one before it') WHERE NEW.stored IS NOT NULL
      AND (NEW.hash IS NULL OR substr(NEW.stored, 21, 32) <> (SELECT hash FROM audit_head));
    UPDATE audit_head SET seq = NEW.seq, hash = coalesce(NEW.hash, hash); END""",
    """CREATE TRIGGER audit_head_moves BEFORE UPDATE ON audit_head
    WHEN NEW.id <> OLD.id OR NEW.seq <> OLD.seq + 1
      OR NOT EXISTS (SELECT 1 FROM audit_event WHERE seq = NEW.seq AND coalesce(hash, OLD.hash) = NEW.hash)
    BEGIN SELECT RAISE(ABORT, 'the head follows the entries'); END""",
    "CREATE TRIGGER audit_head_no_delete BEFORE DELETE ON audit_head BEGIN SELECT RAISE(ABORT, 'the head stays'); END",
    "CREATE TRIGGER audit_head_one BEFORE INSERT ON audit_head BEGIN SELECT RAISE(ABORT, 'there is one head'); END",
    "CREATE TRIGGER audit_detail_no_update BEFORE UPDATE ON audit_detail BEGIN SELECT RAISE(ABORT, 'audit_detail is append-only'); END",
    "CREATE TRIGGER audit_detail_no_delete BEFORE DELETE ON audit_detail BEGIN SELECT RAISE(ABORT, 'audit_detail is append-only'); END",
    "CREATE TRIGGER audit_key_no_update BEFORE UPDATE ON audit_key BEGIN SELECT RAISE(ABORT, 'a key is never changed'); END",
)
# The owner moves the head, so that the role that serves needs no right on it; a table of the same name elsewhere is never meant.
# Whoever is second waits for the row: no two entries come behind the same one. Source: reliability.md C2 to C5.
_POSTGRESQL = (
    f"""CREATE FUNCTION audit_link() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE last bigint; link bytea;
    BEGIN
      SELECT seq, hash INTO STRICT last, link FROM public.audit_head FOR UPDATE;
      NEW.seq := last + 1;
      NEW.hash := NULL;
      IF NEW.stored IS NOT NULL THEN
        NEW.stored := decode('{chain.MARK.hex()}', 'hex') || int8send(NEW.seq) || link || NEW.stored;
        NEW.hash := sha256(NEW.stored);
      END IF;
      UPDATE public.audit_head SET seq = NEW.seq, hash = coalesce(NEW.hash, link);
      RETURN NEW;
    END $$""",
    "CREATE TRIGGER audit_event_linked BEFORE INSERT ON audit_event FOR EACH ROW EXECUTE FUNCTION audit_link()",
    "CREATE TRIGGER audit_detail_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_detail EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER audit_key_no_update BEFORE UPDATE OR TRUNCATE ON audit_key EXECUTE FUNCTION refuse_change()",
)
_GUARDS = (
    ("audit_event", "audit_event_linked"), ("audit_head", "audit_head_moves"), ("audit_head", "audit_head_no_delete"),
    ("audit_head", "audit_head_one"), ("audit_detail", "audit_detail_no_update"), ("audit_detail", "audit_detail_no_delete"),
    ("audit_detail", "audit_detail_append_only"), ("audit_key", "audit_key_no_update"),
)  # fmt: skip


def upgrade() -> None:
    connection = op.get_bind()
    on_sqlite = connection.dialect.name == "sqlite"
    if "audit_head" not in sa.inspect(connection).get_table_names():
        _make_tables()
    if "stored" not in {c["name"] for c in sa.inspect(connection).get_columns("audit_event")}:
        for name, kind in (("commitment", sa.String()), ("stored", sa.LargeBinary()), ("hash", sa.LargeBinary())):
            op.add_column("audit_event", sa.Column(name, kind, nullable=True))
        for name, which in (("unlinked", "hash IS NULL"), ("sealing", "action = 'audit.sealed'")):
            put = {"sqlite_where": sa.text(which), "postgresql_where": sa.text(which)}
            op.create_index(op.f(f"ix_audit_event_{name}"), "audit_event", ["seq"], unique=False, **put)
    link = connection.scalar(sa.text("SELECT hash FROM audit_event WHERE hash IS NOT NULL ORDER BY seq DESC LIMIT 1"))
    last = connection.scalar(sa.text("SELECT max(seq) FROM audit_event")) or 0
    sealed = chain.sealing(reading.unlinked(connection))
    connection.execute(sa.text("DELETE FROM audit_head"))
    head = {"id": 1, "seq": last, "hash": link or chain.START}
    connection.execute(sa.text("INSERT INTO audit_head (id, seq, hash) VALUES (:id, :seq, :hash)"), head)
    for statement in _SQLITE if on_sqlite else _POSTGRESQL:
        op.execute(statement)
    if sealed["entries"] or link is None:
        _seal(connection, sealed, last + 1, link or chain.START)


def _make_tables() -> None:
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
        sqlite_strict=True,
    )
    op.create_table(
        "audit_detail",
        sa.Column("commitment", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("closed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("commitment", name=op.f("pk_audit_detail")),
        sqlite_strict=True,
    )
    op.create_table(
        "audit_key",
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_audit_key")),
        sqlite_strict=True,
    )


def _seal(connection: sa.Connection, sealed: dict[str, object], seq: int, before: bytes) -> None:
    """The first entry, or one more: what was written without a link until now, by count and hash."""
    at = datetime.now(UTC)
    row = {
        "at": at, "actor_id": "system", "actor_role": "system", "action": chain.SEALED, "object_type": "audit", "object_id": "",
        "case_id": "", "request_id": "", "detail": sealed, "commitment": None, "spooled": None,
    }  # fmt: skip
    said = chain.says(row)
    stored, link = chain.linked(seq, before, said)
    on_sqlite = connection.dialect.name == "sqlite"
    named = (*row, "stored", "hash", *(("seq",) if on_sqlite else ()))
    table = sa.table(
        "audit_event", sa.column("at", UtcDateTime()), sa.column("detail", Json),
        *(sa.column(name) for name in named if name not in ("at", "detail")),
    )  # fmt: skip
    values = {**row, "stored": stored, "hash": link, "seq": seq} if on_sqlite else {**row, "stored": said, "hash": None}
    connection.execute(sa.insert(table), values)


def downgrade() -> None:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    there = {name for name, in op.get_bind().execute(
        sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'" if on_sqlite else "SELECT tgname FROM pg_trigger")
    )}  # fmt: skip
    for table, name in _GUARDS:
        if name in there:
            op.execute(f"DROP TRIGGER {name}" if on_sqlite else f"DROP TRIGGER {name} ON {table}")
    if not on_sqlite:
        op.execute("DROP FUNCTION audit_link()")
