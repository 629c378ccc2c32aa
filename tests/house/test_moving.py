"""From SQLite to PostgreSQL: everything is there, the same, and guarded; and nothing is there where it cannot be moved whole."""

from __future__ import annotations

import re
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import func, inspect, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from app import install, moving
from app.audit import verifying
from app.cases.models import Case
from app.database import Base
from app.extensions import db
from app.finding.models import CaseFound
from app.jobs import identity
from app.settings import Settings
from app.sharing import service as sharing
from tests.conftest import Instance, dispose
from tests.kept import made as made_app
from tests.trees import bare


@pytest.fixture
def target(instance: Instance, postgresql: str) -> Iterator[Instance]:
    """The same installation, with an empty PostgreSQL database in place of its own."""
    name = f"moved_{secrets.token_hex(5)}"
    with psycopg.connect(postgresql, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')  # type: ignore[call-overload]
    url = make_url(postgresql).set(drivername="postgresql+psycopg", database=name).render_as_string(hide_password=False)
    app = made_app(
        Settings(data=instance.settings.data, database_url=url, base_url="http://localhost", disk_reserve_mb=1)
    )
    app.config.update(WTF_CSRF_ENABLED=False, PROPAGATE_BUGS=True)
    try:
        yield Instance(app, "postgresql")
    finally:
        dispose(app)
        with psycopg.connect(postgresql, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')  # type: ignore[call-overload]


def database_of(instance: Instance) -> Path:
    return Path(instance.settings.data / "case-by-case.sqlite")


def moved(target: Instance, *words: str) -> Any:
    """What the command says, and how it ends."""
    return target.app.test_cli_runner().invoke(args=["move", *words])


def rows_of(target: Instance) -> dict[str, int]:
    """What is in the tables there are at the other side."""
    with target.app.app_context(), db.engine.connect() as connection:
        names = [name for name in inspect(connection).get_table_names() if name != "alembic_version"]
        return {name: connection.scalar(text(f'SELECT count(*) FROM "{name}"')) or 0 for name in names}


def looked_at(instance: Instance, page: str) -> str:
    """A page as a lead sees it, without the mark that is of one session."""
    return re.sub(r'name="csrf_token"[^>]*>', "", instance.client("safeguarding_lead").get(page).text)


def lived_in(instance: Instance) -> tuple[str, str]:
    """Cases in every state, a record that is shared, letters that wait, and a year of nothing in a household's own letters."""
    case_id, record_id = instance.decided("h2")
    instance.submitted("h1")
    instance.import_case("h5")
    instance.import_tree(bare())
    with instance.app.app_context():
        sharing.share(
            instance.user("housing_officer"),
            record_id,
            None,
            "Nuala Reads",
            "health visitor",
            "nuala@nhs.example",
            "To lead.",
        )
    return case_id, record_id


def test_everything_is_there_and_the_same_and_guarded(instance: Instance, target: Instance) -> None:
    case_id, record_id = lived_in(instance)
    pages = (f"/cases/{case_id}", f"/cases/{case_id}/records/{record_id}", "/cases")
    before = {page: looked_at(instance, page) for page in pages}
    with instance.app.app_context():
        held = {
            each.name: db.session.scalar(select(func.count()).select_from(each)) for each in Base.metadata.sorted_tables
        }
        entries = db.session.execute(text("SELECT seq, hash FROM audit_event ORDER BY seq")).all()
        identity.release(instance.settings)  # whose the jobs are is said, as in a service that has run
        db.session.rollback()

    told = moved(target)
    assert told.exit_code == 0, told.output
    there = rows_of(target)
    for name, many in held.items():
        extra = {"audit_event": 1, "audit_detail": 1, "audit_key": 0}.get(
            name, 0
        )  # that it was moved is an entry itself
        assert there[name] in (many, (many or 0) + extra), name
        assert f"{name} " in told.output
    assert there["worker_mark"] == 1

    with target.app.app_context():
        install.prepare(target.app, False, lambda line: None)
        assert identity.is_copy(target.settings), "it holds its letters until a person says that this is the one to run"
        with db.engine.connect() as connection, connection.begin():
            assert list(verifying.verify(connection, verifying.Told())) == []
        now = db.session.execute(text("SELECT seq, hash FROM audit_event ORDER BY seq")).all()
        assert [tuple(map(bytes_of, row)) for row in now[: len(entries)]] == [
            tuple(map(bytes_of, row)) for row in entries
        ]
        db.session.rollback()
    for page in pages:
        assert looked_at(target, page) == before[page], page

    # What is numbered goes on behind the last, and what is only added to is guarded again.
    made, _ = target.import_case("h3")
    with target.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(CaseFound)) == there["case_found"] + 1
        assert db.session.get_one(Case, made).version > 0
        for table in ("audit_event", "answer", "decision", "frozen_text"):
            with pytest.raises(DBAPIError):
                db.session.execute(text(f"DELETE FROM {table}"))
            db.session.rollback()


def bytes_of(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def test_what_was_moved_is_not_moved_again(instance: Instance, target: Instance) -> None:
    instance.import_case("h2")
    assert moved(target).exit_code == 0
    before = rows_of(target)
    again = moved(target)
    assert again.exit_code == 1
    assert "is not empty, and nothing was moved" in again.output
    assert rows_of(target) == before


def test_a_row_that_is_lost_on_the_way_moves_nothing(
    instance: Instance, target: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guard at work: where a table is not the same on both sides, no row of any table stays."""
    instance.import_case("h2")
    copy = moving._copy

    def forgetful(theirs: Any, ours: Any, each: Any) -> None:
        copy(theirs, ours, each)
        if each.name == "case_member":
            assert (
                ours.execute(text("DELETE FROM case_member WHERE id = (SELECT min(id) FROM case_member)")).rowcount == 1
            )

    monkeypatch.setattr(moving, "_copy", forgetful)
    told = moved(target)
    assert told.exit_code == 1
    assert "The table case_member is not the same on both sides" in told.output
    there = rows_of(target)
    assert {name for name, many in there.items() if many} <= {"audit_event", "audit_head"}, (
        "what a migration puts in itself"
    )
    assert there["audit_event"] <= 1
    with target.app.app_context(), db.engine.begin() as connection, pytest.raises(DBAPIError):
        connection.execute(text("TRUNCATE audit_event"))  # the guards stand as they were


def test_a_value_that_is_changed_on_the_way_moves_nothing(
    instance: Instance, target: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    instance.import_case("h2")
    copy = moving._copy

    def careless(theirs: Any, ours: Any, each: Any) -> None:
        copy(theirs, ours, each)
        if each.name == "answer":
            ours.execute(
                text("UPDATE answer SET source_name = 'Somebody else' WHERE id = (SELECT min(id) FROM answer)")
            )

    monkeypatch.setattr(moving, "_copy", careless)
    told = moved(target)
    assert told.exit_code == 1
    assert "The table answer is not the same on both sides" in told.output


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("CREATE TABLE somebody_elses (id TEXT)", "The table somebody_elses is not one of ours"),
        (
            "ALTER TABLE housing_case ADD COLUMN added TEXT DEFAULT 'x'",
            "The column added of housing_case holds something",
        ),
        ("UPDATE alembic_version SET version_num = '0040'", "is at migration 0040, and this version needs"),
        ("UPDATE case_member SET case_id = 'nobody'", "Rows of case_member name other rows that are not there"),
    ],
)
def test_what_cannot_be_moved_whole_is_said_first(
    instance: Instance, target: Instance, statement: str, said: str
) -> None:
    instance.import_case("h2")
    with closing(sqlite3.connect(database_of(instance))) as connection, connection:
        connection.execute(statement)
    told = moved(target)
    assert told.exit_code == 1
    assert said in told.output
    assert rows_of(target) == {}


def test_a_service_that_runs_a_wrong_file_and_a_wrong_address_are_refused(instance: Instance, target: Instance) -> None:
    assert "There is no SQLite database nothing.sqlite here." in moved(target, "nothing.sqlite").output
    assert "CBC_DATABASE_URL names no PostgreSQL" in moved(instance).output
    (instance.settings.data / "worker.heartbeat").touch()
    told = moved(target)
    assert told.exit_code == 1
    assert "This installation is running." in told.output
    (instance.settings.data / "worker.heartbeat").unlink()
    (instance.settings.data / "not.sqlite").write_text("no database")
    told = moved(target, str(instance.settings.data / "not.sqlite"))
    assert told.exit_code == 1
    assert "could not be read" in told.output
    assert rows_of(target) == {}


def test_nobody_writes_while_it_is_moved(instance: Instance, target: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    instance.import_case("h2")
    tried, copy = [], moving._copy

    def beside(theirs: Any, ours: Any, each: Any) -> None:
        copy(theirs, ours, each)
        if each.name == "housing_case":
            with closing(sqlite3.connect(database_of(instance), timeout=0.1)) as connection:
                try:
                    connection.execute("UPDATE housing_case SET version = version + 1")
                except sqlite3.OperationalError as error:
                    tried.append(str(error))

    monkeypatch.setattr(moving, "_copy", beside)
    assert moved(target).exit_code == 0
    assert tried == ["database is locked"]
