"""What a computed row comes back with."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from app.suitability.casefile.codes import Basis, Effect


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
