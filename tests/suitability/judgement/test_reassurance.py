"""What changed in law and guidance by November 2026: each is data with its source and date, and what has no start stays off."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.suitability.conftest import judge, row
from tests.suitability.households import CHECKLIST, answered, instead, plain, settled


def criterion(name: str) -> Any:
    return CHECKLIST.criteria[name]


@pytest.mark.parametrize("said", ["Lead practitioner", "Family help lead practitioner", "lead professional"])
def test_the_lead_is_heard_under_both_names(said: str) -> None:
    """Row 1."""
    assert "lead_professional" in CHECKLIST.agencies_in(said, said)
    assert "lead practitioner" in CHECKLIST.words["lead_professional"]


@pytest.mark.parametrize(
    ("said", "agency"),
    [("Family help lead practitioner", "social_care"), ("Child protection team", "social_care"), ("Early help worker", "family_hub"),
     ("Family support worker", "family_hub"), ("Best Start Family Hub", "family_hub")],
)  # fmt: skip
def test_the_teams_of_the_reform_are_heard(said: str, agency: str) -> None:
    """Row 1."""
    assert agency in CHECKLIST.agencies_in(said, "")


def test_the_edition_of_the_code_is_said_in_one_place() -> None:
    """Row 3."""
    of_code = [c for c in CHECKLIST.criteria.values() if "Homelessness Code of Guidance" in c.source]
    assert len(of_code) >= 8
    assert "May and September 2026" in CHECKLIST.words["code_of_guidance"]
    assert not any("September 2026" in c.source for c in of_code)


@pytest.mark.parametrize(
    ("name", "words"),
    [("IS05", "statutory guidance on it of 10 September 2026"), ("LS19", "SI 2025/797, from 6 April 2026")],
)
def test_sources_name_what_is_in_force(name: str, words: str) -> None:
    """Rows 4 and 7."""
    assert words in criterion(name).source
    assert "not yet confirmed by the council" in criterion(name).source


def test_information_is_shared_no_more_than_necessary() -> None:
    """Row 4."""
    assert "share no more than is necessary" in criterion("IS05").help


def test_discretionary_housing_payments_have_ended() -> None:
    """Row 5."""
    assert "Crisis and Resilience Fund housing payment" in criterion("LS31").mitigations[0].what
    assert "discretionary" not in str(criterion("LS31")).lower()


@pytest.mark.parametrize(("on", "asked"), [("2026-12-14", False), ("2026-12-15", True)])
def test_the_landlords_database_is_a_question_from_its_day_and_never_a_finding(on: str, asked: bool) -> None:
    """Row 6: the assessment's own day decides."""
    tree = plain() | {"on": on}
    tree["placement"] |= {"owner": "private", "manager": "private", "starts": on}
    (asks,) = (q["ask"] for q in judge(tree)["next_questions"] if q["criterion"] == "LS21")
    assert ("Private Rented Sector Database" in asks) is asked
    assert not any("Private Rented Sector Database" in str(o) for o in criterion("LS21").options.values())


@pytest.mark.parametrize("name", ["CS05", "CS06", "CS08", "LS16"])
def test_the_times_of_awaabs_law_are_good_practice_here(name: str) -> None:
    """Row 8: help, and no rule."""
    assert "As good practice the times of Awaab’s Law are kept" in criterion(name).help
    assert "Awaab" not in criterion(name).source


def test_the_notice_of_a_child_is_counted_from_the_latest_of_three_days() -> None:
    """Row 9."""
    tree = settled(plain())
    agreed = {**next(a for a in tree["answers"] if a["criterion"] == "IS04"), "value": "agreed", "on": "2026-11-03"}
    tree = instead(tree, "IS04", "household", agreed)
    tree["placement"]["starts"] = "2026-11-10"

    def due() -> str:
        return next(str(d["due"]) for d in judge(tree)["duties"] if d["criterion"] == "IS04")

    assert due() == "2026-11-23", "the placement was the latest"
    tree["household"]["notice_details"] = "2026-11-12"
    assert due() == "2026-11-25", "the bodies were known later"
    assert "applicant of 16 or 17" in criterion("IS04").question


def test_the_notice_is_policy_until_its_section_is_in_force() -> None:
    """Row 9: a council sets it in force once a day is confirmed."""
    tree = instead(settled(plain()), "IS04", "household", answered("IS04", "household", "not_asked"))
    assert [f["basis"] for f in row(judge(tree), "IS04")] == ["policy"]
    assert [f["basis"] for f in row(judge(tree | {"settings": {"child_notice_law": 1}}), "IS04")] == ["law"]


def test_how_to_complain_about_data_is_said() -> None:
    """Row 10."""
    assert "within 30 days" in CHECKLIST.words["data_complaint"]


@pytest.mark.parametrize("name", ["IS01", "CS25"])
def test_working_together_has_its_own_day(name: str) -> None:
    """Row 11."""
    assert criterion(name).source_date == "2026-03-18"
    assert "2026-04-01" not in str(CHECKLIST.criteria)


def test_a_dated_setting_is_what_it_is_on_the_day() -> None:
    dated = CHECKLIST.settings["private_rented_database"]
    assert [dated.on(date(2026, 12, day)) for day in (14, 15, 16)] == [0, 1, 1]
