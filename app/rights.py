"""On PostgreSQL: a role that owns the tables and changes them, and a role that serves and can do neither.

The one that serves reads and writes what the service does, and no more: it cannot switch off a trigger, take a table away or empty
it. It deletes only where the service deletes, and changes nothing that is only ever added to.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.engine import make_url

from app.extensions import db
from app.settings import Settings

# Of every other table of ours the service adds rows and changes them.
ADDED_TO = (
    "acceptance", "answer", "audit_detail", "audit_event", "case_handover", "clock_step", "court_export", "decision", "decision_finding", "decision_step", "emergency_move", "former_name", "frozen_text", "lead_step", "letter_file", "letter_step", "notice_asked", "number_settled", "pattern_answer", "record_file", "share_step",
    "supervision_note", "used_checklist", "register_alert", "register_answer", "register_evidence", "register_link",
    "photograph", "register_photograph",
    "break_glass", "break_glass_step", "reading_answer", "reading_finding", "tonight_note",
    "life_step", "legal_hold", "legal_hold_lifted", "disposal", "disposal_step", "destruction",
)  # fmt: skip
DELETED_FROM = (
    "account_letter", "audit_key", "authenticator", "case_address", "case_contact", "case_event", "case_member", "case_nights", "case_service", "conversation", "half_sign_in", "job", "one_time_link", "passkey", "recovery_code", "service_place", "spent_challenge", "sign_in_attempt", "register_night",
    "staff_tie", "stock_summary",
    "team_place", "unit", "unit_beside", "unit_certificate", "unit_room", "user_session", "worker_mark",
)  # fmt: skip
READ_ONLY = ("alembic_version", "audit_head")
_JOBS = "dbos"  # the job engine's own schema

OWNED = (
    "The role that serves owns the tables: whoever gets hold of it can switch off what guards decided records. "
    "Give the tables to a role of their own: see “PostgreSQL” in docs/running."
)
KNOWN = (
    "What serves knows CBC_MIGRATION_DATABASE_URL: give it to “flask --app wsgi setup” and “db upgrade” alone, and take it "
    "out of settings.env."
)


@contextmanager
def owning(settings: Settings) -> Iterator[Connection]:
    """A transaction of the role that owns the tables.

    Raises:
        SQLAlchemyError: it cannot sign in.
    """
    engine = create_engine(settings.migration_database_url, hide_parameters=True)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def give(connection: Connection, settings: Settings) -> None:
    """Give the role that serves its rights on every table there is, and take all others; in the owner's transaction."""
    quoted = connection.dialect.identifier_preparer.quote
    role = quoted(str(make_url(settings.database_url).username))

    def say(statement: str) -> None:
        connection.execute(text(statement))

    there = inspect(connection)
    say("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    say(f"GRANT USAGE ON SCHEMA public TO {role}")
    for name in sorted(there.get_table_names()):
        table = f"public.{quoted(name)}"
        say(f"REVOKE ALL ON {table} FROM PUBLIC, {role}")
        say(f"GRANT {', '.join(rights_on(name))} ON {table} TO {role}")
    say(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}")  # a backup reads where they stand
    if _JOBS in there.get_schema_names():
        say(f"GRANT USAGE ON SCHEMA {_JOBS} TO {role}")
        say(f"REVOKE ALL ON ALL TABLES IN SCHEMA {_JOBS} FROM {role}")
        say(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {_JOBS} TO {role}")
        say(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {_JOBS} TO {role}")
        say(f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA {_JOBS} TO {role}")
    if connection.scalar(
        text("SELECT pg_get_userbyid(datdba) = current_user FROM pg_database WHERE datname = current_database()")
    ):
        # A temporary table of the same name would stand before ours: rows would go there, and nobody would see.
        name = quoted(str(connection.engine.url.database))
        say(f"REVOKE TEMPORARY, CREATE ON DATABASE {name} FROM PUBLIC, {role}")


def rights_on(name: str) -> tuple[str, ...]:
    """What the role that serves may do with a table."""
    if name in READ_ONLY:
        return ("SELECT",)
    return (
        "SELECT",
        "INSERT",
        *(() if name in ADDED_TO else ("UPDATE",)),
        *(("DELETE",) if name in DELETED_FROM else ()),
    )


def warnings(settings: Settings) -> list[str]:
    """What is not as it should be about the roles, in sentences; nothing on SQLite."""
    if db.engine.dialect.name != "postgresql":
        return []
    owns = "SELECT pg_has_role(current_user, relowner, 'USAGE') FROM pg_class WHERE oid = to_regclass('public.audit_event')"
    owned = bool(db.session.scalar(text(owns)))
    db.session.rollback()
    return [*([OWNED] if owned else []), *([KNOWN] if settings.migration_database_url else [])]
