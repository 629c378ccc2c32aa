"""Open until its day and closed after it, on the day somebody asks: in the search, the nearest, and on a case whose family goes there."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from flask.testing import FlaskClient

from app.cases.models import CaseService
from app.clocks import in_words, today
from app.database import writing
from app.extensions import db
from app.places import service as places
from app.places.directory import directory
from app.places.loads import Report
from tests.conftest import Instance

from .test_directory import NUMBERS, load
from .test_importers import SCHOOL, register, written

ENDS = today() + timedelta(days=200)
STATUS, CLOSES, OPENS = "EstablishmentStatus (name)", "CloseDate", "OpenDate"
POINT = {"Easting": "407801", "Northing": "281600"}


def said(day: date) -> str:
    return day.strftime("%d-%m-%Y")


def schools(instance: Instance, folder: Path) -> Report:
    rows = [
        {"URN": "1", "EstablishmentName": "Closing School", STATUS: "Open, but proposed to close", CLOSES: said(ENDS)},
        {"URN": "2", "EstablishmentName": "Closed School", STATUS: "Open", CLOSES: said(today() - timedelta(days=1))},
        {"URN": "3", "EstablishmentName": "Coming School", STATUS: "Open", OPENS: said(ENDS)},
        {"URN": "4", "EstablishmentName": "Steady School", STATUS: "Open"},
    ]
    near = [{**SCHOOL, **POINT, **row, "Northing": str(281600 + 150 * n)} for n, row in enumerate(rows)]
    links = "URN,LinkURN,LinkName,LinkType\n2,3,x,Successor - Split School\n2,4,x,Successor - Split School\n"
    written(folder, "links_edubasealldata20260916.csv", links)
    return load(instance, "schools", register(folder, *near), today())


def test_the_day_of_use_decides_in_the_search_and_among_the_nearest(either: Instance, tmp_path: Path) -> None:
    with either.app.app_context():
        report = schools(either, tmp_path)
        assert report.rows == 2
        here = places.locate("B14 7ET")

        def listed(on: date) -> tuple[list[str], list[str]]:
            found = directory.search("school", "school", NUMBERS, on)
            near = directory.nearest(either.settings.services_index, here, NUMBERS, on, ["school"], 2)
            return [e.name for e in found], sorted(n.entry.name for n in near)

        assert listed(today()) == (["Closing School", "Steady School"],) * 2
        assert listed(ENDS) == (
            ["Closing School", "Coming School", "Steady School"],
            ["Closing School", "Coming School"],
        )
        assert listed(ENDS + timedelta(days=1)) == (["Coming School", "Steady School"],) * 2
        entry = directory.search("closing", "school", NUMBERS, today())[0]
        assert (entry.status, entry.relied_on, entry.closes) == ("closing", True, f"It closes on {in_words(ENDS)}.")
        gone = directory.by_refs(["schools:2"], NUMBERS, today())["schools:2"]
        assert gone.doubt.endswith("Coming School and Steady School took its place.")
        assert directory.counts(today()) == {"school": {"closing": 1, "closed": 1, "unconfirmed": 1, "open": 1}}


def test_a_case_says_when_the_school_of_a_child_closes(
    instance: Instance, tmp_path: Path, officer: FlaskClient
) -> None:
    case_id, assessment_id = instance.import_case("h2")
    with instance.app.app_context():
        schools(instance, tmp_path)
        with writing() as session:
            used = {"case_id": case_id, "kind": "school", "postcode": "B147ET", "used_by": []}
            session.add(CaseService(name="Closing School", directory_ref="schools:1", **used))
            session.add(CaseService(name="Closed School", directory_ref="schools:2", **used))
        db.session.expire_all()
    page = " ".join(officer.get(f"/cases/{case_id}/assessments/{assessment_id}/result").text.split())
    assert f"It closes on {in_words(ENDS)}. Ask what follows it." in page
    assert "Coming School and Steady School took its place. Ask which one they use now." in page
    found = officer.post(f"/cases/{case_id}/services/look", data={"kind": "school", "words": "closing"})
    assert in_words(ENDS) in str(found.get_json())
