"""How a clock stands on a day: pure. Nothing stops one but what meets it, or that what started it is gone."""

from __future__ import annotations

from datetime import date, timedelta

from .table import Kind

RUNNING, STILL, SNOOZED, LAPSED, MET, ENDED = "running", "still", "snoozed", "lapsed", "met", "ended"


def state_of(kind: Kind, due: date | None, on: date, met: bool, still: bool, snoozed_until: date | None) -> str:
    """How it stands: on its last day it still runs, the day after it has lapsed, unless it may be put off past its day.

    Args:
        still: it stands still by its own rule, as nights that are not spent do; never because somebody said so.
    """
    if met:
        return MET
    put_off = snoozed_until is not None and snoozed_until > on and kind.snooze is not None
    is_past = due is not None and due < on
    if is_past and not (put_off and kind.snooze is not None and kind.snooze.after_due):
        return LAPSED
    if put_off:
        return SNOOZED
    return STILL if still else RUNNING


def may_snooze_until(kind: Kind, due: date | None, on: date, snoozes: int) -> date | None:
    """The last day until which somebody may put it off their list; None where nobody may any more."""
    rule = kind.snooze
    if rule is None or snoozes >= rule.times:
        return None
    latest = on + timedelta(days=rule.days)
    if not rule.after_due and due is not None:
        latest = min(latest, due)
    return latest if latest > on else None


def is_soon(kind: Kind, due: date | None, on: date) -> bool:
    """Is its last day near enough to be told?"""
    return due is not None and on <= due <= on + timedelta(days=kind.warn)
