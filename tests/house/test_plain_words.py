"""The words of the officer's pages: read at the age of thirteen, and of the codes of the trade none.

``pytest tests/house/test_plain_words.py -s -k thirteen`` prints the table and the names that are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.assessments.test_plans import Desk
from tests.assessments.test_questions import GOOD, question
from tests.conftest import Instance
from tests.decisions.test_emergency import taken
from tests.old.walk import pages

from . import reading_grade as reading

MOST = 8.0
# Questions of every kind: one choice, which of these, a day, minutes, numbers; about a child, an adult, the place, everybody.
QUESTIONS = ("CS01", "CS03", "CS09", "CS15", "CS22", "SM01", "SM06", "SA07", "IS05", "LS16")
# Hand-counted, to hold the counting of syllables to: what stands on the pages most.
COUNTED = {
    1: (
        "asked moved year played homes comes states health known changed leaves used use sure shared stairs waits "
        "needs signs these there closed raised tried "
    ),
    2: (
        "needed carried placement placements safety social being going doing staying equal language beyond "
        "employed places houses household worry question police unknown address distance minutes children parent "
        "people person adult pregnant treatment substance building agreed record reason reasons review submit "
        "outcome changes prison release district before because without other until tonight today quiet uses "
        "waited open lowered written licence council "
    ),
    3: (
        "methadone safeguarding period medium area usual family worrying officer provider visiting visitor "
        "assessment conditions decided decision services agency nobody medicine acceptance accepted possible "
        "nursery pharmacy hospital probation behaviour disrepair together several another telephone considered "
        "previous serious various ratified supervised dangerous suitable agencies "
    ),
    4: (
        "anybody certificate overcrowding situation emergency facilities available responsible relationship "
        "education authority information identified experience exploitation actually professional electrical "
        "appliances temporary "
    ),
    5: ("suitability accommodation antisocial university individual "),
}


def test_syllables_are_counted_as_they_are_spoken() -> None:
    words = [(word, number) for number, said in COUNTED.items() for word in said.split()]
    found = sum(reading.syllables(word) for word, _ in words)
    spoken = sum(number for _, number in words)
    assert abs(found - spoken) <= spoken / 50


@pytest.mark.parametrize(
    ("html", "said"),
    [
        ("<p>One. Two?</p><p>Three</p>", ["One.", "Two?", "Three"]),
        ("<li>a cot</li><li>warm, now</li>", ["a cot", "warm, now"]),
        ("<label>Name<br>of it</label><input><td>4</td><td>Yes</td>", ["Name", "of it", "Yes"]),
        ("<p>Call <a href='tel:999'>999</a> first.</p>", ["Call 999 first."]),
        ("<p>Seen<span class='govuk-visually-hidden'> by whom</span>.</p><p hidden>Not this</p>", ["Seen."]),
        ("<select><option>Choose</option></select><script>var a = 1</script><textarea>typed</textarea>", []),
    ],
)
def test_a_sentence_ends_where_it_stands_apart(html: str, said: list[str]) -> None:
    assert reading.sentences(reading.parts(html)) == said


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("Children Act 2004 s.16LA; public task", "; public task"),
        ("Housing Act 1996 s.213AA and Children Act 1989 ss.23A to 24D", "and"),
        ("Suitability of Accommodation (England) Order 2003 art 4.", "."),
        ("Ask the safeguarding lead before they act.", "Ask the before they act."),
        ("Is the accommodation suitable?", "Is the accommodation suitable?"),
    ],
)
def test_only_names_are_left_out(said: str, left: str) -> None:
    assert reading.without_names(said) == left


def officers_pages(instance: Instance, household: str) -> Iterator[tuple[str, str]]:
    """What it is called, and its HTML: each page an officer has before them from the first facts to handing it in."""
    case_id, assessment_id = instance.import_case(household)
    case = f"/cases/{case_id}"
    here = f"{case}/assessments/{assessment_id}"
    client = instance.client("housing_officer")
    listed = client.get(here).text
    parent = re.findall(rf"{here}/questions/SM01/(\w+)", listed)[0]
    member = re.findall(rf"{case}/members/([0-9a-f]{{32}})", client.get(case).text)
    asked = dict(re.findall(rf"{here}/questions/([A-Z]{{2}}\d\d)/(\w+)", listed))
    addresses = {
        "first screen": "/cases/new",
        "sheet of the provider": f"{here}/sheets/provider",
        "sheet of a parent": f"{here}/sheets/{parent}",
        "sheet of a parent, alone": f"{here}/sheets/{parent}?alone=1",
        "sheet of the police": f"{here}/sheets/police",
        "sheet of health visiting": f"{here}/sheets/health_visiting",
        "sheet of what the officer saw": f"{here}/sheets/officer",
        "result": f"{here}/result",
        "how it came about": f"{here}/reasoning",
        "case": case,
        "every question": here,
        **{f"question {name}": f"{here}/questions/{name}/{asked[name]}" for name in QUESTIONS if name in asked},
        "placement": f"{here}/placement",
        "household": f"{case}/household",
        "a person": f"{case}/members/{member[0]}",
        "a person, last": f"{case}/members/{member[-1]}",
        "health contacts": f"{case}/history/contacts",
        "questions to agencies": f"{case}/history/enquiries",
        "events": f"{case}/history/events",
        "services": f"{case}/services/new",
        "money": f"{case}/money",
        "submit": f"{here}/submit",
    }
    for name, address in addresses.items():
        answer = client.get(address)
        assert answer.status_code == 200, (name, answer.status_code)
        yield name, answer.text


def test_the_officers_pages_are_read_at_thirteen(instance: Instance) -> None:
    """Reading grade 8 is an age of 13 to 14. Statutory and official names apart, no page asks for more, nor do its whole sentences."""
    print(
        "\nThe reading grade of each page: of every word; without names; and, without names, of its sentences of eight words or more."
    )
    print("The names that are left out:")
    print("  any Act, Order or Regulations with its year and section; " + "; ".join(sorted(reading.NAMES)) + ".\n")
    too_hard = []
    for household in ("h1", "h2"):
        for name, page in officers_pages(instance, household):
            found = reading.grades_of_page(page)
            print(
                f"  {household.upper()}  {name:<32} {found.whole:5.1f} {found.without_names:5.1f} {found.running:5.1f}"
            )
            if round(max(found.without_names, found.running), 1) > MOST:
                too_hard.append((household, name, found))
            assert of_the_trade(reading.main_of(page)) == set(), name
    assert too_hard == []


# ---- of the codes of the trade, none

TRADE = {
    "the number of a question": re.compile(r"\b(?:CS|SM|SA|IS|LS)\d\d\b"),
    "the number of a pattern": re.compile(r"\bP\d\d\b"),
    "the letter of a grade": re.compile(r"\bE[0-4]s?\b"),
    "a stop until": re.compile(r"\b[Ss]top until\b|\buntil cured\b"),
    "a chase": re.compile(r"\b[Cc]has(?:e|es|ed|er|ers|ing)\b"),
    "a hold": re.compile(r"\bHolds?:|\b(?:[Tt]he|[Aa]|[Nn]o|[Oo]f|[Tt]hese|\d+) holds?\b"),
    "a day in figures": re.compile(r"\b\d{4}-\d\d-\d\d\b"),
    "more than three with “or” between them": re.compile(r"[^,;:.?()“”]+(?: or [^,;:.?()“”]+){3}"),
}


def of_the_trade(page: str) -> set[str]:
    """What of the trade stands on a page, seen or read out."""
    found = set()
    for said in reading.sentences(reading.parts(page, hidden=True)):
        for what, pattern in TRADE.items():
            if pattern.search(said):
                found.add(f"{what}: {said[:240]}")
    return found


def test_what_is_of_the_trade_is_found() -> None:
    told = (
        "CS02 space for the cot", "See P09.", "E3 or better", "Stop until cured", "It was chased.", "Hold: not known", "by 2026-11-28",
        "chest illness or mobility or life sustaining or impulsive",
    )  # fmt: skip
    for said in told:
        assert of_the_trade(f"<p>{said}</p>"), said
    for said in ("Call 999 now.", "He holds the keys.", "On 3 or 4 May, or later."):
        assert not of_the_trade(f"<p>{said}</p>"), said


def test_no_page_an_officer_or_a_lead_sees_speaks_in_codes(instance: Instance) -> None:
    """Every page of every kind of case, as whoever may open it; a record's file and the command line keep the codes."""
    for household in ("h2", "h3", "h5"):
        instance.import_case(household)
    client, path, mark = question(instance, "h1")
    assert client.post(path, data={**GOOD, "seen": mark}).status_code == 302
    Desk(instance).plan()
    taken(instance)
    instance.decided("h2")
    instance.submitted("h1")
    clients = {
        role: instance.client(role) for role in ("safeguarding_lead", "senior_officer", "housing_officer", "auditor")
    }
    found: dict[str, set[str]] = {}
    seen = set()
    for page in pages(instance):  # type: ignore[arg-type]
        role = next((role for role in clients if role in page.roles), "")
        answer = clients[role].get(page.address) if role else None
        if answer is None or answer.status_code != 200 or not answer.content_type.startswith("text/html"):
            continue
        seen.add(page.endpoint)
        for said in of_the_trade(reading.main_of(answer.text)):
            found.setdefault(said, set()).add(page.endpoint)
    for address in ("/", "/cases/new", "/about-the-data"):
        for said in of_the_trade(reading.main_of(clients["housing_officer"].get(address).text)):
            found.setdefault(said, set()).add(address)
    assert found == {}, "\n".join(f"{said} ({sorted(where)})" for said, where in sorted(found.items()))
    assert len(seen) >= 30
