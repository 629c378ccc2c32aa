"""Connections to PostgreSQL are reckoned: so many machines and workers open no more than that, and a stock server has room for two of each."""

from __future__ import annotations

import re
import threading
from contextlib import ExitStack

import psycopg
import pytest
from sqlalchemy.exc import TimeoutError as NoneFree

from app import pools
from app.extensions import db
from app.jobs import client
from app.settings import ROOT
from tests.conftest import Instance

STOCK = 100  # max_connections, as PostgreSQL comes


def test_two_machines_and_two_workers_fit_a_server_as_it_comes() -> None:
    assert pools.most_connections(2, 2) <= STOCK
    assert pools.most_connections(3, 2) > STOCK, "from three on it has to be set: docs/running/machines.md says so"


def test_what_is_reckoned_is_what_is_started() -> None:
    words = (ROOT / "script" / "supervisord.conf").read_text(encoding="utf-8")
    processes, threads = (int(re.findall(rf"--{word} (\d+)", words)[0]) for word in ("workers", "threads"))
    assert processes == pools.WEB_PROCESSES
    assert 2 * threads <= pools.KEPT + pools.BESIDE, (
        "each thread may hold one for its request and one for the note of a view"
    )


def test_the_table_in_the_documents_is_the_sum() -> None:
    written = (ROOT / "docs" / "running" / "machines.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \| (\d+) \| (\d+) \|$", written, re.MULTILINE)
    assert len(rows) >= 4
    for machines, workers, said in rows:
        assert pools.most_connections(int(machines), int(workers)) == int(said)


@pytest.mark.parametrize("either", ["postgresql"], indirect=True)
def test_a_process_opens_no_more_however_many_ask(either: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    url = either.settings.database_url.replace("+psycopg", "")
    with either.app.app_context(), ExitStack() as held:
        client()
        monkeypatch.setattr(db.engine.pool, "_timeout", 0.5)
        refused: list[BaseException] = []
        for _ in range(pools.KEPT + pools.BESIDE):
            held.enter_context(db.engine.connect())
        thread = threading.Thread(target=lambda: refused.append(_one_more(either)))
        thread.start()
        with psycopg.connect(url) as connection:
            found = connection.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            ).fetchone()
        thread.join()
    assert found is not None
    assert found[0] <= pools.KEPT + pools.BESIDE + pools.OF_THE_QUEUE
    assert isinstance(refused[0], NoneFree)
    assert pools.is_away(refused[0]), "who asks for one more reads a page that says so"


def _one_more(instance: Instance) -> BaseException | None:
    with instance.app.app_context():
        try:
            with db.engine.connect():
                return None
        except NoneFree as error:
            return error
