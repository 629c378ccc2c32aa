"""Saying a thing once on paper: sentences of several places under a letter, rows that differ only in whom they are about as one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

_SENTENCE = re.compile(r"(?<=[.!?”]) (?=[A-Z“])")


def marks(count: int) -> list[str]:
    """Letters for so many notes: a to z, then aa, ab."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    return [letters[at] if at < 26 else letters[at // 26 - 1] + letters[at % 26] for at in range(count)]


def parted(said: str) -> list[str]:
    """The sentences of a text."""
    return [part for part in _SENTENCE.split(said.strip()) if part]


class Once:
    """Sentences that stand in more than one place are written in one list, under a letter, and each place names the letter.

    What always stands together has one letter. What an earlier list holds keeps its letter, and is not listed again.
    """

    def __init__(self, places: Iterable[Sequence[str]], before: Once | None = None) -> None:
        self._marks: dict[str, str] = dict(before._marks) if before else {}
        where: dict[str, list[int]] = {}
        for at, place in enumerate(places):
            for said in dict.fromkeys(place):
                where.setdefault(said, []).append(at)
        together: dict[tuple[int, ...], list[str]] = {}
        for said, found in where.items():
            if len(found) > 1 and said not in self._marks:
                together.setdefault(tuple(found), []).append(said)
        used = len(set(self._marks.values()))
        self._listed: list[tuple[str, str]] = []
        for mark, each in zip(marks(used + len(together))[used:], together.values(), strict=True):
            self._listed.append((mark, " ".join(each)))
            self._marks |= dict.fromkeys(each, mark)

    def of(self, place: Sequence[str]) -> dict[str, Any]:
        """What stands here, and the letters of what stands elsewhere too."""
        told = list(dict.fromkeys(place))
        return {
            "said": " ".join(said for said in told if said not in self._marks),
            "notes": list(dict.fromkeys(self._marks[said] for said in told if said in self._marks)),
        }

    def listed(self) -> list[tuple[str, str]]:
        return self._listed


def together(rows: Iterable[Mapping[str, Any]], alike: Sequence[str]) -> list[dict[str, Any]]:
    """Rows that differ only in whom they are about, as one row about all of them."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        key = repr([row[name] for name in alike])
        if key in found:
            found[key]["about"].append(row["subject_name"])
        else:
            found[key] = {**row, "about": [row["subject_name"]]}
    return list(found.values())


def people(names: Sequence[str]) -> list[str]:
    return [name for name in names if name not in ("the unit", "the household")]
