"""A database that does not answer: 503 and a sentence, what was typed still there, and nothing restarted when it is back."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from app import pools
from app.extensions import db
from tests.conftest import Instance

TYPED = "Forty minutes of careful listening"


class Gone(psycopg.OperationalError):
    """As the driver says it where nobody answers."""


@contextmanager
def away(instance: Instance, after: int = 0) -> Iterator[None]:
    """No statement is answered any more, after so many."""
    left = [after]

    def fails(*_: object) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise OperationalError("", {}, Gone("connection to server failed"))

    with instance.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", fails)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", fails)


@pytest.mark.parametrize("after", [0, 1, 2, 5])
@pytest.mark.parametrize("either", ["postgresql"], indirect=True)
def test_a_page_says_so_in_words_and_nothing_is_restarted(either: Instance, officer: FlaskClient, after: int) -> None:
    case_id, _ = either.import_case("h2")
    with away(either, after):
        shown = officer.get(f"/cases/{case_id}")
    assert shown.status_code == 503
    assert shown.headers["Retry-After"] == "5"
    assert "The database of this service does not answer" in shown.text
    assert "psycopg" not in shown.text
    assert officer.get(f"/cases/{case_id}").status_code == 200, "still signed in"


@pytest.mark.parametrize("after", [0, 3])
@pytest.mark.parametrize("either", ["postgresql"], indirect=True)
def test_what_was_typed_is_still_there_and_can_be_sent_again(
    either: Instance, officer: FlaskClient, after: int
) -> None:
    case_id, _ = either.import_case("h2")
    fields = {"version": str(either.version(case_id)), "note": f"{TYPED} <b>", "password": "secret"}
    with away(either, after):
        shown = officer.post(f"/cases/{case_id}/household", data=fields)
    assert shown.status_code == 503
    assert "It is not known whether this was saved" in shown.text
    assert f'name="note" value="{html.escape(TYPED)} &lt;b&gt;"' in shown.text
    assert "secret" not in shown.text
    assert f'cbc-preline">{TYPED} &lt;b&gt;</p>' in shown.text, "what was typed can be read"
    assert f'cbc-preline">{fields["version"]}</p>' not in shown.text, "and no code"
    assert re.search(r"You are still signed in\.\s+What you typed is still here", shown.text)


@pytest.mark.parametrize("either", ["postgresql"], indirect=True)
def test_who_is_not_signed_in_is_not_told_so(either: Instance) -> None:
    with away(either):
        shown = either.client().get("/shared/no-such-link")
    assert shown.status_code == 503
    assert "signed in" not in shown.text
    assert "ring the council" in shown.text


@pytest.mark.parametrize("either", ["postgresql"], indirect=True)
def test_what_asks_by_machine_is_told_too(either: Instance) -> None:
    with away(either):
        found = either.client().get("/readyz")
    assert found.status_code == 503
    assert found.get_json()["checks"]["database"] is False
    assert either.client().get("/healthz").status_code == 200


def test_on_sqlite_nothing_is_ever_away(instance: Instance) -> None:
    import sqlite3  # noqa: PLC0415

    assert not pools.is_away(OperationalError("", {}, sqlite3.OperationalError("database is locked")))
    assert not pools.is_away(ValueError())


@pytest.mark.parametrize("state", ["57P01", "57P03", "53300", "08006"])
def test_which_errors_are_a_database_that_is_away(state: str) -> None:
    error = Gone()
    error.sqlstate = state
    assert pools.is_away(OperationalError("", {}, error))


@pytest.mark.parametrize("state", ["55P03", "40001", "23505"])
def test_which_are_not(state: str) -> None:
    error = Gone()
    error.sqlstate = state
    assert not pools.is_away(OperationalError("", {}, error))
