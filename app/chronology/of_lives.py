"""What became of the case while it lived: births, leaving, closing, warnings, ways, each child’s views, parting and joining. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app import clocks
from app.lives import words as said_as
from app.lives.models import LifeStep

from .entry import Entry, Item, Words, counted, from_grade, items, written

_OF = {
    said_as.BORN: "person",
    said_as.LEFT: "home",
    said_as.VIEWS: "told",
    said_as.CORRECTED: "changed",
}
_BY_CODE = frozenset({said_as.WAY})  # there “how” is whether it is refused, which the title says


def steps(listed: Sequence[LifeStep], words: Words) -> Iterator[Entry]:
    """A line for each step; one that a later step corrects or ends says so, and when."""
    later = {step.about: step for step in listed if step.about}
    for step in listed:
        ended = later.get(step.id)
        label = {name: said_as.label(step.kind, name) for name in said_as.ANY_LABELS}
        listed_items = items(
            (label["said"], step.said), (label["place"], step.place), (label["how"], "" if step.kind in _BY_CODE else step.how),
            ("To be looked at again", clocks.in_words(step.due)),
        )  # fmt: skip
        more = tuple(Item(label=line) for line in said_as.facts_in_words(step, words.people))
        now = f"{said_as.title(ended)}, {clocks.in_words(clocks.local(ended.recorded_at).date())}" if ended else ""
        first = tuple(
            Item(label=item.label, said=item.said, now=now if not at else "")
            for at, item in enumerate((*listed_items, *more))
        )
        yield Entry(
            id=f"life:{step.id}",
            kind=_OF.get(step.kind, "happened"),
            what=said_as.title(step),
            day=step.on or clocks.local(step.recorded_at).date(),
            about=(step.who,) if step.who else (),
            people=frozenset({step.who} if step.who else ()),
            items=first or ((Item(label="Since then", said=now),) if now else ()),
            who=step.source,
            counts=counted(step.grade) if step.grade != "E0" else "",
            sources=frozenset({from_grade(step.grade) if step.grade != "E0" else "office"}),
            written=written(step.by_name, clocks.moment_in_words(step.recorded_at)),
        )
