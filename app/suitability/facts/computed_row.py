"""What a computed row comes back with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from app.suitability.casefile.codes import Basis, Effect

from .facts import Facts


class ComputedRow(NamedTuple):
    """A computed row. ``state`` is clear, worrying, open or not_applicable; ``effect`` replaces the row's own.

    ``also_open``: worrying, and something is still not known beside it. ``basis`` replaces the row's own: what is policy is
    never called law. ``by``: the last day on which it is not yet unlawful; nothing lifts it for longer.
    """

    state: str
    says: str
    effect: Effect | None = None
    also_open: bool = False
    basis: Basis | None = None
    by: date | None = None


_WORST_FIRST = ("worrying", "open", "clear")


def in_each_unit(work_out: Callable[[Facts], ComputedRow]) -> Callable[[Facts], ComputedRow]:
    """A row of the household that rests on the rooms: of several units the worst leads, and it is said which that is."""

    def in_each(facts: Facts) -> ComputedRow:
        if not facts.units:
            return work_out(facts)
        found = {key: _of_one(work_out, facts.about(key)) for key in facts.units}
        states = {row.state for row in found.values()}
        worst = next(state for state in _WORST_FIRST if state in states)
        said = [
            f"{facts.units[key].called}: {row.says}"
            for key, row in found.items()
            if worst == "clear" or row.state != "clear"
        ]
        return ComputedRow(state=worst, says=" ".join(said), also_open=worst == "worrying" and "open" in states)

    return in_each


def _of_one(work_out: Callable[[Facts], ComputedRow], unit: Facts) -> ComputedRow:
    if unit.sleepers == ():
        return ComputedRow(state="clear", says="nobody is to sleep here.")
    return work_out(unit)
