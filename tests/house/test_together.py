"""Rows of several tables in one query: the same rows in the same order as asked for one table at a time, on both engines."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import inspect, select, update
from sqlalchemy.sql.elements import ClauseElement

from app.assessments import written
from app.assessments.models import Assessment, SavedMitigation
from app.cases import parts
from app.cases import service as cases
from app.cases.household import household_of, people_of
from app.cases.models import Case, CaseMember
from app.database import writing
from app.decisions import emergency, made
from app.decisions import service as decisions
from app.extensions import db
from app.together import Together
from tests.cases.test_lists import counted
from tests.conftest import Instance

LISTS = ("members", "addresses", "services", "conversations", "contacts", "events", "nights")


def columns(row: object) -> dict[str, object]:
    return {a.key: a.value for a in inspect(row).attrs}  # type: ignore[union-attr]


@pytest.mark.parametrize("name", ["h1", "h2", "h3", "h5"])
def test_a_case_has_its_parts_as_if_each_table_were_asked_for(either: Instance, name: str) -> None:
    case_id, _ = either.import_case(name)
    either.import_case("h2")
    with either.app.app_context():
        one_by_one = db.session.get_one(Case, case_id)
        wanted = {part: [columns(row) for row in getattr(one_by_one, part)] for part in LISTS}
    with either.app.app_context():
        found = cases.find(either.user("housing_officer"), case_id)
        assert found is not None
        with counted(either) as said:
            parts.read(found)
            assert {part: [columns(row) for row in getattr(found, part)] for part in LISTS} == wanted
            parts.read(found)
        assert len(said) == 1
    with either.app.app_context():
        alone = parts.read(db.session.get_one(Case, case_id), "members")
        assert [columns(row) for row in alone.members] == wanted["members"]
    assert wanted["members"]


def test_a_case_is_read_in_one_query_and_its_parts_in_one_more(instance: Instance) -> None:
    case_id, _ = instance.import_case("h2")
    with instance.app.app_context():
        user = instance.user("housing_officer")
        with counted(instance) as said:
            found = cases.find(user, case_id)
            assert found is not None
            assert len(said) == 1
            people_of(found)
            assert (len(said), said[-1].count("FROM")) == (2, 1)
            household_of(found)
            assert len(said) == 3
        with writing() as session, counted(instance) as said:
            household_of(cases.lock_case(session, case_id, None))
        assert [s.split()[0] for s in said if not s.startswith("BEGIN")] == ["UPDATE", "SELECT"]


def test_who_locks_a_case_reads_what_is_stored_and_not_what_they_saw(either: Instance) -> None:
    case_id, _ = either.import_case("h2")
    with either.app.app_context():
        seen = cases.find(either.user("housing_officer"), case_id)
        assert seen is not None
        before = seen.members[0].name
        with either.app.app_context(), writing() as other:
            key = seen.members[0].key
            other.execute(
                update(CaseMember).where(CaseMember.case_id == case_id, CaseMember.key == key).values(name="N")
            )
            other.execute(CaseMember.__table__.delete().where(CaseMember.case_id == case_id, CaseMember.key != key))
        assert seen.members[0].name == before
        with writing() as session:
            locked = cases.lock_case(session, case_id, None)
            assert [m.name for m in locked.members] == ["N"]


def test_what_is_there_already_stays_as_it_is(instance: Instance) -> None:
    case_id, _ = instance.import_case("h2")
    with instance.app.app_context():
        case = db.session.get_one(Case, case_id)
        case.members.append(CaseMember(key="X1", name="Somebody new", kind="adult", place=9))
        with db.session.no_autoflush:
            assert [m.key for m in parts.read(case).members][-1] == "X1"
        db.session.rollback()


def test_what_is_written_down_beside_the_answers_is_of_this_case_and_unit(either: Instance) -> None:
    case_id, assessment_id = either.import_case("h2")
    other_id, _ = either.import_case("h2")
    with either.app.app_context():
        assessment = db.session.get_one(Assessment, assessment_id)
        with writing() as session:
            for at, (case, unit) in enumerate(
                ((case_id, assessment.unit_id), (other_id, assessment.unit_id), (case_id, assessment.unit_id))
            ):
                session.add(
                    SavedMitigation(
                        case_id=case, unit_id=unit, criterion="CS01", subject="unit", what=f"plan {at}",
                        recorded_by=assessment.created_by,
                    )
                )  # fmt: skip
                session.flush()
    with either.app.app_context():
        assessment = db.session.get_one(Assessment, assessment_id)
        asked = db.session.scalars(
            select(SavedMitigation).where(SavedMitigation.case_id == case_id).order_by(SavedMitigation.recorded_at)
        ).all()
        found = written.of(assessment)
        assert [plan.what for plan in found.plans][-2:] == ["plan 0", "plan 2"]
        assert found.planned == list(asked)
        assert {room.unit_id for room in assessment.unit.rooms} <= {assessment.unit_id}


def test_what_was_decided_is_read_at_once(either: Instance) -> None:
    case_id, _ = either.decided("h2")
    _, undecided = either.import_case("h2")
    with either.app.app_context():
        assessment_id = db.session.scalars(select(Assessment.id).where(Assessment.case_id == case_id)).one()
        decision = decisions.of_assessment(assessment_id)
        assert decision is not None
        assert made.of(assessment_id) == made.Made(decision, emergency.of_assessment(assessment_id))
        assert made.of(undecided) == made.Made(None, [])


def test_many_threads_may_be_the_first_to_ask(instance: Instance) -> None:
    """A web worker has several: what a statement remembers of its columns is filled in while it is compiled, so each has its own."""
    case_id, _ = instance.import_case("h2")
    for _ in range(12):
        fresh, at_once = Together(**parts._PARTS.wanted), Barrier(8)

        def ask(_: int, fresh: Together = fresh, at_once: Barrier = at_once) -> list[str]:
            with instance.app.app_context():
                at_once.wait()
                return [m.key for m in fresh.ask(db.session, case_id=case_id)["members"]]

        for _ in range(2):  # the first time, and when what was compiled is gone again
            with ThreadPoolExecutor(8) as threads:
                found = list(threads.map(ask, range(8)))
            assert found == [["M", "C"]] * 8
            with instance.app.app_context():
                db.engine.clear_compiled_cache()


def test_the_first_of_many_threads_compiles_for_all(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    """What four threads compile at once takes its memory four times, which no process gives back."""
    case_id, _ = instance.import_case("h2")
    fresh, at_once, compiled = Together(**parts._PARTS.wanted), Barrier(4), []
    made = ClauseElement._compiler

    def noted(self: ClauseElement, *given: Any, **named: Any) -> Any:
        compiled.append(self)
        return made(self, *given, **named)

    def ask(_: int) -> int:
        with instance.app.app_context():
            at_once.wait()
            return len(fresh.plain(db.session, case_id=case_id)["members"])

    with instance.app.app_context():
        db.engine.clear_compiled_cache()
    monkeypatch.setattr(ClauseElement, "_compiler", noted)
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(ask, range(4))) == [2] * 4
    assert len(compiled) == 1
