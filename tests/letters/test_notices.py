"""Notices that a placement asks for: asked, agreed, sent, received, each body apart; late is said on the case and makes no place unsuitable."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from app.assessments.models import Assessment
from app.cases.models import Case
from app.clocks import today
from app.database import writing
from app.extensions import db
from app.letters import asking, context, due, words
from app.letters.models import LetterStep, NoticeAsked
from app.properties.models import Unit
from app.settings import ROOT
from app.suitability.casefile.household import Household, Member
from app.suitability.checklist.located_yaml import ChecklistError
from tests.conftest import Instance

from .making import day, made, make, placed


def asked(instance: Instance, client: FlaskClient, case_id: str, body: str, answer: str = "agreed", **more: Any) -> Any:
    data = {
        "version": str(instance.version(case_id)),
        "asked_of": "M",
        "answer": answer,
        "note": "",
        **day("on", today()),
        **more,
    }
    return client.post(f"/cases/{case_id}/notices/{body}", data=data)


def states(instance: Instance, case_id: str, on: date | None = None) -> dict[str, due.Due]:
    with instance.app.app_context():
        return {d.body or d.kind: d for d in due.of_case(db.session.get_one(Case, case_id), on or today())}


def test_each_body_is_asked_about_agreed_sent_and_received_apart(either: Instance) -> None:
    officer = either.client("housing_officer")
    case_id, _ = placed(either)
    found = states(either, case_id)
    assert {key: d.state for key, d in found.items()} == {"host_notice": "send", "gp": "ask", "health_visiting": "ask"}
    refused = make(either, officer, case_id, "child_notice_gp", applicant="M", about="C")
    assert refused.status_code == 422
    assert "Ask first" in refused.text
    assert asked(either, officer, case_id, "gp").status_code == 302
    assert states(either, case_id)["gp"].state == "details"
    assert asked(either, officer, case_id, "gp", **day("details_on", today())).status_code == 302
    assert asked(either, officer, case_id, "health_visiting", "refused").status_code == 302
    found = states(either, case_id)
    assert found["gp"].state == "send"
    assert found["gp"].by is not None
    assert found["health_visiting"].state == "refused"
    assert "counts against nobody" in found["health_visiting"].said
    no = make(either, officer, case_id, "child_notice_health_visiting", applicant="M", about="C")
    assert "They do not want this notice" in no.text
    letter_id = made(either, officer, case_id, "child_notice_gp", applicant="M", about="C")
    for how, state in (("posted", "sent"), ("received", "received")):
        data = {
            "how": how,
            "whom": "The practice",
            "note": "",
            "version": str(either.version(case_id)),
            **day("on", today()),
        }
        assert officer.post(f"/cases/{case_id}/letters/{letter_id}/proof", data=data).status_code == 302
        assert states(either, case_id)["gp"].state == state
    assert states(either, case_id)["health_visiting"].state == "refused"


def test_a_late_notice_is_said_on_the_case_and_no_place_is_unsuitable_for_it(
    instance: Instance, officer: FlaskClient
) -> None:
    case_id, _ = placed(instance)
    first = states(instance, case_id)["host_notice"]
    assert first.by is not None
    with time_machine.travel(_noon(first.by)):
        assert not states(instance, case_id)["host_notice"].late
    with time_machine.travel(_noon(first.by + timedelta(days=1))):
        officer = instance.client("housing_officer")
        late = states(instance, case_id)["host_notice"]
        assert late.late
        assert "does not make the place unsuitable" in late.said
        page = officer.get(f"/cases/{case_id}").text
        assert "Not sent, and due by" in page
        letter_id = made(instance, officer, case_id, "host_notice", applicant="M")
        data = {
            "how": "posted",
            "whom": "Solihull",
            "note": "",
            "version": str(instance.version(case_id)),
            **day("on", today()),
        }
        assert officer.post(f"/cases/{case_id}/letters/{letter_id}/proof", data=data).status_code == 302
        sent = states(instance, case_id)["host_notice"]
        assert sent.state == "sent"
        assert sent.late
        assert "a breach to write down" in sent.said
        assert "Not sent, and due by" not in officer.get(f"/cases/{case_id}").text


def _noon(on: date) -> Any:
    return datetime.combine(on, time(12), UTC)


def test_the_clock_of_the_host_notice_starts_with_the_offer(instance: Instance, officer: FlaskClient) -> None:
    case_id, _ = placed(instance, elsewhere=False)
    with instance.app.app_context():
        assessment = db.session.scalars(select(Assessment).where(Assessment.case_id == case_id)).unique().one()
        starts = context.made_available(assessment)
        assert starts == assessment.starts
        letter_id = made(instance, officer, case_id, "offer", applicant="M")
        with writing() as session:
            user = instance.user("housing_officer")
            early = starts - timedelta(days=3) if starts else today()
            session.add(
                LetterStep(
                    case_id=case_id,
                    letter_id=letter_id,
                    how="handed",
                    on=early,
                    whom="M",
                    noted_by=user.id,
                    noted_by_name="x",
                )
            )
        assert context.made_available(db.session.get_one(Assessment, assessment.id)) == early


def test_a_young_person_who_applied_is_asked_themself_and_nobody_else_in_their_place() -> None:
    def born(years: int) -> date:
        return date(2026 - years, 1, 1)

    on = date(2026, 11, 29)
    young = Member(key="Y", name="Y", kind="adult", born=born(16))
    baby = Member(key="B", name="B", kind="child", born=date(2026, 6, 1))
    grown = Member(key="G", name="G", kind="adult", born=born(40))
    alone = Household(reference="x", members=(young, baby))
    assert [m.key for m in asking.whom(alone, on)] == ["Y"]
    assert [m.key for m in asking.whom(Household(reference="x", members=(grown, young, baby)), on)] == ["G"]
    assert asking.bodies_for(alone, on) == ["gp", "health_visiting", "school"]


def test_at_a_move_it_is_offered_again(instance: Instance, officer: FlaskClient) -> None:
    case_id, assessment_id = placed(instance)
    assert asked(instance, officer, case_id, "gp", **day("details_on", today())).status_code == 302
    with instance.app.app_context():
        first = db.session.get_one(Assessment, assessment_id)
        with writing() as session:
            session.add(
                Assessment(
                    case_id=case_id,
                    unit=Unit(address="9 Next Street", rooms=[], certificates=[]),
                    created_by=first.created_by,
                    starts=today(),
                )
            )
    found = states(instance, case_id)["gp"]
    assert found.state == "ask"
    assert "offer it again" in found.said


def test_what_was_said_is_never_changed(either: Instance) -> None:
    officer = either.client("housing_officer")
    case_id, _ = placed(either)
    assert asked(either, officer, case_id, "gp").status_code == 302
    letter_id = made(
        either, officer, case_id, "request", agency="gp", about="C", question="When was the child last seen?"
    )
    with either.app.app_context():
        assert db.session.scalars(select(NoticeAsked)).one().answer == "agreed"
        for statement in (
            "UPDATE notice_asked SET answer = 'refused'", "DELETE FROM notice_asked", "UPDATE letter SET body = NULL",
            "UPDATE letter SET to_name = 'x'",
        ):  # fmt: skip
            with pytest.raises(DatabaseError):
                db.session.execute(text(statement))
            db.session.rollback()
        assert letter_id


def test_until_the_law_starts_it_is_called_good_practice(instance: Instance, officer: FlaskClient) -> None:
    case_id, _ = placed(instance)
    assert "is good practice here" in officer.get(f"/cases/{case_id}/letters").text
    assert "This is good practice" in officer.get(f"/cases/{case_id}/notices/gp").text


def test_a_mistake_in_the_words_is_named_with_its_line() -> None:
    written = (ROOT / "checklists" / "letters.yaml").read_text(encoding="utf-8")
    assert words.parsed(written).kinds.keys() == words.words().kinds.keys()
    for wrong, said in (
        (written.replace("fact: household", "fact: needs"), "there is no fact needs"),
        (written.replace("{telephone}", "{name}"), "cannot be filled in"),
        (written.replace("place: area\n    about: children", "place: street\n    about: children"), "place is one of"),
    ):
        with pytest.raises(ChecklistError, match=said):
            words.parsed(wrong)
