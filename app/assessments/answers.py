"""Answers to questions: recording one, what stands beside it, and correcting a slip of one's own within the hour."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.audit import service as audit
from app.cases.household import household_of
from app.cases.models import Case
from app.checklists import read_folder
from app.clocks import today
from app.database import now, store, writing
from app.extensions import db
from app.suitability.casefile.answers import Answer, Source
from app.suitability.casefile.codes import Grade
from app.suitability.casefile.household import Household
from app.suitability.casefile.spelling import kept
from app.suitability.checklist.answer_value import value_problem
from app.suitability.checklist.criterion import Criterion
from app.suitability.judgement.concern import rank_of_concern, weakens
from app.suitability.reading.case_file import subject_keys

from .models import Assessment, SavedAnswer
from .service import AssessmentProblem, lock_draft

# How long a slip of one's own can be put right as a slip. Source: rulings.md, amendment 21.
CORRECTED_WITHIN = timedelta(hours=1)


class StaleAnswer(Exception):
    """Somebody recorded an answer to this question since the page was opened; nothing was written."""


class NeedsReason(AssessmentProblem):
    """A correction makes less of what was entered first, and does not say why it was a slip."""


class Correction(NamedTuple):
    """What was entered first, what stands in its place, and who put it right."""

    was: SavedAnswer
    now: SavedAnswer
    by: str
    milder: bool  # what was entered first weighs more than what stands


def saved_answers(case_id: str, unit_id: str) -> Sequence[SavedAnswer]:
    """Answers about the household, and about this unit; oldest first. What was corrected is no answer."""
    return standing(recorded(case_id, unit_id))


_OF_CASE = (
    select(SavedAnswer)
    .where(SavedAnswer.case_id == bindparam("case_id"))
    .order_by(SavedAnswer.recorded_at, SavedAnswer.id)
)
_OF_PLACE = _OF_CASE.where(or_(SavedAnswer.unit_id.is_(None), SavedAnswer.unit_id == bindparam("unit_id")))
_OF_QUESTION = _OF_PLACE.where(SavedAnswer.criterion == bindparam("criterion"))


def recorded(case_id: str, unit_id: str, criterion: str | None = None) -> Sequence[SavedAnswer]:
    """The same, and what was corrected.

    Args:
        criterion: of this question only, where no other is looked at.
    """
    asked = {"case_id": case_id, "unit_id": unit_id}
    if criterion is None:
        return db.session.scalars(_OF_PLACE, asked).all()
    return db.session.scalars(_OF_QUESTION, {**asked, "criterion": criterion}).all()


def of_whole_case(case_id: str) -> Sequence[SavedAnswer]:
    """The same of every place that was asked about in a case."""
    return db.session.scalars(_OF_CASE, {"case_id": case_id}).all()


def of_place(everything: Iterable[SavedAnswer], unit_id: str) -> list[SavedAnswer]:
    """Of a whole case, what is about the household or this unit."""
    return [a for a in everything if a.unit_id in (None, unit_id)]


def told_of_other_places(everything: Iterable[SavedAnswer], unit_id: str) -> Sequence[SavedAnswer]:
    """What was answered about people when another place of this case was asked about, and not taken back; oldest first.

    Args:
        everything: what is recorded of the whole case.
    """
    found = [a for a in everything if a.unit_id not in (None, unit_id)]
    about_people = {c.id for c in read_folder().criteria.values() if c.subject != "unit"} if found else ()
    taken_back = {id_ for a in found for id_ in a.supersedes}
    return [a for a in standing(found) if a.criterion in about_people and a.id not in taken_back]


def standing(answers: Sequence[SavedAnswer]) -> list[SavedAnswer]:
    """Without those that were put right within the hour."""
    slips = {a.corrects for a in answers if a.corrects}
    return [a for a in answers if a.id not in slips]


def of_row(answers: Sequence[SavedAnswer], criterion: str, subject: str) -> list[SavedAnswer]:
    return [a for a in answers if a.criterion == criterion and a.subject == subject]


def seen_mark(row: Sequence[SavedAnswer]) -> str:
    """What a page saw of a question: the answers it showed."""
    return f"{len(row)}:{row[-1].id if row else ''}"


def source_of(a: SavedAnswer) -> Source:
    return Source(name=a.source_name, role=a.source_role, agency=a.source_agency, code=a.source_code)


def plain_answer(a: SavedAnswer) -> Answer:
    """An answer as the heart reads it."""
    value = tuple(a.value) if isinstance(a.value, list) else a.value
    return Answer(
        criterion=a.criterion,
        subject=a.subject,
        value=value,
        grade=Grade(a.grade),
        source=source_of(a),
        on=a.on,
        note=a.note,
        why=a.why,
        so_what=a.so_what,
        id=a.id,
        conversation=a.conversation,
        supersedes=tuple(a.supersedes),
        reason=a.reason,
    )


def save_answer(
    user: Any, assessment_id: str, criterion: Criterion, subject: str, seen: str, values: dict[str, Any]
) -> None:
    """Record one source's answer. The same source's earlier answer gives way to it; nobody else's does unless named.

    Args:
        values: what the form holds; ``corrects``, where it is there, names the person's own entry that was a slip.
    Raises:
        StaleAnswer: somebody answered this question since the page was opened.
        NeedsReason: a worry is corrected into something milder, and why is not said.
    """
    with writing() as session:
        case, assessment = lock_draft(session, assessment_id, None, or_submitted=True)
        add_answer(session, user, case, assessment, criterion, subject, seen, values)


def add_answer(
    session: Session,
    user: Any,
    case: Case,
    assessment: Assessment,
    criterion: Criterion,
    subject: str,
    seen: str,
    values: dict[str, Any],
    row: Sequence[SavedAnswer] | None = None,
    household: Household | None = None,
) -> SavedAnswer:
    """One source's answer, in the caller's transaction, of a case that is locked; see :func:`save_answer`.

    Args:
        row, household: what is recorded of this question, and who is there, where the caller read it under the same lock.
    """
    values = dict(values)
    named, corrects = set(values.pop("replaces", [])), values.pop("corrects", "") or None
    if subject not in subject_keys(criterion, household or household_of(case), today(), assessment.unit.keys):
        raise AssessmentProblem(f"{criterion.id} is not asked about this person.")
    value = tuple(values["value"]) if isinstance(values["value"], list) else values["value"]
    problem = value_problem(criterion, value)
    if problem:
        raise AssessmentProblem(problem)
    if row is None:
        row = of_row(recorded(case.id, assessment.unit_id, criterion.id), criterion.id, subject)
    before = standing(row)
    if seen_mark(before) != seen:
        raise StaleAnswer
    answer = SavedAnswer(
        case_id=case.id,
        unit_id=assessment.unit_id if criterion.scope == "placement" else None,
        criterion=criterion.id,
        subject=subject,
        recorded_by=user.id,
        corrects=corrects,
        supersedes=[],
        **values,
    )
    if corrects:
        before = [a for a in before if a.id != corrects]
        _check(session, user, criterion, answer, row)
    said_by = source_of(answer).identity(kept)
    same = [a.id for a in before if source_of(a).identity(kept) == said_by]
    answer.supersedes = list(dict.fromkeys([*same, *(a.id for a in before if a.id in named)]))
    store(session, answer)
    action = "answer.corrected" if corrects else "answer.superseded" if answer.supersedes else "answer.saved"
    detail = {"criterion": criterion.id, **({"corrects": corrects} if corrects else {})}
    audit.record(session, action, "answer", answer.id, case.id, detail, actor=user)
    return answer


# ---- a slip of the hand


def correctable(user: Any, row: Sequence[SavedAnswer], moment: datetime) -> list[SavedAnswer]:
    """Which standing answers of a question this person may still correct: their own, within the hour, before anybody else acted.

    One that a later answer took the place of is no longer theirs to put right as a slip. Source: rulings.md, amendment 21.
    """
    standing_ = standing(row)
    followed = {id_ for a in standing_ for id_ in a.supersedes}
    own = [
        a
        for a in standing_
        if a.recorded_by == user.id and a.recorded_at + CORRECTED_WITHIN >= moment and a.id not in followed
    ]
    return [a for a in own if not audit.acted_since(a.case_id, a.recorded_at, user.id)]


def _check(session: Session, user: Any, criterion: Criterion, new: SavedAnswer, row: Sequence[SavedAnswer]) -> None:
    was = next((a for a in correctable(user, row, now()) if a.id == new.corrects), None)
    if was is None:
        raise AssessmentProblem(
            "This can no longer be corrected: more than an hour has gone by, it was corrected already, or something has been done in this case since that rests on it. "
            "Save it as a new answer, which takes the place of the earlier one, and say why."
        )
    if source_of(was).identity(kept) != source_of(new).identity(kept):
        raise AssessmentProblem(
            "A correction is of what the same person said. For somebody else’s word save a new answer; it stands beside this one."
        )
    if not new.slip and any(_milder(criterion, new, slip) for slip in _slips(was, row)):
        raise NeedsReason(
            "What you entered first weighs more than this. Say why it was a slip: the safeguarding lead sees both."
        )


def _slips(last: SavedAnswer, row: Sequence[SavedAnswer]) -> Iterable[SavedAnswer]:
    """An entry and what it corrected in its turn: two small steps do not make a worry less unseen."""
    by_id = {a.id: a for a in row}
    found: SavedAnswer | None = last
    while found is not None:
        yield found
        found = by_id.get(found.corrects or "")


def _milder(criterion: Criterion, new: SavedAnswer, old: SavedAnswer) -> bool:
    """Does what was entered first weigh more: a worry that is less of one now, known less surely or longer ago, or a day moved to the better?"""
    numbers = read_folder().numbers
    before, after = plain_answer(old), plain_answer(new)
    if criterion.answer == "date" and not before.is_unknown:
        if after.is_unknown:
            return True
        later = str(after.value) > str(before.value)
        return after.value != before.value and later is (criterion.day != "to_come")
    if rank_of_concern(criterion, before, numbers) == 0:
        return False
    earlier = before.on is not None and (after.on is None or after.on < before.on)
    return weakens(criterion, after, before, numbers) or earlier or after.grade.rank < before.grade.rank


def corrections(case_id: str, unit_id: str, everything: Sequence[SavedAnswer] | None = None) -> list[Correction]:
    """Everything that was put right within the hour, for who signs and for the record; what was a worry comes first.

    Args:
        everything: what is recorded, where it was read already.
    """
    everything = recorded(case_id, unit_id) if everything is None else everything
    corrected = {a.corrects: a for a in everything if a.corrects}
    if not corrected:
        return []
    by = {a.recorded_by for a in corrected.values()}
    users = db.session.execute(select(User.id, User.name).where(User.id.in_(by)))
    names = {user.id: user.name for user in users}
    criteria = read_folder().criteria
    found = []
    for was in everything:
        last = corrected.get(was.id)
        if last is None or was.criterion not in criteria:
            continue
        while last.id in corrected:  # what stands in the end
            last = corrected[last.id]
        found.append(Correction(was, last, names[last.recorded_by], _milder(criteria[was.criterion], last, was)))
    return sorted(found, key=lambda c: (not c.milder, c.was.recorded_at))
