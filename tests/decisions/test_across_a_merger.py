"""A case decided under the districts of before, and the districts merge: the record stays and replays, a new assessment is of the union."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine

from app import clocks
from app.assessments.models import Assessment
from app.database import writing
from app.decisions import again, service, versions
from app.extensions import db
from app.places import loading
from app.records.models import Record
from app.settings import ROOT
from tests.conftest import Instance
from tests.letters.test_telling import at
from tests.places.real import real
from tests.places.test_mergers import HEADER, MERGED, ORDER

OURS, NEIGHBOUR = "E08000025", "E08000029"
THERE = "B91 2JL"  # in the neighbour's district, far from the line
LINES = "Local Authority Districts May 2025 (BGC)"
WHY = "Read and agreed, for these reasons."
NOTE = "The two districts have become one since, so it is looked at again."


def a_case_over_the_line(instance: Instance, confirmed: bool) -> tuple[str, str, str]:
    """H2's household placed in the neighbour's district, by its postcode or as a person confirmed it; decided."""
    tree: Any = json.loads((ROOT / "docs" / "examples" / "h2.json").read_text(encoding="utf-8"))
    tree["placement"] |= {"postcode": THERE, "authority": NEIGHBOUR}
    case_id, assessment_id = instance.import_tree(tree)
    with instance.app.app_context(), writing() as session:
        found = session.get_one(Assessment, assessment_id)
        found.authority = NEIGHBOUR if confirmed else None
        found.authority_how = "By who bills council tax" if confirmed else ""
    instance.submit(assessment_id)
    with instance.app.app_context():
        lead = instance.user("safeguarding_lead")
        record_id = service.decide(lead, assessment_id, instance.version(case_id), "approve", WHY, []).record_id
    return case_id, assessment_id, record_id


def the_districts_merge(instance: Instance, folder: Path, day: date) -> None:
    path = folder / "successors.csv"
    rows = [f"{code},{MERGED},Example Unitary,{day},{ORDER}\n" for code in (OURS, NEIGHBOUR)]
    path.write_text(HEADER + "".join(rows), encoding="utf-8")
    with instance.app.app_context():
        said = {"date": clocks.today().isoformat()}
        assert loading.run(instance.settings, "successors", path, "tests", said).state == "active"


def lines_of_before(instance: Instance, folder: Path) -> None:
    with instance.app.app_context():
        for kind, name, day in (
            ("districts", "boundaries/lad25_westmids.geojson", "2025-05-01"),
            ("authorities", "boundaries/la_all_codes.csv", "2026-06-01"),
        ):
            options = {"date": day, "resolution": "BGC"}
            assert loading.run(instance.settings, kind, real(name), "tests", options).state == "active"


def kept_of(instance: Instance, record_id: str) -> dict[str, Any]:
    """Everything a record is: its text to the byte, its number, its hashes."""
    with instance.app.app_context():
        found = db.session.get_one(Record, record_id)
        return {column.name: getattr(found, column.name) for column in Record.__table__.columns}


def replayed(instance: Instance, body: Any, council: str) -> tuple[bool, tuple[Any, ...]]:
    with instance.app.app_context():
        told = versions.replay(body, council)
    return told.identical, told.differences


@pytest.mark.parametrize("confirmed", [False, True], ids=["by its postcode", "confirmed by a person"])
def test_a_record_of_before_keeps_its_district_and_a_new_assessment_has_the_union(
    either: Instance, tmp_path: Path, confirmed: bool
) -> None:
    lines_of_before(either, tmp_path)
    case_id, assessment_id, record_id = a_case_over_the_line(either, confirmed)
    before = kept_of(either, record_id)
    with either.app.app_context():
        body = json.loads(db.session.get_one(Record, record_id).body)
    district, said = body["places"]["district"], body["district_confirmed"]
    assert body["case_file"]["placement"]["authority"] == NEIGHBOUR
    assert (district["answer"], district["code"], district["edition"]) == ("out", NEIGHBOUR, LINES)
    assert body["places"]["district_words"] == "Outside the district, in Solihull."
    assert said == (
        "Confirmed outside the district, in Solihull (E08000029). By who bills council tax." if confirmed else ""
    )
    day = clocks.today() + timedelta(days=2)
    the_districts_merge(either, tmp_path, day)
    page = f"/cases/{case_id}/assessments/{assessment_id}/result"
    for on, theirs in ((clocks.today(), True), (day, False)):
        with time_machine.travel(at(on, 9), tick=True):
            assert kept_of(either, record_id) == before
            assert hashlib.sha256(before["body"]).hexdigest() == before["sha256"]
            for council in (OURS, MERGED):  # whichever code the service is told to be, then or now
                assert replayed(either, body, council) == (True, ()), council
            shown = " ".join(re.sub(r"<[^>]+>", " ", either.client("housing_officer").get(page).text).split())
        then = said or body["places"]["district_words"]
        assert (then in shown, "n the council’s own district" in shown) == (True, not theirs)
        assert (f"When it was decided: {then}" in shown) is not theirs
    with time_machine.travel(at(day, 10), tick=True), either.app.app_context():
        version = either.version(case_id)
        new = again.begin(either.user("housing_officer"), assessment_id, version, again.CHANGE, NOTE)
        either.submit(new)
        made = service.decide(either.user("safeguarding_lead"), new, either.version(case_id), "approve", WHY, [])
        after = json.loads(db.session.get_one(Record, made.record_id).body)
    assert (
        replayed(either, after, OURS) == replayed(either, after, MERGED) == replayed(either, body, OURS) == (True, ())
    )
    assert after["case_file"]["placement"]["authority"] == OURS
    assert (after["places"]["district"]["answer"], after["places"]["district"]["code"]) == ("in", MERGED)
    assert after["places"]["district_words"] == "In the council’s own district, Example Unitary."
    assert ("LS23" in rows_asked(body), "LS23" in rows_asked(after)) == (True, False), (
        "outside a search log is due; inside none"
    )
    assert kept_of(either, record_id) == before


def rows_asked(body: Any) -> set[str]:
    return {row["criterion"] for row in body["result"]["findings"]}
