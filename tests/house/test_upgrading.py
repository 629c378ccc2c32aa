"""A new release beside the one before: a migration keeps nobody waiting, and old code goes on where that was said, and only there."""

from __future__ import annotations

import json
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import flask_migrate
import psycopg
import pytest
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import DBAPIError

from app import house, upgrading
from app.cases.models import Case
from app.database import schema_version
from app.extensions import db
from app.upgrading import Step
from tests.conftest import Instance, dispose

KNOWN = {
    "1": Step(None, False),
    "2": Step("1", True),
    "3": Step("2", False),
    "4": Step("3", True),
    "5": Step("4", True),
}
ON_POSTGRESQL = pytest.mark.parametrize("either", ["postgresql"], indirect=True)


@pytest.mark.parametrize(("at", "oldest"), [("5", "3"), ("4", "3"), ("3", "3"), ("2", "1"), ("1", "1"), ("9", "9")])
def test_how_far_back_code_may_go_on(at: str, oldest: str) -> None:
    """As far as every migration since says that it only adds; silence is no leave."""
    assert upgrading.oldest_that_serves(at, KNOWN) == oldest


def test_migrations_are_read_as_they_are() -> None:
    found = upgrading.steps()
    assert found[house.schema_head()].follows in found
    assert found["0051"] == Step("0050", True)
    assert found["0047"] == Step("0046", False), "a second step is asked for by code that knows of it"


def newer(instance: Instance, said: str) -> str:
    """Tables of a release that this code does not know, and what that said of older code; gives what the health page says."""
    with instance.app.app_context():
        db.session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        db.session.execute(text(f"COMMENT ON TABLE alembic_version IS '{said}'"))
        db.session.commit()
    return str(instance.client().get("/readyz").get_json()["checks"]["migrated"])


@ON_POSTGRESQL
def test_old_code_goes_on_where_the_new_release_says_that_it_may(either: Instance) -> None:
    head = either.app.config["SCHEMA_HEAD"]
    assert newer(either, f"case by case: code of {head} or later may serve") == "True"
    assert newer(either, "case by case: code of 0001 or later may serve") == "True"


@ON_POSTGRESQL
@pytest.mark.parametrize("said", ["case by case: code of 9999 or later may serve", "case by case: code of 9998 or later may serve", "", "anything"])  # fmt: skip
def test_and_is_taken_out_of_service_where_it_does_not(either: Instance, said: str) -> None:
    assert newer(either, said) == "False"
    assert either.client().get("/readyz").status_code == 503


@ON_POSTGRESQL
def test_new_code_does_not_serve_old_tables(either: Instance) -> None:
    with either.app.app_context():
        db.session.execute(text("UPDATE alembic_version SET version_num = '0050'"))
        db.session.execute(text("COMMENT ON TABLE alembic_version IS 'case by case: code of 0001 or later may serve'"))
        db.session.commit()
        assert not upgrading.may_serve(schema_version(), either.app.config["SCHEMA_HEAD"])


@ON_POSTGRESQL
def test_a_migration_writes_who_may_go_on(either: Instance) -> None:
    with either.app.app_context(), db.engine.begin() as connection:
        upgrading.say_who_may_serve(connection)
        said = connection.execute(text("SELECT obj_description('public.alembic_version'::regclass)")).scalar()
    oldest = upgrading.oldest_that_serves(house.schema_head(), upgrading.steps())
    assert said == f"case by case: code of {oldest} or later may serve"


def test_on_sqlite_tables_of_another_release_are_never_served(instance: Instance) -> None:
    with instance.app.app_context():
        assert not upgrading.may_serve("9999", instance.app.config["SCHEMA_HEAD"])
        assert upgrading.may_serve(instance.app.config["SCHEMA_HEAD"], instance.app.config["SCHEMA_HEAD"])


# ---- one open report does not stop every read


@contextmanager
def report_open(url: str, seconds: float) -> Iterator[None]:
    def run() -> None:
        with psycopg.connect(url) as connection:
            connection.execute("SELECT count(*) FROM housing_case")
            began.set()
            time.sleep(seconds)

    began = threading.Event()
    thread = threading.Thread(target=run)
    thread.start()
    began.wait(10)
    yield
    thread.join()


def slowest_read(url: str, work: threading.Thread) -> float:
    """Read again and again for as long as a piece of work takes; gives the longest, in seconds."""
    slowest = 0.0
    with psycopg.connect(url, autocommit=True) as connection:
        work.start()
        while work.is_alive():
            began = time.monotonic()
            connection.execute("SELECT id FROM housing_case LIMIT 1")
            slowest = max(slowest, time.monotonic() - began)
            time.sleep(0.02)
    work.join()
    return slowest


def altered(instance: Instance, patient: bool) -> list[BaseException]:
    failed: list[BaseException] = []

    def run() -> None:
        engine = create_engine(instance.settings.database_url)
        try:
            with engine.begin() as connection:
                if patient:
                    upgrading.begin(connection)
                connection.execute(text("ALTER TABLE housing_case ADD COLUMN of_a_test text"))
        finally:
            engine.dispose()

    try:
        upgrading.patiently(run) if patient else run()
    except BaseException as error:
        failed.append(error)
    return failed


@ON_POSTGRESQL
@pytest.mark.parametrize("patient", [True, False], ids=["as we do it", "without a lock timeout"])
def test_one_open_report_does_not_stop_every_read(
    either: Instance, patient: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C13: no read waits for more than half a second; without the timeout reads wait as long as the report is open."""
    monkeypatch.setattr(upgrading, "PAUSE_SECONDS", 0.3)
    url, failed = either.settings.database_url.replace("+psycopg", ""), list[BaseException]()
    with report_open(url, 4):
        slowest = slowest_read(url, threading.Thread(target=lambda: failed.extend(altered(either, patient))))
    assert failed == []
    if patient:
        assert slowest < upgrading.LOCK_MILLISECONDS / 1000 + 0.4
    else:
        assert slowest > 2, "the measure is able to fail"
    with psycopg.connect(url) as connection:
        connection.execute("SELECT of_a_test FROM housing_case")


@ON_POSTGRESQL
def test_what_is_never_to_be_had_is_given_up(either: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upgrading, "PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(upgrading, "TRIES", 2)
    monkeypatch.setattr(upgrading, "LOCK_MILLISECONDS", 50)
    with report_open(either.settings.database_url.replace("+psycopg", ""), 2):
        (failed,) = altered(either, patient=True)
    assert isinstance(failed, DBAPIError)


def test_every_migration_that_says_it_only_adds_does(tmp_path: Path) -> None:
    """By its words: no column is dropped, changed or made to be filled, no table renamed."""
    for file in upgrading.VERSIONS.glob("*.py"):
        written = file.read_text(encoding="utf-8")
        if upgrading._EXPANDS.search(written):
            upward = written.partition("def upgrade")[2].partition("def downgrade")[0]
            for word in ("drop_", "alter_column", "rename_", "DROP ", "RENAME ", "SET NOT NULL"):
                assert word not in upward, (file.name, word)


def test_a_new_release_says_whether_machines_may_be_replaced_one_by_one(
    either: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    def said() -> dict[str, object]:
        ran = either.app.test_cli_runner().invoke(args=["upgrade-look"])
        assert ran.exit_code == 0, ran.output
        return dict(json.loads(ran.output))

    found = said()
    assert found["tables"] == found["this_release"] == either.app.config["SCHEMA_HEAD"]
    assert found["rolling"] is (either.engine == "postgresql"), "on SQLite one machine serves"
    monkeypatch.setattr(upgrading, "steps", lambda: KNOWN)
    assert [stored for stored in (*KNOWN, "9", "") if upgrading.is_rolling(stored, "5")] == ["3", "4", "5"]


# ---- killed inside


BEFORE = "0044"


def upgraded_in_a_child(instance: Instance, after: float | None) -> float:
    """Bring the tables up to date in a process of its own, killed with -9 after so many seconds; gives how long it lived."""
    dispose(instance.app)  # no connection is shared between the two
    began, child = time.monotonic(), os.fork()
    if child == 0:
        try:
            with instance.app.app_context():
                flask_migrate.upgrade()
            os._exit(0)
        except BaseException:
            os._exit(7)
    if after is not None:
        time.sleep(after)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "it failed of itself"
    return time.monotonic() - began


def shape(instance: Instance) -> tuple[str, tuple[str, ...]]:
    with instance.app.app_context():
        found = schema_version(), tuple(sorted(inspect(db.engine).get_table_names()))
        db.session.close()
        db.engine.dispose()
    return found


def test_killed_at_twenty_points_inside_it_is_old_or_new_and_never_between(either: Instance) -> None:
    """R8, with data: each time from 0044 to the last, killed at a moment of its own."""
    case_id, _ = either.decided("h2")
    new = shape(either)
    dice, found = random.Random(8), Counter[str]()

    def step_back() -> None:
        with either.app.app_context():
            db.session.close()
            flask_migrate.downgrade(revision=BEFORE)

    step_back()
    old = shape(either)
    assert old != new
    whole = upgraded_in_a_child(either, None)
    assert shape(either) == new
    for _ in range(20):
        if shape(either) != old:
            step_back()
        upgraded_in_a_child(either, dice.uniform(0, whole))
        there = shape(either)
        assert there in (old, new)
        found[there[0]] += 1
    upgraded_in_a_child(either, None)
    assert shape(either) == new
    assert found[BEFORE] >= 5, "it was killed before its end"
    with either.app.app_context():
        assert db.session.get_one(Case, case_id).id == case_id
    ran = either.app.test_cli_runner().invoke(args=["audit", "verify"])
    assert ran.exit_code == 0, ran.output
