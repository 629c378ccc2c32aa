"""The clocks of cases are kept in step: each once, whoever looks; nothing changes, is put off or ends without a line that says so."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from app import jobs
from app.audit.models import AuditEvent
from app.cases import service as cases
from app.cases.models import Case, CaseConversation, CaseNights
from app.clocks import in_words, today
from app.database import writing
from app.deadlines import due as due_dates
from app.deadlines import keeping, service
from app.deadlines.models import ENDED, LAPSED, MET, RUNNING, SNOOZED, STILL, Clock, ClockStep
from app.deadlines.service import DeadlineProblem
from app.extensions import db
from app.notifications.models import Telling
from app.problem import StaleCase
from app.suitability.casefile.household import Spell
from tests.conftest import Instance


def rows(case_id: str, kind: str = "") -> list[Clock]:
    db.session.rollback()
    query = select(Clock).where(Clock.case_id == case_id).order_by(Clock.kind, Clock.subject)
    return list(db.session.scalars(query.where(Clock.kind == kind) if kind else query))


def lines(case_id: str, kind: str) -> list[tuple[str, str]]:
    db.session.rollback()
    query = select(ClockStep).where(ClockStep.case_id == case_id, ClockStep.kind == kind).order_by(ClockStep.at)
    return [(step.what, step.said) for step in db.session.scalars(query)]


def actions(case_id: str) -> list[str]:
    db.session.rollback()
    query = select(AuditEvent.action).where(AuditEvent.case_id == case_id).order_by(AuditEvent.seq)
    return [action for action in db.session.scalars(query) if action.startswith("clock.")]


def add_nights(instance: Instance, case_id: str, first: date, last: date) -> None:
    user = instance.user("housing_officer")
    cases.add_spell(user, case_id, instance.version(case_id), Spell(first=first, last=last))


def test_the_job_makes_each_clock_once_however_often_it_runs(either: Instance) -> None:
    case_id, _ = either.decided("h2")
    with either.app.app_context():
        keeping.one_case(case_id, today())
        first = [(row.id, row.state, row.due, row.owner, row.owner_role) for row in rows(case_id)]
        assert len(first) > 3
        before, version = actions(case_id), either.version(case_id)
        for _ in range(2):
            keeping.one_case(case_id, today())
        assert [(row.id, row.state, row.due, row.owner, row.owner_role) for row in rows(case_id)] == first
        assert actions(case_id) == before
        assert before.count("clock.began") == 1
        assert either.version(case_id) == version, "nobody’s open page is out of date for it"
        assert all(bool(row.owner) != bool(row.owner_role) for row in rows(case_id)), "one owner each"


def test_a_second_worker_that_was_at_the_same_case_changes_nothing(either: Instance) -> None:
    case_id, _ = either.import_case("h2")
    with either.app.app_context():
        keeping.one_case(case_id, today())
        made = rows(case_id)
        twice = Clock(id="f" * 32, case_id=case_id, kind=made[0].kind, subject=made[0].subject, rule_version="1")
        with pytest.raises(DatabaseError), writing() as session:
            session.add(twice)
        db.session.rollback()
        assert len(rows(case_id)) == len(made)


def test_the_job_takes_what_was_changed_since_and_all_once_a_day(instance: Instance) -> None:
    first, _ = instance.import_case("h2", "ONE")
    second, _ = instance.import_case("h1", "TWO")
    with instance.app.app_context():
        assert set(keeping.waiting(today(), 10)) == {first, second}
        keeping.often()
        assert keeping.waiting(today(), 10) == []
        add_nights(instance, second, today() - timedelta(days=9), today() - timedelta(days=8))
        assert keeping.waiting(today(), 10) == [second]
        assert set(keeping.waiting(today() + timedelta(days=1), 10)) == {first, second}


def test_one_case_that_cannot_be_read_keeps_no_other_from_its_dates(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, _ = instance.import_case("h2", "BAD")
    good, _ = instance.decided("h2")
    whole = keeping.in_step

    def breaks(session: Any, case: Case, on: date) -> None:
        if case.id == bad:
            raise RuntimeError
        whole(session, case, on)

    monkeypatch.setattr(keeping, "in_step", breaks)
    with instance.app.app_context():
        keeping.often()
        assert rows(good)
        assert not rows(bad)
        assert keeping.waiting(today(), 10) == []


def test_42_nights_over_two_spells_are_told_at_once_when_they_are_over(either: Instance) -> None:
    case_id, _ = either.import_case("h1")
    with either.app.app_context():
        with writing() as session:
            for row in session.scalars(select(CaseNights).where(CaseNights.case_id == case_id)):
                session.delete(row)
        day = today()
        add_nights(either, case_id, day - timedelta(days=60), day - timedelta(days=41))  # 20 nights
        add_nights(
            either, case_id, day - timedelta(days=25), day - timedelta(days=4)
        )  # 22 more, the last four days ago
        keeping.one_case(case_id, day)
        [row] = rows(case_id, "bed_and_breakfast")
        assert (row.state, row.due) == (LAPSED, day - timedelta(days=4))
        told = db.session.scalars(select(Telling).where(Telling.kind == "nights_over")).all()
        assert [(one.case_id, one.owner) for one in told] == [(case_id, either.user("housing_officer").id)]


def test_nights_that_stand_still_say_so_and_run_on_when_they_go_on(instance: Instance) -> None:
    """The second placement of nobody: only the spells count."""
    case_id, assessment_id = instance.import_case("h2")
    with instance.app.app_context():
        with writing() as session:
            session.execute(text("UPDATE assessment SET starts = NULL WHERE id = :id"), {"id": assessment_id})
            for row in session.scalars(select(CaseNights).where(CaseNights.case_id == case_id)):
                session.delete(row)
        add_nights(instance, case_id, today() - timedelta(days=30), today() - timedelta(days=21))
        keeping.one_case(case_id, today())
        [row] = rows(case_id, "bed_and_breakfast")
        assert (row.state, row.due) == (STILL, None)
    page = instance.client("housing_officer").get(f"/cases/{case_id}/dates").text
    assert "10 of 42 nights used" in page
    assert "a gap sets nothing back" in page


def test_a_start_that_is_corrected_is_dated_anew_with_a_line_that_says_so(either: Instance) -> None:
    case_id, _ = either.import_case("h2")
    with either.app.app_context():
        user = either.user("housing_officer")
        asked = today() - timedelta(days=3)
        values = {"kind": "review_decision", "on": asked, "said": "Ms Rowe rang and asked for a review."}
        key = service.start(user, case_id, either.version(case_id), values)
        assert rows(case_id, "review_decision")[0].due == asked + timedelta(days=55)
        earlier = asked - timedelta(days=2)
        service.correct(user, case_id, either.version(case_id), key, earlier, "The letter came on the Friday.")
        [row] = rows(case_id, "review_decision")
        assert (row.id, row.began, row.due) == (key, earlier, earlier + timedelta(days=55))
        said = dict(lines(case_id, "review_decision"))["redated"]
        assert in_words(earlier) in said
        assert f"before that {in_words(asked + timedelta(days=55))}" in said
        assert "clock.redated" in actions(case_id)
    page = either.client("housing_officer").get(f"/cases/{case_id}/dates").text
    assert "The letter came on the Friday." in page
    assert "Ms Rowe rang" in page, "what was written first stays to be read"


def test_an_end_before_the_beginning_is_refused(instance: Instance) -> None:
    case_id, _ = instance.import_case("h2")
    with instance.app.app_context():
        user = instance.user("senior_officer")
        values = {"kind": "data_complaint", "on": today() - timedelta(days=2), "said": "By mail, from her solicitor."}
        key = service.start(user, case_id, instance.version(case_id), values)
        before = {"met": True, "on": today() - timedelta(days=3), "said": "Acknowledged."}
        with pytest.raises(DeadlineProblem, match="cannot be before that"):
            service.answer(user, case_id, instance.version(case_id), key, before)
        service.answer(user, case_id, instance.version(case_id), key, before | {"on": today() - timedelta(days=1)})
        assert rows(case_id, "data_complaint")[0].state == MET
        with pytest.raises(DeadlineProblem, match="It was met on"):
            service.correct(user, case_id, instance.version(case_id), key, today(), "Later than I thought.")
        ahead = values | {"on": today() + timedelta(days=1)}
        with pytest.raises(DeadlineProblem, match="in the future"):
            service.start(user, case_id, instance.version(case_id), ahead)


def test_what_is_due_in_30_days_lapses_the_day_after_and_not_before(instance: Instance) -> None:
    case_id, _ = instance.import_case("h2")
    with instance.app.app_context():
        user = instance.user("senior_officer")
        values = {"kind": "data_complaint", "on": today() - timedelta(days=29), "said": "By mail."}
        service.start(user, case_id, instance.version(case_id), values)
        assert rows(case_id, "data_complaint")[0].state == RUNNING
        keeping.one_case(case_id, today() + timedelta(days=1))
        assert rows(case_id, "data_complaint")[0].state == LAPSED
        assert "clock.lapsed" in actions(case_id)
        late = db.session.scalars(select(Telling).where(Telling.kind == "clock_late")).all()
        assert [
            one.owner
            for one in late
            if one.case_id == case_id and one.object_id == rows(case_id, "data_complaint")[0].id
        ] == [instance.user("senior_officer").id]


# ---- putting off


def review(instance: Instance, case_id: str, ago: int = 50) -> str:
    values = {"kind": "review_decision", "on": today() - timedelta(days=ago), "said": "In writing."}
    return service.start(instance.user("senior_officer"), case_id, instance.version(case_id), values)


def test_putting_off_hides_from_the_list_and_stops_nothing(either: Instance) -> None:
    case_id, _ = either.import_case("h2")
    with either.app.app_context():
        senior = either.user("senior_officer")
        key = review(either, case_id)
        assert key in [one.clock_id for one in due_dates.due_for(senior, today())]
        until = today() + timedelta(days=2)
        service.snooze(senior, case_id, either.version(case_id), key, until, "Waits for the doctor’s letter.")
        assert rows(case_id, "review_decision")[0].state == SNOOZED
        assert key not in [one.clock_id for one in due_dates.due_for(senior, today())]
    page = either.client("senior_officer").get(f"/cases/{case_id}/dates").text
    assert "Waits for the doctor’s letter." in page
    with either.app.app_context():
        keeping.one_case(case_id, until)
        assert rows(case_id, "review_decision")[0].state == RUNNING
        assert "clock.woke" in actions(case_id)
        keeping.one_case(case_id, today() + timedelta(days=30))
        assert rows(case_id, "review_decision")[0].state == LAPSED


def test_nobody_puts_one_off_for_longer_than_its_table_says(instance: Instance) -> None:
    case_id, _ = instance.import_case("h2")
    with instance.app.app_context():
        senior = instance.user("senior_officer")
        key = review(instance, case_id)  # five days are left
        for until, said in ((today(), "a day after today"), (today() + timedelta(days=6), "at most")):
            with pytest.raises(DeadlineProblem, match=said):
                service.snooze(senior, case_id, instance.version(case_id), key, until, "Why not.")
        for days in (1, 2):
            service.snooze(senior, case_id, instance.version(case_id), key, today() + timedelta(days=days), "Waiting.")
            with writing() as session:
                session.get_one(Clock, key).snoozed_until = today()
        with pytest.raises(DeadlineProblem, match="cannot be put off again"):
            service.snooze(senior, case_id, instance.version(case_id), key, today() + timedelta(days=1), "Waiting.")
        with pytest.raises(StaleCase):
            service.snooze(senior, case_id, 1, key, today() + timedelta(days=1), "Waiting.")


def test_nobody_puts_off_the_six_weeks(instance: Instance) -> None:
    case_id, _ = instance.import_case("h1")
    with instance.app.app_context():
        add_nights(instance, case_id, today() - timedelta(days=90), today() - timedelta(days=41))
        keeping.one_case(case_id, today())
        [row] = rows(case_id, "bed_and_breakfast")
        with pytest.raises(DeadlineProblem, match="cannot be put off by anybody"):
            service.snooze(
                instance.user("housing_officer"),
                case_id,
                instance.version(case_id),
                row.id,
                today() + timedelta(days=1),
                "Why.",
            )


# ---- silence


def ask(instance: Instance, case_id: str, due: date, came: str = "asked", at: str = "") -> None:
    with writing() as session:
        cases.lock_case(session, case_id, None)
        session.add(
            CaseConversation(
                case_id=case_id, place=900, key="asked-1", speaker="agency", who="police", on=due - timedelta(days=1),
                came=came, question="Is this address compatible?", due=due, due_at=at,
            )
        )  # fmt: skip


def test_silence_climbs_and_the_next_step_has_its_owner(either: Instance) -> None:
    case_id, _ = either.import_case("h2")
    due = date(2026, 11, 18)  # a Wednesday
    with either.app.app_context():
        ask(either, case_id, due)
        for day, owner, role in (
            (date(2026, 11, 18), "housing_officer", ""),
            (date(2026, 11, 19), "housing_officer", ""),  # remind and ring
            (date(2026, 11, 24), None, "senior_officer"),  # manager to manager
            (date(2026, 11, 26), None, "safeguarding_lead"),  # the partnership
        ):
            keeping.one_case(case_id, day)
            [row] = [r for r in rows(case_id, "answer") if r.subject == "asked-1"]
            assert row.owner == (either.user(owner).id if owner else None), day
            assert row.owner_role == role, day
            assert row.state == (RUNNING if day <= due else LAPSED)
    page = either.client("housing_officer").get(f"/cases/{case_id}/dates").text
    assert "Silence is no clearance." in page
    assert f"Remind them, and ring: {in_words(date(2026, 11, 19))}, reached." in page
    with either.app.app_context():
        with writing() as session:
            cases.lock_case(session, case_id, None)
            held = session.scalars(select(CaseConversation).where(CaseConversation.key == "asked-1")).one()
            held.came, held.answered_on = "partly", date(2026, 11, 27)
        keeping.one_case(case_id, date(2026, 11, 27))
        [row] = [r for r in rows(case_id, "answer") if r.subject == "asked-1"]
        assert row.state == LAPSED, "an answer in part leaves the rest open"
        with writing() as session:
            cases.lock_case(session, case_id, None)
            session.scalars(select(CaseConversation).where(CaseConversation.key == "asked-1")).one().came = "answered"
        keeping.one_case(case_id, date(2026, 11, 27))
        [row] = [r for r in rows(case_id, "answer") if r.subject == "asked-1"]
        assert (row.state, row.met_by) == (MET, "they answered")


def test_what_started_one_and_is_gone_ends_it_with_a_line(either: Instance) -> None:
    case_id, _ = either.import_case("h2")
    with either.app.app_context():
        ask(either, case_id, today() + timedelta(days=2))
        keeping.one_case(case_id, today())
        with writing() as session:
            cases.lock_case(session, case_id, None)
            session.delete(session.scalars(select(CaseConversation).where(CaseConversation.key == "asked-1")).one())
        keeping.one_case(case_id, today())
        [row] = [r for r in rows(case_id, "answer") if r.subject == "asked-1"]
        assert row.state == ENDED
        assert ("ended", keeping.GONE) in lines(case_id, "answer")
    page = either.client("housing_officer").get(f"/cases/{case_id}/dates").text
    assert "Not asked for any more" in page


@pytest.mark.parametrize("statement", ["UPDATE clock_step SET said = 'x'", "DELETE FROM clock_step"])
def test_no_engine_changes_or_deletes_a_line(either: Instance, statement: str) -> None:
    case_id, _ = either.import_case("h2")
    with either.app.app_context():
        review(either, case_id)
        with pytest.raises(DatabaseError), writing() as session:
            session.execute(text(statement))


def test_a_look_that_takes_long_says_that_the_worker_lives_and_ends_when_it_is_told_to(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        instance.import_case("h2", f"LONG-{number}")
    beats: list[int] = []

    def beat() -> bool:
        beats.append(1)
        return len(beats) < 2

    monkeypatch.setattr(jobs, "_beat", [beat])
    with instance.app.app_context():
        keeping.often()
        assert len(keeping.waiting(today(), 10)) == 1, "two were looked at, and then it was told to stop"
