"""Writing a conversation down: who told or showed it, once, and every answer given in it. One transaction, however many answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from app.assessments import answers
from app.assessments.models import Assessment, SavedAnswer
from app.assessments.service import AssessmentProblem, lock_draft
from app.audit import service as audit
from app.cases.household import CONVERSATION, next_place
from app.cases.models import Case, CaseConversation
from app.database import now, writing
from app.suitability.advice.sheets import PROVIDER, grade_in
from app.suitability.casefile.answers import UNKNOWN
from app.suitability.casefile.codes import Grade
from app.suitability.casefile.conversations import Conversation
from app.suitability.checklist.criterion import Criterion

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
        stored = _stored(session, user, case, assessment, held)
        recorded = answers.recorded(case.id, assessment.unit_id)
        refused = {}
        for each in said:
            row = answers.of_row(recorded, each.criterion.id, each.subject)
            try:
                _answer(session, user, case, assessment, CONVERSATION.plain(stored), each, row)
            except answers.StaleAnswer:
                refused[each.criterion.id, each.subject] = ANSWERED_SINCE
            except AssessmentProblem as problem:
                refused[each.criterion.id, each.subject] = str(problem)
        return refused


def of_case(case: Case, key: str) -> CaseConversation | None:
    return next((c for c in case.conversations if c.key == key), None)


def _stored(session: Session, user: Any, case: Case, assessment: Assessment, held: Conversation) -> CaseConversation:
    if held.speaker == "family" and held.who not in {m.key for m in case.members}:
        raise AssessmentProblem(TAKEN_OUT)
    there = of_case(case, held.key)
    if there is None:
        place = next_place(case.conversations)
        of_the_place = held.speaker in ("provider", "seen") or held.source.code == PROVIDER
        about = assessment.unit_id if of_the_place else None
        there = CONVERSATION.row(held, place=place, recorded_by=user.id, unit_id=about)
        case.conversations.append(there)
        session.flush()
        audit.record(
            session, "conversation.held", "conversation", there.id, case.id, {"speaker": held.speaker}, actor=user
        )
        return there
    if there.recorded_by != user.id or _whom(CONVERSATION.plain(there)) != _whom(held):
        raise AssessmentProblem(OTHER_PERSON.format(name=there.source_name or "somebody else"), "name")
    columns = CONVERSATION.columns(dict(held))
    changed = [name for name in _OPEN if getattr(there, name) != columns[name]]
    for name in changed:
        setattr(there, name, columns[name])
    if changed:
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
    case: Case,
    assessment: Assessment,
    held: Conversation,
    said: Said,
    row: Sequence[SavedAnswer],
) -> None:
    """What was chosen for one row, of which ``row`` was recorded before."""
    standing = answers.standing(row)
    # What stands of it from the same conversation: another choice puts that right.
    mine = next((a for a in reversed(standing) if a.conversation == held.key), None)
    if mine is None and said.value is None:
        return  # never chosen: not asked
    born = _born_after(case, said.subject, held.on)
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
            return  # the same sheet sent twice
        if mine in answers.correctable(user, row, now()):
            values |= {"corrects": mine.id, "slip": said.words.get("slip", "")}
        seen = answers.seen_mark(standing)
    answers.add_answer(session, user, case, assessment, said.criterion, said.subject, seen, values)


def _born_after(case: Case, subject: str, day: date | None) -> str:
    return next((m.name for m in case.members if m.key == subject and m.born and day and m.born > day), "")
