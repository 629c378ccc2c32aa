"""Writing a conversation down: who told or showed it, once, and every answer given in it. One transaction, however many answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.assessments import answers
from app.assessments.models import Assessment, SavedAnswer
from app.assessments.service import AssessmentProblem, lock_draft
from app.audit import service as audit
from app.cases.household import CONVERSATION, people
from app.cases.models import Case, CaseConversation, CaseMember
from app.database import now, writing
from app.suitability.advice.sheets import PROVIDER, grade_in
from app.suitability.casefile.answers import UNKNOWN
from app.suitability.casefile.codes import Grade
from app.suitability.casefile.conversations import Conversation
from app.suitability.casefile.household import Household
from app.suitability.checklist.criterion import Criterion
from app.together import Rows, Together

Row = tuple[str, str]  # a criterion and its subject
# What may change while it is going on, and after: how it ended. With whom it was is what its answers rest on.
_OPEN = ("came", "due", "due_at", "answered_on", "reply", "question", "ground", "source_role")
OTHER_PERSON = (
    "Answers were written down in this conversation with {name}. For somebody else open a sheet of their own."
)
TAKEN_OUT = (
    "They were taken out of the household since you opened this sheet. Nothing was saved; what you chose is still here."
)
ANSWERED_SINCE = (
    "Somebody answered this since you opened the sheet. Their answer is shown beside it; choose again if yours stands."
)


class Said(NamedTuple):
    """What was chosen for one row, with its words; ``value`` as the case file has it."""

    criterion: Criterion
    subject: str
    value: Any
    seen: str = ""
    words: Mapping[str, str] = {}  # note, why, so_what, reason, slip


def record(user: Any, assessment_id: str, held: Conversation, said: Sequence[Said]) -> dict[Row, str]:
    """Write down a conversation and what was said in it. Sent again, nothing is written twice.

    Args:
        held: with the key that its page was given; its source, day and grade are those of the first time it was sent.
    Returns:
        for each row that could not be saved, why not, in a sentence; every other row is saved.
    Raises:
        AssessmentProblem: the assessment is closed, the speaker is not of the household any more, or somebody else speaks.
    """
    with writing() as session:
        case, assessment = lock_draft(session, assessment_id, None, or_submitted=True)
        return write_down(
            session, user, begun(session, case, assessment, held.key, {each.criterion.id for each in said}), held, said
        )


class Begun(NamedTuple):
    """A case that is taken for what is said in a conversation, and what of it that rests on."""

    case: Case
    assessment: Assessment
    household: Household  # who they are, and nothing else
    there: Any  # the conversation as it is stored, where something was written down in it before
    recorded: list[SavedAnswer]  # of the questions that are answered; oldest first


_WANTED = Together(
    members=Rows(CaseMember, (CaseMember.case_id == bindparam("case_id")) & CaseMember.left_on.is_(None), "place"),
    conversations=Rows(
        CaseConversation,
        (CaseConversation.case_id == bindparam("case_id")) & (CaseConversation.key == bindparam("key")),
        "place",
    ),
    answers=Rows(
        SavedAnswer,
        (SavedAnswer.case_id == bindparam("case_id"))
        & (SavedAnswer.unit_id.is_(None) | (SavedAnswer.unit_id == bindparam("unit_id")))
        & SavedAnswer.criterion.in_(bindparam("criteria", expanding=True)),
        "recorded_at",
    ),
)


def begun(session: Session, case: Case, assessment: Assessment, key: str, criteria: Iterable[str]) -> Begun:
    """What is written down in a conversation rests on, in one query, of a case that is locked.

    Args:
        key: of the conversation; criteria: the questions that are answered.
    """
    found = _WANTED.plain(session, case_id=case.id, unit_id=assessment.unit_id, key=key, criteria=sorted(set(criteria)))
    recorded = sorted(found["answers"], key=lambda a: (a.recorded_at, a.id))
    household = people(case.reference, found["members"])
    return Begun(case, assessment, household, next(iter(found["conversations"]), None), recorded)


def write_down(session: Session, user: Any, of: Begun, held: Conversation, said: Sequence[Said]) -> dict[Row, str]:
    """The same in the caller’s transaction; see :func:`record`."""
    stored = _stored(session, user, of, held)
    going_on, recorded = CONVERSATION.plain(stored), of.recorded
    refused = {}
    for each in said:
        row = answers.of_row(recorded, each.criterion.id, each.subject)
        try:
            recorded += _answer(session, user, of, going_on, each, row)
        except answers.StaleAnswer:
            refused[each.criterion.id, each.subject] = ANSWERED_SINCE
        except AssessmentProblem as problem:
            refused[each.criterion.id, each.subject] = str(problem)
    return refused


def of_case(case: Case, key: str) -> CaseConversation | None:
    return next((c for c in case.conversations if c.key == key), None)


_LAST = select(func.max(CaseConversation.place)).where(CaseConversation.case_id == bindparam("case_id"))


def _stored(session: Session, user: Any, of: Begun, held: Conversation) -> Any:
    case, assessment, household, there, _ = of
    if held.speaker == "family" and held.who not in {m.key for m in household.members}:
        raise AssessmentProblem(TAKEN_OUT)
    if there is None:
        with session.no_autoflush:
            last = session.scalar(_LAST, {"case_id": case.id})
        of_the_place = held.speaker in ("provider", "seen") or held.source.code == PROVIDER
        about = assessment.unit_id if of_the_place else None
        place = 0 if last is None else last + 1
        there = CONVERSATION.row(held, case_id=case.id, place=place, recorded_by=user.id, unit_id=about)
        session.add(there)
        session.flush()
        audit.record(
            session, "conversation.held", "conversation", there.id, case.id, {"speaker": held.speaker}, actor=user
        )
        return there
    if there.recorded_by != user.id or _whom(CONVERSATION.plain(there)) != _whom(held):
        raise AssessmentProblem(OTHER_PERSON.format(name=there.source_name or "somebody else"), "name")
    columns = CONVERSATION.columns(dict(held))
    changed = [name for name in _OPEN if getattr(there, name) != columns[name]]
    if changed:
        there = session.get_one(CaseConversation, there.id)
        for name in changed:
            setattr(there, name, columns[name])
        audit.record(
            session, "conversation.changed", "conversation", there.id, case.id, {"fields": changed}, actor=user
        )
    return there


def _whom(c: Conversation) -> tuple[Any, ...]:
    """With whom it is. What they do there may be written down, or put right, while it is going on: they are the same person."""
    return (c.speaker, c.who, c.source.model_copy(update={"role": ""}), c.how, c.on, c.alone, c.grade)


def _answer(
    session: Session,
    user: Any,
    of: Begun,
    held: Conversation,
    said: Said,
    row: Sequence[SavedAnswer],
) -> list[SavedAnswer]:
    """What was chosen for one row, of which ``row`` was recorded before; nothing where it was saved already, or never chosen."""
    standing = answers.standing(row)
    # What stands of it from the same conversation: another choice puts that right.
    mine = next((a for a in reversed(standing) if a.conversation == held.key), None)
    if mine is None and said.value is None:
        return []  # never chosen: not asked
    case = of.case
    born = _born_after(of.household, said.subject, held.on)
    if born:
        raise AssessmentProblem(f"{born} was not born on that day: see when the conversation was.")
    grade = Grade.E0 if said.value is None else grade_in(held, said.criterion)
    values: dict[str, Any] = {
        "value": UNKNOWN if said.value is None else said.value,
        "grade": grade.value,
        **{f"source_{name}": getattr(held.source, name) for name in ("name", "role", "agency", "code")},
        "on": held.on,
        "conversation": held.key,
        **{name: said.words.get(name, "") for name in ("note", "why", "so_what", "reason")},
    }
    seen = said.seen
    if mine is not None:
        values["source_role"] = mine.source_role  # as it was when they said it first
        if all(getattr(mine, name) == value for name, value in values.items()):
            return []  # the same sheet sent twice
        if mine in answers.correctable(user, row, now()):
            values |= {"corrects": mine.id, "slip": said.words.get("slip", "")}
        seen = answers.seen_mark(standing)
    return [
        answers.add_answer(
            session, user, case, of.assessment, said.criterion, said.subject, seen, values, row, of.household
        )
    ]


def _born_after(household: Household, subject: str, day: date | None) -> str:
    return next((m.name for m in household.members if m.key == subject and m.born and day and m.born > day), "")
