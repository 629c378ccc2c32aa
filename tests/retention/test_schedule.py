"""The schedule as data, and from which day a case may be destroyed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.retention import due, schedule
from app.retention.due import Facts
from app.settings import ROOT
from app.suitability.checklist.located_yaml import ChecklistError

TEXT = (ROOT / "checklists" / "retention.yaml").read_text(encoding="utf-8")
FOUND = schedule.parsed(TEXT)
DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))


def test_what_is_not_known_to_be_the_councils_rule_says_so() -> None:
    """None of these periods was given to us by the council: nothing can be destroyed by any of them."""
    assert FOUND.rules
    assert not any(rule.confirmed for rule in FOUND.rules)
    assert all(rule.source and rule.owner and rule.checked for rule in FOUND.rules)


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("years: 6", "years: 0", "line 12: the rule homeless_application: years is a number from 1 to 120"),
        ("since: closed", "since: opened", "since is one of closed, youngest_born"),
        ("holds_for: every_case", "holds_for: a_child", "one rule has to hold for every case"),
        ("    confirmed: false\n  child_in_need", "  child_in_need", "must say “confirmed”"),
        ("owner: head of housing options", "ower: head of housing options", "Did you mean “owner”?"),
    ],
)
def test_a_mistake_is_named_with_its_line(before: str, after: str, says: str) -> None:
    assert before in TEXT
    with pytest.raises(ChecklistError, match=r"retention\.yaml, line") as caught:
        schedule.parsed(TEXT.replace(before, after, 1))
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("facts", "rule", "on"),
    [
        (Facts(date(2020, 5, 1)), "homeless_application", date(2026, 5, 1)),
        (Facts(date(2020, 2, 29)), "homeless_application", date(2026, 3, 1)),
        (Facts(date(2020, 5, 1), (date(2018, 3, 2),)), "child_in_need", date(2039, 3, 2)),
        (Facts(date(2020, 5, 1), (date(2018, 3, 2), date(2001, 1, 1))), "child_in_need", date(2039, 3, 2)),
        (Facts(date(2038, 5, 1), (date(2018, 3, 2),)), "homeless_application", date(2044, 5, 1)),
        (Facts(date(2020, 5, 1), (date(2018, 3, 2),), due.YES), "looked_after", date(2093, 3, 2)),
        (Facts(date(2020, 5, 1), (date(2018, 3, 2),), due.NOT_KNOWN), "child_in_need", date(2039, 3, 2)),
    ],
)
def test_the_rule_that_keeps_it_longest_counts(facts: Facts, rule: str, on: date) -> None:
    found = due.reckon(FOUND, facts)
    assert (found.rule.code if found.rule else None, found.due) == (rule, on)


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        (Facts(None), "The case is open."),
        (Facts(date(2000, 1, 1), (None,)), "birth date is not known"),
        (Facts(date(2000, 1, 1), (date(1990, 1, 1), None)), "birth date is not known"),
        (Facts(date(2000, 1, 1), (), due.YES), "birth date is not known"),
    ],
)
def test_what_is_not_known_is_never_due(facts: Facts, why: str) -> None:
    found = due.reckon(FOUND, facts)
    assert found.due is None
    assert why in found.why


@given(closed=DAYS, born=st.lists(st.none() | DAYS, max_size=4), more=st.none() | DAYS)
def test_one_more_child_never_makes_it_due_earlier(closed: date, born: list[date | None], more: date | None) -> None:
    one, other = (due.reckon(FOUND, Facts(closed, tuple(each))).due for each in (born, [*born, more]))
    assert other is None or (one is not None and other >= one)
    assert one is None or one >= closed + timedelta(days=6 * 365)
