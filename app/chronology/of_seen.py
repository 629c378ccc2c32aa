"""What was photographed: a line for what one person photographed of one thing on one day. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from app import clocks

from .entry import Entry, Item, Opens, counted, from_grade, written
from .of_telling import Answers


def photographs(kept: Sequence[Any], of: Answers) -> Iterator[Entry]:
    """Photographs of answers of the case, without their bytes; each can be opened."""
    by_id = {a.id: a for a in of.all}
    groups: dict[tuple[Any, ...], list[Any]] = {}
    for p in kept:
        if p.answer_id in by_id:
            groups.setdefault((p.answer_id, p.on, p.taken_by_name), []).append(p)
    for (answer_id, day, who), mine in groups.items():
        a = by_id[answer_id]
        criterion, person = of.checklist.criteria.get(a.criterion), of.person(a)
        thing = criterion.name if criterion else "what was asked then"
        place = of.place(a)
        yield Entry(
            id=f"photograph:{mine[0].id}",
            kind="told",
            what=f"{'A photograph was' if len(mine) == 1 else f'{len(mine)} photographs were'} kept: {thing}, {of.said(a)}"
            + (f". {place}" if place else ""),
            day=day,
            about=(person,) if person else (),
            people=frozenset({person} if person else ()),
            items=tuple(
                Item(label=f"Photograph {at} of {len(mine)}" if len(mine) > 1 else "The photograph",
                     said=f"kept {clocks.moment_in_words(p.kept_at)}", opens=Opens("photograph", (p.id,)))
                for at, p in enumerate(mine, 1)
            ),
            who=who,
            counts=counted(a.grade),
            sources=frozenset({from_grade(a.grade)}),
            written=written(who, clocks.moment_in_words(mine[0].kept_at)),
        )  # fmt: skip
