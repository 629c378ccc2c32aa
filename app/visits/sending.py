"""A visit sent from a phone: read, checked and stored once, all of it or nothing."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app import clocks
from app.assessments import answers
from app.assessments.models import Assessment, SavedAnswer
from app.assessments.service import AssessmentProblem
from app.cases.models import Case
from app.checklists import read_folder
from app.conversations import service as conversations
from app.conversations.rows import askable, of_boxes, questions_in
from app.conversations.service import Begun, Said
from app.conversations.speaking import held
from app.suitability.casefile.spelling import kept
from app.suitability.checklist.checklist import Checklist
from app.suitability.reading.case_file import subjects_of
from forms.sheets import Asked, SheetForm, sheet_form

from . import service
from .labels import labels
from .models import Visit
from .photographs import PhotographRefused, Picture, made_anew
from .taken_along import SPEAKING

_ROW = re.compile(r"([A-Z]{2}[0-9]{2}-[A-Za-z0-9][A-Za-z0-9_-]{0,39})(?:\..*)?")
NOT_OURS = ("csrf_token",)
TAKEN_OUT = "This person or place was taken out of the case since the visit began, so this cannot be saved. Take it off here, and write it down in the case."
OWN_SINCE = "You answered this at your desk since the visit began. Look at both: choose here again if what you saw stands, or take it off here."
NO_ANSWER = "Choose what the photograph shows, too: a photograph is kept with an answer."
TOO_MANY = f"A visit takes up to {service.MOST_PHOTOGRAPHS} photographs. Take some off."
WORDS_ALONE = "Choose what you saw, too: words are kept with an answer."
NOTHING = "Nothing is chosen. Choose what you saw, or give the visit up."


class Refused(Exception):
    """Nothing of it is stored: a sentence for each box, by its name, and what the page has to show as seen from now on."""

    def __init__(self, problems: Mapping[str, str], seen: Mapping[str, str] = {}) -> None:
        super().__init__()
        self.problems, self.seen = problems, seen


class Parcel(NamedTuple):
    """What was sent: the boxes, the photographs by their row, and the digest by which the same is known again."""

    boxes: MultiDict[str, str]
    files: Sequence[tuple[str, bytes]]
    sha256: str


def parcel(boxes: MultiDict[str, str], files: Sequence[tuple[str, bytes]]) -> Parcel:
    """What was sent, in an order of its own."""
    said = sorted([name, value] for name, value in boxes.items(multi=True) if name not in NOT_OURS)
    seen = sorted([name, hashlib.sha256(content).hexdigest()] for name, content in files)
    return Parcel(boxes, files, hashlib.sha256(json.dumps([said, seen]).encode()).hexdigest())


def pictures(sent: Parcel) -> list[tuple[str, Picture]]:
    """The photographs made anew, each with its row; before anything is locked, for it takes a moment.

    Raises:
        Refused: one is no photograph, or there are too many.
    """
    if len(sent.files) > service.MOST_PHOTOGRAPHS:
        raise Refused({sent.files[-1][0]: TOO_MANY})
    found, problems = [], {}
    for name, content in sent.files:
        try:
            found.append((name.removesuffix(".photo"), made_anew(content)))
        except PhotographRefused as problem:
            problems[name] = str(problem)
    if problems:
        raise Refused(problems)
    return found


def store(
    session: Session,
    user: Any,
    taken: tuple[Case, Assessment, Visit],
    sent: Parcel,
    made: Sequence[tuple[str, Picture]],
) -> None:
    """Write down a visit in the caller’s transaction, of a case that is locked.

    The key of its conversation is the visit’s own, so that it is one conversation however often it is sent.

    Raises:
        Refused: something of it cannot be stored; the caller stores nothing then.
    """
    case, assessment, visit = taken
    checklist = read_folder()
    of = conversations.begun(session, case, assessment, visit.id, questions_in(sent.boxes, checklist))
    form = _form(of, checklist, sent)
    form.key.data, form.person.data, form.came.data = visit.id, user.name, "answered"
    _check(form, sent, made)
    going_on = held(form, SPEAKING, checklist, form.rows)
    if sent.boxes.get("left", "0") != "0":
        going_on = going_on.model_copy(update={"came": "partly"})
    said = [_said(of, form, row, user, visit.begun_at) for row in form.rows]
    if any(isinstance(each, str) for each in said):
        wrong = {row.name: each for row, each in zip(form.rows, said, strict=True) if isinstance(each, str)}
        raise Refused(wrong, {f"{row.name}.seen": _mark(of, row) for row in form.rows if row.name in wrong})
    try:
        refused = conversations.write_down(session, user, of, going_on, [s for s in said if isinstance(s, Said)])
    except AssessmentProblem as problem:
        raise Refused({problem.field or "key": str(problem)}) from None
    if refused:
        raise Refused(
            {f"{criterion}-{subject}": _without_names(of, why) for (criterion, subject), why in refused.items()}
        )
    for row, picture in made:
        criterion, _, subject = row.partition("-")
        mine = [a for a in answers.of_row(of.recorded, criterion, subject) if a.conversation == visit.id]
        service.keep(session, user, mine[-1], picture, visit.id)
    service.end(session, user, visit, service.SENT, sent.sha256)


def _form(of: Begun, checklist: Checklist, sent: Parcel) -> SheetForm:
    """The boxes that were sent, each a row of the officer’s sheet."""
    unit = of.assessment.unit
    subjects = subjects_of(of.household, clocks.today(), unit.keys)
    adults, called = frozenset(m.key for m in of.household.adults()), labels(of.household, unit.keys, clocks.today())
    asked = {c: subjects[k.subject] for c, k in checklist.criteria.items() if k.computed is None}
    rows = [
        Asked(checklist.criteria[criterion], subject, called.get(subject, ""))
        for criterion, subject in of_boxes(sent.boxes, asked)
    ]
    return sheet_form([row for row in rows if askable(row, SPEAKING, adults)], person_needed=False)()


def _without_names(of: Begun, said: str) -> str:
    """A sentence for a phone: whoever it names is called there as on its sheet."""
    called = labels(of.household, (), clocks.today())
    for member in of.household.members:
        said = said.replace(member.name, called[member.key])
    return said


def _check(form: SheetForm, sent: Parcel, made: Sequence[tuple[str, Picture]]) -> None:
    """Everything that was sent has its row, every photograph its answer, and every box can be read."""
    there, chosen = {row.name for row in form.rows}, {row.name for row in form.rows if form.is_told(row)}
    problems = {}
    for name in sent.boxes:
        row = _ROW.fullmatch(name)
        if row and row[1] not in there:
            problems[row[1]] = TAKEN_OUT
    problems |= {
        row.name: WORDS_ALONE for row in form.rows if form.value_of(row) is None and any(form.words_of(row).values())
    }
    problems |= {f"{name}.photo": NO_ANSWER for name, _ in made if name not in chosen and name not in problems}
    if not form.validate():
        problems = {field.name: str(field.errors[0]) for field in form if field.errors} | problems
        if form.form_errors:
            problems["key"] = str(form.form_errors[0])
    if problems.pop("came", None) and not problems:
        problems["key"] = NOTHING
    if problems:
        raise Refused(problems)


def _said(of: Begun, form: SheetForm, row: Asked, user: Any, begun_at: datetime) -> Said | str:
    """What was chosen for a row; or why it may not be saved yet.

    What somebody else said meanwhile stands beside it, and takes nothing away: it was seen with one’s own eyes on that day. Only what
    the officer wrote down of it themselves, at a desk, since they left, would give way to it unseen.
    """
    standing = answers.standing(answers.of_row(of.recorded, row.criterion.id, row.subject))
    seen = form[f"{row.name}.seen"].data or ""
    if seen != _mark(of, row) and any(_is_own(a, user) for a in _since(standing, seen, begun_at)):
        return OWN_SINCE
    return Said(row.criterion, row.subject, form.value_of(row), _mark(of, row), form.words_of(row))


def _mark(of: Begun, row: Asked) -> str:
    return answers.seen_mark(answers.standing(answers.of_row(of.recorded, row.criterion.id, row.subject)))


def _since(standing: Sequence[SavedAnswer], seen: str, begun_at: datetime) -> Sequence[SavedAnswer]:
    """What came after the answers that a page showed.

    Where those are not among them, as in a fresh assessment, which has each answer once more with the moment it was written down:
    what was written down since the visit began.
    """
    last = seen.partition(":")[2]
    ids = [a.id for a in standing]
    return standing[ids.index(last) + 1 :] if last in ids else [a for a in standing if a.recorded_at > begun_at]


def _is_own(a: SavedAnswer, user: Any) -> bool:
    return a.recorded_by == user.id and kept(a.source_name) == kept(user.name)
