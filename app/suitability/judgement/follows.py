"""What follows from the rows: each child's own result, a range for each domain, and which conversation to have."""

from __future__ import annotations

from app.suitability.casefile.codes import Effect, Outcome, RowState, worst_of
from app.suitability.checklist.checklist import Checklist
from app.suitability.facts.facts import Facts

from .result import Child, Pattern, Row, Score

_MITIGATED, _OPEN, _SUITABLE = RowState.MITIGATED, RowState.OPEN, Outcome.SUITABLE
STRONG = (Effect.STOP, Effect.STOP_UNTIL, Effect.SENIOR, Effect.HIGH)


def is_put_right(row: Row) -> bool:
    """Is it in place and seen, so that by the lift table it is clear. Source: rulings.md 3."""
    return row.state is _MITIGATED and row.outcome is _SUITABLE


def children_of(
    checklist: Checklist, facts: Facts, rows: tuple[Row, ...], patterns: tuple[Pattern, ...]
) -> tuple[Child, ...]:
    """Each child's own result, the worst first. A row about an adult, the unit or the household bears on every child.

    What it is because of: known worries before what is not known, the worst first.
    """
    children = (*facts.children, *facts.young)
    keys = {child.key for child in children}
    shared = [at for at, row in enumerate(rows) if row.outcome is not _SUITABLE and row.subject not in keys]
    felt_by_all = [at for at, p in enumerate(patterns) if p.subject not in keys]
    found = []

    def grave(at: int) -> tuple[int, int, int]:
        row = rows[at]
        is_known = row.state != "open"
        worst = row.effect if is_known else checklist.criteria[row.criterion].worst_effect
        return (0 if is_known else 1, -worst.rank if isinstance(worst, Effect) else 0, at)

    for child in children:
        own = sorted(
            [
                *shared,
                *(at for at, row in enumerate(rows) if row.subject == child.key and row.outcome is not _SUITABLE),
            ]
        )
        felt = sorted([*felt_by_all, *(at for at, p in enumerate(patterns) if p.subject == child.key)])
        worst = worst_of((*(rows[at].outcome for at in own), *(patterns[at].outcome for at in felt)))
        is_felt = worst is not _SUITABLE
        found.append(
            Child(
                child.key,
                child.name,
                worst,
                tuple(sorted((at for at in own if is_felt and rows[at].outcome is worst), key=grave)),
                tuple(at for at in felt if is_felt and patterns[at].outcome is worst),
            )
        )
    own_first = {c.key: sum(1 for at in c.because if rows[at].subject == c.key) for c in found}
    return tuple(sorted(found, key=lambda c: (-c.outcome.rank, -own_first[c.key], c.name, c.key)))


def scores_of(checklist: Checklist, rows: tuple[Row, ...]) -> tuple[Score, ...]:
    """Source: rulings.md 8. Whole numbers; the low end rounds down and the high end up."""
    by_domain: dict[str, list[Row]] = {domain: [] for domain in checklist.domain_titles}
    for row in rows:
        by_domain[checklist.criteria[row.criterion].domain].append(row)
    found = []
    for domain, mine in by_domain.items():
        total = low = high = still_open = 0
        for row in mine:
            total += 2 * row.share
            low += row.share * row.credit
            high += row.share * (2 if row.state is _OPEN else row.credit)
            still_open += row.is_open
        if total:
            found.append(Score(domain, 100 * low // total, -(-100 * high // total), still_open, len(mine)))
    return tuple(found)


def naming_its_unit(row: Row, facts: Facts) -> Row:
    """What is still to be done about one of several units says about which: where it is listed, nothing else does."""
    unit = facts.units.get(row.subject)
    if unit is None or not row.conditions:
        return row
    named = (c._replace(what=f"{c.what.rstrip('.')} ({unit.called})") for c in row.conditions)
    return row._replace(conditions=tuple(named))
