"""The same fact is the same sign wherever it was written down; before 2026.6 only the box beside a name counted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.suitability.assess import assess
from app.suitability.judgement.result import Result
from app.suitability.reading import case_file
from tests.suitability.households import CHECKLIST, COUNCIL, answered, instead, plain, settled
from tests.trees import copied

BEFORE = replace(CHECKLIST, signs_told=False)
SAID = {"name": "Al Plain", "role": "father", "agency": "household"}


def told(criterion: str, subject: str, value: Any, **changes: Any) -> dict[str, Any]:
    """The plain family with everything answered, and then a fact of the household or of a member, and one answer in its own word."""
    tree = settled(plain())
    member = {k: v for k, v in changes.items() if k in ("treatment", "justice_sign", "pregnant", "sex", "born")}
    of = next(m for m in tree["household"]["members"] if m["key"] == subject)
    of |= member
    tree["household"] |= {k: v for k, v in changes.items() if k not in member}
    return instead(tree, criterion, subject, answered(criterion, subject, value, "E1", source=SAID))


def result(tree: dict[str, Any], checklist: Any = CHECKLIST) -> Result:
    return assess(checklist, case_file.build(copied(tree), checklist), COUNCIL)


def state(tree: dict[str, Any], criterion: str, subject: str, checklist: Any = CHECKLIST) -> str:
    row = next((r for r in result(tree, checklist).rows if (r.criterion, r.subject) == (criterion, subject)), None)
    if row is None:
        return "not asked"
    return str(row.open_effect) if row.is_open else str(row.state.value)


def release(on: str, who: str | None = "A") -> dict[str, Any]:
    return {
        "events": [{"kind": "release", "on": on, "who": who, "what": "Release day, said by the prison.", "grade": "E3"}]
    }


USES = {"kind": "drug_alcohol", "name": "Invented Recovery"}
PROBATION = {"kind": "probation", "name": "Invented Probation"}
TREATED = {"treatment": {"medicine": "methadone", "dose_days": ["mon"]}}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "clear"),
        (TREATED, "hold"),
        ({"services": [{**USES, "used_by": ["A"]}]}, "hold"),
        ({"services": [{**USES, "used_by": ["C"]}]}, "clear"),
        ({"services": [USES]}, "hold"),  # somebody’s, and nobody wrote down whose
        ({"agencies": ["drug_service"]}, "hold"),
    ],
)
def test_treatment_is_a_sign_of_use_wherever_it_is_told(changes: dict[str, Any], expected: str) -> None:
    """safeguarding.md SM01: “none” needs E3 where there is any sign; a parent’s own “none” beside treatment settles nothing."""
    tree = told("SM01", "A", ["none"], **changes)
    assert state(tree, "SM01", "A") == expected
    assert state(tree, "SM01", "A", BEFORE) == "clear"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "clear"),
        (release("2026-12-05"), "hold"),  # due out within the stay
        (release("2026-08-31"), "hold"),  # 12 weeks ago
        (release("2026-08-30"), "clear"),
        (release("2026-12-05", "C"), "clear"),
        ({"services": [{**PROBATION, "used_by": ["A"]}]}, "hold"),
        ({"services": [PROBATION]}, "hold"),
        ({"agencies": ["prison"]}, "hold"),
        (release("2026-12-05", None), "hold"),  # of whom, nobody wrote down
    ],
)
def test_a_release_or_probation_is_a_sign_of_justice_wherever_it_is_told(
    changes: dict[str, Any], expected: str
) -> None:
    """safeguarding.md SM14: probation is asked even where the adult says no, once there is any sign; P10 then holds."""
    tree = told("SM14", "A", "no_involvement", **changes)
    assert state(tree, "SM14", "A") == expected
    assert state(tree, "SM14", "A", BEFORE) == "clear"
    named = "A" in str(changes.get("services", [{}])[0].get("used_by", "")) or changes in (
        release("2026-12-05"),
        release("2026-08-31"),
    )
    assert any(p.id == "P10" for p in result(tree).patterns) is named


def test_terms_that_bind_a_boy_are_asked_about_as_an_adults_are() -> None:
    """law.md E8 asks of any member of the household; safeguarding.md CS20: terms that bar anyone from this home, area or child."""
    tree = settled(plain())
    tree["household"]["members"][1] |= {"born": "2010-03-01", "justice_sign": True}
    assert state(tree, "CS20", "household") == "hold"
    assert any(piece == "probation" for piece in result(tree).must_ask)
    assert state(tree, "CS20", "household", BEFORE) == "not asked"
    tree["household"]["members"][1]["born"] = "2017-03-01"  # nine: below the age of criminal responsibility
    assert state(tree, "CS20", "household") == "not asked"


@pytest.mark.parametrize(
    ("value", "expected"), [("booked", "hold"), ("late_or_unbooked", "worrying"), ("hidden", "worrying")]
)
def test_a_pregnancy_told_as_an_answer_is_one(value: str, expected: str) -> None:
    """The midwife is asked, the birth plan holds while the day is not known, and the row asks that the child to come be entered."""
    tree = settled(plain())
    tree["household"]["members"].append(
        {**tree["household"]["members"][1], "key": "D", "name": "Dot Plain", "born": "2011-03-01", "sex": "female"}
    )
    tree = instead(settled(tree), "CS25", "D", answered("CS25", "D", value, "E3"))
    tree = instead(tree, "SA03", "household")
    assert state(tree, "CS25", "D") == expected
    assert state(tree, "SA03", "household") == "hold"
    assert "midwifery" in result(tree).must_ask
    assert "midwifery" not in result(tree, BEFORE).must_ask
    assert state(tree, "SA03", "household", BEFORE) == "not asked"


@pytest.mark.parametrize(
    ("starts", "nights", "expected"),
    [
        ("2026-11-23", 28, "medium"),
        ("2026-11-23", 43, "high"),
        ("2026-10-12", 28, "medium"),  # 42 nights lived
        ("2026-10-11", 28, "high"),  # 43: over six weeks, whatever was planned
    ],
)
def test_a_stay_that_went_on_is_a_long_stay(starts: str, nights: int, expected: str) -> None:
    """law.md C6: fewer bedrooms than the standard is high where the stay is over six weeks."""
    tree = plain()
    tree["household"]["members"][1] |= {"born": "2012-03-01"}
    tree["household"]["members"].append(
        {**tree["household"]["members"][1], "key": "D", "name": "Dot Plain", "sex": "female", "pregnant": False}
    )
    tree["placement"] |= {"starts": starts, "nights": nights}
    row = next(r for r in result(settled(tree)).rows if r.criterion == "CS07")
    assert row.effect.value == expected


@pytest.mark.parametrize(
    "changes",
    [{"services": [{"kind": "domestic_abuse", "name": "Invented IDVA"}]}, {"agencies": ["domestic_abuse_service"]}],
)
def test_a_domestic_abuse_service_at_work_is_a_sign_of_abuse(changes: dict[str, Any]) -> None:
    """safeguarding.md CS17, abuse now or past: the survivor is asked alone where this address leaves them."""
    tree = settled(plain())
    tree["household"] |= changes
    assert state(tree, "CS17", "household") == "hold"
    assert state(tree, "CS17", "household", BEFORE) == "not asked"


@pytest.mark.parametrize(
    ("older", "newer", "expected"),
    [
        ("2021-01-01", {"issued": "2026-10-01", "open_danger_codes": False}, "clear"),
        ("2021-01-01", {"issued": "2026-11-24", "open_danger_codes": False}, "worrying"),  # dated ahead
        ("2021-01-01", {"issued": "2026-10-01"}, "worrying"),  # whether any is open, it does not say
        (None, {"issued": "2026-10-01", "open_danger_codes": False}, "worrying"),  # which of the two is the later
        ("2026-10-02", {"issued": "2026-10-01", "open_danger_codes": False}, "worrying"),
    ],
)
def test_a_later_report_without_codes_closes_those_of_an_earlier(
    older: str | None, newer: dict[str, Any], expected: str
) -> None:
    """law.md D5: it is an OPEN danger code that stops; a later report that says none is open shows it closed."""
    tree = settled(plain())
    tree["placement"]["certificates"] = [
        {"kind": "electrical", "issued": older, "expires": "2025-12-31", "open_danger_codes": True},
        {"kind": "electrical", "expires": "2031-09-30", **newer},
    ]
    assert state(tree, "LS18", "unit") == expected
    assert state(tree, "LS18", "unit", BEFORE) == "worrying"
