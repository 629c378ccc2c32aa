"""What a distance or a journey proves. Only proven answers are findings; the rest become tasks with an owner. Source: places.md 8.4."""

from __future__ import annotations

from typing import NamedTuple

# A place known no better than this can prove "too far", never "near enough".
ONLY_TOO_FAR = ("postcode_weak", "street")
NEVER = ("sector", "outcode", "none")
WITHIN, BEYOND, LIKELY, NOT_KNOWN = "within_measured", "beyond", "likely_within", "not_known"
CLEAR, INSIDE = "clear", "inside"
PROVEN = frozenset([WITHIN, BEYOND, CLEAR, INSIDE])
WORDS = {
    WITHIN: "within the limit (measured)",
    BEYOND: "beyond the limit",
    LIKELY: "likely within the limit (an estimate: check the real way)",
    NOT_KNOWN: "not known",
    CLEAR: "clear",
    INSIDE: "inside",
}


class Verdict(NamedTuple):
    """An answer, whether it is proven, and whose task it is where it is not."""

    answer: str
    proven: bool
    owner: str


# A straight line is never a way: only these can show that a limit is met, or, where a bus may be taken, that it is not.
MEASURED = frozenset(["walking_network", "public_transport", "journey_check"])


def within(
    limit: float,
    low: float | None,
    high: float | None,
    measured: bool,
    precision: str = "building",
    walked: bool = True,
) -> Verdict:
    """Is it near enough? ``low`` and ``high`` bound the way; the limit is in the same unit.

    A straight line proves *beyond* where the way is walked; only a way that was measured proves *within*.

    Args:
        measured: a route or a journey that was checked, not an estimate.
        precision: the worse of the two points.
        walked: the limit is one on foot; where a bus may be taken a straight line proves nothing. Source: rulings.md 12.
    """
    if low is None or high is None or precision in NEVER:
        return _said(NOT_KNOWN)
    if low > limit and (measured or walked):
        return _said(BEYOND)
    if high <= limit and precision not in ONLY_TOO_FAR:
        return _said(WITHIN if measured else LIKELY)
    return _said(NOT_KNOWN)


def away_from(limit: float, low: float | None, high: float | None, precision: str = "building") -> Verdict:
    """Is it far enough from a place to avoid? In a straight line; *not known* is treated as inside until a person says otherwise."""
    if low is None or high is None or precision in NEVER:
        return _said(NOT_KNOWN)
    if low >= limit and precision not in ONLY_TOO_FAR:
        return _said(CLEAR)
    return _said(INSIDE) if high < limit else _said(NOT_KNOWN)


def _said(answer: str) -> Verdict:
    proven = answer in PROVEN
    return Verdict(answer, proven, "" if proven else "housing officer")
