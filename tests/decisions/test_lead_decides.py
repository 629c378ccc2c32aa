"""What a lead may do beside agreeing: judge worse, set several conditions, ask for a challenge; and what reaches her while she reads."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.models import User
from app.assessments import answers, waiting
from app.assessments import service as assessments
from app.assessments.models import Assessment
from app.checklists import read_folder
from app.database import writing
from app.decisions.models import Decision
from app.extensions import db
from app.records.models import Record
from app.settings import ROOT
from tests.conftest import Instance
from tests.decisions.test_races import STOP

NOTE = "I have read all of it, and this is what I make of it for these children."


def waiting_at(instance: Instance, name: str = "h2") -> tuple[FlaskClient, str, dict[str, str]]:
    case_id, assessment_id = instance.submitted(name)
    lead, path = instance.client("safeguarding_lead"), f"/cases/{case_id}/assessments/{assessment_id}/review"
    page = lead.get(path).text
    return lead, path, {name: hidden(page, name) for name in ("version", "since", "shown")} | {"note": NOTE}


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, name
    return found.group(1)


def words_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def condition(number: int, what: str) -> dict[str, str]:
    end = "" if number == 1 else f"_{number}"
    return {
        f"condition_what{end}": what, f"condition_owner{end}": "Olu", f"condition_seen{end}": "Olu goes there and sees it",
        f"condition_due{end}-day": "1", f"condition_due{end}-month": "12", f"condition_due{end}-year": "2027",
    }  # fmt: skip


def decided(instance: Instance, path: str) -> tuple[Decision, dict[str, Any]]:
    with instance.app.app_context():
        made = db.session.scalars(select(Decision).where(Decision.assessment_id == path.split("/")[4])).one()
        return made, json.loads(db.session.get_one(Record, made.record_id).body)


def test_she_may_judge_it_worse_in_words_that_cannot_be_misread(instance: Instance) -> None:
    lead, path, typed = waiting_at(instance)
    page = words_of(lead.get(path).text)
    assert "I judge it worse, because" in page
    assert "Say what you judge it to be." in lead.post(path, data={**typed, "verdict": "worse"}).text
    made = lead.post(path, data={**typed, "verdict": "worse", "worse_outcome": "not_suitable"})
    assert made.status_code == 302
    decision, body = decided(instance, path)
    assert (decision.outcome, decision.worse_outcome, decision.worse_reason) == ("not_suitable", "not_suitable", NOTE)
    assert body["decision"]["outcome"] == "not_suitable"
    assert body["decision"]["judged_worse"] == "not_suitable"
    assert body["decision"]["computed_outcome"] == body["decision"]["stood"] == "suitable_with_conditions"
    assert body["page_one"]["because"] == "", "page one never says beside it that it is suitable"
    assert body["conditions"] == [], "a place that is not suitable has no conditions of the rules"


def test_she_never_judges_better(instance: Instance) -> None:
    lead, path, typed = waiting_at(instance, "h1")
    page = words_of(lead.get(path).text)
    assert "I judge it worse" not in page, "nothing is worse than not suitable"
    for better in ("suitable_with_conditions", "cannot_decide", "not_suitable"):
        answer = lead.post(path, data={**typed, "verdict": "worse", "worse_outcome": better})
        assert answer.status_code == 422
        assert "That is not worse than what stands here now." in answer.text
    assert lead.post(path, data={**typed, "verdict": "worse", "worse_outcome": "suitable"}).status_code == 422


def test_what_is_chosen_as_worse_and_not_said_is_asked_about(instance: Instance) -> None:
    lead, path, typed = waiting_at(instance)
    answer = lead.post(path, data={**typed, "verdict": "approve", "worse_outcome": "not_suitable"})
    assert answer.status_code == 422
    assert "You said that you judge it worse." in answer.text


def test_three_conditions_each_with_owner_day_and_how_it_is_seen(instance: Instance) -> None:
    lead, path, typed = waiting_at(instance)
    asked = lead.post(
        path, data={**typed, **condition(1, "The cot is brought"), "verdict": "approve_with_conditions", "more": "1"}
    )
    assert asked.status_code == 200, "asking for one more is no mistake"
    assert "There is a problem" not in asked.text
    assert "The cot is brought" in asked.text, "what was typed is still there"
    assert hidden(asked.text, "shown") == "2"
    assert decided_count(instance, path) == 0, "nothing is signed"
    three = {
        **condition(1, "The cot is brought"),
        **condition(2, "The window is closed"),
        **condition(3, "The key is handed over"),
    }
    sent = {**typed, **three, "shown": "3", "verdict": "approve_with_conditions"}
    short = {name: value for name, value in sent.items() if name != "condition_seen_2"}
    assert "Say how it will be seen, and by whom." in lead.post(path, data=short).text
    late = lead.post(path, data={**sent, "condition_due_3-year": "2020"})
    assert "This day is past." in late.text
    made = lead.post(path, data=sent)
    assert made.status_code == 302
    decision, body = decided(instance, path)
    assert [c["what"] for c in decision.conditions] == [
        "The cot is brought",
        "The window is closed",
        "The key is handed over",
    ]
    hers = [c for c in body["conditions"] if not c["criterion"]]
    assert [(c["what"], c["owner"], c["due"], c["seen"]) for c in hers] == [
        (what, "Olu", "2027-12-01", "Olu goes there and sees it") for what in ("The cot is brought", "The window is closed", "The key is handed over")
    ]  # fmt: skip
    record = lead.get(made.headers["Location"]).text
    for c in body["conditions"]:
        assert c["what"] in record
        assert c["seen"]


def decided_count(instance: Instance, path: str) -> int:
    with instance.app.app_context():
        return len(db.session.scalars(select(Decision).where(Decision.assessment_id == path.split("/")[4])).all())


def test_a_condition_is_written_only_where_she_agrees_or_judges_worse(instance: Instance) -> None:
    lead, path, typed = waiting_at(instance)
    for verdict in ("approve", "return"):
        answer = lead.post(path, data={**typed, **condition(1, "The cot is brought"), "verdict": verdict})
        assert answer.status_code == 422
        assert "You wrote a condition." in answer.text


def with_something_high() -> dict[str, Any]:
    """A dose on a Sunday on which the pharmacy is closed, mended by plans that were seen and agreed; a second person challenged it."""
    tree: dict[str, Any] = json.loads((ROOT / "docs" / "examples" / "h2.json").read_text(encoding="utf-8"))
    on = tree["on"]
    next(m for m in tree["household"]["members"] if m["key"] == "M")["treatment"] = {
        "medicine": "buprenorphine", "dose_days": ["mon", "wed", "fri", "sun"],
    }  # fmt: skip
    next(s for s in tree["household"]["services"] if s["kind"] == "pharmacy")["open_days"] = [
        "mon", "tue", "wed", "thu", "fri", "sat",
    ]  # fmt: skip
    tree["household"]["reference"] = "HIGH-1"
    seen = {"in_place": on, "seen_grade": "E3", "seen_by": "Dee Worker", "seen_on": on}
    agreed = {
        "due": on,
        "agreed_by": "Sena Senior",
        "agreed_role": "senior_officer",
        "agreed_on": on,
        "owner_accepted": on,
    }
    owner = {"name": "Dee Worker", "role": "key worker", "agency": "drug and alcohol service"}
    tree["mitigations"] = [
        *tree.get("mitigations", []),
        {"criterion": "SM07", "subject": "M", "what": "A pharmacy open on Sunday", **seen},
        {"criterion": "SM06", "subject": "M", "what": "A pharmacy open on Sunday", "owner": owner, **agreed},
    ]
    said = {"value": "written", "grade": "E2", "on": on, "note": "The transfer was challenged and holds."}
    second = {"name": "Sam Second", "role": "team manager", "agency": "council"}
    tree["answers"].append({"id": "IS11-1", "criterion": "IS11", "subject": "household", **said, "source": second})
    return tree


def test_a_high_concern_needs_the_challenge_of_somebody_who_did_not_write_it(instance: Instance) -> None:
    """Under an author’s own name it is none: the place is not found usable, in the page’s words and in the service."""
    case_id, assessment_id = instance.import_tree(with_something_high())
    instance.submit(assessment_id)
    lead, path = instance.client("safeguarding_lead"), f"/cases/{case_id}/assessments/{assessment_id}/review"
    words = words_of(lead.get(path).text)
    assert "Agree: suitable with these conditions" in words
    assert "Sam Second" in words
    with instance.app.app_context(), writing() as session:
        user = instance.user("housing_officer")
        session.get_one(User, user.id).name = "Sam  SECOND"
    words = words_of(lead.get(path).text)
    assert "Something here is high, and no second person has written one." in words
    typed = {"note": NOTE, "version": str(instance.version(case_id))}
    answer = lead.post(path, data={**typed, "verdict": "approve"})
    assert answer.status_code == 422
    assert "no second person who did not write it has challenged it" in answer.text
    assert decided_count(instance, path) == 0
    made = lead.post(path, data={**typed, "verdict": "worse", "worse_outcome": "not_suitable"})
    assert made.status_code == 302, "a worse judgement waits for nobody"


def test_what_changed_while_she_read_is_named_and_nothing_is_signed(instance: Instance) -> None:
    lead, path, typed = waiting_at(instance)
    case_id, assessment_id = path.split("/")[2], path.split("/")[4]
    record_stop(instance, case_id, assessment_id)
    sent = {**typed, **condition(1, "The cot is brought"), "verdict": "approve_with_conditions"}
    answer = lead.post(path, data=sent)
    assert answer.status_code == 422
    words = words_of(answer.text)
    assert "nothing is signed" in words
    assert "Changed while you were reading" in words
    assert re.search(r"Answer saved , Housing Officer, .*the unit", words), "what, by whom, and which question"
    assert "PC Desk" in words
    assert NOTE in words
    assert "The cot is brought" in answer.text, "what she typed is still there"
    assert decided_count(instance, path) == 0
    after = re.search(r'name="verdict"[^>]*checked', answer.text)
    assert after is None, "she chooses again on what is there now"
    assert "Confirm: not suitable" in words or "Confirm: it cannot be decided yet" in words


def test_the_top_says_where_they_are_tonight_and_who_is_in_treatment_or_released(instance: Instance) -> None:
    for name, words in (("h1", "released from custody"), ("h2", "prescribed treatment for opioids: buprenorphine")):
        lead, path, _ = waiting_at(instance, name)
        page = words_of(lead.get(path).text)
        top = page[: page.index("Each child, in the officer’s words")]
        with instance.app.app_context():
            case = db.session.get_one(Assessment, path.split("/")[4]).case
            now = [a.address for a in case.addresses if a.kind == "current"]
        assert f"Tonight: {now[0] if now else 'where they are is not written down'}" in top
        assert words in top


def record_stop(instance: Instance, case_id: str, assessment_id: str) -> None:
    """The police tell an officer of an incident in the building while the lead reads."""
    with instance.app.app_context():
        unit = db.session.get_one(Assessment, assessment_id).unit_id
        mark = answers.seen_mark(answers.of_row(answers.saved_answers(case_id, unit), "CS15", "unit"))
        criterion = read_folder().criteria["CS15"]
        answers.save_answer(instance.user("housing_officer"), assessment_id, criterion, "unit", mark, dict(STOP))


# ---- taking back


def test_the_officer_takes_it_back_with_a_reason_and_hands_it_in_again(
    instance: Instance, officer: FlaskClient
) -> None:
    lead, path, typed = waiting_at(instance)
    case_id, assessment_id = path.split("/")[2], path.split("/")[4]
    back = path.replace("/review", "/take-back")
    assert "take-back" in officer.get(path.replace("/review", "/result")).text
    empty = officer.post(back, data={"version": str(instance.version(case_id)), "reason": ""})
    assert empty.status_code == 422
    why = "The provider rang: the room is on another floor than I wrote."
    assert officer.post(back, data={"version": str(instance.version(case_id)), "reason": why}).status_code == 302
    with instance.app.app_context():
        found = db.session.get_one(Assessment, assessment_id)
        assert (found.state, found.taken_back_note) == ("draft", why)
        assert not waiting.is_returned(found)
        assert waiting.for_user(instance.user("safeguarding_lead")) == []
    answer = lead.post(path, data={**typed, "verdict": "approve"})
    assert answer.status_code == 422
    assert why in answer.text, "who signs what was taken back is told why"
    assert NOTE in answer.text
    instance.submit(assessment_id)
    assert why in lead.get(path).text, "and reads it when it comes again"


def test_after_a_return_a_taking_back_is_not_shown_as_returned(instance: Instance, officer: FlaskClient) -> None:
    lead, path, typed = waiting_at(instance)
    case_id, assessment_id = path.split("/")[2], path.split("/")[4]
    assert lead.post(path, data={**typed, "verdict": "return"}).status_code == 302
    instance.submit(assessment_id)
    with instance.app.app_context():
        mine = instance.user("housing_officer")
        assert waiting.for_user(mine) == []
        assessments.take_back(mine, assessment_id, instance.version(case_id), "I sent it too early, by mistake.")
        assert waiting.for_user(mine) == [], "it was not returned to them"
        assert waiting.marks([case_id]) == {}
    assert "Returned by the safeguarding lead" not in officer.get(f"/cases/{case_id}").text


@pytest.mark.parametrize("role", ["senior_officer", "other_officer"])
def test_nobody_else_takes_it_back(instance: Instance, role: str) -> None:
    case_id, assessment_id = instance.submitted()
    with instance.app.app_context(), pytest.raises(assessments.AssessmentProblem, match="Somebody else handed this in"):
        assessments.take_back(instance.user(role), assessment_id, instance.version(case_id), "Not mine to take back.")


def test_what_is_decided_is_not_taken_back(instance: Instance) -> None:
    case_id, record_id = instance.decided()
    with instance.app.app_context():
        made = db.session.scalars(select(Decision).where(Decision.record_id == record_id)).one()
        with pytest.raises(assessments.AssessmentProblem):
            assessments.take_back(
                instance.user("housing_officer"), made.assessment_id, instance.version(case_id), "Too late now."
            )
        assert db.session.get_one(Assessment, made.assessment_id).state == "decided"
