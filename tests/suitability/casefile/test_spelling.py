"""From version 2026.3 a month is one of the calendar and two spellings of one name are one; before it they are as they were."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from app.suitability.assess import facts_of
from app.suitability.casefile.spelling import kept
from app.suitability.checklist.checklist import _agencies_as_spelt
from app.suitability.facts.about_history import _moved_within, addresses_in_a_year
from app.suitability.judgement.plans import is_family
from app.suitability.reading import case_file
from tests.suitability.criterion_cases import base, found
from tests.suitability.households import CHECKLIST, COUNCIL, answered, instead

BEFORE = replace(
    CHECKLIST,
    calendar_months=False,
    spelt=str.casefold,
    agencies_in=(as_spelt := _agencies_as_spelt(CHECKLIST.agencies)),
    speaks_for={code: lambda s, code=code: code in as_spelt(s.agency, s.role) for code in CHECKLIST.agencies},
)


def _facts(on: str, moved_out: str, checklist: Any = CHECKLIST) -> Any:
    tree = {
        "on": on,
        "household": {
            "reference": "MONTHS",
            "members": [{"key": "M", "name": "Mo Example", "kind": "adult"}],
            "addresses": [{"kind": "former", "address": "1 Before Row", "moved_out": moved_out}],
        },
        "placement": {"address": "1 Invented Row"},
    }
    return facts_of(checklist, case_file.build(tree, checklist), COUNCIL)


@pytest.mark.parametrize(
    ("on", "moved_out", "months", "within", "before"),
    [
        ("2028-06-01", "2027-06-02", 12, True, False),  # a leap day lies between
        ("2028-06-01", "2027-06-01", 12, True, False),  # twelve months from 1 June end on 1 June
        ("2028-06-01", "2027-05-31", 12, False, False),
        ("2025-06-01", "2023-06-02", 24, True, False),
        ("2025-06-01", "2023-05-31", 24, False, False),
        ("2027-06-01", "2026-06-02", 12, True, True),
        ("2027-06-01", "2026-05-31", 12, False, False),
        ("2026-03-31", "2026-02-28", 1, True, False),  # February has no 31st: its month ends on the 28th
        ("2026-03-31", "2026-02-27", 1, False, False),
        ("2028-02-29", "2027-02-28", 12, True, False),
        ("2026-01-15", "2025-12-15", 1, True, False),  # over the year’s end
        ("2026-01-15", "2025-12-14", 1, False, False),
    ],
)
def test_months_are_of_the_calendar(on: str, moved_out: str, months: int, within: bool, before: bool) -> None:
    assert _moved_within(_facts(on, moved_out), months) is within
    assert _moved_within(_facts(on, moved_out, BEFORE), months) is before
    if months == CHECKLIST.numbers["moves_window_months"]:
        assert addresses_in_a_year(_facts(on, moved_out)) == int(within)
        assert addresses_in_a_year(_facts(on, moved_out, BEFORE)) == int(before)


def test_a_month_ends_on_each_day_of_four_years() -> None:
    """No day is left out and none counts twice: the first day that counts never goes back as the days go on."""
    last = date.min
    for at in range(date(2026, 1, 1).toordinal(), date(2030, 1, 1).toordinal()):
        on = date.fromordinal(at)
        counts = [
            d
            for d in range(at - 32, at - 26)
            if _moved_within(_facts(on.isoformat(), date.fromordinal(d).isoformat()), 1)
        ]
        first = date.fromordinal(min(counts))
        assert first >= last
        assert (on - first).days in (28, 29, 30, 31)
        last = first


@pytest.mark.parametrize(
    ("agency", "role"),
    [
        ("Children‘s Services", ""), ("CHILDRENS SERVICES", ""), ("children´s trust", ""), ("Social\u00a0care", ""),
        ("Multi\u2011Agency Safeguarding Hub", ""), ("Multi\u2013agency safeguarding", ""), ("multi agency safeguarding", ""),
        ("", "senior social worker"), ("", "Social\u00a0Worker"), ("", "non-statutory social worker"),
    ],
)  # fmt: skip
def test_an_agency_is_heard_however_it_is_spelt(agency: str, role: str) -> None:
    assert "social_care" in CHECKLIST.agencies_in(agency, role)


@pytest.mark.parametrize(
    ("agency", "role", "who"),
    [
        ("A&E", "", "hospital"), ("A & E", "", "hospital"), ("A and E", "", "hospital"), ("", "A&E nurse", "hospital"),
        ("Women’s Aid", "", "domestic_abuse_service"), ("Womens Aid", "", "domestic_abuse_service"),
        ("0\u201319 service", "", "health_visiting"), ("Hébergement Hôtel", "", "provider"), ("GP’s surgery", "", "gp"),
    ],
)  # fmt: skip
def test_other_agencies_too(agency: str, role: str, who: str) -> None:
    assert who in CHECKLIST.agencies_in(agency, role)


@pytest.mark.parametrize(
    ("agency", "role"),
    [
        ("", "ex-police"), ("", "ex\u2011police officer"), ("", "ex police"), ("", "former police officer"),
        ("", "known to social care"), ("household", "wife of a police officer"), ("Policeland Homes", "caretaker"),
        ("household", "Mother (social worker told her)"), ("", "Neighbour (police volunteer)"), ("", "Partner: police"),
        ("", "Resident, police officer’s son"), ("", "Mum – social worker said"), ("", "Neighbour -police"), ("", "Mum “police” said"),
        ("", "Mother/police"), ("", "Neighbour; police"), ("", "Mother [police]"), ("", "Mum. Police told her"), ("", "– police"),
    ],
)  # fmt: skip
def test_folding_makes_nobody_an_authority(agency: str, role: str) -> None:
    assert CHECKLIST.agencies_in(agency, role).isdisjoint({"police", "social_care"})


def test_what_was_heard_before_is_heard_still() -> None:
    """Every word of the list, its plural and its genitive; nothing that was heard to the letter is lost by folding."""
    for agency in CHECKLIST.agencies.values():
        for word in (*agency.known_as, *agency.known_else):
            for said in (
                bare := word.removesuffix("*"),
                f"{bare}s",
                f"{bare}’s",
                f"{bare}'s",
                f"The {bare} of Exampleton",
            ):
                assert as_spelt(said, "") <= CHECKLIST.agencies_in(said, ""), said
                assert as_spelt("", said) <= CHECKLIST.agencies_in("", said), said


def _said(spelling: str, id_: str, value: str = "compatible") -> dict[str, Any]:
    source = {"name": "Ann O’Neill", "role": "officer", "agency": spelling}
    return {**answered("CS14", "unit", value, "E3"), "source": source, "id": id_}


def test_two_spellings_of_one_source_are_not_two_sources() -> None:
    """The later answer of one source takes the place of its own earlier one, with whichever apostrophe."""
    tree = base()
    tree["answers"] = [a for a in tree["answers"] if (a["criterion"], a["subject"]) != ("CS14", "unit")]
    older = {**_said("Children’s Services and Police", "a1"), "on": "2026-11-20"}
    newer = {**_said("Childrens services & police", "a2"), "on": "2026-11-22"}
    newer["source"] = {**newer["source"], "name": "ANN O'NEILL"}
    tree["answers"] += [older, newer]

    def standing(checklist: Any) -> int:
        return len(facts_of(checklist, case_file.build(tree, checklist), COUNCIL).answers["CS14", "unit"])

    assert (standing(CHECKLIST), standing(BEFORE)) == (1, 2)


def test_a_plan_in_the_name_of_a_parent_is_theirs_with_any_apostrophe() -> None:

    tree = base()
    tree["household"]["members"][0]["name"] = "Siobhán O’Neill"
    for said in ("Siobhan O'Neill", "siobhán oneill", "SIOBHAN O‘NEILL, mother", "Siobhán\u00a0O’Neill"):
        assert is_family(said, facts_of(CHECKLIST, case_file.build(tree, CHECKLIST), COUNCIL)), said
    assert not is_family("Siobhan O’Neil", facts_of(CHECKLIST, case_file.build(tree, CHECKLIST), COUNCIL))


def test_the_row_itself_hears_it() -> None:
    said = {
        **answered("CS19", "C3", "not_open", "E4"),
        "source": {"name": "Somebody", "role": "", "agency": "CHILDRENS SOCIAL\u00a0CARE"},
    }
    assert found(instead(base(), "CS19", "C3", said), "CS19", "C3").state == "clear"


@pytest.mark.parametrize(
    ("role", "who"),
    [
        ("police", "police"), ("Police officer, Exampleton", "police"), ("social worker (duty)", "social_care"), ("A&E nurse", "hospital"),
        ("senior social\u00a0worker", "social_care"), ("health visitor/nursery nurse", "health_visiting"), ("GP’s nurse", "gp"),
    ],
)  # fmt: skip
def test_what_a_role_begins_with_is_heard(role: str, who: str) -> None:
    assert who in CHECKLIST.agencies_in("", role)


PAIRS = ("মীনা|মোনা", "রিনা|রানা", "मीना|मोना", "கமலா|கமலி", "สมชาย|สมชีย", "ޢަލީ|ޢުލީ", "အောင်|အိင်", "Ana|Ann", "?|—", "✓|✗")


@pytest.mark.parametrize("pair", PAIRS)
def test_two_names_are_two_people_in_every_script(pair: str) -> None:
    one, other = pair.split("|")
    assert kept(one) != kept(other)
    tree = base()
    tree["answers"] = [a for a in tree["answers"] if (a["criterion"], a["subject"]) != ("CS14", "unit")]
    for name, id_, day in ((one, "a1", "2026-11-20"), (other, "a2", "2026-11-22")):
        said = {**_said("police", id_), "on": day}
        tree["answers"].append({**said, "source": {**said["source"], "name": name}})
    assert len(facts_of(CHECKLIST, case_file.build(tree, CHECKLIST), COUNCIL).answers["CS14", "unit"]) == 2


@pytest.mark.parametrize(
    "pair", ["José|Jose", "Ngô|NGO", "Łukasz|Lukasz", "أحمد|احمد", "שָׁלוֹם|שלום", "Ёлка|ёлка", "Zoë|Zoe\u0308"]
)
def test_what_people_leave_out_makes_no_second_person(pair: str) -> None:
    one, other = pair.split("|")
    assert kept(one) == kept(other)


@pytest.mark.parametrize(
    ("name", "said", "family"),
    [
        ("Anne-Marie Example", "Anne-Marie", True), ("Anne-Marie Example", "anne marie", True), ("Anne-Marie Example", "ANNE\u2011MARIE, mother", False),
        ("Anne-Marie Example", "Anne-Marie Example, mother", True), ("Anne-Marie Example", "Anne Other", False), ("मीना उदाहरण", "मीना", True),
        ("मीना उदाहरण", "मोना", False), ("Ann Mary Example", "Ann Mary", True), ("Ann Mary Example", "Mary", False), ("Mo Full", "Mo", True),
    ],
)  # fmt: skip
def test_a_first_name_is_of_the_family_however_it_is_joined(name: str, said: str, family: bool) -> None:
    tree = base()
    tree["household"]["members"][0]["name"] = name
    assert is_family(said, facts_of(CHECKLIST, case_file.build(tree, CHECKLIST), COUNCIL)) is family


@pytest.mark.parametrize("said", ["Anne-Marie", "Anne-Marie Example", "anne-marie example, mother"])
def test_before_too(said: str) -> None:
    tree = base()
    tree["household"]["members"][0]["name"] = "Anne-Marie Example"
    assert is_family(said, facts_of(BEFORE, case_file.build(tree, BEFORE), COUNCIL))
