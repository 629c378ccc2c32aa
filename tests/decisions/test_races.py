"""Nobody signs "suitable" while a colleague records a stop: 500 raced pairs on each engine, none wrong."""

from __future__ import annotations

import threading
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from app.assessments import answers
from app.assessments import service as assessments
from app.assessments.models import Assessment, SavedAnswer
from app.cases import service as cases
from app.cases.models import Case
from app.checklists import read_folder
from app.decisions import service
from app.decisions.models import Decision
from app.extensions import db
from app.problem import StaleCase
from tests.conftest import Instance

STOP = {
    "value": "current", "grade": "E3", "source_name": "PC Desk", "source_role": "", "source_agency": "police", "on": date(2026, 1, 1),
    "note": "", "why": "", "so_what": "", "reason": "",
}  # fmt: skip


def race(instance: Instance, assessment_id: str, case_id: str) -> tuple[bool, bool]:
    """A lead signs and an officer records a stop at the same moment. Returns (signed, stop recorded)."""
    with instance.app.app_context():
        version = db.session.get_one(Case, case_id).version
        unit = db.session.get_one(Assessment, assessment_id).unit_id
        mark = answers.seen_mark(answers.of_row(answers.saved_answers(case_id, unit), "CS15", "unit"))
        lead, officer = instance.user("safeguarding_lead").id, instance.user("housing_officer").id
    gate = threading.Barrier(2)
    done: dict[str, bool] = {}
    trouble: list[BaseException] = []

    class Person:
        def __init__(self, user_id: str, role: str) -> None:
            self.id, self.name, self.role = user_id, role, role

    def sign() -> None:
        with instance.app.app_context():
            gate.wait()
            try:
                service.decide(
                    Person(lead, "safeguarding_lead"), assessment_id, version, "approve", "Read and agreed.", []
                )
                done["signed"] = True
            except (StaleCase, service.DecisionProblem):
                done["signed"] = False
            except BaseException as error:
                trouble.append(error)

    def warn() -> None:
        with instance.app.app_context():
            gate.wait()
            try:
                answers.save_answer(
                    Person(officer, "housing_officer"),
                    assessment_id,
                    read_folder().criteria["CS15"],
                    "unit",
                    mark,
                    dict(STOP),
                )
                done["warned"] = True
            except assessments.AssessmentProblem:
                done["warned"] = False
            except BaseException as error:
                trouble.append(error)

    threads = [threading.Thread(target=sign), threading.Thread(target=warn)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert trouble == []
    return done["signed"], done["warned"]


def wrong(instance: Instance, assessment_id: str) -> bool:
    """Is it signed as suitable although a stop was recorded before the signature?"""
    with instance.app.app_context():
        decision = db.session.scalar(select(Decision).where(Decision.assessment_id == assessment_id))
        unit = db.session.get_one(Assessment, assessment_id).unit_id
        found = db.session.scalars(
            select(SavedAnswer).where(SavedAnswer.unit_id == unit, SavedAnswer.criterion == "CS15")
        ).all()
        stopped = any(answer.value == "current" for answer in found)
        return decision is not None and stopped and decision.outcome != "not_suitable"


def run(instance: Instance, pairs: int) -> dict[str, Any]:
    counts = {"signed": 0, "warned": 0, "both": 0, "wrong": 0}
    for _ in range(pairs):
        case_id, assessment_id = instance.submitted("h2")
        signed, warned = race(instance, assessment_id, case_id)
        counts["signed"] += signed
        counts["warned"] += warned
        counts["both"] += signed and warned
        counts["wrong"] += wrong(instance, assessment_id)
    return counts


def test_nobody_signs_suitable_over_a_stop(either: Instance) -> None:
    counts = run(either, 25)
    assert counts["wrong"] == 0
    assert counts["both"] == 0
    assert counts["signed"] + counts["warned"] == 25


@pytest.mark.deep
def test_nobody_signs_suitable_over_a_stop_in_five_hundred_pairs(either: Instance) -> None:
    counts = run(either, 500)
    print(either.engine, counts)
    assert counts["wrong"] == 0
    assert counts["both"] == 0


def test_the_race_goes_wrong_when_the_guard_is_off(either: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: without taking the case, a lead signs over a stop she never saw."""

    def unguarded(session: Any, case_id: str, seen: int | None) -> Case:
        return session.get_one(Case, case_id)  # type: ignore[no-any-return]

    monkeypatch.setattr(cases, "lock_case", unguarded)
    counts = run(either, 25)
    assert counts["both"] > 0
