"""Six weeks of bed and breakfast, over all spells of an application: pure. Nights between spells neither count nor set it back.

Source: Homelessness (Suitability of Accommodation) (England) Order 2003 art 4; R (Pickford) v Sandwell [2024] EWHC 756 (Admin).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from app.suitability.casefile.household import Spell
from app.suitability.law.standards import nights_in_bed_and_breakfast


class Counted(NamedTuple):
    """How many nights are used, and the last that is lawful: None where they are in no bed and breakfast and some are left.

    ``first`` is the first night of all; ``breach`` the day after the last lawful night.
    """

    used: int
    left: int
    first: date | None
    last: date | None
    is_running: bool

    @property
    def breach(self) -> date | None:
        return None if self.last is None else self.last + timedelta(days=1)

    def is_over(self, on: date) -> bool:
        return self.last is not None and on > self.last


def counted(spells: Sequence[Spell], since: date | None, on: date, limit: int) -> Counted:
    """How the nights stand on a day, that day's night counted in where they are there now.

    Args:
        spells: nights spent; since: the first night of where they are now, where that is bed and breakfast in law.
    """
    if since is not None and since > on:
        since = None
    now = Spell(first=since, last=on) if since is not None else None
    every = (*spells, now) if now is not None else tuple(spells)
    used = nights_in_bed_and_breakfast(every, on + timedelta(days=1))
    left = max(limit - used, 0)
    first = min((s.first for s in every), default=None)
    last: date | None = None
    if used >= limit:
        last = _night_number(every, limit)
    elif now is not None:
        last = on + timedelta(days=left)
    return Counted(used=used, left=left, first=first, last=last, is_running=now is not None)


def _night_number(spells: Sequence[Spell], number: int) -> date:
    """The night that is the so-manieth of all, each counted once."""
    spent = {s.first + timedelta(days=n) for s in spells for n in range((s.last - s.first).days + 1)}
    return sorted(spent)[number - 1]


def overlapping(spells: Sequence[Spell]) -> list[tuple[date, date]]:
    """The first and last night of each overlap: nights that are written down twice, and count once."""
    ordered = sorted(spells, key=lambda s: (s.first, s.last))
    return [(b.first, min(a.last, b.last)) for a, b in pairwise(ordered) if b.first <= a.last]
