"""The order of what waits: pure, over small rows."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.work.ordering import Row, cut, days_late, group_of, ordered

ON = date(2026, 11, 30)


def row(name: str, **values: Any) -> Row:
    return Row(kind=values.pop("kind", "review"), case_id=name, what=name, endpoint="work.mine", link="Go", **values)


def order(*rows: Row, young: tuple[str, ...] = ()) -> list[str]:
    return [each.what for each in ordered(rows, ON, young)]


@pytest.mark.parametrize(
    ("due", "group"),
    [(date(2026, 11, 29), "over"), (ON, "today"), (None, "today"), (date(2026, 12, 1), "later")],
)
def test_what_has_no_day_waits_now(due: date | None, group: str) -> None:
    assert group_of(row("a", due=due), ON) == group


def test_past_its_day_then_today_then_later() -> None:
    rows = row("later", due=date(2026, 12, 2)), row("today", due=ON), row("over", due=date(2026, 11, 27))
    assert order(*rows) == ["over", "today", "later"]


def test_children_under_one_come_first_in_each_and_never_before_what_is_more_urgent() -> None:
    rows = (
        row("over", due=date(2026, 11, 28)),
        row("today"),
        row("baby today"),
        row("baby later", due=date(2026, 12, 1)),
    )
    assert order(*rows, young=("baby today", "baby later")) == ["over", "baby today", "today", "baby later"]


def test_then_by_the_day_the_hour_and_since_when() -> None:
    early, late = datetime(2026, 11, 27, 9, tzinfo=UTC), datetime(2026, 11, 27, 10, tzinfo=UTC)
    rows = (
        row("no hour", due=ON), row("at noon", due=ON, at="12:00"), row("at nine", due=ON, at="09:00"),
        row("since ten", due=None, since=late), row("since nine", due=None, since=early),
    )  # fmt: skip
    assert order(*rows) == ["at nine", "at noon", "no hour", "since nine", "since ten"]


def test_an_emergency_and_a_disagreement_are_on_top_of_everything() -> None:
    rows = row("over, baby", due=date(2026, 11, 1)), row("no", top=1), row("ratify", due=date(2026, 12, 1), top=2)
    assert order(*rows, young=("over, baby", "no")) == ["ratify", "no", "over, baby"]


def test_nothing_is_left_out_in_silence() -> None:
    rows = [*(row(f"r{n}") for n in range(5)), row("c", kind="condition")]
    shown = cut(rows, 3)
    assert (len(shown.rows), shown.how_many) == (3, 6)
    assert shown.all_of == {"review": 5, "condition": 1}
    assert cut(rows, 6).all_of == {}


def test_days_late() -> None:
    assert [days_late(row("a", due=due), ON) for due in (None, ON, date(2026, 11, 28), date(2026, 12, 5))] == [
        0,
        0,
        2,
        0,
    ]


_DAYS = st.none() | st.dates(date(2026, 11, 20), date(2026, 12, 10))


@given(
    st.lists(st.tuples(st.sampled_from("abcdef"), _DAYS, st.booleans()), max_size=12),
    st.sets(st.sampled_from("abcdef")),
)
def test_every_row_is_there_once_and_the_order_does_not_rest_on_how_they_came(
    made: list[tuple[str, date | None, bool]], young: set[str]
) -> None:
    rows = [row(name, due=due, top=int(first)) for name, due, first in made]
    found = ordered(rows, ON, young)
    assert sorted(map(repr, found)) == sorted(map(repr, rows))
    assert [r.what for r in ordered(reversed(rows), ON, young)] == [r.what for r in found]
    groups = [("over", "today", "later").index(group_of(r, ON)) for r in found if not r.top]
    assert groups == sorted(groups)
