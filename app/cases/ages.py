"""How old somebody is, in words."""

from __future__ import annotations

from datetime import date

from app import clocks
from app.suitability.casefile.household import Member


def age_in_words(member: Member, on: date) -> str:
    """In weeks, months or years, as people say it; of an unborn child when it is due."""
    if member.kind == "unborn":
        return f"due {clocks.in_words(member.due)}" if member.due else "unborn, due date not known"
    if member.born is None:
        return "age not known"
    years = member.age_on(on) or 0
    if years >= 2:
        return f"{years} years"
    weeks = (on - member.born).days // 7
    if weeks < 26:
        return f"{weeks} weeks"
    months = (on.year - member.born.year) * 12 + on.month - member.born.month - (1 if on.day < member.born.day else 0)
    return f"{months} months"
