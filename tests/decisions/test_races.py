"""Nobody signs "suitable" while a colleague records a stop: 500 raced pairs on each engine, none wrong."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts import service as accounts
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
from app.records.models import Record
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


# ---- two people at the same moment: exactly one of them wins, and the other is told


class Person:
    def __init__(self, user_id: str, role: str) -> None:
        self.id, self.name, self.role = user_id, role, role


def at_once(instance: Instance, *deeds: Callable[[], object]) -> list[bool]:
    """Do each in a thread of its own at the same moment; which of them were done."""
    gate, done, trouble = threading.Barrier(len(deeds)), [False] * len(deeds), list[BaseException]()

    def run_one(at: int, deed: Callable[[], object]) -> None:
        with instance.app.app_context():
            gate.wait()
            try:
                deed()
                done[at] = True
            except (StaleCase, service.DecisionProblem, assessments.AssessmentProblem):
                pass
            except BaseException as error:
                trouble.append(error)

    threads = [threading.Thread(target=run_one, args=(at, deed)) for at, deed in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert trouble == []
    return done


def stands(instance: Instance, assessment_id: str) -> tuple[str, int, int]:
    """Its state, how many decisions there are on it, and how many records of its case."""
    with instance.app.app_context():
        found = db.session.get_one(Assessment, assessment_id)
        decisions = db.session.scalars(select(Decision).where(Decision.assessment_id == assessment_id)).all()
        records = db.session.scalars(select(Record).where(Record.case_id == found.case_id)).all()
        return found.state, len(decisions), len(records)


def take_back_and_decide(instance: Instance, pairs: int) -> dict[str, int]:
    counts = {"signed": 0, "taken_back": 0, "wrong": 0}
    for _ in range(pairs):
        case_id, assessment_id = instance.submitted("h2")
        version = instance.version(case_id)
        with instance.app.app_context():
            lead = Person(instance.user("safeguarding_lead").id, "safeguarding_lead")
            officer = Person(instance.user("housing_officer").id, "housing_officer")
        signed, back = at_once(
            instance,
            lambda who=lead, it=assessment_id, seen=version: service.decide(
                who, it, seen, "approve", "Read and agreed.", []
            ),
            lambda who=officer, it=assessment_id, seen=version: assessments.take_back(
                who, it, seen, "The room is another."
            ),
        )
        counts["signed"] += signed
        counts["taken_back"] += back
        right = ("decided", 1, 1) if signed else ("draft", 0, 0)
        counts["wrong"] += signed == back or stands(instance, assessment_id) != right
    return counts


def two_leads(instance: Instance, pairs: int) -> dict[str, int]:
    counts = {"signed": 0, "wrong": 0}
    with instance.app.app_context():
        accounts.create_account("Second Lead", "second_lead@test.example", "safeguarding_lead")
        first = Person(instance.user("safeguarding_lead").id, "safeguarding_lead")
        second = Person(instance.user("second_lead").id, "safeguarding_lead")
    for _ in range(pairs):
        case_id, assessment_id = instance.submitted("h2")
        version = instance.version(case_id)
        done = at_once(
            instance,
            *(
                lambda who=who, it=assessment_id, seen=version: service.decide(
                    who, it, seen, "approve", "Read and agreed.", []
                )
                for who in (first, second)
            ),
        )
        counts["signed"] += sum(done)
        counts["wrong"] += sum(done) != 1 or stands(instance, assessment_id) != ("decided", 1, 1)
    return counts


def test_either_it_is_decided_or_it_is_taken_back(either: Instance) -> None:
    counts = take_back_and_decide(either, 25)
    assert counts["wrong"] == 0
    assert counts["signed"] + counts["taken_back"] == 25


def test_two_leads_who_press_at_once_make_one_decision(either: Instance) -> None:
    assert two_leads(either, 15) == {"signed": 15, "wrong": 0}


@pytest.mark.deep
def test_either_of_the_two_in_five_hundred_pairs(either: Instance) -> None:
    for counts in (take_back_and_decide(either, 500), two_leads(either, 500)):
        print(either.engine, counts)
        assert counts["wrong"] == 0


def test_taking_back_goes_wrong_when_the_guard_is_off(either: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: without taking the case, a lead signs what its officer has taken back. SQLite has one writer, and reads it afresh."""

    def unguarded(session: Any, case_id: str, seen: int | None) -> Case:
        return session.get_one(Case, case_id)  # type: ignore[no-any-return]

    monkeypatch.setattr(cases, "lock_case", unguarded)
    counts = take_back_and_decide(either, 25)
    assert (counts["wrong"] > 0) is (either.engine == "postgresql")
