"""What a record keeps of the place: the same for the same facts, with the ways that were checked in words."""

from __future__ import annotations

from pathlib import Path

from flask.testing import FlaskClient

from app.assessments.models import Assessment
from app.cases.models import Case
from app.database import writing
from app.decisions import record_contents
from app.decisions.whereabouts import ways_in_words
from app.extensions import db
from app.placements import surroundings
from app.places import loading
from app.properties import locating
from app.records import canonical
from app.suitability.casefile.history import Journey
from tests.conftest import Instance
from tests.placements.test_pages import decisions_of, judged
from tests.places.test_directory import hub, listed


def test_the_same_facts_and_data_make_the_same_record(instance: Instance, tmp_path: Path) -> None:
    """Loaded again from the same lists, asked again in the same words: not a byte differs. Source: places.md 8.7."""
    _, assessment_id = instance.import_case("h2")
    rows = [*(hub(n) for n in range(1, 6)), hub(6, "B1 1BB")]
    person = {"name": "Sam Example", "role": "safeguarding_lead", "role_words": "safeguarding lead"}
    decision = {"outcome": "not_suitable", "reasons": {}, "conditions": [], "submitter": person, "reviewer": person}

    def body() -> bytes:
        with instance.app.app_context():
            options = {"date": "2026-11-01", "owner": "Early years team"}
            assert loading.run(instance.settings, "services", listed(tmp_path, *rows), "t", options).state == "active"
            found = judged(instance, assessment_id)
            unit = locating.locate_unit(found.assessment.unit)
            around = surroundings.surroundings(
                found.file.household, unit, found.file.on, instance.settings.council_authority
            )
            assert around.nearest
            assert around.spots
            return canonical.encode(record_contents.contents(found, around, decision, "Example Council", False))

    first = body()
    rows.reverse()
    assert body() == first


def test_after_new_data_both_distances_are_to_be_seen(instance: Instance, officer: FlaskClient) -> None:
    case_id, assessment_id = instance.import_case("h2")
    with instance.app.app_context():
        with writing() as session:
            found = session.get_one(Assessment, assessment_id)
            found.unit.postcode = "B14 7ET"
            for service in found.case.services:
                service.postcode = "B1 1BB"
        reasons = {
            c.key: "What this place means for this child." for c in judged(instance, assessment_id).result.children
        }
        decisions_of(instance, db.session.get_one(Assessment, assessment_id), reasons)
        with writing() as session:
            for service in session.get_one(Case, case_id).services:
                service.postcode = "B91 2JL"
    page = officer.get(f"/cases/{case_id}/assessments/{assessment_id}/result").text
    assert "When it was decided:</strong> About 5.5 km in a straight line" in page
    assert page.count("About") > page.count("About 5.5 km in a straight line"), "and today’s beside it"
    assert "(data of 1 November 2025)" in page


def test_a_way_is_said_once_for_everyone_who_makes_it() -> None:
    checked = {
        "kind": "gp", "low": 20, "high": 35, "method": "journey_check", "data_date": "2026-11-20", "changes": 1,
        "fare_pence": 460, "tool": "Operator’s planner", "travelled_for": "A weekday, arriving by 9", "by": "Olu Officer",
    }  # fmt: skip
    found = [Journey.model_validate({**checked, "person": key}) for key in ("M", "C", "X")]
    walked = {
        "person": "M",
        "kind": "school",
        "low": 5,
        "high": 9,
        "method": "walking_network",
        "data_date": "June 2026",
    }
    bare = {"person": "M", "kind": "school", "low": 5, "high": 9, "method": "journey_check"}
    found += [Journey.model_validate(walked), Journey.model_validate(bare)]
    assert ways_in_words(found, {"M": "Mia", "C": "Cai"}) == [
        "Mia, Cai, somebody to GP: 20 to 35 minutes. Operator’s planner, for a weekday, arriving by 9, 1 change, "
        "£4.60 there and back (Olu Officer, 20 November 2026).",
        "Mia to school: 5 to 9 minutes by the walking network, June 2026.",
        "Mia to school: 5 to 9 minutes. Checked.",
    ]
