"""What is known of people goes along with them into another case: each row with its source, its grade, its day and who wrote it down.

Copies, never moves: what stands in the case that they left stays there. Pure but for the rows that it makes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from app.cases import sealed_home
from app.cases.homes import HomeNamed
from app.cases.household import next_place
from app.cases.models import Case, CaseConversation, CaseExclusion, CaseMember, CaseNights, CaseService, ProtectedPlace
from app.cases.sealed_home import Home
from app.database import new_id

from . import steps
from .models import LifeStep
from .words import BORN, CORRECTED, REVIEWED, VIEWS, WARNING, WAY

_OF_THE_REST = "What was asked and answered of others stays in the case in which it was said."
# Where a question that waits for an answer was put before: its words stay there, for they may name who stays, and the answer is wanted here.
ASKED_BEFORE = "Asked in the case that they left, and not answered there."
_ASK_AGAIN = {
    "partly": "They answered in part there; what they said of these people is among the answers here.",
    "refused": "They refused there. The question stays open.",
}
_WHERE_TO = "Ask again, of the people of this case alone, and have the answer sent to its officer. Do not say where anybody else is."


class Along(NamedTuple):
    """Who goes where. ``keys`` are what each is called by there, by what they were called by here."""

    here: Case
    there: Case
    keys: Mapping[str, str]


def again(row: Any, **otherwise: Any) -> Any:
    """A row once more, with another identifier and what is told otherwise."""
    columns = inspect(type(row)).column_attrs
    same = {c.key: getattr(row, c.key) for c in columns if c.key not in ("id", *otherwise)}
    return type(row)(**same, **otherwise)


def people(along: Along, but: Collection[str] = ()) -> None:
    """The people themselves, save those who are entered there already."""
    keys = along.keys
    for member in sorted((m for m in along.here.members if m.key in keys and m.key not in but), key=lambda m: m.place):
        made = again(
            member,
            case_id=along.there.id,
            key=keys[member.key],
            place=next_place(along.there.members),
            couple_with=keys.get(member.couple_with or ""),
            mother=keys.get(member.mother or ""),
            told_apart=[keys[k] for k in member.told_apart if k in keys],
        )
        along.there.members.append(made)


def history(along: Along, with_the_household: bool) -> list[str]:
    """Health contacts, events, and nights in bed and breakfast, which are counted on. Gives what could not be taken in, in sentences."""
    there, keys, said = along.there, along.keys, []
    for contact in along.here.contacts:
        if contact.child in keys:
            there.contacts.append(
                again(contact, case_id=there.id, child=keys[contact.child], place=next_place(there.contacts))
            )
    for event in along.here.events:
        if event.who in keys or (event.who is None and with_the_household):
            who = keys.get(event.who or "")
            there.events.append(again(event, case_id=there.id, who=who, place=next_place(there.events)))
    for run in along.here.nights:
        apart = _not_in(run.first, run.last, there.nights)
        if apart != [(run.first, run.last)]:
            said.append("Some nights in bed and breakfast were counted in both cases, and were not counted twice.")
        for first, last in apart:
            there.nights.append(again(run, case_id=there.id, first=first, last=last, place=next_place(there.nights)))
    # That there were none is known of them all, or not known: nobody was asked of the others.
    there.contacts_asked = there.contacts_asked and along.here.contacts_asked
    there.nights_asked = there.nights_asked and along.here.nights_asked
    return list(dict.fromkeys(said))


def _not_in(first: date, last: date, counted: Iterable[CaseNights]) -> list[tuple[date, date]]:
    """The nights of a run that are in none of these, as runs."""
    left, day = [(first, last)], timedelta(days=1)
    for run in counted:
        before = [(a, min(b, run.first - day)) for a, b in left if a < run.first]
        after = [(max(a, run.last + day), b) for a, b in left if b > run.last]
        left = [*before, *after]
    return left


def services(along: Along) -> list[CaseService]:
    """The services that they use; gives those that nobody else uses."""
    theirs = []
    for service in along.here.services:
        used_by = [along.keys[k] for k in service.used_by if k in along.keys]
        if service.used_by and not used_by:
            continue
        along.there.services.append(again(service, case_id=along.there.id, used_by=used_by))
        if service.used_by and all(k in along.keys for k in service.used_by):
            theirs.append(service)
    return theirs


def is_waiting(held: CaseConversation) -> bool:
    """Was an agency asked something that it has not answered, or not all of it? One without a day may be going on this minute."""
    was_asked = held.came is not None or held.due is not None
    return held.speaker == "agency" and bool(held.question) and held.came != "answered" and was_asked


def conversations(along: Along, named: Iterable[str], of_others: Collection[str] = ()) -> dict[str, str]:
    """Those with the people themselves, those in which something was said of them, and questions that wait; by key here and there.

    Of the second kind the words of the question and the answer stay here: they may be of others. A question that waits goes along
    with the day on which it was asked, by when an answer is wanted, its source and its grade; it says that it was asked before.

    Args:
        of_others: the keys of those in which something is written down of other people alone: whom such a question is about is known.
    """
    wanted, found = set(named), {}
    wanted |= {held.key for held in along.here.conversations if is_waiting(held) and held.key not in of_others}
    taken = {c.key for c in along.there.conversations}
    for held in along.here.conversations:
        is_theirs = held.speaker == "family" and held.who in along.keys
        if not is_theirs and held.key not in wanted:
            continue
        found[held.key] = new_id() if held.key in taken else held.key
        otherwise = {} if is_theirs else _asked_before(held) if is_waiting(held) else _without_words(held)
        along.there.conversations.append(
            again(
                held, case_id=along.there.id, key=found[held.key], unit_id=None, place=next_place(along.there.conversations),
                **({"who": along.keys[held.who]} if is_theirs and held.who else {}), **otherwise,
            )
        )  # fmt: skip
    return found


def _asked_before(held: CaseConversation) -> dict[str, Any]:
    said = " ".join(part for part in (ASKED_BEFORE, _ASK_AGAIN.get(held.came or "", ""), _WHERE_TO) if part)
    return {"question": said, "reply": _OF_THE_REST if held.reply else "", "came": held.came or "asked"}


def _without_words(held: CaseConversation) -> dict[str, Any]:
    other = {"who": None, "speaker": "before"} if held.speaker == "family" else {}
    return {**other, "question": "", "reply": _OF_THE_REST if held.question or held.reply else ""}


def life(session: Session, along: Along, ways: Collection[str]) -> None:
    """Births, each child’s views, warnings of them and of the household, and the ways that are chosen, with what corrects each."""
    new: dict[str, str] = {}
    for step in steps.of_case(along.here.id, BORN, VIEWS, WARNING, REVIEWED, WAY, CORRECTED, session=session):
        is_theirs = step.who in along.keys if step.who or step.kind in (BORN, VIEWS) else step.kind == WARNING
        if not (step.about in new or step.id in ways or (is_theirs and not step.about and step.kind != WAY)):
            continue
        made: LifeStep = again(
            step, case_id=along.there.id, who=along.keys.get(step.who, ""), about=new.get(step.about, "")
        )
        made.id = new[step.id] = new_id()
        if step.kind == BORN:
            made.facts = {**step.facts, "mother": along.keys.get(step.facts.get("mother", ""), "")}
        session.add(made)


def safeguards(session: Session, along: Along) -> None:
    """Whom the case is kept from, the places they must not be near, and that their home is sealed: all hold wherever these people are."""
    kept = select(CaseExclusion).where(CaseExclusion.case_id == along.here.id, CaseExclusion.lifted_at.is_(None))
    there = set(
        session.scalars(
            select(CaseExclusion.user_id).where(
                CaseExclusion.case_id == along.there.id, CaseExclusion.lifted_at.is_(None)
            )
        )
    )
    session.add_all(again(row, case_id=along.there.id) for row in session.scalars(kept) if row.user_id not in there)
    near = select(ProtectedPlace).where(ProtectedPlace.case_id == along.here.id, ProtectedPlace.removed_at.is_(None))
    session.add_all(again(row, case_id=along.there.id) for row in session.scalars(near))
    _seal(session, along)


def _seal(session: Session, along: Along) -> None:
    """The home is sealed there before an address comes along, with the same people named. Where that case has a seal, its own counts."""
    seal = sealed_home.in_force(session, along.here.id)
    if seal is None or sealed_home.in_force(session, along.there.id) is not None:
        return
    there = [Home(a.address, a.postcode) for a in along.there.addresses if a.kind == "current"]
    made = again(seal, case_id=along.there.id, steps=steps.that_say(session, along.there.id, there))
    session.add(made)
    session.flush()
    named = select(HomeNamed).where(HomeNamed.seal_id == seal.id, HomeNamed.ended_at.is_(None))
    session.add_all(again(row, case_id=along.there.id, seal_id=made.id) for row in session.scalars(named))
    for address in along.there.addresses:
        address.sealed = address.sealed or address.kind == "current"
    session.flush()


def leave(session: Session, case: Case, keys: Collection[str], on: Any) -> None:
    """They belong to this household no more, and stay written down in it."""
    for member in list(case.members):
        if member.key in keys:
            member.left_on = on
        else:
            member.couple_with = None if member.couple_with in keys else member.couple_with
            member.mother = None if member.mother in keys else member.mother
    for service in case.services:
        if any(k in keys for k in service.used_by):
            service.used_by = [k for k in service.used_by if k not in keys]
    session.flush()
    session.expire(case, ["members"])


def of_those(members: Iterable[CaseMember], keys: Collection[str]) -> list[CaseMember]:
    return [m for m in members if m.key in keys]
