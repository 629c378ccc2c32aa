"""The page of the stock from its newest summary, and the cases behind a number."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Select

from app.cases import service as cases
from app.cases.models import Case
from app.work import service as work
from app.work.service import About

from . import summaries
from .figure import Figure, read
from .figures import FIGURES
from .shown import Line, Table, table

PAGE = 25


class Shown(NamedTuple):
    """A figure with its tables."""

    figure: Figure
    tables: Sequence[Table]


class Stock(NamedTuple):
    """Everything of the page, and the day it is of; None where nothing was counted yet."""

    day: date | None
    made_at: datetime | None
    figures: Sequence[Shown]


class Behind(NamedTuple):
    """A page of cases behind a number; ``after`` is where the next one begins."""

    listed: Sequence[tuple[str, About]]
    after: str


def stock() -> Stock:
    """One query."""
    found = {row.figure: row for row in summaries.newest()}
    if not found:
        return Stock(None, None, [])
    any_row = next(iter(found.values()))
    return Stock(
        any_row.day,
        any_row.made_at,
        [Shown(f, [table(group) for group in read(found[key].cells)]) for key, f in FIGURES.items() if key in found],
    )


def figure_of(key: str) -> tuple[date | None, Shown] | None:
    """One figure of the newest summary; None where there is none of that name or it was not counted."""
    found = stock()
    shown = next((each for each in found.figures if each.figure.key == key), None)
    return None if shown is None else (found.day, shown)


def number_of(shown: Shown, group: str, cell: str) -> tuple[Table, Line] | None:
    """A number that is shown, by its place; None for one that is hidden, as for one that there is not."""
    for each in shown.tables:
        for line in each.lines:
            if each.key == group and line.key == cell and line.number is not None:
                return each, line
    return None


def listable(user: Any) -> Select[str]:
    """The cases that a list behind a number may hold for somebody.

    Of those they may open, the ones that are kept from nobody by name: else whoever a case is kept from would learn of it by counting.
    """
    return cases.visible_to(user).with_only_columns(Case.id).where(Case.id.not_in(cases.kept_from_somebody()))


def behind(user: Any, figure: Figure, group: str, cell: str, on: date, after: str = "") -> Behind:
    """The cases behind a number as they are now, of those that may be listed for somebody; as many queries however many there are.

    Args:
        after: the last case of the page before.
    """
    assert figure.rows is not None
    seen = listable(user)
    found = {r.case_id for r in figure.rows(on, seen) if r.group == group and r.cell.partition("|")[0] == cell}
    ids = sorted(case_id for case_id in found if case_id > after)
    return Behind(_named(user, ids[:PAGE]), ids[PAGE - 1] if len(ids) > PAGE else "")


def _named(user: Any, ids: Sequence[str]) -> list[tuple[str, About]]:
    known = work.about(user, ids)
    return [(case_id, known[case_id]) for case_id in ids if case_id in known]
