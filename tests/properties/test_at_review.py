"""What the register knows against a proposal stands before the lead who decides, with whose word and how old, and nothing of hidden cases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from app.assessments.models import Assessment, SavedAnswer
from app.cases.models import CaseExclusion
from app.checklists import read_folder
from app.clocks import today
from app.database import writing
from app.extensions import db
from app.placements import registered
from app.properties import keeping
from app.properties.addresses import parted
from tests.conftest import Instance


def proposed(instance: Instance, *evidence: dict[str, Any], linked: bool = True) -> tuple[str, str, str]:
    """H1, submitted, of a unit of the register of which this is known: case, assessment, unit."""
    case_id, assessment_id = instance.import_case("h1")
    with instance.app.app_context():
        senior = instance.user("senior_officer")
        assessment = db.session.get_one(Assessment, assessment_id)
        of = parted(assessment.unit.address)
        building = keeping.add_building(senior, {"address": of.building, "postcode": assessment.unit.postcode})
        unit = keeping.add_unit(senior, building, "Room 9", "")
        for known in evidence:
            keeping.add_evidence(senior, building, unit if known.pop("of_unit", True) else None, known)
        if linked:
            registered.link(senior, assessment_id, instance.version(case_id), unit)
    instance.submit(assessment_id)
    return case_id, assessment_id, unit


def page(instance: Instance, case_id: str, assessment_id: str) -> str:
    text = instance.client("safeguarding_lead").get(f"/cases/{case_id}/assessments/{assessment_id}/review").text
    return text[text.index("cbc-beside") : text.index("cbc-outcome--")]


def known(kind: str, days: int, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "word": "officer", "said_by": "O. Officer", "on": today() - timedelta(days=days), **more}


def test_a_restriction_and_an_incident_stand_above_the_decision_with_whose_and_how_old(either: Instance) -> None:
    case_id, assessment_id, _ = proposed(
        either,
        known("restriction", 40, reach="under", under_age=5, words="No restrictors."),
        known("incident", 12, words="A fight on the stairs", of_unit=False),
    )
    said = page(either, case_id, assessment_id)
    assert "this unit is not for children under 5." in said
    assert "Seen by O. Officer, 40 days ago. Not answered." in said
    assert "Incident: A fight on the stairs. Seen by O. Officer, 12 days ago." in said
    assert said.count('<p class="govuk-body govuk-!-margin-bottom-1"><strong>') == 2, "two lines"


def test_what_was_answered_stands_with_who_answered(instance: Instance) -> None:
    case_id, assessment_id, _ = proposed(instance, known("void", 3))
    with instance.app.app_context():
        senior = instance.user("senior_officer")
        row = keeping.all_of_building(_building(instance))[0].id
        registered.answer(senior, assessment_id, instance.version(case_id), row, "Out of use.", "Painted, back tonight")
    said = page(instance, case_id, assessment_id)
    assert "The unit is out of use since" in said
    assert "Answered: Painted, back tonight (Senior Officer)." in said


def _building(instance: Instance) -> str:
    return keeping.listed("", "", today()).units[0].building_id


def test_nothing_there_is_no_clearance_and_no_link_is_not_nothing(instance: Instance) -> None:
    case_id, assessment_id, _ = proposed(instance)
    assert "That is no sign that there is nothing." in page(instance, case_id, assessment_id)
    other_case, other = instance.submitted("h2")
    assert "Nobody has said which unit of the register this is" in page(instance, other_case, other)


def test_other_cases_that_worry_are_told_as_far_as_the_lead_may_see_them(instance: Instance) -> None:
    case_id, assessment_id, _ = proposed(instance)
    officer = instance.user
    others = []
    for _ in range(2):
        other_case, other = instance.import_case("h1")
        with instance.app.app_context(), writing() as session:
            unit = session.get_one(Assessment, other).unit_id
            session.add(
                SavedAnswer(
                    case_id=other_case, unit_id=unit, criterion="CS12", subject="unit", value=_worrying("CS12"), grade="E2", on=today(),
                    recorded_by=officer("housing_officer").id, supersedes=[],
                )
            )  # fmt: skip
        others.append(other_case)
    said = page(instance, case_id, assessment_id)
    assert "2 other families’ cases worry" in said or "2 other families&#8217; cases worry" in said
    for other_case in others:
        _keep_from(instance, other_case)
    assert "cases worry" not in page(instance, case_id, assessment_id), "not even a count"


def _worrying(criterion: str) -> str:
    options = read_folder().criteria[criterion].options
    return next(code for code, option in options.items() if option.means == "worrying")


def _keep_from(instance: Instance, case_id: str) -> None:
    with instance.app.app_context(), writing() as session:
        lead, senior = instance.user("safeguarding_lead"), instance.user("senior_officer")
        session.add(CaseExclusion(case_id=case_id, user_id=lead.id, reason="x", set_by=senior.id))
