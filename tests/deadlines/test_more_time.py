"""More time that was given in writing: a later last day, never an earlier one, and the day by the rule stays to be read."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.clocks import in_words, today
from app.deadlines import keeping
from app.deadlines.models import LAPSED, RUNNING, Clock
from app.extensions import db
from tests.conftest import Instance

from .test_pages import begun, day, key

BY_RULE = 55  # days after the day on which it was asked for: eight weeks, that day being the first


def given(instance: Instance, case_id: str, until: int = 70, on: int = 0, **more: str) -> Any:
    """More time: until so many days from the beginning, which was sixty days ago, written so many days ago."""
    start = today() - timedelta(days=60)
    typed = {"version": str(instance.version(case_id)), "said": "Her letter of Friday, in the file.",
             **day(start + timedelta(days=until), "until"), **day(today() - timedelta(days=on)), **more}  # fmt: skip
    path = f"/cases/{case_id}/dates/{key(instance, case_id)}/more-time"
    return instance.client("senior_officer").post(path, data=typed)


def row(instance: Instance, case_id: str) -> Clock:
    with instance.app.app_context():
        keeping.one_case(case_id, today())
        return db.session.get_one(Clock, key(instance, case_id))


def test_what_was_late_runs_again_until_the_day_that_was_agreed(either: Instance) -> None:
    case_id, _ = either.import_case("h2")
    assert begun(either, case_id, ago=60).status_code == 302
    assert row(either, case_id).state == LAPSED
    senior = either.client("senior_officer")
    assert "More time was given" in senior.get(f"/cases/{case_id}/dates").text
    assert "they agreed to it in writing" in senior.get(f"/cases/{case_id}/dates/{key(either, case_id)}/more-time").text
    before = either.version(case_id)
    assert given(either, case_id).status_code == 302
    assert either.version(case_id) > before
    kept = row(either, case_id)
    assert (kept.state, kept.due) == (RUNNING, today() + timedelta(days=10))
    page = senior.get(f"/cases/{case_id}/dates").text
    assert "Her letter of Friday, in the file." in page
    assert f"Counted by the rule alone it was due {in_words(today() + timedelta(days=BY_RULE - 60))}" in page
    lead = either.client("safeguarding_lead")
    assert "More time for a date, given in writing, written down" in lead.get(f"/cases/{case_id}/timeline").text
    assert "More time was given for a date" in lead.get(f"/cases/{case_id}/chronology?show=everything").text
    typed = {"version": str(either.version(case_id)), "said": "It came earlier.", **day(today() - timedelta(days=65))}
    path = f"/cases/{case_id}/dates/{key(either, case_id)}/correct"
    assert senior.post(path, data=typed).status_code == 302
    assert row(either, case_id).due == today() + timedelta(days=10), "what was agreed stands, whatever is corrected"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"until": 54}, "already. Choose a later one."),
        ({"until": 55}, "already. Choose a later one."),
        ({"on": 61}, "more time cannot have been given before that"),
        ({"on": -1}, "This day is in the future."),
        ({"said": ""}, "Say who gave it, and where the writing is"),
        ({"version": "1"}, "Somebody changed this case"),
    ],
)
def test_what_gives_no_time_is_said_and_what_was_typed_stays(instance: Instance, more: Any, said: str) -> None:
    case_id, _ = instance.import_case("h2")
    begun(instance, case_id, ago=60)
    answer = given(instance, case_id, **more)
    assert answer.status_code == 422
    assert said in answer.text
    assert "Her letter of Friday" in answer.text or "said" in more
    assert row(instance, case_id).due == today() + timedelta(days=BY_RULE - 60)


def test_nobody_gives_more_time_where_no_rule_does_or_after_it_was_met(instance: Instance) -> None:
    case_id, _ = instance.import_case("h2")
    begun(instance, case_id, ago=60, kind="ombudsman")
    one = f"/cases/{case_id}/dates/{key(instance, case_id, 'ombudsman')}"
    senior = instance.client("senior_officer")
    assert f"{one}/more-time" not in senior.get(f"/cases/{case_id}/dates").text
    until = day(today() + timedelta(days=900), "until")
    typed = {"version": str(instance.version(case_id)), "said": "They said so.", **day(today()), **until}
    answer = senior.post(f"{one}/more-time", data=typed)
    assert (answer.status_code, "No rule lets anybody give more time" in answer.text) == (422, True)
    begun(instance, case_id, ago=60)
    typed = {"version": str(instance.version(case_id)), "met": "yes", "said": "Given by hand.", **day(today())}
    path = f"/cases/{case_id}/dates/{key(instance, case_id)}/done"
    assert senior.post(path, data=typed).status_code == 302
    answer = given(instance, case_id)
    assert (answer.status_code, "dealt with already" in answer.text) == (422, True)


def test_a_case_file_carries_it(either: Instance, tmp_path: Path) -> None:
    case_id, _ = either.import_case("h2", "TRAVELS")
    begun(either, case_id, ago=60)
    assert given(either, case_id, on=3).status_code == 302
    runner = either.app.test_cli_runner()
    tree = json.loads(runner.invoke(args=["case", "export", "TRAVELS"]).output)
    line = tree["dates"][-1]
    assert (line["on"], line["longer"]) == (
        (today() - timedelta(days=3)).isoformat(),
        (today() + timedelta(days=10)).isoformat(),
    )
    tree["household"]["reference"] = "ARRIVED"
    file = tmp_path / "case.json"
    file.write_text(json.dumps(tree), encoding="utf-8")
    out = runner.invoke(args=["case", "import", str(file), "--officer", "housing_officer@test.example"]).output
    assert row(either, json.loads(out)["case"]).due == today() + timedelta(days=10)
    again = json.loads(runner.invoke(args=["case", "export", "ARRIVED"]).output)["dates"]
    assert sorted(map(str, again)) == sorted(map(str, tree["dates"]))


def test_a_review_of_a_referral_has_ten_weeks_or_twelve(instance: Instance) -> None:
    case_id, _ = instance.import_case("h2")
    page = instance.client("senior_officer").get(f"/cases/{case_id}/dates/begin").text
    assert "where it has 10 weeks" in page
    assert "where it has 12 weeks" in page
    assert begun(instance, case_id, ago=1, kind="review_decision_referral_long").status_code == 302
    with instance.app.app_context():
        kept = db.session.get_one(Clock, key(instance, case_id, "review_decision_referral_long"))
        assert (kept.due, kept.owner_role) == (today() + timedelta(days=82), "senior_officer")
