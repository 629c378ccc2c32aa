"""A family who is here and the place they would go: household, placement, and what has been said, written down in one transaction."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts.policy import may_see_case
from app.assessments import answers
from app.assessments.models import Assessment
from app.audit import service as audit
from app.cases import opening
from app.cases import service as cases
from app.cases.household import CONVERSATION, MEMBER, household_of
from app.cases.models import Case, CaseMember
from app.checklists import read_folder
from app.clocks import time_of_day, today
from app.database import new_id, now, writing
from app.extensions import db
from app.properties.models import Unit
from app.suitability.advice.first_told import Topic
from app.suitability.advice.sheets import at_most, grade_in
from app.suitability.casefile.answers import Source
from app.suitability.casefile.conversations import Conversation
from app.suitability.casefile.spelling import folded
from app.suitability.reading.case_file import subject_keys

from .service import refuse_no_home, start

MOST_KNOWN = 200
# What stays as it is in a building whoever lives there. What may change (staff, certificates, rooms) is asked again.
OF_THE_BUILDING = (
    "kind", "self_contained", "shares", "cooking_provided", "owner", "manager", "private_dwelling", "hmo", "floor",
    "storeys", "lift", "shared_building", "gas",
)  # fmt: skip


class Told(NamedTuple):
    """What somebody said of one topic; people are named by their line on the page.

    Args:
        who: the line of who said so; None where it is nobody of the family.
        agency: the code of the agency, and ``name`` who there, or what the document in hand is.
        about: the lines of the adults it is about.
    """

    topic: Topic
    said: str
    who: int | None
    agency: str
    name: str
    words: str
    about: Sequence[int]
    alone: bool | None


class First(NamedTuple):
    """Everything the first screen holds, checked; ``people`` by their line, as fields of a member."""

    people: Mapping[int, Mapping[str, Any]]
    household: Mapping[str, Any]
    unit: Mapping[str, Any]
    stay: Mapping[str, Any]
    told: Sequence[Told]


class Opened(NamedTuple):
    case_id: str
    assessment_id: str
    before: bool  # the same family was saved from this page already, and nothing was written again


class AnotherFamily(cases.CaseProblem):
    """This page was saved already, with a part of these people."""

    def __init__(self, case: Case) -> None:
        self.case_id, self.reference = case.id, case.reference
        super().__init__(
            f"This page was saved already, as case {case.reference}, and the people on it were others. Nothing was saved now. "
            "Go to that case to change who is in it, or open a new page for another family."
        )


def open_with_place(user: Any, page: str, first: First) -> Opened:
    """Open a case with a family, the place they would go and what was said. Sent again, nothing is written twice.

    Args:
        page: what the page with the form was given; one page opens one case for one family.
    Raises:
        AnotherFamily: the page was saved before, with some of these people and others.
        AssessmentProblem: nobody lives at that postcode.
    """
    refuse_no_home(first.unit)
    try:
        return _open(user, page, first)
    except IntegrityError:  # sent twice at the same moment: the first one's case is there now
        return _open(user, page, first)


def _open(user: Any, page: str, first: First) -> Opened:
    with writing() as session:
        case_id = page if re.fullmatch("[0-9a-f]{32}", page) else new_id()
        there = session.get(Case, case_id)
        if there is not None:
            mine = there.created_by == user.id and may_see_case(user.id, user.role, cases.facts_of(there))
            if mine and (found := _same(session, there, first)):
                return found
            case_id = new_id()  # another family, typed over one that was saved: another case
        case = opening.make(session, user, case_id)
        keys = _people(case, first)
        for name, value in first.household.items():
            setattr(case, name, value)
        facts = {t.topic.fact for t in first.told if t.said == "yes" and t.topic.about == "household"} - {""}
        for name in facts:
            setattr(case, name, True)
        session.flush()
        assessment = start(session, user, case, first.unit, first.stay)
        _conversations(session, user, case, assessment, first.told, keys)
        return Opened(case.id, assessment.id, before=False)


def _same(session: Session, case: Case, first: First) -> Opened | None:
    """The case that this page opened, where it is of the same family; None where it is of quite another.

    Raises:
        AnotherFamily: of some of them.
    """
    stored = {folded(m.name) for m in case.members}
    typed = {folded(values["name"]) for values in first.people.values()}
    if not stored & typed:
        return None
    assessment = session.scalars(
        select(Assessment).where(Assessment.case_id == case.id).order_by(Assessment.created_at, Assessment.id).limit(1)
    ).first()
    if assessment is None or stored != typed:
        raise AnotherFamily(case)
    return Opened(case.id, assessment.id, before=True)


def _people(case: Case, first: First) -> dict[int, str]:
    """Everybody on the page as a member; the key of each, by line."""
    signs = {(at, t.topic.fact) for t in first.told if t.said == "yes" and t.topic.fact for at in t.about}
    keys: dict[int, str] = {}
    for at, values in first.people.items():
        keys[at] = cases.next_key(case, values["kind"])
        known = dict(values) | {fact: True for line, fact in signs if line == at}
        case.members.append(CaseMember(key=keys[at], place=len(case.members) + 1, **MEMBER.columns(known)))
    mothers = [keys[at] for at, v in first.people.items() if v["relationship"] == "mother"]
    unborn = [m.key for m in case.members if m.kind == "unborn"]
    for at, values in first.people.items():
        member = next(m for m in case.members if m.key == keys[at])
        # One mother of “their child”, and of a child not born yet: whose else it could be nobody said.
        if len(mothers) == 1 and (values["relationship"] == "child" or values["kind"] == "unborn"):
            member.mother = mothers[0]
        if member.kind == "unborn":
            member.told_apart = [key for key in unborn if key != member.key]  # each on a line and by a name of its own
    return keys


# ---- what has been said


def _conversations(
    session: Session, user: Any, case: Case, assessment: Assessment, told: Sequence[Told], keys: Mapping[int, str]
) -> None:
    """A conversation for each speaker, with an answer at each row that it is one to."""
    called = {m.key: m.name for m in case.members}
    by_speaker: dict[tuple[Any, ...], list[Told]] = {}
    for each in told:
        by_speaker.setdefault((each.who, each.agency, folded(each.name), each.alone), []).append(each)
    for place, mine in enumerate(by_speaker.values()):
        reply = "\n".join(_in_words(t, keys, called) for t in mine)
        held = _conversation(case, mine[0], keys, reply)
        row = CONVERSATION.row(held, place=place, recorded_by=user.id)
        case.conversations.append(row)
        session.flush()
        detail = {"speaker": held.speaker}
        audit.record(session, "conversation.held", "conversation", row.id, case.id, detail, actor=user)
        for each in mine:
            _answers(session, user, case, assessment, held, each, keys)


def _conversation(case: Case, told: Told, keys: Mapping[int, str], reply: str) -> Conversation:
    member = next((m for m in case.members if told.who is not None and m.key == keys[told.who]), None)
    agency = read_folder().agencies.get(told.agency)
    if member is not None:
        speaker, who, source = (
            "family",
            member.key,
            Source(name=member.name, role=member.relationship_, agency="household"),
        )
    elif agency is None:
        speaker, who, source = "document", None, Source(name=told.name)
    elif agency.code == "provider":
        speaker, who, source = "provider", None, Source(name=told.name)
    else:
        speaker, who = "agency", agency.code
        source = Source(name=told.name, agency=agency.name, code=agency.code)
    return Conversation.model_validate(
        {
            "key": new_id(),
            "speaker": speaker,
            "who": who,
            "source": source,
            "on": today(),
            "at": time_of_day(now()),
            "alone": told.alone if speaker == "family" else None,
            "grade": at_most(speaker, told.alone if speaker == "family" else None, bool(source.name)),
            "came": "answered" if speaker == "family" else "partly",
            "reply": reply,
        }
    )


def _in_words(told: Told, keys: Mapping[int, str], called: Mapping[str, str]) -> str:
    about = " and ".join(called[keys[at]] for at in told.about)
    return f"{told.topic.asks}: {told.said}{f', about {about}' if about else ''}.{f' “{told.words}”' if told.words else ''}"


def _answers(
    session: Session,
    user: Any,
    case: Case,
    assessment: Assessment,
    held: Conversation,
    told: Told,
    keys: Mapping[int, str],
) -> None:
    """What was said, at each row of each person it is about."""
    checklist = read_folder()
    wanted = {keys[at] for at in told.about}
    for name, values in told.topic.rows.items():
        if told.said not in values:
            continue
        criterion, value = checklist.criteria[name], values["yes" if told.said == "yes" else "no"]
        note = f"{told.topic.asks}: {told.said}.{f' “{told.words}”' if told.words else ''}"
        for subject in subject_keys(criterion, household_of(case), today()):
            if told.topic.about == "adult" and subject not in wanted:
                continue
            kept = {
                "value": list(value) if isinstance(value, tuple) else value,
                "grade": grade_in(held, criterion).value,
                **{f"source_{part}": getattr(held.source, part) for part in ("name", "role", "agency", "code")},
                "on": held.on,
                "conversation": held.key,
                "note": note,
            }
            answers.add_answer(session, user, case, assessment, criterion, subject, answers.seen_mark([]), kept)


# ---- places known already


def known_place(user: Any, typed: str, postcode: str) -> Unit | None:
    """The newest unit with the very address that was typed, of the cases this person may see."""
    if not folded(typed):
        return None
    query = select(Unit).join(Assessment, Assessment.unit_id == Unit.id).where(cases.seen_by(user, Assessment.case_id))
    found = db.session.scalars(
        query.where(Unit.postcode == postcode).order_by(Unit.created_at.desc(), Unit.id).limit(MOST_KNOWN)
    )
    return next((unit for unit in found if folded(as_written(unit)) == folded(typed)), None)


def as_written(unit: Unit) -> str:
    """A unit's address as it is offered, and typed."""
    apart = unit.postcode and unit.postcode.casefold() not in unit.address.casefold()
    return f"{unit.address}, {unit.postcode}" if apart else unit.address


def follows_from_sharing(shares: Sequence[str] | None) -> dict[str, bool]:
    """What is so of a place where this is shared with another household: two questions that need not be asked again."""
    follows = {"shared_building": True} if shares else {}
    return follows | ({"self_contained": False} if {"toilet", "washing", "cooking"} & set(shares or ()) else {})


def of_the_building(unit: Unit) -> dict[str, Any]:
    """What of a known unit is so whoever lives there."""
    return {name: getattr(unit, name) for name in OF_THE_BUILDING}
