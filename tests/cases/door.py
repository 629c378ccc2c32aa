"""The first screen as it is typed and sent in tests: a family at the door, and what was made of it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app.assessments import judging
from app.assessments.models import Assessment, SavedAnswer
from app.cases.household import household_of
from app.cases.models import Case
from app.clocks import today
from app.database import new_id
from app.extensions import db
from app.suitability.casefile.household import Household
from tests.conftest import Instance

COUNCIL = "E08000025"
PAGE = "/cases/new"


def ago(days: int) -> str:
    """A day as somebody says it."""
    day = today() - timedelta(days=days)
    return f"{day.day} {day:%B} {day.year}"


def h1(**more: Any) -> dict[str, Any]:
    """The first facts of the first worked example, as an officer types them."""
    typed = {
        "opening": new_id(),
        **line(1, "Marta Example", "14 March 1999", "mother"),
        **line(2, "Finn Example", "2.6.95", "father"),
        **line(3, "Bobbie Example", ago(77), "child"),
        **line(4, "Billy Example", "30 8 22", "child"),
        "left_because": ["antisocial_behaviour"],
        "left_note": "Months of dealers at the door.",
        "address": "Room 7, The Invented Hotel, 3 Made-up Street, B11 1AA",
        "kind": "bed_and_breakfast",
        "floor": "2",
        "shares": ["toilet", "washing", "cooking", "corridor"],
        "urgency": "tonight",
        "nights": "28",
        "substances.said": "yes",
        "substances.who": "p1",
        "substances.about": ["p1", "p2"],
        "substances.words": "Both: long past.",
        "justice.said": "yes",
        "justice.who": "p1",
        "justice.about": ["p2"],
        "justice.words": "Finn: out three weeks ago.",
        "social_care.said": "yes",
        "social_care.who": "a-social_care",
        "social_care.name": "Sam Worker",
        "social_care.words": "Closed 8 months ago.",
    }
    return typed | {name.replace("__", "."): value for name, value in more.items()}


def line(at: int, name: str, born: str = "", tie: str = "") -> dict[str, str]:
    return {f"p{at}.name": name, f"p{at}.born": born, f"p{at}.tie": tie}


def small(**more: Any) -> dict[str, Any]:
    """A mother and a child, and a flat."""
    typed = {
        "opening": new_id(),
        **line(1, "Ana Example", "1 2 1990", "mother"),
        **line(2, "Bo Example", ago(1000), "child"),
        "address": "Flat 2, 1 Made-up Street, B11 1AA",
        "kind": "nightly_paid",
        "urgency": "planned",
    }
    return typed | {name.replace("__", "."): value for name, value in more.items()}


class Door:
    """Who sends the page, and what came of it."""

    def __init__(self, instance: Instance, client: FlaskClient) -> None:
        self.instance, self.client = instance, client

    def send(self, typed: dict[str, Any]) -> TestResponse:
        return self.client.post(PAGE, data=typed)

    def opened(self, typed: dict[str, Any]) -> tuple[str, str]:
        answer = self.send(typed)
        alike = re.search(r'name="alike" value="([0-9a-f ]+)"', answer.text)
        if alike:  # the same family was opened before in this test: looked at, and ticked as another
            answer = self.send({**typed, "alike": alike[1], "another": "yes"})
        assert answer.status_code == 302, re.findall(r"error-message[^>]*>(.*?)</p>", answer.text)
        found = re.fullmatch(r"/cases/([0-9a-f]{32})/assessments/([0-9a-f]{32})/result", answer.headers["Location"])
        assert found, "it leads to the result at once"
        return found[1], found[2]

    def refused(self, typed: dict[str, Any]) -> str:
        answer = self.send(typed)
        assert answer.status_code == 422
        with self.instance.app.app_context():
            assert db.session.scalar(select(func.count(Case.id))) == 0, "nothing was written"
        return answer.text

    def household(self, case_id: str) -> Household:
        return household_of(db.session.get_one(Case, case_id))

    def judged(self, assessment_id: str) -> judging.Judged:
        return judging.judge(db.session.get_one(Assessment, assessment_id), today(), COUNCIL)

    def answers(self, case_id: str) -> dict[tuple[str, str], SavedAnswer]:
        rows = db.session.scalars(select(SavedAnswer).where(SavedAnswer.case_id == case_id))
        return {(a.criterion, a.subject): a for a in rows}
