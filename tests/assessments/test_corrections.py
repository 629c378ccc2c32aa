"""A slip of the hand within the hour: put right, kept in the audit, and no second account of the family's."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from app.assessments import answers, judging
from app.assessments.models import Assessment, SavedAnswer
from app.audit import service as audit
from app.audit.models import AuditEvent
from app.clocks import LONDON, today
from app.database import writing
from app.decisions import service as decisions
from app.extensions import db
from app.records import service as records
from tests.conftest import Instance

from .test_questions import seen

WHERE = "CS15/unit"


def said(value: str, **more: str) -> dict[str, str]:
    day = today()
    return {
        "value": value, "grade": "E3", "source_name": "Ann O’Desk", "source_role": "officer", "source_agency": "police",
        "on-day": str(day.day), "on-month": str(day.month), "on-year": str(day.year), "note": "", **more,
    }  # fmt: skip


def adopted_before(instance: Instance, name: str) -> tuple[str, str]:
    """A worked example that was read in five minutes ago: what comes with a file is nobody's slip, and neither is what follows at once."""
    with time_machine.travel(datetime.now(LONDON) - timedelta(minutes=5), tick=True):
        return instance.import_case(name)


class Sheet:
    """One question of one family, with nothing answered yet."""

    def __init__(self, instance: Instance, where: str = WHERE) -> None:
        self.instance, self.where = instance, where
        with time_machine.travel(
            datetime.now(LONDON) - timedelta(minutes=5), tick=True
        ):  # what came with the file is older
            self.case_id, self.assessment_id = instance.import_case("h5")
        self.path = f"/cases/{self.case_id}/assessments/{self.assessment_id}/questions/{where}"
        self.officer = instance.client("housing_officer")
        self.first = len(self.stored())

    def post(self, values: dict[str, str], mark: str | None = None, client: Any = None) -> Any:
        client = client or self.officer
        return client.post(self.path, data={**values, "seen": mark or seen(client.get(self.path).text)})

    def stored(self) -> list[SavedAnswer]:
        criterion, subject = self.where.split("/")
        with self.instance.app.app_context():
            return list(
                db.session.scalars(
                    select(SavedAnswer)
                    .where(SavedAnswer.case_id == self.case_id, SavedAnswer.criterion == criterion)
                    .where(SavedAnswer.subject == subject)
                    .order_by(SavedAnswer.recorded_at, SavedAnswer.id)
                )
            )

    def judged(self) -> Any:
        with self.instance.app.app_context():
            return judging.judge(db.session.get_one(Assessment, self.assessment_id), today(), "E08000025")

    def counting(self) -> list[Any]:
        criterion, subject = self.where.split("/")
        return [a.value for a in self.judged().file.answers if (a.criterion, a.subject) == (criterion, subject)]

    def slip(self) -> str:
        return self.stored()[-1].id


def test_the_way_back_and_another_radio_asks_which_of_the_two_it_is(either: Instance) -> None:
    sheet = Sheet(either)
    mark = seen(sheet.officer.get(sheet.path).text)
    assert sheet.post(said("current"), mark).status_code == 302
    back = sheet.post(said("none_known", slip="A slip"), mark)  # the page as it was when it was first opened
    assert back.status_code == 422
    assert "from the same person. Say whether this is a correction or something new" in back.text
    assert "A correction" in back.text
    assert re.search(r'value="none_known"[^>]*checked', back.text)
    assert len(sheet.stored()) == sheet.first + 1
    chosen = sheet.post(said("none_known", again="slip", slip="I ticked the wrong one."), seen(back.text))
    assert chosen.status_code == 302
    assert sheet.counting()[-1] == "none_known"
    assert "current" not in sheet.counting()


def test_a_correction_leaves_one_account_and_keeps_the_other_in_the_audit(
    either: Instance, auditor: FlaskClient
) -> None:
    sheet = Sheet(either)
    sheet.post(said("current"))
    page = sheet.officer.get(sheet.path).text
    assert "Correct what I entered" in page
    first = sheet.slip()
    filled = sheet.officer.get(f"{sheet.path}?correct={first}").text
    assert "You are correcting" in filled
    assert re.search(r'value="current"[^>]*checked', filled)
    assert "Ann O’Desk" in filled
    sent = {**said("none_known", slip="Wrong radio."), "corrects": first}
    assert sheet.officer.post(sheet.path, data={**sent, "seen": seen(filled)}).status_code == 302
    assert "current" not in sheet.counting()
    judged = sheet.judged()
    assert not [p for p in judged.result.patterns if p.id in ("P06", "P20")]
    with either.app.app_context():
        event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "answer.corrected")).one()
        assert event.detail == {"criterion": "CS15", "corrects": first}
        assert db.session.get_one(SavedAnswer, first).value == "current"
    assert "Own answer corrected within the hour" in auditor.get(f"/cases/{sheet.case_id}/timeline").text


def test_something_they_say_later_is_a_second_answer_as_before(instance: Instance) -> None:
    sheet = Sheet(instance)
    sheet.post(said("current"))
    sheet.post(said("none_known", again="new", reason="They rang back."))
    assert sheet.counting()[-2:] == ["current", "none_known"]


def test_a_worry_made_milder_needs_a_reason_beside_the_field(instance: Instance) -> None:
    sheet = Sheet(instance)
    sheet.post(said("current"))
    refused = sheet.post({**said("none_known"), "corrects": sheet.slip()})
    assert refused.status_code == 422
    assert (
        "What you entered first weighs more than this. Say why it was a slip: the safeguarding lead sees both."
        in refused.text
    )
    assert refused.text.index('id="slip-error"') < refused.text.index('id="slip"')
    assert sheet.counting()[-1] == "current"
    harder = Sheet(instance)  # the other way round nothing is asked
    harder.post(said("none_known"))
    assert harder.post({**said("current"), "corrects": harder.slip()}).status_code == 302


def test_two_small_steps_do_not_lose_a_worry(instance: Instance) -> None:
    """A worry corrected to a worse one, and that to a mild one: what it was at first still asks why."""
    sheet = Sheet(instance)
    sheet.post(said("current"))
    sheet.post({**said("unknown", slip="x"), "corrects": sheet.slip()})
    refused = sheet.post({**said("none_known"), "corrects": sheet.slip()})
    assert refused.status_code == 422
    assert "weighs more" in refused.text


@pytest.mark.parametrize("minutes", [59, 61])
def test_an_hour_and_no_longer(instance: Instance, minutes: int) -> None:
    sheet = Sheet(instance)
    start = (datetime.now(LONDON) + timedelta(days=1)).replace(hour=12, minute=0)
    with time_machine.travel(start, tick=True):
        sheet.officer = instance.client("housing_officer")
        sheet.post(said("current"))
        first = sheet.slip()
    with time_machine.travel(start + timedelta(minutes=minutes), tick=True):
        sheet.officer = instance.client("housing_officer")
        page = sheet.officer.get(sheet.path).text
        assert ("Correct what I entered" in page) is (minutes < 60)
        answer = sheet.post({**said("none_known", slip="Slip."), "corrects": first})
        assert answer.status_code == (302 if minutes < 60 else 422)
        assert ("can no longer be corrected" in answer.text) is (minutes > 60)


def test_nothing_is_corrected_once_somebody_else_acted(instance: Instance, senior: FlaskClient) -> None:
    sheet = Sheet(instance)
    sheet.post(said("current"))
    senior.get(f"/cases/{sheet.case_id}")  # to have looked is not to have acted
    assert "Correct what I entered" in sheet.officer.get(sheet.path).text
    first = sheet.slip()
    assert sheet.post(said("current", source_name="Bo Other"), client=senior).status_code == 302
    assert "Correct what I entered" not in sheet.officer.get(sheet.path).text
    refused = sheet.post({**said("none_known", slip="Slip."), "corrects": first})
    assert refused.status_code == 422
    assert "something has been done in this case since" in refused.text


def test_nobody_corrects_what_another_wrote_nor_another_source(instance: Instance, senior: FlaskClient) -> None:
    sheet = Sheet(instance)
    sheet.post(said("current"))
    first = sheet.slip()
    assert "Correct what I entered" not in senior.get(sheet.path).text
    assert sheet.post({**said("none_known", slip="Mine."), "corrects": first}, client=senior).status_code == 422
    elsewhere = sheet.post({**said("none_known", slip="x", source_name="Somebody Else"), "corrects": first})
    assert "A correction is of what the same person said" in elsewhere.text
    spelt = said("none_known", slip="x", source_name="ANN ODESK")
    assert sheet.post({**spelt, "corrects": first}).status_code == 302  # however the name is spelt


def test_one_entry_is_corrected_once(either: Instance) -> None:
    sheet = Sheet(either)
    sheet.post(said("current"))
    first = sheet.slip()
    for expected in (302, 422):
        assert sheet.post({**said("none_known", slip="x"), "corrects": first}).status_code == expected
    for strange in ("nonsense", "0" * 32):
        assert sheet.post({**said("none_known", slip="y"), "corrects": strange}).status_code == 422


def test_the_lead_sees_both_and_the_record_keeps_both(
    either: Instance, officer: FlaskClient, lead: FlaskClient
) -> None:
    case_id, assessment_id = adopted_before(either, "h2")
    with either.app.app_context():
        criterion = judging.judge(db.session.get_one(Assessment, assessment_id), today(), "E08000025").checklist
    path = f"/cases/{case_id}/assessments/{assessment_id}/questions/CS15/unit"
    officer.post(path, data={**said("current", note="Seven calls."), "seen": seen(officer.get(path).text)})
    with either.app.app_context():
        row = answers.of_row(answers.saved_answers(case_id, unit_of(assessment_id)), "CS15", "unit")
    sent = {**said("none_known", slip="It was the building next door."), "corrects": row[-1].id}
    assert officer.post(path, data={**sent, "seen": seen(officer.get(path).text)}).status_code == 302
    either.submit(assessment_id)
    page = lead.get(f"/cases/{case_id}/assessments/{assessment_id}/review").text
    assert "Entries made milder within the hour" in page
    reasons = page.index("Each child, in the officer’s words")
    assert page.index("Seven calls.") < page.index("It was the building next door.") < reasons
    with either.app.app_context():
        assessment = db.session.get_one(Assessment, assessment_id)
        made = decisions.decide(
            either.user("safeguarding_lead"),
            assessment_id,
            assessment.case.version,
            "approve",
            "Read and agreed, for these reasons.",
            [],
        )
        kept = records.contents(made.record_id)["corrections"]
    assert [(c["criterion"], c["milder"], c["reason"]) for c in kept] == [
        ("CS15", True, "It was the building next door.")
    ]
    assert criterion.criteria["CS15"].said("current") in kept[0]["was"]
    assert "Seven calls." in kept[0]["was"]


def unit_of(assessment_id: str) -> str:
    return db.session.get_one(Assessment, assessment_id).unit_id


def test_why_it_was_a_slip_answers_nobody_elses_worry(instance: Instance) -> None:
    """Ann said three days ago that there is an open case. My slip, put right, is no reason against her."""
    sheet = Sheet(instance)
    other = instance.client("senior_officer")
    earlier = today() - timedelta(days=3)
    day = {"on-day": str(earlier.day), "on-month": str(earlier.month), "on-year": str(earlier.year)}
    sheet.post({**said("current"), **day}, client=other)
    sheet.post(said("current"))
    sheet.post({**said("none_known", slip="I ticked the wrong radio."), "corrects": sheet.slip()})
    row = next(r for r in sheet.judged().result.rows if r.criterion == "CS15")
    assert (row.state, row.effect) == ("worrying", "stop")
    assert [a.reason for a in sheet.stored()] == ["", "", ""]


def test_the_reason_for_replacing_somebody_elses_word_is_kept_and_shown(instance: Instance) -> None:
    sheet = Sheet(instance)
    sheet.post(
        said("current", source_name="Pat Provider", source_agency="provider"), client=instance.client("senior_officer")
    )
    first = sheet.slip()
    why = "PC Doe read the log with me."
    sheet.post(said("none_known", reason=why, note="Logg of May", replaces=first))
    filled = sheet.officer.get(f"{sheet.path}?correct={sheet.slip()}").text
    assert why in filled
    sheet.post({**said("none_known", reason=why, note="Log of May", replaces=first), "corrects": sheet.slip()})
    assert sheet.stored()[-1].reason == why
    page = sheet.officer.get(f"/cases/{sheet.case_id}/assessments/{sheet.assessment_id}/result").text
    assert f"Why it took the place of an earlier answer: {why}" in page


def test_a_day_moved_to_the_better_is_milder_too(instance: Instance) -> None:
    """“The child was last seen on …” has no grade of worry on its face: a later day is the milder one."""
    sheet = Sheet(instance, "CS22/C1")
    seen_on, better = today() - timedelta(days=200), today() - timedelta(days=1)
    answer = {k: v for k, v in said("").items() if k != "value"}

    def on(day: Any) -> dict[str, str]:
        return {"value-day": str(day.day), "value-month": str(day.month), "value-year": str(day.year)}

    assert sheet.post({**answer, **on(seen_on)}).status_code == 302
    refused = sheet.post({**answer, **on(better), "corrects": sheet.slip()})
    assert refused.status_code == 422
    assert "Say why it was a slip" in refused.text
    assert sheet.post({**answer, **on(better), "slip": "The wrong year.", "corrects": sheet.slip()}).status_code == 302
    with instance.app.app_context():
        unit = db.session.get_one(Assessment, sheet.assessment_id).unit_id
        assert [c.milder for c in answers.corrections(sheet.case_id, unit)] == [True]


@pytest.mark.parametrize("how", ["earlier", "less surely"])
def test_a_worry_moved_back_or_known_less_surely_is_milder(instance: Instance, how: str) -> None:
    sheet = Sheet(instance)
    sheet.post(said("current"))
    earlier = today() - timedelta(days=30)
    moved = {"on-day": str(earlier.day), "on-month": str(earlier.month), "on-year": str(earlier.year)}
    change = moved if how == "earlier" else {"grade": "E1"}
    refused = sheet.post({**said("current"), **change, "corrects": sheet.slip()})
    assert refused.status_code == 422
    assert "Say why it was a slip" in refused.text


def test_nothing_is_taken_back_behind_a_decision_of_ones_own(instance: Instance) -> None:
    """A senior officer who decides the emergency on an entry does not correct it afterwards."""
    with instance.app.app_context():
        moment = datetime.now(LONDON)
    case_id, _ = instance.import_case("h5")
    with instance.app.app_context():
        me = instance.user("senior_officer").id
        assert not audit.acted_since(case_id, moment + timedelta(minutes=2), me)
        for action, closes in (("emergency.taken", True), ("decision.made", True), ("answer.saved", False)):
            at = moment + timedelta(hours=1, minutes=len(action))
            event = {
                "actor_id": me,
                "actor_role": "senior_officer",
                "object_type": "x",
                "object_id": "x",
                "case_id": case_id,
            }
            with writing() as session:
                session.add(AuditEvent(at=at + timedelta(seconds=1), action=action, **event))
            assert audit.acted_since(case_id, at, me) is closes, action
            moment += timedelta(hours=2)


def test_what_the_service_does_by_itself_closes_nothing(instance: Instance) -> None:
    case_id, _ = instance.import_case("h5")
    at = datetime.now(LONDON) + timedelta(hours=1)
    event = {"actor_id": "system", "actor_role": "system", "object_type": "x", "object_id": "x", "case_id": case_id}
    with instance.app.app_context(), writing() as session:
        session.add(AuditEvent(at=at, action="share.mailed", **event))
    with instance.app.app_context():
        assert not audit.acted_since(case_id, at - timedelta(minutes=1), instance.user("housing_officer").id)


def test_what_came_with_a_file_is_nobodys_slip(instance: Instance, officer: FlaskClient) -> None:
    case_id, assessment_id = instance.import_case("h1")
    with instance.app.app_context():
        told = answers.saved_answers(case_id, unit_of(assessment_id))
        assert len(told) > 10
        where = f"{told[0].criterion}/{told[0].subject}"
    page = officer.get(f"/cases/{case_id}/assessments/{assessment_id}/questions/{where}").text
    assert "Answers so far" in page
    assert "Correct what I entered" not in page
