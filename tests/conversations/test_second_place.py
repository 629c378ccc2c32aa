"""A second place keeps what is known of people, with its source and age, and no worry about them drops out of sight."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.models import User
from app.assessments import judging
from app.assessments.models import Assessment
from app.cases.models import Case
from app.checklists import read_folder
from app.clocks import today
from app.extensions import db
from app.placements import service as placements
from tests.conftest import Instance

from .test_sheet import sent


class Second:
    """H1, who was asked about Room 7, and another place proposed for the same family."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.case_id, self.first = instance.import_case("h1")
        with instance.app.app_context():
            user = db.session.scalars(select(User).where(User.role == "housing_officer")).first()
            case = db.session.get_one(Case, self.case_id)
            self.second = placements.propose(
                user, case.id, case.version, {"address": "Flat 2, Other Row", "kind": "nightly_paid", "shares": []}, {}
            )
            self.unit_id = db.session.get_one(Assessment, self.second).unit_id
        self.path = f"/cases/{self.case_id}/assessments/{self.second}"


@pytest.fixture
def second(instance: Instance) -> Second:
    return Second(instance)


def told(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_a_worry_about_a_child_stays_in_view(second: Second, officer: FlaskClient) -> None:
    page = told(officer.get(second.path + "/result").text)
    assert "Told of them before, when another place was asked about" in page
    assert "Children’s social care (Bobbie Example)" in page or "Children’s social care ( Bobbie Example)" in page
    assert "A cot on the first night (Bobbie Example)" in page
    first = told(officer.get(f"/cases/{second.case_id}/assessments/{second.first}/result").text)
    assert "Told of them before" not in first, "there it is an answer"


def test_what_a_building_did_is_not_said_of_another(second: Second, officer: FlaskClient) -> None:
    page = officer.get(second.path + "/result").text
    before = page.split("Told of them before", 1)[1].split("</div>", 1)[0]
    assert "takeover at the building" not in before
    assert "Shared with adults" not in before


def test_what_is_known_of_an_adult_is_an_answer_there_too(second: Second, officer: FlaskClient) -> None:
    """Whether somebody is on licence is so wherever they go: it is not asked again."""
    page = officer.get(f"{second.path}/sheets/probation").text
    row = page.split('data-row="SM14-F"', 1)[1].split("data-row=", 1)[0]
    assert "another place" not in told(row)
    assert "Yes" in told(row) or "nvolved" in told(row)


def test_what_was_said_of_the_first_place_stands_beside_the_question(second: Second, officer: FlaskClient) -> None:
    page = officer.get(f"{second.path}/sheets/social_care").text
    row = page.split('data-row="CS19-B1"', 1)[1].split("data-row=", 1)[0]
    assert re.search(r"asked about another place(, about \w+)?: ", told(row)), told(row)


def test_once_it_is_answered_for_this_place_it_is_an_answer(
    second: Second, officer: FlaskClient, instance: Instance
) -> None:
    path = f"{second.path}/sheets/social_care"
    page = officer.get(path).text
    value = next(v for v in re.findall(r'name="CS19-B1" value="([a-z_]+)"', page) if v != "unknown")
    assert officer.post(path, data=sent(page, person="Sam Worker", **{"CS19-B1": value})).status_code == 302
    before = officer.get(second.path + "/result").text
    listed = before.split("Told of them before", 1)[1].split("</div>", 1)[0] if "Told of them before" in before else ""
    assert "Children’s social care</strong> (Bobbie Example)" not in listed


def test_the_family_s_sheet_shows_what_a_form_holds_of_the_place_and_of_nobody_else(
    second: Second, officer: FlaskClient
) -> None:
    page: Any = officer.get(f"/cases/{second.case_id}/assessments/{second.first}/sheets/provider").text
    assert "Written down already:" in page
    assert "(as written down)" in page
    mine = told(officer.get(f"/cases/{second.case_id}/assessments/{second.first}/sheets/F").text)
    assert "methadone" not in mine


def test_nothing_about_people_alone_waits_for_the_place() -> None:
    """Of what is asked of people whatever the address, nothing is kept with a unit."""
    assert {
        name
        for name in ("SM13", "SM14", "SM01", "CS03", "CS21", "SA04", "CS27")
        if read_folder().criteria[name].scope == "placement"
    } == set()


def test_a_second_place_asks_again_at_most_what_is_of_a_place(second: Second) -> None:
    """Of what was answered at the first place only what is kept with a place is asked again; the rest is an answer there too."""
    criteria = read_folder().criteria
    with second.instance.app.app_context():
        first, other = (
            judging.judge(db.session.get_one(Assessment, key), today(), "E08000025")
            for key in (second.first, second.second)
        )
        answered = {(a.criterion, a.subject) for a in first.answers}
        again = answered - {(a.criterion, a.subject) for a in other.answers}
    assert len(answered) > 10
    assert {criteria[criterion].scope for criterion, _ in again} == {"placement"}
    kept = answered - again
    assert kept
    assert {criteria[criterion].scope for criterion, _ in kept} == {"household"}
    print(
        f"H1 at a second place: {len(kept)} of {len(answered)} answers stand; asked again, all of the place: {len(again)}"
    )
