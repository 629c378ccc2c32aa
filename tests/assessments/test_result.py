"""The result in its order: the verdict and one next step, a child a line, three calls, what is far, and every reason closed."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.assessments.models import Assessment
from app.checklists import read_folder
from app.clocks import today
from app.extensions import db
from app.settings import ROOT
from app.suitability.casefile import wording
from tests.assessments.test_questions import GOOD, question
from tests.conftest import Instance
from tests.trees import bare

HOUSEHOLDS = ("h1", "h2", "h3", "h5")
# Of the codes of the trade, none stands on the page: numbers of questions and patterns, letters of grades, names of effects.
CODE = re.compile(
    r"\b(?:CS|SM|SA|IS|LS)\d\d\b|\bP\d\d\b|\bE[0-4]s?\b|[Ss]top until|\b[Cc]has(?:e|er|es)\b|[Tt]he holds?\b"
)


def main(page: str) -> str:
    return page.split("<main", 1)[1].split("</main", 1)[0]


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def green(page: str) -> list[str]:
    """The words of each button of the page that looks like the next step."""
    buttons = re.findall(
        r'<(?:a|button)[^>]*class="(govuk-button[^"]*)"[^>]*>(.*?)</(?:a|button)>', main(page), re.DOTALL
    )
    quiet = ("govuk-button--secondary", "govuk-button--warning")
    return [words(said) for classes, said in buttons if not any(word in classes for word in quiet)]


def result(instance: Instance, name: str, role: str = "housing_officer") -> str:
    case_id, assessment_id = instance.import_case(name)
    return instance.client(role).get(f"/cases/{case_id}/assessments/{assessment_id}/result").text


@pytest.mark.parametrize("name", HOUSEHOLDS)
def test_the_page_names_no_code_and_no_word_of_the_trade(instance: Instance, name: str) -> None:
    assert [found[0] for found in CODE.finditer(words(main(result(instance, name))))] == []


@pytest.mark.parametrize(
    ("name", "role", "step"),
    [
        ("h1", "housing_officer", ["Propose another place, same family"]),
        ("h1", "senior_officer", ["Propose another place, same family"]),
        ("h1", "safeguarding_lead", ["Propose another place, same family"]),
        ("h1", "auditor", []),
        ("h2", "housing_officer", ["Submit for review"]),
        ("h3", "housing_officer", ["Propose another place, same family"]),
        ("h5", "housing_officer", ["Look it up and write down"]),
    ],
)
def test_one_next_step_is_the_green_button(instance: Instance, name: str, role: str, step: list[str]) -> None:
    assert green(result(instance, name, role)) == step


def test_the_next_step_follows_from_how_far_it_is(instance: Instance) -> None:
    case_id, assessment_id = instance.submitted("h2")
    path = f"/cases/{case_id}/assessments/{assessment_id}/result"
    assert green(instance.client("safeguarding_lead").get(path).text) == ["Review"]
    waiting = instance.client("housing_officer").get(path).text
    assert green(waiting) == []
    assert "It waits for a safeguarding lead." in waiting
    with instance.app.app_context():
        db.session.get_one(Assessment, assessment_id).state = "withdrawn"
        db.session.commit()
    withdrawn = instance.client("housing_officer").get(path).text
    assert green(withdrawn) == []
    assert "It was withdrawn." in withdrawn


def test_where_no_place_cures_it_another_place_is_not_the_next_step(instance: Instance) -> None:
    """An order that bars a parent goes with the family: the calls go on, and what must change is said."""
    client, path, mark = question(instance, "h2", "CS20/household")
    assert client.post(path, data={**GOOD, "value": "conflict", "seen": mark}).status_code == 302
    page = client.get(path.split("/questions")[0] + "/result").text
    assert "no other place cures that by itself" in page
    assert "What the next place must have" not in page
    assert [said.split(":")[0] for said in green(page)] == ["Ring and write down"]


def test_an_emergency_is_offered_to_a_senior_officer_and_said_to_others(instance: Instance) -> None:
    case_id, assessment_id = instance.import_case("h1")
    path = f"/cases/{case_id}/assessments/{assessment_id}"
    senior = instance.client("senior_officer").get(f"{path}/result").text
    assert f'href="{path}/emergency"' in senior
    assert "Emergency for tonight" in senior
    officer = instance.client("housing_officer").get(f"{path}/result").text
    assert f'href="{path}/emergency"' not in officer
    assert "Ask a senior officer" in officer


def test_three_calls_stand_open_and_the_rest_by_whom_they_are_made(instance: Instance) -> None:
    page = main(result(instance, "h1"))
    assert page.count('<li class="cbc-call">') == 3
    assert "Three calls next" in page
    assert "12 more calls" in page
    first = words(page.split('<li class="cbc-call">')[1])
    assert first.startswith("1. Child, parents and kin, apart where possible 10 answers , now.")
    assert "4 of 10 count wherever they go." in first  # whether somebody is on licence among them (0100)
    second = words(page.split('<li class="cbc-call">')[2])
    assert second.startswith("2. Health visiting team 11 answers , the same day.")
    assert "Could lift what stops this place: safer-sleep factors." in second
    assert re.search(r'href="[^"]+/sheets/health_visiting"', page)


def test_every_open_question_can_be_answered_from_the_page(instance: Instance) -> None:
    """Nothing is lost by being gathered: each open row has its link, closed under the call it belongs to."""
    case_id, assessment_id = instance.import_case("h1")
    path = f"/cases/{case_id}/assessments/{assessment_id}"
    client = instance.client("housing_officer")
    page = client.get(f"{path}/result").text
    listed = set(re.findall(rf'href="{path}/questions/([A-Z]{{2}}\d\d/[^"]+)"', page))
    told = client.get(path).text
    rows = re.findall(rf'href="{path}/questions/([A-Z]{{2}}\d\d/[^"]+)".*?govuk-tag--\w+">([^<]+)<', told, re.DOTALL)
    waits = set(re.findall(r"/questions/([A-Z]{2}\d\d/\w+)\"[^<]*<[^<]*<div[^>]*>Waits on", told))
    opened = {
        row for row, tag in rows if tag in (wording.EFFECT["hold"], wording.EFFECT["chase"], wording.EFFECT["note"])
    }
    assert len(opened) > 50
    assert opened - waits <= listed


def test_a_silent_agency_is_taken_higher_not_rung_again(instance: Instance) -> None:
    case_id, assessment_id = instance.import_case("h1")
    client = instance.client("housing_officer")
    long_ago = today() - timedelta(days=60)
    put = {
        "version": str(instance.version(case_id)), "agency": "police", "question": "Address compatible?",
        "asked-day": long_ago.day, "asked-month": long_ago.month, "asked-year": long_ago.year,
    }  # fmt: skip
    assert client.post(f"/cases/{case_id}/history/enquiries", data=put).status_code == 302
    page = words(main(client.get(f"/cases/{case_id}/assessments/{assessment_id}/result").text))
    assert "Do not ask again: escalate." in page


def test_what_is_far_is_said_before_anybody_types_a_minute(instance: Instance) -> None:
    page = main(result(instance, "h1"))
    far = page.split("What is far", 1)[1].split("The reasons in full", 1)[0]
    assert re.search(r"about \d[\d,]* m<", far)
    assert re.search(r"<strong>likely \d+ to \d+ minutes with a pram</strong>", far)
    assert "Bus: not known." in far
    assert re.search(r'href="[^"]+/journeys">Write down', far)
    assert "A time in bold: too far on foot" in far
    assert "Estimates from a straight line, not a route." in far
    near = main(result(instance, "h2")).split("What is far", 1)[1].split("The reasons in full", 1)[0]
    assert "likely 10 to 40 minutes" in near
    assert "bold" not in near, "nothing there is shown to be too far, and the names are bold too"


def test_agencies_that_answered_are_not_said_to_have_answered_what_nobody_asked_them(instance: Instance) -> None:
    page = words(main(result(instance, "h2")))
    assert "1 answer , within 2 hours" in page.replace("1 answer,", "1 answer ,")
    assert "each has answered what it was asked" in page
    assert "all have answered" not in page.casefold()


def test_the_next_place_is_described_only_where_there_must_be_one(instance: Instance) -> None:
    page = main(result(instance, "h1"))
    needs = page.split("What the next place must have", 1)[1].split("</ul>", 1)[0]
    assert "no record of drugs or violence" in needs
    assert "a cot for each child under 2 up and ready tonight" in needs
    assert "What the next place must have" not in result(instance, "h5")


def test_each_child_stands_in_a_line_with_the_gravest_of_why(instance: Instance) -> None:
    page = main(result(instance, "h1"))
    lines = [words(line) for line in page.split('<ul class="cbc-children">')[1].split("</ul>")[0].split("</li>")[:-1]]
    assert [line.split(",")[0] for line in lines] == ["Bobbie Example", "Billy Example"]
    for line in lines:
        assert "Not suitable as proposed. Drugs, violence and takeover at the building" in line


def test_what_nobody_has_answered_is_not_said_as_if_it_were_so(instance: Instance) -> None:
    tree = json.loads((ROOT / "docs" / "examples" / "h2.json").read_text(encoding="utf-8"))
    tree["answers"], tree["household"]["enquiries"] = [], []
    case_id, assessment_id = instance.import_tree(tree)
    page = main(instance.client("housing_officer").get(f"/cases/{case_id}/assessments/{assessment_id}/result").text)
    line = words(page.split('<ul class="cbc-children">')[1].split("</ul>")[0])
    assert " Cannot decide yet. Not known yet: " in line
    assert "Worries: 0" in page


@pytest.mark.parametrize("born", [0, 60])
def test_where_only_what_comes_together_stops_it_the_page_says_so_and_what_would_lift_it(
    instance: Instance, born: int
) -> None:
    """Two names and an address: nobody has said how old the child is, so that it may be a baby without a cot."""
    tree = bare(today() - timedelta(days=born) if born else None)
    case_id, assessment_id = instance.import_tree(tree)
    page = instance.client("housing_officer").get(f"/cases/{case_id}/assessments/{assessment_id}/result").text
    said = words(page.split('id="verdict"')[1].split("Safeguarding:")[0])
    assert "Not suitable as proposed" in said
    assert "What stops it now: out-of-routine sleep." in said
    assert "It stops until this is so: the cot and its space in this unit: in place and seen." in said


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("h1", "No keys for this place."),
        ("h2", "Keys once a safeguarding lead has signed and what must come before them is done."),
    ],
)
def test_whether_the_keys_may_be_given_stands_before_why(instance: Instance, name: str, keys: str) -> None:
    page = main(result(instance, name))
    assert page.index(f"<strong>{keys}</strong>") < page.index('class="cbc-next"')
    case_id, _ = instance.decided(name)
    with instance.app.app_context():
        assessment_id = db.session.scalars(select(Assessment.id).where(Assessment.case_id == case_id)).one()
    decided = main(instance.client("housing_officer").get(f"/cases/{case_id}/assessments/{assessment_id}/result").text)
    assert "Open the record of the decision" in decided
    assert keys not in decided


def test_no_part_of_the_page_is_longer_than_a_screen_or_two_of_code() -> None:
    for name in ("result", "verdict", "calls", "far", "reasons", "whereabouts", "emergencies", "findings"):
        text = (ROOT / "templates" / "assessments" / f"{name}.html").read_text(encoding="utf-8")
        assert len(text.splitlines()) <= 200


def test_the_words_of_an_effect_on_a_page_name_every_effect() -> None:
    assert set(wording.EFFECT_PLAINLY) == set(wording.EFFECT)


def test_a_case_has_one_green_button_whatever_is_next(instance: Instance, officer: FlaskClient) -> None:
    officer.post("/cases/open", data={"reference": "ONE-STEP"})
    listed = officer.get("/cases").text
    found = re.findall(r'href="(/cases/[0-9a-f]{32})"', listed)
    assert green(officer.get(found[0]).text) == ["Add a person"]
    case_id, assessment_id = instance.submitted("h2")
    opened = green(officer.get(f"/cases/{case_id}").text)
    assert [said.split(" of ")[0] for said in opened] == ["Open the result"]
    lead = green(instance.client("safeguarding_lead").get(f"/cases/{case_id}").text)
    assert [said.split(" ")[0] for said in lead] == ["Review"]
    with instance.app.app_context():
        db.session.get_one(Assessment, assessment_id).state = "withdrawn"
        db.session.commit()
    assert green(officer.get(f"/cases/{case_id}").text) == ["Propose a placement"]
    assert green(instance.client("auditor").get(f"/cases/{case_id}").text) == []


def test_the_plain_words_are_those_of_the_checklists(instance: Instance) -> None:
    """A name of a question is said as the checklists say it, without its number."""
    page = words(main(result(instance, "h1")))
    checklist = read_folder()
    assert checklist.criteria["CS15"].name in page
    assert checklist.patterns["P09"].name in page
