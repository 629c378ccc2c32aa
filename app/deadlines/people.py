"""Dates that follow from people: birthdays and births, and what agencies were asked and have not answered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from app.checklists import read_folder
from app.clocks import days, in_words, silence
from app.lives.along import ASKED_BEFORE
from app.lives.words import BORN
from app.suitability.casefile import wording
from app.suitability.casefile.called import labels
from app.suitability.casefile.conversations import Conversation
from app.suitability.casefile.household import Member
from app.suitability.casefile.values import in_sentence

from .found import Found, Holds

_SIX_TO_EIGHT = re.compile(r"\b6\s*(?:-|–|to)\s*8\b|\bsix\s*(?:-|–|to)[\s-]*eight\b", re.IGNORECASE)
SHOWN_AHEAD = 92  # days: a birthday further off is nobody’s business yet


def found(holds: Holds) -> Iterator[Found]:
    if holds.household is None:
        return
    yield from _ages(holds)
    for held in holds.household.conversations:
        one = _answer(holds, held)
        if one is not None:
            yield one


def _ages(holds: Holds) -> Iterator[Found]:
    household = holds.household
    assert household is not None
    called = labels(household)
    latest = holds.on + timedelta(days=SHOWN_AHEAD)
    for member in household.children():
        name = called.get(member.key) or member.name
        where = ("cases.show", {"case_id": holds.case.id}, "Look at the household")
        if member.kind == "unborn":
            if member.due is not None and member.due <= latest:
                yield Found(
                    kind="age",
                    subject=f"{member.key}-birth",
                    about=f"{name}: expected to be born",
                    began=None,
                    due=member.due,
                    said="Write the child down with the day of birth once it is born."
                    if member.due >= holds.on
                    else "The day has gone by, and nobody has written down that the child is born.",
                    next=where,
                )
            continue
        if member.born is None:
            continue
        yield from _birth(holds, member, name)
        coming = days.next_age(member.born, holds.on, holds.table.ages)
        # Yesterday’s birthday is met by itself: what it changes is worked out anew.
        for age, day in _near(member.born, holds, coming):
            came = day <= holds.on
            yield Found(
                kind="age",
                subject=f"{member.key}-{age}",
                about=f"{name} turns {age}",
                began=member.born,
                due=day,
                met_on=day if came else None,
                met_by="the day has come: look at the result again, it is worked out by the new age" if came else "",
                next=where,
            )


def _birth(holds: Holds, member: Member, name: str) -> Iterator[Found]:
    """Of a child who was expected here: the birth is met. Of every baby: the health review at 6 to 8 weeks."""
    born = member.born
    assert born is not None
    if any(step.kind == BORN and step.who == member.key for step in holds.lives):
        yield Found(
            kind="age",
            subject=f"{member.key}-birth",
            about=f"{name}: born",
            began=None,
            due=born,
            met_on=born,
            met_by="the child is born",
            next=("cases.show", {"case_id": holds.case.id}, "Look at the household"),
        )
    due = holds.ends("six_to_eight_weeks", born)
    assert due is not None
    if holds.on > due + timedelta(days=SHOWN_AHEAD):
        return
    assert holds.household is not None
    listed = [c for c in holds.household.contacts or () if c.child == member.key and _SIX_TO_EIGHT.search(c.what)]
    kept = [c for c in listed if c.outcome == "kept" and c.on is not None and c.on >= born]
    missed = [c for c in listed if c.outcome != "kept"]
    said = f"From {in_words(born + timedelta(weeks=6))}. Its name is among the health contacts once it took place."
    yield Found(
        kind="six_to_eight_weeks",
        subject=member.key,
        about=name,
        began=born,
        due=due,
        met_on=min((c.on for c in kept if c.on), default=None),
        met_by="a health contact of that name was kept" if kept else "",
        said=f"{said} One was written down and did not take place." if missed and not kept else said,
        next=("history.entries", {"case_id": holds.case.id, "part": "contacts"}, "Health contacts"),
    )


def _near(born: date, holds: Holds, coming: tuple[int, date] | None) -> Iterator[tuple[int, date]]:
    """The age that comes within the days that are looked ahead, and the one that came within the last four weeks."""
    if coming is not None and coming[1] <= holds.on + timedelta(days=SHOWN_AHEAD):
        yield coming
    before = days.next_age(born, holds.on - timedelta(days=28), holds.table.ages)
    if before is not None and before[1] <= holds.on:
        yield before


def _answer(holds: Holds, held: Conversation) -> Found | None:
    """A question that was put to an agency: by when an answer was wanted, and the ladder where none came."""
    if held.speaker != "agency" or not held.question or held.on is None or held.came is None:
        return None
    due = held.due or holds.ends("answer", held.on)
    assert due is not None
    agency = read_folder().agencies.get(held.who or "")
    name = agency.name if agency else held.source.agency or wording.label(held.who or "")
    answered = held.came == "answered"
    steps = silence.ladder(due, held.due_at, holds.table)
    reached = None if answered else silence.now(steps, holds.on)
    refused = " They refused. The question stays open." if held.came == "refused" else ""
    partly = " They answered in part. The rest stays open." if held.came == "partly" else ""
    at = f", {held.due_at}" if held.due_at else ""
    said = f"Asked {in_words(held.on)}, wanted by {in_words(due)}{at}.{refused}{partly}"
    if held.question.startswith(ASKED_BEFORE):
        said += " It was asked in the case that they left: ask again, and have the answer sent here."
    if reached is not None:
        said += f" Now: {in_sentence(reached.rung.name)}, since {in_words(reached.on)}. Silence is no clearance."
    return Found(
        kind="answer",
        subject=held.key,
        about=name,
        began=held.on,
        due=due,
        met_on=(held.answered_on or held.on) if answered else None,
        met_by="they answered" if answered else "",
        said=said,
        next=("history.entries", {"case_id": holds.case.id, "part": "enquiries"}, "Write down the answer"),
        owner=reached.rung.who if reached is not None else "",
        steps=() if answered else steps,
    )
