"""Rows asked only because another is not known: counted under that other, which holds as strongly as they would.

One unanswered question used to bring a dozen that hang on it, and they hid it. A row that waits for two things is counted
under one of them when another row asks each; when one is asked nowhere else it stands, after the rows that settle the rest.
Source: rulings.md, amendment 17.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from app.suitability.casefile.codes import Outcome, RowState
from app.suitability.checklist.condition import Gap
from app.suitability.checklist.criterion import Criterion
from app.suitability.facts.facts import Facts

from .finding import answer_awaited
from .result import Row

Where = tuple[str, str]  # a criterion and its subject
Wanted = tuple[str, str]  # a fact and the person of whom it is wanted


def folded(
    rows: Sequence[Row], gaps: Mapping[Where, tuple[Gap, ...]], criteria: Mapping[str, Criterion], facts: Facts
) -> tuple[Row, ...]:
    """The same rows, each that another settles marked as under it, and that other holding for all of them."""
    if not gaps:
        return tuple(rows)
    open_rows = {(r.criterion, r.subject): r for r in rows if r.is_open}

    def strength(where: Where) -> tuple[int, int, Where]:
        worst = criteria[where[0]].worst_effect
        return (-_weight(open_rows[where]), -worst.rank, where)

    waiting = {
        where: found for where, row in open_rows.items() if row.state == "open" and (found := gaps.get(where, ()))
    }
    bearers = _bearers(waiting, strength)
    over: dict[Where, Where] = {}
    after: dict[Where, list[Where]] = {}
    for where, found in waiting.items():
        rests = [_rests_on(gap, where, open_rows, bearers, facts) for gap in found]
        others = [root for roots in rests for root in roots if root != where]
        if all(rests) and not any(where in roots for roots in rests):
            over[where] = min(others, key=lambda root: (root[1] != where[1], strength(root)))
        elif others:
            after[where] = others
    # Two that each want what the other stands for, as one fact of two people, are asked in their own order.
    after = {where: [root for root in roots if where not in after.get(root, ())] for where, roots in after.items()}
    settles: dict[Where, list[Where]] = {}
    for where in over:
        settles.setdefault(_top(where, over), []).append(where)
    later = {where: tuple(dict.fromkeys(_top(root, over) for root in roots)) for where, roots in after.items()}
    return tuple(_marked(row, over, settles, open_rows, later, criteria, facts) for row in rows)


def _bearers(waiting: Mapping[Where, tuple[Gap, ...]], strength: Callable[[Where], object]) -> dict[Wanted, Where]:
    """For each fact that is wanted of somebody, the row that stands for the question: it is never folded itself.

    The row that waits for nothing else; of those, the person's own; of those, the strongest.
    """
    found: dict[Wanted, list[Where]] = {}
    for where, mine in waiting.items():
        for gap in mine:
            if not gap.criterion:
                for person in gap.people:
                    found.setdefault((gap.fact, person), []).append(where)
    return {
        wanted: min(group, key=lambda w: (len(waiting[w]) > 1, bool(wanted[1]) and w[1] != wanted[1], strength(w)))
        for wanted, group in found.items()
    }


def _rests_on(
    gap: Gap, where: Where, open_rows: Mapping[Where, Row], bearers: Mapping[Wanted, Where], facts: Facts
) -> list[Where]:
    """The open rows whose answer settles this part; none where no open row does."""
    if not gap.criterion:
        return [bearers[gap.fact, person] for person in gap.people]
    keys = facts.rows.get(gap.criterion, ())
    about = (where[1],) if where[1] in keys else keys
    return [(gap.criterion, key) for key in about if (gap.criterion, key) in open_rows]


def _weight(row: Row) -> int:
    """How much a row weighs while it is open; nothing weighs less than one that is not."""
    return row.open_effect.rank if row.open_effect else -1


def _top(where: Where, over: Mapping[Where, Where]) -> Where:
    """The row at the top: conditions make no ring, so there is one."""
    while where in over:
        where = over[where]
    return where


def _marked(
    row: Row,
    over: Mapping[Where, Where],
    settles: Mapping[Where, list[Where]],
    open_rows: Mapping[Where, Row],
    later: Mapping[Where, tuple[Where, ...]],
    criteria: Mapping[str, Criterion],
    facts: Facts,
) -> Row:
    where = (row.criterion, row.subject)
    if where in later:
        row = row._replace(after=later[where])
    if where in over:
        return row._replace(under=_top(where, over), outcome=Outcome.SUITABLE, conditions=())
    mine = settles.get(where)
    if mine is None:
        return row
    strongest = max((row, *(open_rows[w] for w in mine)), key=_weight).open_effect
    row = row._replace(settles=tuple(mine))
    if strongest:
        row = row._replace(outcome=max(row.outcome, strongest.outcome))
    if not strongest or strongest == row.open_effect:
        return row
    followed_up = answer_awaited(criteria[row.criterion], facts)
    conditions = tuple(c for c in row.conditions if c.what != followed_up)
    effect = strongest if row.state is RowState.OPEN else row.effect
    why = (*row.why, facts.words["why_others_rest_on_it"])
    return row._replace(open_effect=strongest, effect=effect, conditions=conditions, why=why)
