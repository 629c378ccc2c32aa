"""A worry accepted in writing: by whom it counts, and for how long. Source: rulings.md 3, and amendment 13."""

from __future__ import annotations

from datetime import date, timedelta

from app.suitability.casefile.answers import Acceptance
from app.suitability.casefile.values import day_in_words
from app.suitability.facts.facts import Facts

from .plans import SENIOR, is_family


def accepted_by(child_safety: bool, effect: str, acceptances: list[Acceptance]) -> Acceptance | None:
    for acceptance in acceptances:
        if effect == "medium":
            return acceptance
        if acceptance.role != SENIOR:
            continue
        if effect == "senior" and (
            acceptance.review_on is None or (child_safety and not acceptance.lead_professional_view)
        ):
            continue
        return acceptance
    return None


def reviewed_by(acceptance: Acceptance, facts: Facts, limit: int | None = None, by: date | None = None) -> date:
    """The day an acceptance is looked at again: the one it names, else so many days after it as for any condition.

    Of a high concern it lasts no longer than a plan may: ``limit`` days, and to no day ``by`` which it becomes unlawful.
    """
    named = acceptance.review_on or acceptance.on + timedelta(days=facts.settings.condition_days)
    if limit is not None:
        named = min(named, acceptance.on + timedelta(days=limit))
    return named if by is None or limit is None else min(named, by)


def why_lapsed(acceptance: Acceptance, facts: Facts, limit: int | None, by: date | None = None) -> str:
    if facts.amended and is_family(acceptance.by, facts):
        return "The acceptance does not count: it is in the name of somebody of the household."
    review = reviewed_by(acceptance, facts, limit, by)
    if review < facts.on:
        return f"The acceptance by {acceptance.by} was to be looked at again by {day_in_words(review)}: it has lapsed."
    return f"The acceptance by {acceptance.by} of {day_in_words(acceptance.on)} does not cover what was said since: it has to be given again."


def stands(
    acceptance: Acceptance, facts: Facts, concern_on: date | None, limit: int | None = None, by: date | None = None
) -> bool:
    """Was it given after the newest worry by somebody of the council, and has its review date not gone by?"""
    return (
        acceptance.on <= facts.on
        and not (facts.amended and is_family(acceptance.by, facts))
        and reviewed_by(acceptance, facts, limit, by) >= facts.on
        and (concern_on is None or acceptance.on >= concern_on)
    )
