"""When a plan for a worry counts: whose it is, by which day, and who agreed to it. Source: rulings.md, amendment 13."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import NamedTuple

from app.suitability.casefile.answers import Mitigation, Source
from app.suitability.casefile.values import day_in_words
from app.suitability.facts.facts import Facts

SENIOR = "senior_officer"
_PARTS = re.compile(r",| and | or | with ")


class Terms(NamedTuple):
    """What bounds the lifting of one worry.

    ``owners`` are the words for those whose it is to do; ``days`` the most days from the day the owner accepted;
    ``by_seeing`` where neither a plan nor an acceptance ends it, only the thing in place, or the work done, and seen.
    """

    owners: tuple[str, ...]
    days: int | None  # None under an earlier version of the rules, which knew no bounds
    by_seeing: bool = False
    by: date | None = None  # the last day that is not yet unlawful


def why_not(m: Mitigation, terms: Terms, facts: Facts, concern_on: date | None, done: bool = False) -> str:
    """Why an owned and dated plan, or what is ``done`` and seen, does not count, as a sentence; empty where it does."""
    if terms.days is None:
        return ""
    if not any(is_one_of(m.owner, words, facts) for words in terms.owners):
        return f"The plan of {m.owner.name or 'nobody'} does not count: it is for {' or '.join(terms.owners)} to do."
    if is_family(m.owner.name, facts) or is_family(m.agreed_by, facts):
        return "The plan does not count: somebody of the household neither carries it nor agrees to it for the council."
    if m.agreed_by and facts.spelt(m.agreed_by) == facts.spelt(m.owner.name):
        return "The plan does not count: whoever carries it out does not agree to it."
    if not done and (late := _too_late(m, terms.days, terms.by, facts)):
        return late
    if not (m.agreed_by and m.agreed_role == SENIOR and m.agreed_on is not None and m.agreed_on <= facts.on):
        return "The plan counts once a senior officer has agreed to it in writing."
    if concern_on is not None and m.agreed_on < concern_on:
        return "A senior officer agreed to the plan before the newest worry was told: it has to be agreed to again."
    return ""


def _too_late(m: Mitigation, days: int, by: date | None, facts: Facts) -> str:
    accepted, due = m.owner_accepted, m.due
    assert accepted is not None  # only an owned plan is asked about
    assert due is not None
    latest = accepted + timedelta(days=days)
    latest = latest if by is None else min(latest, by)
    ends = facts.placement.ends(facts.on)
    if due > latest:
        return f"The plan’s day, {day_in_words(due)}, is too late: here it is {day_in_words(latest)} at most."
    if ends is not None and due > ends:
        return f"The plan’s day, {day_in_words(due)}, is after the stay ends, {day_in_words(ends)}."
    return ""


def is_family(name: str, facts: Facts) -> bool:
    """Is this the name of one of the household, alone or with something after it, or only the beginning of it?"""
    said = facts.spelt(name).strip()
    return bool(said) and any(
        said in _beginnings(m.name, facts) or said.startswith((f"{facts.spelt(m.name)},", f"{facts.spelt(m.name)} "))
        for m in facts.household.members
        if m.kind != "unborn" and facts.spelt(m.name)
    )


def _beginnings(name: str, facts: Facts) -> set[str]:
    """A first name, however it is joined (“Anne-Marie”), and each longer part up to the whole; before 2026.3 the first word or all."""
    words = name.split()
    parts = range(1, len(words) + 1) if facts.calendar_months else (1, len(words))
    return {facts.spelt(" ".join(words[:many])) for many in parts}


def is_one_of(owner: Source, words: str, facts: Facts) -> bool:
    """Is somebody one of those a row names for its work: an agency, a role of the council, the lead professional?"""
    held = facts.spelt(f"{owner.role} {owner.agency}")
    theirs = facts.agencies_in(owner.agency, owner.role)
    whole = facts.agencies_in(words, "")
    parts = [words] if len(whole) == 1 else _PARTS.split(words)  # “drug and alcohol service” is one service
    for part in (facts.spelt(part.strip()) for part in parts):
        lead = facts.household.lead_professional
        if part == "lead professional" and lead is not None and facts.spelt(lead.name) == facts.spelt(owner.name):
            return True
        if part.startswith("the "):  # “the service”: whichever it is
            if owner.agency and "family" not in theirs:
                return True
            continue
        if not theirs.isdisjoint(facts.agencies_in(part, "")) or part.removesuffix("s") in held:
            return True
    return False
