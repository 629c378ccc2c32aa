"""The page on which an administrator loads a file: said first, row by row, then confirmed; nothing half loaded."""

from __future__ import annotations

import gzip
import io
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.audit.models import AuditEvent
from app.cases.models import Case
from app.extensions import db
from app.finding import imports
from app.properties import keeping
from app.properties.register import RegisterBuilding, RegisterUnit
from tests.conftest import Instance

from .test_from_file import HEAD, ROWS

PEOPLE = "household,name,kind,born\nHN-1,Invented Person,adult,1990-02-03\nHN-1,Small Person,child,2024-02-03\n"
BAD_ROW = "U9,Flat 9,20 Invented Row,NOWHERE,hotel,2,,\n"


class Desk:
    """An administrator before the page."""

    def __init__(self, instance: Instance) -> None:
        self.instance, self.client = instance, instance.client("administrator")

    def look(self, text: str | bytes, kind: str = "units", name: str = "units.csv", **more: Any) -> Any:
        content = text.encode() if isinstance(text, str) else text
        data = {"kind": kind, "file": (io.BytesIO(content), name), **more}
        return self.client.post("/imports", data=data, content_type="multipart/form-data")

    @staticmethod
    def closed(page: str) -> str:
        found = re.search(r'name="closed" value="([^"]+)"', page)
        return found[1] if found else ""

    def load(self, closed: str, by: FlaskClient | None = None) -> str:
        return (by or self.client).post("/imports/load", data={"closed": closed}, follow_redirects=True).text

    def count(self, table: type[Any]) -> int:
        with self.instance.app.app_context():
            return db.session.scalar(select(func.count()).select_from(table)) or 0

    def noted(self) -> list[str]:
        with self.instance.app.app_context():
            query = select(AuditEvent.action).where(AuditEvent.object_type.in_(("import", "register_unit")))
            return list(db.session.scalars(query.order_by(AuditEvent.seq)))


@pytest.fixture
def desk(instance: Instance) -> Desk:
    return Desk(instance)


def test_units_are_said_first_then_confirmed_and_noted(either: Instance) -> None:
    desk = Desk(either)
    assert "Files of a housing system" in desk.client.get("/").text
    page = desk.look(HEAD + ROWS).text
    assert "3 units added, in 2 new buildings" in page
    assert desk.count(RegisterUnit) == 0
    assert "Loaded: 3 units added, 0 changed." in desk.load(desk.closed(page))
    assert (desk.count(RegisterUnit), desk.count(RegisterBuilding)) == (3, 2)
    assert [a for a in desk.noted() if a != "import.listed"] == ["import.looked", "property.imported"]


def test_a_packed_file_is_read_too(desk: Desk) -> None:
    assert "3 units added" in desk.look(gzip.compress((HEAD + ROWS).encode()), name="units.csv.gz").text


def test_a_bad_row_refuses_the_whole_and_is_named_and_left_out_only_where_it_is_said(desk: Desk) -> None:
    page = desk.look(HEAD + ROWS + BAD_ROW).text
    assert re.search(r"<th[^>]*>5</th>\s*<td[^>]*>postcode</td>", page)
    assert "Nothing would be loaded" in page
    assert desk.closed(page) == "", "there is nothing to confirm"
    page = desk.look(HEAD + ROWS + BAD_ROW, without="yes").text
    assert re.search(r"<th[^>]*>5</th>", page), "named all the same"
    assert "Loaded: 3 units" in desk.load(desk.closed(page))
    assert desk.count(RegisterUnit) == 3


def test_what_would_do_something_else_by_now_is_not_loaded(either: Instance) -> None:
    desk = Desk(either)
    closed = desk.closed(desk.look(HEAD + ROWS).text)
    with either.app.app_context():
        senior = either.user("senior_officer")
        building = keeping.add_building(senior, {"address": "21 Invented Row", "postcode": "B14 7ET"})
        keeping.add_unit(senior, building, "", "")
    assert "Nothing was loaded" in desk.load(closed)
    assert desk.count(RegisterUnit) == 1
    closed = desk.closed(desk.look(HEAD + ROWS).text)
    assert "Loaded: 2 units added" in desk.load(closed)
    assert "Nothing was loaded" in desk.load(closed), "the same confirmed twice is loaded once"


def test_another_persons_a_changed_and_an_old_one_load_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = desk.closed(desk.look(HEAD + ROWS).text)
    assert "Choose the file again" in desk.load(closed[:-8] + "AAAAAAA=")
    assert "Choose the file again" in desk.load("")
    with desk.instance.app.app_context():
        assert imports.opened("somebody else", closed) is None
    monkeypatch.setattr(imports, "KEPT_SECONDS", -1)
    assert "Choose the file again" in desk.load(closed)
    assert desk.count(RegisterUnit) == 0


def test_families_become_cases_of_the_officer_who_was_chosen(either: Instance) -> None:
    desk = Desk(either)
    with either.app.app_context():
        officer = either.user("housing_officer").id
    assert "Choose whose cases they become." in desk.look(PEOPLE, "families").text
    page = desk.look(PEOPLE, "families", officer=officer).text
    assert "1 case opened" in page
    assert desk.count(Case) == 0
    assert "Loaded: 1 case opened." in desk.load(desk.closed(page))
    with either.app.app_context():
        case = db.session.scalars(select(Case)).one()
        assert (case.assigned_to, case.council_number, len(case.members)) == (officer, "HN-1", 2)
    assert "households.imported" in desk.noted()


def test_of_a_case_an_administrator_is_told_nothing_but_that_a_family_is_left_out(desk: Desk) -> None:
    with desk.instance.app.app_context():
        officer = desk.instance.user("housing_officer").id
    desk.load(desk.closed(desk.look(PEOPLE, "families", officer=officer).text))
    with desk.instance.app.app_context():
        reference = db.session.scalars(select(Case.reference)).one()
    alike = PEOPLE.replace("HN-1", "HN-2")
    for text in (PEOPLE, alike):
        page = desk.look(text, "families", officer=officer).text
        assert "1 time left out" in page
        for word in (reference, "Invented Person", "may be the family of"):
            assert word not in page


@pytest.mark.parametrize(
    ("content", "name", "why"),
    [(b"", "units.csv", "Choose the file"), (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "units.csv", ""), (b"a,b\n1,2\n", "units.csv", ""),
     (b"PK\x03\x04broken", "units.zip", "")],
    ids=["none", "picture", "other columns", "broken zip"],
)  # fmt: skip
def test_what_is_no_such_table_is_refused_beside_the_field(desk: Desk, content: bytes, name: str, why: str) -> None:
    back = desk.look(content, name=name)
    assert back.status_code == 422
    assert re.search(r'id="file-error"[^>]*>.*?' + why, back.text, re.DOTALL)
    assert desk.closed(back.text) == ""


def test_it_is_for_an_administrator_alone(instance: Instance) -> None:
    for role in ("housing_officer", "senior_officer", "safeguarding_lead", "auditor"):
        client = instance.client(role)
        assert client.get("/imports").status_code == 403
        assert client.post("/imports/load", data={"closed": "x"}).status_code == 403
