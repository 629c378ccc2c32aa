"""The page of dates, what is due to whom, and what a case file carries of it."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.cases import service as cases
from app.clocks import in_words, today
from app.database import writing
from app.deadlines import due as due_dates
from app.deadlines import keeping, service
from app.deadlines.models import Clock
from app.extensions import db
from tests.cases.test_exclusions import keep_out
from tests.cases.test_lists import counted
from tests.conftest import Instance


def day(on: Any, name: str = "on") -> dict[str, str]:
    return {f"{name}-day": str(on.day), f"{name}-month": str(on.month), f"{name}-year": str(on.year)}


def begun(instance: Instance, case_id: str, who: str = "senior_officer", ago: int = 50, **more: str) -> Any:
    typed = {"kind": "review_decision", "said": "She asked in writing.", **day(today() - timedelta(days=ago)), **more}
    typed.setdefault("version", str(instance.version(case_id)))
    return instance.client(who).post(f"/cases/{case_id}/dates/begin", data=typed)


def key(instance: Instance, case_id: str, kind: str = "review_decision") -> str:
    with instance.app.app_context():
        query = select(Clock.id).where(Clock.case_id == case_id, Clock.kind == kind).order_by(Clock.id)
        return db.session.scalars(query).first() or ""


def test_a_date_is_begun_put_off_and_met_on_its_pages(either: Instance) -> None:
    case_id, _ = either.import_case("h2")
    page = f"/cases/{case_id}/dates"
    assert page in either.client("housing_officer").get(f"/cases/{case_id}").text
    assert begun(either, case_id).status_code == 302
    senior = either.client("senior_officer")
    told = senior.get(page).text
    assert "Decision on a review" in told
    assert "2018 reg 9" in told, "the rule in words"
    assert in_words(today() + timedelta(days=5)) in told
    one = f"{page}/{key(either, case_id)}"
    assert "at most" in senior.get(f"{one}/put-off").text
    typed = {
        "version": str(either.version(case_id)),
        "why": "Waits for the doctor.",
        **day(today() + timedelta(days=2), "until"),
    }
    assert senior.post(f"{one}/put-off", data=typed).status_code == 302
    assert "Waits for the doctor." in senior.get(page).text
    typed = {"version": str(either.version(case_id)), "met": "yes", "said": "Given to her by hand.", **day(today())}
    assert senior.post(f"{one}/done", data=typed).status_code == 302
    told = senior.get(page).text
    assert "Given to her by hand" in told
    timeline = either.client("safeguarding_lead").get(f"/cases/{case_id}/timeline").text
    for words in ("Date put off, with a reason", "Date met", "What starts a date written down"):
        assert words in timeline


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"kind": ""}, "Choose which one begins."),
        ({"kind": "host_notice"}, "Choose one of the answers shown"),
        ({"said": ""}, "Say what happened, and how you know."),
        ({"on-day": "31", "on-month": "2"}, "must be a real date"),
        ({"on-year": str(today().year + 1)}, "This day is in the future."),
        ({"version": "1"}, "Somebody changed this case since you opened this page."),
    ],
)
def test_what_cannot_be_right_is_said_and_what_was_typed_stays(
    instance: Instance, more: dict[str, str], said: str
) -> None:
    case_id, _ = instance.import_case("h2")
    assert begun(instance, case_id).status_code == 302  # so that version 1 is an old one
    answer = begun(instance, case_id, ago=3, **more)
    assert answer.status_code == 422
    assert said in answer.text
    assert "She asked in writing." in answer.text or "said" in more


def test_what_nobody_may_put_off_or_meet_by_word_says_why(instance: Instance) -> None:
    case_id, _ = instance.decided("h2")
    with instance.app.app_context():
        keeping.one_case(case_id, today())
    officer = instance.client("housing_officer")
    one = f"/cases/{case_id}/dates/{key(instance, case_id, 'child_ask') or key(instance, case_id, 'first_contact')}"
    typed = {"version": str(instance.version(case_id)), "met": "yes", "said": "All is well.", **day(today())}
    answer = officer.post(f"{one}/done", data=typed)
    assert answer.status_code == 422
    assert "word alone meets this one" in answer.text
    assert "All is well." in answer.text
    assert officer.post(f"{one}/done", data=typed | {"met": "no"}).status_code == 302
    assert "All is well." in officer.get(f"/cases/{case_id}/dates").text
    assert officer.get(f"/cases/{case_id}/dates/{'0' * 32}/done").status_code == 404


def test_what_is_due_is_told_to_its_owner_and_to_nobody_who_may_not_see_the_case(instance: Instance) -> None:
    case_id, _ = instance.import_case("h2")
    begun(instance, case_id)
    one = key(instance, case_id)
    with instance.app.app_context():
        for who, sees in (("senior_officer", True), ("housing_officer", False), ("safeguarding_lead", False)):
            listed = due_dates.due_for(instance.user(who), today())
            assert (one in [d.clock_id for d in listed]) is sees, who
        [mine] = [d for d in due_dates.due_for(instance.user("senior_officer"), today()) if d.clock_id == one]
        assert (mine.what, mine.due, mine.owner, mine.is_mine) == (
            "Decision on a review", today() + timedelta(days=5), "Senior officer", False,
        )  # fmt: skip
        assert due_dates.due_for(instance.user("senior_officer"), today(), ahead=4) == [] or one not in [
            d.clock_id for d in due_dates.due_for(instance.user("senior_officer"), today(), ahead=4)
        ]
        officers = due_dates.due_for(instance.user("housing_officer"), today(), ahead=60)
        assert all(d.is_mine for d in officers)
        assert due_dates.due_for(instance.user("other_officer"), today(), ahead=60) == []
        days = [d.due for d in officers]
        assert days == sorted(days, key=str), "the past due first"
    keep_out(instance, case_id, "senior_officer")
    with instance.app.app_context():
        assert due_dates.due_for(instance.user("senior_officer"), today()) == []


def test_the_pages_and_the_list_take_as_many_queries_however_much_there_is(instance: Instance) -> None:
    officer = instance.client("housing_officer")
    counts = []
    for name in ("h2", "h5"):
        case_id, _ = instance.import_case(name)
        with instance.app.app_context():
            keeping.one_case(case_id, today())
        officer.get("/")
        with counted(instance) as said:
            assert officer.get(f"/cases/{case_id}/dates").status_code == 200
        counts.append(len(said))
    with instance.app.app_context():
        user = instance.user("senior_officer")
        for _ in range(6):
            values = {"kind": "data_complaint", "on": today(), "said": "By mail."}
            service.start(user, case_id, instance.version(case_id), values)
    officer.get("/")
    with counted(instance) as said:
        officer.get(f"/cases/{case_id}/dates")
    counts.append(len(said))
    assert len(set(counts[1:])) == 1, counts
    assert max(counts) <= 36, counts
    with instance.app.app_context():
        user = instance.user("senior_officer")
        with counted(instance) as listed:
            assert len(due_dates.due_for(user, today(), ahead=60)) >= 6
        assert len(listed) <= 2


def test_a_case_file_carries_what_was_written_and_works_out_the_rest_anew(either: Instance, tmp_path: Path) -> None:
    case_id, _ = either.import_case("h2", "TRAVELS")
    begun(either, case_id)
    one = f"/cases/{case_id}/dates/{key(either, case_id)}"
    senior = either.client("senior_officer")
    typed = {
        "version": str(either.version(case_id)),
        "why": "Waits for the doctor.",
        **day(today() + timedelta(days=2), "until"),
    }
    assert senior.post(f"{one}/put-off", data=typed).status_code == 302
    runner = either.app.test_cli_runner()
    out = runner.invoke(args=["case", "export", "TRAVELS"])
    tree = json.loads(out.output)
    assert [(d["kind"], d.get("began"), d.get("until")) for d in tree["dates"]] == [
        ("review_decision", (today() - timedelta(days=50)).isoformat(), None),
        ("review_decision", None, (today() + timedelta(days=2)).isoformat()),
    ]
    tree["household"]["reference"] = "ARRIVED"
    file = tmp_path / "case.json"
    file.write_text(json.dumps(tree), encoding="utf-8")
    made = json.loads(
        runner.invoke(args=["case", "import", str(file), "--officer", "housing_officer@test.example"]).output
    )
    told = either.client("senior_officer").get(f"/cases/{made['case']}/dates").text
    assert "Decision on a review" in told
    assert in_words(today() + timedelta(days=5)) in told
    assert "Waits for the doctor." in told
    again = json.loads(runner.invoke(args=["case", "export", "ARRIVED"]).output)
    assert again["dates"] == tree["dates"]
    tree["dates"][0]["met"] = tree["dates"][0]["began"]
    file.write_text(json.dumps(tree), encoding="utf-8")
    refused = runner.invoke(args=["case", "import", str(file), "--officer", "housing_officer@test.example"])
    assert refused.exit_code == 2


def test_a_case_without_any_writes_out_what_it_wrote_before(instance: Instance) -> None:
    case_id, _ = instance.import_case("h2", "PLAIN")
    out = instance.app.test_cli_runner().invoke(args=["case", "export", "PLAIN"])
    assert "dates" not in json.loads(out.output)
    assert case_id


def test_an_officer_whose_account_is_closed_owns_nothing_any_more(instance: Instance) -> None:
    case_id, _ = instance.decided("h2")
    with instance.app.app_context():
        keeping.one_case(case_id, today())
        with writing() as session:
            session.merge(instance.user("housing_officer")).active = False
        with writing() as session:
            cases.lock_case(session, case_id, None)
        keeping.one_case(case_id, today())
        listed = due_dates.due_for(instance.user("senior_officer"), today(), ahead=60)
        assert listed
        assert all(d.owner in ("Senior officer", "Senior Officer") for d in listed)
