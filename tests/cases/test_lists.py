"""The list of cases: the same number of queries for one case and for fifty, and pages that miss nobody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from app.cases import opening
from app.extensions import db
from tests import fresh
from tests.conftest import Instance


@contextmanager
def counted(instance: Instance) -> Iterator[list[str]]:
    said: list[str] = []

    def listen(conn: object, cursor: object, statement: str, *rest: object) -> None:
        said.append(statement)

    with instance.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", listen)
    try:
        with fresh.not_looked_at():
            yield said
    finally:
        event.remove(engine, "before_cursor_execute", listen)


@pytest.mark.parametrize("role", ["housing_officer", "safeguarding_lead"])
def test_the_list_takes_the_same_queries_for_one_case_and_for_fifty(instance: Instance, role: str) -> None:
    client = instance.client(role)
    instance.import_case("h2")
    client.get("/cases")
    with counted(instance) as one:
        client.get("/cases")
    for number in range(12):
        instance.import_case("h1", f"MORE-{number}")
    with counted(instance) as many:
        assert client.get("/cases").text.count("MORE-") == 12
    assert len(many) == len(one)
    assert len(one) <= 10


@pytest.mark.parametrize("path", ["", "/result", "/sheets/provider", "/sheets/M"])
def test_an_assessment_takes_the_same_queries_however_much_is_answered(
    instance: Instance, path: str, officer: FlaskClient
) -> None:
    """At most twelve queries a page, the note of the view and its link to the one before counted in; and two transactions begin.

    The result asks two more: whether the register holds the unit, and which photographs there are.
    """
    counts = []
    for name in ("h1", "h2", "h5"):
        case_id, assessment_id = instance.import_case(name)
        officer.get("/")
        with counted(instance) as said:
            assert officer.get(f"/cases/{case_id}/assessments/{assessment_id}{path}").status_code == 200
        counts.append(len(said))
    assert len(set(counts)) == 1, counts
    assert counts[0] <= (14 if path == "/result" else 12) + 2


@pytest.mark.parametrize("path", ["/result", "/sheets/provider", "/sheets/M"])
def test_a_page_looked_at_again_reads_of_the_case_only_whether_it_is_the_same(
    instance: Instance, path: str, officer: FlaskClient
) -> None:
    case_id, assessment_id = instance.import_case("h5")
    address = f"/cases/{case_id}/assessments/{assessment_id}{path}"
    with counted(instance) as first:
        officer.get(address)
    with counted(instance) as again:
        officer.get(address)
    tables = ("case_member", "conversation", "answer.so_what", "mitigation", "protected_place", "unit_room")
    assert {table: any(table in said for said in first) for table in tables} == dict.fromkeys(tables, True)
    assert {table: any(table in said for said in again) for table in tables} == dict.fromkeys(tables, False)


def test_pages_of_the_list_miss_nobody_and_repeat_nobody(instance: Instance, officer: FlaskClient) -> None:
    with instance.app.app_context():
        user = instance.user("housing_officer")
        for number in range(120):
            opening.open_case(user, f"LIST-{number:03d}")
    seen: list[str] = []
    path: str | None = "/cases"
    while path:
        page = officer.get(path).text
        seen += re.findall(r">(LIST-\d{3})<", page)
        older = re.search(r'href="(/cases\?before=[0-9a-f]+)"', page)
        path = older[1] if older else None
    assert len(seen) == 120
    assert len(set(seen)) == 120
