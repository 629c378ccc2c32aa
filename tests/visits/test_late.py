"""A visit that is sent when its placement is not being assessed any more: kept, told, looked at afresh; what was decided stays."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.assessments.models import Assessment, SavedAnswer
from app.cases.models import Case
from app.clocks import today
from app.database import writing
from app.extensions import db
from app.records.models import Record
from tests.conftest import Instance
from tests.conversations.test_sheet import sent

from .pictures import picture
from .test_sending import OnPhone


@pytest.fixture
def phone(instance: Instance, officer: FlaskClient) -> OnPhone:
    return OnPhone(instance, officer)


def decided(phone: OnPhone) -> str:
    phone.instance.submit(phone.assessment_id)
    return phone.instance._decided(phone.case_id, phone.assessment_id)[1]


def assessments(phone: OnPhone) -> list[Assessment]:
    with phone.instance.app.app_context():
        query = select(Assessment).where(Assessment.case_id == phone.case_id).order_by(Assessment.created_at)
        return list(db.session.scalars(query).unique())


def test_after_the_decision_it_is_kept_in_a_fresh_look_and_what_was_decided_stays(
    either: Instance, officer: FlaskClient
) -> None:
    phone = OnPhone(either, officer)
    cot, record_id = phone.row("CS01"), decided(phone)
    with either.app.app_context():
        before = db.session.get_one(Record, record_id).sha256
        unit = db.session.get_one(Assessment, phone.assessment_id).unit_id
        of_old = select(SavedAnswer.id).where(SavedAnswer.unit_id == unit)
        there = set(db.session.scalars(of_old))
    done = phone.send([(cot, picture())], **{cot: "none"})
    assert (done.status_code, done.json["photographs"]) == (200, 1), done.json
    assert "was decided before this was sent" in done.json["late"]
    again = phone.send([(cot, picture())], **{cot: "none"})
    assert (again.status_code, again.json) == (200, done.json), "sent again, it is begun once"
    old, fresh = assessments(phone)
    assert (old.state, fresh.state, fresh.follows, fresh.again_because) == ("decided", "draft", old.id, "change")
    assert "sent after the place was decided" in fresh.again_note
    assert done.json["result"].endswith(f"{fresh.id}/result")
    (said,) = [a for a in phone.answers() if a.unit_id == fresh.unit_id]
    assert (said.value, said.grade, said.on) == ("none", "E2", today())
    with either.app.app_context():
        assert db.session.get_one(Record, record_id).sha256 == before
        assert set(db.session.scalars(of_old)) == there, "nothing is written beside what was decided"
    (kept,) = phone.photographs()
    assert f"/photographs/{kept.id}/small" in officer.get(done.json["result"]).text
    work = officer.get("/").text
    assert re.search(rf"/assessments/{fresh.id}", work), "somebody has the fresh look on their list"


def test_where_it_is_being_looked_at_afresh_already_it_goes_there(phone: OnPhone, officer: FlaskClient) -> None:
    decided(phone)
    reason = "The alarm was said to be broken since, by a neighbour."
    data = {"version": phone.instance.version(phone.case_id), "because": "dispute", "reason": reason}
    begun = officer.post(f"/cases/{phone.case_id}/assessments/{phone.assessment_id}/again", data=data)
    assert begun.status_code == 302
    assert phone.send(**{phone.row("CS10"): "working"}).status_code == 200
    _, fresh = assessments(phone)
    assert fresh.again_note == reason
    assert [a.unit_id for a in phone.answers()] == [fresh.unit_id]


def test_where_a_later_decision_stands_the_fresh_look_is_of_that_one(phone: OnPhone, officer: FlaskClient) -> None:
    decided(phone)
    data = {"version": phone.instance.version(phone.case_id), "because": "change", "reason": "x" * 40}
    officer.post(f"/cases/{phone.case_id}/assessments/{phone.assessment_id}/again", data=data)
    second = assessments(phone)[1]
    phone.instance.submit(second.id)
    phone.instance._decided(phone.case_id, second.id)
    assert phone.send(**{phone.row("CS10"): "working"}).status_code == 200
    third = assessments(phone)[2]
    assert (third.follows, third.state) == (second.id, "draft")


def test_what_was_answered_at_a_desk_since_is_told_first_and_nothing_is_begun(
    phone: OnPhone, officer: FlaskClient
) -> None:
    cot = phone.row("CS01")
    path = f"/cases/{phone.case_id}/assessments/{phone.assessment_id}/sheets/officer"
    page = officer.get(path).text
    chosen: dict[str, Any] = {cot: "none"}
    officer.post(path, data=sent(page, person="Housing Officer", how="face_to_face", **chosen))
    decided(phone)
    back = phone.send(**{cot: "ready"})
    assert (back.status_code, list(back.json["problems"])) == (422, [cot])
    assert len(assessments(phone)) == 1


def test_of_a_withdrawn_placement_it_is_kept_with_the_place_and_told_in_words(
    phone: OnPhone, officer: FlaskClient
) -> None:
    version = phone.instance.version(phone.case_id)
    officer.post(f"/cases/{phone.case_id}/assessments/{phone.assessment_id}/withdraw", data={"version": version})
    cot = phone.row("CS01")
    done = phone.send([(cot, picture())], **{cot: "none"})
    assert (done.status_code, "was withdrawn before" in done.json["late"]) == (200, True)
    assert [a.state for a in assessments(phone)] == ["withdrawn"]
    assert len(phone.photographs()) == len(phone.answers()) == 1
    assert f"/photographs/{phone.photographs()[0].id}/small" in officer.get(f"/cases/{phone.case_id}/photographs").text


def test_of_a_closed_case_it_stays_on_the_phone_and_says_what_to_do(phone: OnPhone) -> None:
    with phone.instance.app.app_context(), writing() as session:
        session.get_one(Case, phone.case_id).closed_on = today()
    cot = phone.row("CS01")
    back = phone.send(**{cot: "ready"})
    assert (back.status_code, back.json["over"]) == (409, "closed")
    assert "kept on this phone" in back.json["problem"]
    assert phone.answers() == []
    with phone.instance.app.app_context(), writing() as session:
        session.get_one(Case, phone.case_id).closed_on = None
    assert phone.send(**{cot: "ready"}).status_code == 200, "opened again, it is sent"
