"""Rows asked only because another is not known: counted under that other, which holds as strongly as they would.

One unanswered question used to bring a dozen that hang on it, and they hid it. Source: rulings.md, amendment 17.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .conditions import Gap
from .criterion import Criterion
from .facts import Facts
from .lift import OPEN_HITS
from .result import Row
from .worry import EFFECT_ORDER

Where = tuple[str, str]
_OPEN = ("hold", "chase", "note", "")


def folded(
    rows: Sequence[Row], gaps: Mapping[Where, tuple[Gap, ...]], criteria: Mapping[str, Criterion], facts: Facts
) -> tuple[Row, ...]:
    """The same rows, each that another settles marked as under it, and that other holding for all of them."""
    if not gaps:
        return tuple(rows)
    open_rows = {(r.criterion, r.subject): r for r in rows if r.is_open}

    def strength(where: Where) -> tuple[int, int, Where]:
        worst = EFFECT_ORDER.index(criteria[where[0]].worst_effect)
        return (_OPEN.index(open_rows[where].open_effect), worst, where)

    over: dict[Where, Where] = {}
    alike: dict[Where, list[Where]] = {}
    for where, row in open_rows.items():
        found = gaps.get(where)
        if row.state != "open" or not found:
            continue
        if all(gap.criterion for gap in found):
            roots = _roots(found, where[1], open_rows, facts)
            if roots:
                over[where] = min(roots, key=lambda root: (root[1] != where[1], strength(root)))
        elif len(found) == 1:
            # The same fact of the same person: one question settles whether each of these applies.
            person = where[1] if found[0].fact.startswith("this_") else ""
            alike.setdefault((found[0].fact, person), []).append(where)
    for group in alike.values():
        lead = min(group, key=strength)
        over |= {where: lead for where in group if where != lead}
    settles: dict[Where, list[Where]] = {}
    for where in over:
        settles.setdefault(_top(where, over), []).append(where)
    return tuple(_marked(row, over, settles, open_rows) for row in rows)


def _roots(gaps: tuple[Gap, ...], subject: str, open_rows: Mapping[Where, Row], facts: Facts) -> list[Where]:
    """The open rows on which it rests; none where one of its parts rests on no open row."""
    found: list[Where] = []
    for gap in gaps:
        keys = facts.rows.get(gap.criterion, ())
        about = (subject,) if subject in keys else keys
        mine = [(gap.criterion, key) for key in about if (gap.criterion, key) in open_rows]
        if not mine:
            return []
        found += mine
    return found


def _top(where: Where, over: Mapping[Where, Where]) -> Where:
    """The row at the top: conditions make no ring, so there is one."""
    while where in over:
        where = over[where]
    return where


def _marked(
    row: Row, over: Mapping[Where, Where], settles: Mapping[Where, list[Where]], open_rows: Mapping[Where, Row]
) -> Row:
    where = (row.criterion, row.subject)
    if where in over:
        return row._replace(under=_top(where, over), hits=0, conditions=())
    mine = settles.get(where)
    if mine is None:
        return row
    strongest = min((row.open_effect, *(open_rows[w].open_effect for w in mine)), key=_OPEN.index)
    row = row._replace(settles=tuple(mine), hits=max(row.hits, OPEN_HITS[strongest]))
    if strongest == row.open_effect:
        return row
    conditions = tuple(c for c in row.conditions if not c.what.startswith("Chase the answer"))
    effect = strongest if row.state == "open" else row.effect
    return row._replace(
        open_effect=strongest, effect=effect, conditions=conditions, why=(*row.why, "What rests on this answer holds.")
    )
