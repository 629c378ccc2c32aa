"""What a case says that bears on its letters: which placement, how safe it is to say where, in whose district, under which duty."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from app.assessments import service as assessments
from app.assessments.models import DECIDED, WITHDRAWN, Assessment, SavedAnswer
from app.cases import protected
from app.cases.models import Case
from app.checklists import read_folder
from app.clocks import iso_in_words, local, today
from app.decisions.models import Decision, EmergencyDecision
from app.extensions import db
from app.places.service import districts
from app.properties import locating
from app.records.models import Record
from app.records.service import contents
from app.settings import current_settings

from .models import Letter, LetterStep

DUTY = "LS01"  # the question under which duty the placement is made
WENT = ("mailed", "posted", "handed")  # the steps by which a letter leaves
_NO_DUTY = "none_named"
_FOUND_SUITABLE = ("suitable", "suitable_with_conditions")


class Safety(NamedTuple):
    """How much of the place is safe to be said to anybody, and, where that is not all of it, why, in sentences."""

    level: str
    why: tuple[str, ...]

    @property
    def protected(self) -> bool:
        return bool(self.why)


class Where(NamedTuple):
    """The district of a place: ``in``, ``out`` or ``not_known``, and its name where that is known."""

    answer: str
    name: str


def placement(case_id: str) -> Assessment | None:
    """The placement that letters are about: the newest that is still proposed or was decided.

    One that was found not suitable is no place to write of, unless they are there all the same: then what is owed is owed.
    """
    return chosen(assessments.of_case(case_id), may_be_offered)


def chosen(listed: Sequence[Assessment], may_be: Callable[[Assessment], str]) -> Assessment | None:
    """The same of placements that were read, newest first; ``may_be`` says of one whether it may be offered."""
    for found in listed:
        if found.state == WITHDRAWN:
            continue
        are_there = found.starts is not None and found.starts <= today()
        if found.state != DECIDED or are_there or may_be(found) != "no":
            return found
    return None


def may_be_offered(assessment: Assessment) -> str:
    """``yes``: found suitable, or taken for tonight by a senior officer; ``not_yet``: nobody could decide yet; ``no``: found not suitable."""
    taken = db.session.scalars(
        select(EmergencyDecision.verdict).where(EmergencyDecision.assessment_id == assessment.id)
    ).all()
    return offered(taken, db.session.scalar(select(Decision.outcome).where(Decision.assessment_id == assessment.id)))


def offered(verdicts: Sequence[str | None], outcome: str | None) -> str:
    """The same of what leads said of its emergency decisions, and of the outcome that was decided, if one was."""
    if any(verdict != "escalated" for verdict in verdicts):
        return "yes"
    if outcome is None:
        return "not_yet"
    return "yes" if outcome in _FOUND_SUITABLE else "no" if outcome == "not_suitable" else "not_yet"


def safety(case: Case, assessment: Assessment | None) -> Safety:
    """How much of where they are may be said. What nobody has established is not taken for safe. Source: safeguarding study 2026, 5."""
    why = []
    if case.domestic_abuse or "domestic_abuse" in (case.left_because or ()):
        why.append("Domestic abuse is known, now or past.")
    elif case.domestic_abuse is None:
        why.append("Nobody has established whether there is domestic abuse.")
    if "exploitation" in (case.left_because or ()):
        why.append("They left because of exploitation.")
    if case.restricted:
        why.append("The case is restricted.")
    if protected.of_case(case.id):
        why.append("Protected places are written down for this family.")
    if assessment is not None and assessment.unit.kind == "refuge":
        return Safety("route", (*why, "The place is a refuge."))
    return Safety("area" if why else "address", tuple(why))


def where(assessment: Assessment) -> Where:
    """In whose district the place is: as a person confirmed it, or as the boundary says where that is sure."""
    council, known = current_settings().council_authority, districts()
    if assessment.authority:
        code = known.now_called(assessment.authority)
        ours = code.code == known.now_called(council).code
        return Where("in" if ours else "out", code.name)
    found = known.of(locating.locate_unit(assessment.unit), council)
    if found.answer == "in":
        return Where("in", found.name)
    return Where("out" if found.answer == "out" else "not_known", found.name)


def duty(assessment: Assessment) -> tuple[str, str]:
    """Under which duty, as the newest answer says: its code, and its words; two empty texts where nobody has said."""
    of_it = (SavedAnswer.unit_id == assessment.unit_id) | SavedAnswer.unit_id.is_(None)
    newest = (
        select(SavedAnswer.value)
        .where(SavedAnswer.case_id == assessment.case_id, SavedAnswer.criterion == DUTY, of_it)
        .order_by(SavedAnswer.recorded_at.desc())
        .limit(1)
    )
    found: Any = db.session.scalar(newest)
    options = read_folder().criteria[DUTY].options
    if not isinstance(found, str) or found not in options or found == _NO_DUTY:
        return "", ""
    return found, options[found].label


def address_of(assessment: Assessment) -> str:
    """The address of the placement with its doors, as it is written."""
    unit = assessment.unit
    parts = [*(other.door for other in unit.further), unit.address, unit.postcode]
    return ", ".join(part for part in parts if part)


def made_available(assessment: Assessment) -> date | None:
    """The day on which the place was made available: that of the offer, where it was given before the first night.

    Source: Abdikadir v Ealing [2022] EWCA Civ 979.
    """
    offer = db.session.scalar(
        select(LetterStep.on)
        .join(Letter, Letter.id == LetterStep.letter_id)
        .where(Letter.assessment_id == assessment.id, Letter.kind == "offer", LetterStep.how.in_(WENT))
        .order_by(LetterStep.on)
        .limit(1)
    )
    taken = db.session.scalar(
        select(EmergencyDecision.taken_at)
        .where(EmergencyDecision.assessment_id == assessment.id)
        .order_by(EmergencyDecision.taken_at)
        .limit(1)
    )
    return available(offer, assessment.starts, taken)


def available(offered_on: date | None, starts: date | None, taken_at: datetime | None) -> date | None:
    """The first of: the day of the offer, the first night, and the day of an emergency decision, which makes the place available."""
    days = (offered_on, starts, local(taken_at).date() if taken_at else None)
    return min((day for day in days if day is not None), default=None)


def conditions_of(assessment: Assessment) -> list[str]:
    """What the decision on a placement asks for, as the record of it says; none where nobody decided."""
    record = db.session.scalar(
        select(Record).join(Decision, Decision.record_id == Record.id).where(Decision.assessment_id == assessment.id)
    )
    if record is None:
        return []
    conditions = contents(record.id).get("conditions", [])
    return [", by ".join(part for part in (c["what"], c["due"] and iso_in_words(c["due"])) if part) for c in conditions]
