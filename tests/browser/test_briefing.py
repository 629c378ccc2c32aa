"""The family of the first page of this product: three contacts not brought, two agencies asked, one silent; the days go by and nothing is assumed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from playwright.sync_api import Browser
from werkzeug.serving import make_server

from app.clocks import in_words
from app.deadlines import keeping

from .conftest import Desk, Person
from .test_journeys import axe_finds_nothing, example, on_a_telephone
from .typist import type_answers, type_household, type_placement

pytestmark = pytest.mark.browser
PASSWORD = "correct horse battery staple"
ASKED, WANTED = date(2026, 12, 1), date(2026, 12, 2)  # a Tuesday, and the day after
REASONS = ("Bus strike.", "He had a cold.", "They never wrote.")
VISITOR, LICENCE = "Have you seen the baby awake, and at home?", "What are the conditions of his licence?"
REPLY = "Seen asleep once, in a pram. Our letters went to the right address."
PROBATION = "Probation or youth justice"
# The day, the step that has been reached, and on whose page of work it stands.
LADDER = (
    ("2026-12-03 10:00Z", "remind them, and ring", "housing_officer"),
    ("2026-12-04 10:00Z", "ring their named safeguarding lead", "housing_officer"),
    ("2026-12-08 10:00Z", "manager to manager", "senior_officer"),
    ("2026-12-10 10:00Z", "the partnership’s escalation policy", "safeguarding_lead"),
)


@pytest.fixture
def at_desk(desk: Desk, browser: Browser) -> Iterator[Callable[[str], Person]]:
    """Somebody signed in to the service in this process, so that the clock of the test is the clock of the service."""
    server = make_server("127.0.0.1", 0, desk.instance.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    made: list[Person] = []

    def sit(role: str) -> Person:
        running: Any = SimpleNamespace(address=f"http://127.0.0.1:{server.server_port}")
        person = Person(running, browser.new_context(viewport={"width": 1280, "height": 900}), role)
        made.append(person)
        person.go("/sign-in")
        person.fill("email", f"{role}@test.example")
        person.fill("password", PASSWORD)
        with person.page.expect_navigation():
            person.page.click("main button[type=submit]")
        return person

    yield sit
    trouble = [t for person in made for t in person.trouble]
    for person in made:
        person.context.close()
    server.shutdown()
    thread.join(10)
    assert trouble == []


def family() -> dict[str, Any]:
    """The well presented household in a place nobody has anything against, the cot seen: what is open is what agencies hold."""
    tree, quiet = example("h1"), example("h2")
    tree["placement"] = quiet["placement"]
    cot = [{**a, "subject": "B1"} for a in quiet["answers"] if a["criterion"] in ("CS01", "CS02")]
    tree["answers"] = cot
    return tree


def keep(desk: Desk) -> None:
    """What the worker does every few minutes: the clocks of every case are brought up to the day."""

    def kept() -> None:
        with desk.instance.app.app_context():
            keeping.often()

    desk.do(kept)


def put(officer: Person, case: str, agency: str, question: str) -> None:
    """A question that was put to an agency, and nothing has come back."""
    officer.go(f"{case}/history/enquiries")
    officer.page.select_option("[name=agency]", agency)
    officer.fill("question", question)
    officer.day("asked", ASKED.isoformat())
    officer.day("due", WANTED.isoformat())
    officer.press("Add")


def answered(officer: Person, case: str, reply: str) -> None:
    """The first question that was put: the agency answers it whole."""
    officer.go(f"{case}/history/enquiries/0")
    officer.choose("answered", "full")
    officer.fill("reply", reply)
    officer.day("answered_on", WANTED.isoformat())
    officer.press("Save")


def cot_seen(officer: Person, assessment: str, baby: str, on: date) -> None:
    """The cot is looked at once more: what was seen of it grows old within a week."""
    for criterion, value in (("CS01", "ready"), ("CS02", "fits")):
        officer.go(f"{assessment}/questions/{criterion}/{baby}")
        officer.choose("value", value)
        officer.choose("grade", "E2")
        officer.fill("source_name", "Olu Officer")
        officer.day("on", on.isoformat())
        officer.press("Save and go on")
        if officer.page.locator('[name="again"]').count():
            officer.choose("again", "new")
            officer.press("Save and go on")
        assert "Saved: " in main(officer)


def main(person: Person) -> str:
    return " ".join(person.page.inner_text("main").split())


def outcome(person: Person, assessment: str) -> str:
    """Everything on the page of the result, which has to say that nothing is decided."""
    person.go(assessment + "/result")
    assert person.page.locator(".cbc-outcome .govuk-heading-l").inner_text() == "Cannot decide yet"
    person.unfold()
    return main(person)


def test_whose_silence_keeps_it_open_is_said_each_day_and_the_steps_climb(
    desk: Desk, at_desk: Callable[[str], Person]
) -> None:
    with time_machine.travel("2026-12-01 10:00Z"):
        tree = family()
        officer = at_desk("housing_officer")
        case, keys = type_household(officer, tree, "BRIEFING-1")
        assessment = type_placement(officer, tree, case)
        type_answers(officer, tree, assessment, keys)
        told = outcome(officer, assessment)
        for body in ("Health visiting team", "Probation or youth justice", "Police", "GP practice"):
            assert body in told, "who must be asked"
        axe_finds_nothing(officer)
        officer.go(f"{case}/chronology")
        told = main(officer)
        for reason in REASONS:
            assert f"What an adult of the household said: “{reason}”" in told
        assert told.count("not brought") >= len(REASONS)
        assert told.count("Counts as: said by an adult of the household (the reason)") == len(REASONS)
        put(officer, case, "health_visiting", VISITOR)
        put(officer, case, "probation", LICENCE)
        assert "silent past the time" not in outcome(officer, assessment)

    with time_machine.travel("2026-12-02 15:00Z"):
        officer = at_desk("housing_officer")
        answered(officer, case, REPLY)
        told = outcome(officer, assessment)
        assert REPLY in told
        assert f"{PROBATION}: asked, and silent past the time" not in told

    for moment, step, role in LADDER:
        if role == "senior_officer":
            with time_machine.travel("2026-12-07 15:00Z"):
                cot_seen(at_desk("housing_officer"), assessment, keys["B1"], date(2026, 12, 7))
        with time_machine.travel(moment):
            keep(desk)
            somebody = at_desk(role)
            work = main(somebody)
            assert PROBATION in work
            assert f"Now: {step}." in work
            assert "Health visiting team: no answer yet" not in work, "they did answer"
            axe_finds_nothing(somebody)
            on_a_telephone(somebody, f"briefing-{role}-{moment[8:10]}")
            told = outcome(somebody, assessment)
            assert f"{PROBATION}: asked, and silent past the time. Do not ask again: escalate." in told
            assert "Silence is not clearance." in told
    on_a_telephone(somebody, "briefing-result")
    with time_machine.travel("2026-12-10 10:05Z"):
        somebody.go(f"{case}/dates")
        told = main(somebody)
        for day, step, _ in LADDER:
            reached = in_words(date.fromisoformat(day[:10]))
            assert f"{step[0].upper()}{step[1:]}: {reached}, reached." in told
        on_a_telephone(somebody, "briefing-dates")
