"""What others were asked and have not answered, and what letters and notices have their days. Silence is never clearance."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import Select, exists, select

from app.assessments.models import DRAFT, SUBMITTED, Assessment
from app.cases.models import CaseConversation
from app.checklists import read_folder
from app.clocks import in_words
from app.letters import due
from app.letters.models import Letter, LetterStep
from app.letters.words import words as letter_words
from app.suitability.casefile.values import in_sentence
from app.work.ordering import Row

from .asker import Asker
from .dates import step_reached

_NOT_ANSWERED = ("asked", "partly", "silent")


def _agencies(asker: Asker) -> Select[*tuple[Any, ...]]:
    open_one = (
        select(Assessment.id)
        .where(Assessment.case_id == CaseConversation.case_id, Assessment.state.in_((DRAFT, SUBMITTED)))
        .order_by(Assessment.created_at.desc())
        .limit(1)
        .correlate(CaseConversation)
        .scalar_subquery()
    )
    c = CaseConversation
    return (
        select(c.case_id, c.speaker, c.who, c.source_name, c.source_agency, c.came, c.on, c.due, c.due_at, c.question, open_one)
        .where(asker.sees(c.case_id), c.case_id.in_(asker.held), c.speaker.in_(("agency", "provider")))
        .order_by(c.case_id, c.place)
    )  # fmt: skip


def agencies(asker: Asker) -> Iterator[Row]:
    """What an agency, or a provider, was asked by a day and has not answered; one query. What was answered since counts for it."""
    last = {(row.case_id, row.speaker, row.who or row.source_name): row for row in asker.rows(_agencies)}
    for row in last.values():
        if row.due is not None and row.came in _NOT_ANSWERED:
            yield _of_agency(asker, row)


def _of_agency(asker: Asker, row: Any) -> Row:
    known = read_folder().agencies.get(row.who or "")
    name = known.name if known is not None else row.source_agency or row.source_name or "The provider"
    assessment_id, speaker = row[-1], row.who if row.speaker == "agency" else "provider"
    args = {"case_id": row.case_id}
    on_sheet = assessment_id is not None and speaker
    if on_sheet:
        args |= {"assessment_id": assessment_id, "speaker": speaker}
    asked = f"Asked on {in_words(row.on)}." if row.on else ""
    step = step_reached(row.due, asker.on, row.due_at) if row.speaker == "agency" else ""
    return _owed(
        asker, row.case_id, name, row.due, row.due_at, " ".join(part for part in (asked, row.question, step) if part),
        ("conversations.sheet" if on_sheet else "cases.show", args, "Ring: the call sheet" if on_sheet else "See the case"),
    )  # fmt: skip


def _owed(
    asker: Asker, case_id: str, name: str, by: date | None, at: str, said: str, to: tuple[str, dict[str, Any], str]
) -> Row:
    """Until its day it waits for them; from its day on somebody here rings."""
    is_due = by is None or by <= asker.on
    endpoint, args, link = to
    return Row(
        kind="agency" if is_due else "asked", case_id=case_id, section="due" if is_due else "others",
        what=f"{name}: no answer yet", said=said, due=by, at=at, endpoint=endpoint, args=args, link=link,
    )  # fmt: skip


def _requests(asker: Asker) -> Select[*tuple[Any, ...]]:
    answered = exists().where(LetterStep.letter_id == Letter.id, LetterStep.how == "answered")
    return (
        select(Letter.id, Letter.case_id, Letter.to_name, Letter.by_when, Letter.made_at)
        .where(asker.sees(Letter.case_id), Letter.case_id.in_(asker.held))
        .where(Letter.by_when.is_not(None), Letter.cancelled_at.is_(None), ~answered)
    )


def requests(asker: Asker) -> Iterator[Row]:
    """Letters that ask something by a day, and to which nothing came back; one query."""
    for row in asker.rows(_requests):
        to = ("letters.show", {"case_id": row.case_id, "letter_id": row.id}, "Open the letter")
        yield _owed(asker, row.case_id, row.to_name, row.by_when, "", "Asked by letter.", to)


def notices(asker: Asker) -> Iterator[Row]:
    """Notices to be sent within a week, or not sent by their day; eight queries."""
    for case_id, one in due.of_cases(asker.held, asker.on, asker.soon):
        yield Row(
            kind="notice", case_id=case_id, what=f"A notice is to be sent: {in_sentence(one.to)}", said=one.said, due=one.by,
            endpoint="letters.listed", args={"case_id": case_id}, link="Open its letters",
        )  # fmt: skip


def _to_let_go(asker: Asker) -> Select[*tuple[Any, ...]]:
    return select(Letter.id, Letter.case_id, Letter.kind, Letter.to_name, Letter.made_by, Letter.made_by_name, Letter.made_at).where(
        asker.sees(Letter.case_id), Letter.protected.is_(True), Letter.released_at.is_(None), Letter.cancelled_at.is_(None)
    )  # fmt: skip


def to_let_go(asker: Asker) -> Iterator[Row]:
    """Letters of families that somebody could come after: a second person lets them go; one query."""
    for row in asker.rows(_to_let_go):
        kind = letter_words().kinds.get(row.kind)
        said = f"{kind.name if kind is not None else 'Letter'}, to {row.to_name}. Made by {row.made_by_name}."
        args = {"case_id": row.case_id, "letter_id": row.id}
        if asker.is_second and row.made_by != asker.user.id:
            yield Row(
                kind="let_go", case_id=row.case_id, what="A letter waits for a second person before it leaves", said=said,
                since=row.made_at, endpoint="letters.show", args=args, link="Read and let go",
            )  # fmt: skip
        elif row.case_id in asker.held:
            yield Row(
                kind="letter_waits", case_id=row.case_id, section="others", what="A letter waits for a second person", said=said,
                since=row.made_at, endpoint="letters.show", args=args, link="See it",
            )  # fmt: skip
