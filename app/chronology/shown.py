"""A line of a chronology as plain words: for a table, for paper and for who has it read aloud. The same words everywhere. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app import clocks

from .entry import DAY_IS, DUE, KINDS, Differing, Entry, Item, Words

NO_DAY, AS_NOW = "No day is written down", "As it is now"
HEADS = (
    "Day", "Time", "What this day is", "Day it was told", "Kind", "About", "What", "Which thing", "What was said", "More", "What became of it",
    "Another source says otherwise", "Who", "How", "Counts as", "Who wrote it down",
)  # fmt: skip


def day_of(e: Entry) -> str:
    """The day as it stands at the head of a line."""
    return clocks.in_words(e.day) or (AS_NOW if e.kind == "now" else NO_DAY)


def of_day(e: Entry, words: Words) -> str:
    """What the day is: that of what happened, of the telling, or one that is still to come."""
    if e.day is None:
        return ""
    if e.day > words.today:
        return f"{DAY_IS[DUE]}, still to come"
    return DAY_IS[e.day_is]


def told_on(e: Entry) -> str:
    """When it was told, where the day of the line is another: that nobody wrote it down is said too."""
    if e.told is not None and e.told != e.day:
        return f"Told on {clocks.in_words(e.told)}"
    return ""


def source_lines(e: Entry) -> list[str]:
    """Who, how, how far it counts, and who wrote it down."""
    counts = f"Counts as: {e.counts}" if e.counts else ""
    return [line for line in (e.who, e.how, counts, e.written) if line]


def in_a_line(item: Item) -> str:
    return f"{item.label}: {item.said}" if item.said else item.label


def rows(entries: Sequence[Entry], words: Words) -> list[list[str]]:
    """A row for each thing of each line: a spreadsheet sorts and filters them."""
    found = []
    for e in entries:
        for item in e.items or (Item(label=""),):
            found.append(
                [
                    e.day.isoformat() if e.day else "", e.at, of_day(e, words), e.told.isoformat() if e.told else "", KINDS[e.kind],
                    words.all_of(e.about), e.what, item.label, item.said, " ".join(item.more), item.now, "yes" if item.differs else "",
                    e.who, e.how, e.counts, e.written,
                ]
            )  # fmt: skip
    return found


def on_paper(
    entries: Sequence[Entry], differing: Sequence[Differing], words: Words, head: Mapping[str, Any]
) -> dict[str, Any]:
    """Everything that a PDF is drawn from: text and lists alone.

    Args:
        head: of which case, by whom, when, and what was asked for.
    """
    return {
        **head,
        "entries": [
            {
                "day": day_of(e),
                "at": e.at,
                "of_day": of_day(e, words),
                "told": told_on(e),
                "about": words.all_of(e.about),
                "what": e.what,
                "silence": e.is_silence,
                "items": [
                    {"said": in_a_line(item), "more": list(item.more), "now": item.now, "differs": item.differs}
                    for item in e.items
                ],
                "source": source_lines(e),
            }
            for e in entries
        ],
        "differing": [
            {
                "what": d.what,
                "about": words.all_of(d.about) or d.where,
                "accounts": [
                    {"said": a.said, "who": a.who, "day": clocks.in_words(a.day) or NO_DAY, "counts": a.counts}
                    for a in d.accounts
                ],
            }
            for d in differing
        ],
    }
