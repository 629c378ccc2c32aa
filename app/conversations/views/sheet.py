"""The sheet of a conversation: everything this speaker can answer, on one page, saved under one source."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, request, url_for
from flask_login import current_user

from app import clocks
from app.accounts.policy import permission
from app.assessments import answers, judging
from app.assessments.models import SavedAnswer
from app.assessments.service import AssessmentProblem
from app.assessments.views.of_case import assessment_of_case
from app.clocks import today
from app.conversations import service
from app.conversations.service import Said
from app.database import new_id, now
from app.decisions import record_contents
from app.settings import current_settings
from app.suitability.advice.sheets import FAMILY, OFFICER, PROVIDER, Line, at_most, counts_once, lines, words_for
from app.suitability.casefile import wording
from app.suitability.casefile.answers import Source
from app.suitability.casefile.conversations import Conversation, Speaker
from app.suitability.checklist.checklist import Checklist
from app.suitability.checklist.criterion import Criterion
from app.suitability.reading.case_file import subjects_of
from app.web.page import Page, shown
from forms.answers import value_in_words
from forms.sheets import Asked, SheetForm, sheet_form

pages = Blueprint("conversations", __name__)
_KEY = re.compile(r"[0-9a-f]{32}")
_POSTED = re.compile(r"([A-Z]{2}[0-9]{2})-([A-Za-z0-9][A-Za-z0-9_-]{0,39})(?:\..*)?")


@pages.route("/cases/<id:case_id>/assessments/<id:assessment_id>/sheets/<key:speaker>", methods=["GET", "POST"])
@permission("answer.save")
def sheet(case_id: str, assessment_id: str, speaker: str) -> Page:
    """What one speaker can answer, about everybody at once; nothing chosen is not asked."""
    assessment = assessment_of_case(assessment_id)
    try:
        judged = judging.judge(assessment, today(), current_settings().council_authority)
    except judging.NotReady:
        return redirect(url_for("cases.show", case_id=case_id))
    checklist, names = judged.checklist, record_contents.subject_names(judged.file.household)
    member = next((m for m in assessment.case.members if m.key == speaker and m.kind != "unborn"), None)
    # What was typed of somebody who was taken out meanwhile is answered with a sentence, and is still there.
    taken_out = request.method == "POST" and speaker not in checklist.agencies
    code = FAMILY if member or taken_out else speaker
    if code not in checklist.agencies or (code == FAMILY and not (member or taken_out)):
        abort(404)
    asked = lines(checklist, judged.result, code)
    rows = _rows(checklist, judged, asked, names, code)
    person = member.name if member else current_user.name if code == OFFICER else ""
    begun = {"key": new_id(), "person": person, "on": today()} if request.method == "GET" else {}
    form = sheet_form(rows, person_needed=code != OFFICER)(data=begun)
    if request.method == "GET":
        _mark(form, judged)
    elif form.validate():
        wanted = [row for row in rows if any(line.is_open and line.criterion == row.criterion.id for line in asked)]
        put = {line.criterion: line.words for line in _whole(checklist, asked, rows, code)}
        if _record(form, checklist, assessment_id, speaker, code, wanted, put):
            flash(f"Saved {clocks.time_of_day(now())}.", "success")
            return redirect(url_for("assessments.result", case_id=case_id, assessment_id=assessment_id))
        judged = judging.judge(assessment_of_case(assessment_id), today(), current_settings().council_authority)
        _mark(form, judged)  # what is refused because of somebody else’s answer is chosen again beside that answer
    return shown(
        "conversations/sheet.html",
        form,
        case=g.case,
        assessment=assessment,
        agency=checklist.agencies[code],
        asks_exactly=_kind(code) == "agency",
        title=_title(code, form.person.data or "", checklist, assessment.unit.address),
        lines=[
            _line(line, rows, judged, code, form.person.data or "") for line in _whole(checklist, asked, rows, code)
        ],
        counts_as=wording.GRADE_CHOSEN[at_most(_kind(code), None, True)],
        gaps=_gaps(asked, rows, form),
    )


def _kind(code: str) -> Speaker:
    kinds: dict[str, Speaker] = {FAMILY: "family", PROVIDER: "provider", OFFICER: "seen"}
    return kinds.get(code, "agency")


def _title(code: str, name: str, checklist: Checklist, address: str) -> str:
    if code == OFFICER:
        return f"What you saw and know: {address}"
    if code == PROVIDER:
        return f"Ring the provider: {address}"
    return f"Talk with {name or 'the family'}" if code == FAMILY else f"Ring {checklist.agencies[code].name}"


def _rows(
    checklist: Checklist, judged: judging.Judged, asked: tuple[Line, ...], names: dict[str, str], code: str
) -> list[Asked]:
    """The rows of the sheet, and those that came with what was sent: another answer may have taken one off the sheet meanwhile."""
    people = {m.key for m in (*judged.file.household.members, *judged.file.household.children())}
    called = {key: name for key, name in names.items() if key in people}

    def row_of(criterion: Criterion, subject: str) -> Asked:
        return Asked(criterion, subject, called.get(subject, ""), words_for(criterion, code))

    rows = [row_of(checklist.criteria[line.criterion], subject) for line in asked for subject in line.subjects]
    subjects = subjects_of(judged.file.household, judged.file.on)
    there = {row.name for row in rows}
    for name in request.form:
        posted = _POSTED.fullmatch(name)
        criterion = checklist.criteria.get(posted[1]) if posted else None
        if posted is None or criterion is None or criterion.computed is not None:
            continue
        row = row_of(criterion, posted[2])
        if row.name not in there and row.subject in subjects[criterion.subject]:
            there.add(row.name)
            rows.append(row)
    return rows


def _whole(checklist: Checklist, asked: tuple[Line, ...], rows: list[Asked], code: str) -> list[Line]:
    """The lines of the sheet, and one for what only came with what was sent."""
    listed = {line.criterion: line for line in asked}
    for row in rows:
        if row.criterion.id not in listed:
            mine = tuple(r.subject for r in rows if r.criterion is row.criterion)
            listed[row.criterion.id] = Line(
                criterion=row.criterion.id, words=words_for(row.criterion, code), subjects=mine, before_keys=False, is_open=False, counts_once=(),
            )  # fmt: skip
    return list(listed.values())


def _mark(form: SheetForm, judged: judging.Judged) -> None:
    """What each row showed when the sheet was opened."""
    for row in form.rows:
        form[f"{row.name}.seen"].data = answers.seen_mark(answers.of_row(judged.answers, row.criterion.id, row.subject))


def _record(
    form: SheetForm,
    checklist: Checklist,
    assessment_id: str,
    speaker: str,
    code: str,
    wanted: list[Asked],
    put: dict[str, str],
) -> bool:
    """Save what was chosen. Where something could not be saved, a sentence stands beside it; everything else is saved.

    Args:
        put: by criterion, the sentence that stood on the page.
    """
    kind = _kind(code)
    name = form.person.data or ""
    agency = checklist.agencies[code].name if kind == "agency" else ""
    grade = at_most(kind, None, bool(name))
    held = Conversation.model_validate(
        {
            "key": form.key.data if _KEY.fullmatch(form.key.data or "") else new_id(),
            "speaker": kind,
            "who": {"family": speaker, "agency": code}.get(kind),
            "source": Source(
                name=name, role=form.role.data or "", agency=agency, code=code if kind == "agency" else None
            ),
            "how": form.how.data,
            "on": form.on.data,
            "grade": grade,
            "came": form.came_of(wanted),
            "question": checklist.agencies[code].question
            if kind == "agency"
            else form.put(put)
            if kind == "family"
            else "",
            "ground": checklist.agencies[code].ground[:200] if kind == "agency" else "",
            "answered_on": form.on.data if form.came.data in ("answered", "refused") else None,
        }
    )
    said = [
        Said(row.criterion, row.subject, form.value_of(row), form[f"{row.name}.seen"].data or "", form.words_of(row))
        for row in form.rows
    ]
    try:
        refused = service.record(current_user, assessment_id, held, said)
    except AssessmentProblem as problem:
        form.refuse({"name": "person"}.get(problem.field, problem.field), str(problem))
        return False
    for (criterion, subject), why in refused.items():
        field = f"{criterion}-{subject}"
        counted = checklist.criteria[criterion].answer == "counts"
        at = f"{field}.{next(iter(checklist.criteria[criterion].counts))}" if counted else field
        form[at].errors = [*form[at].errors, why]
    return not refused


def _line(line: Line, rows: list[Asked], judged: judging.Judged, code: str, person: str) -> dict[str, Any]:
    """A line as the page shows it. On a sheet of the family stands only what that person said before: they may see the screen."""
    criterion = judged.checklist.criteria[line.criterion]
    mine = [row for row in rows if row.criterion is criterion]
    once = counts_once(criterion, code)
    return {
        **line._asdict(),
        "name": criterion.name,
        "each": [
            {
                "row": row,
                "about": row.about,
                "said": [
                    _said(criterion, a)
                    for a in answers.of_row(judged.answers, criterion.id, row.subject)
                    if code != FAMILY or a.source_name == person
                ],
                "worries": [o for o, option in criterion.options.items() if option.means in ("worrying", "partly")],
            }
            for row in mine
        ],
        "once": " or ".join(judged.checklist.agencies[c].name for c in once),
    }


def _said(criterion: Any, a: SavedAnswer) -> dict[str, str]:
    who = ", ".join(part for part in (a.source_name, a.source_role, a.source_agency) if part) or "Not named"
    return {"who": who, "words": value_in_words(criterion, a.value), "when": clocks.in_words(a.on) or "day not known"}


def _gaps(asked: tuple[Line, ...], rows: list[Asked], form: SheetForm) -> str:
    """How much of it is not asked yet, and what nobody moves in without."""
    on_sheet = {line.criterion for line in asked}
    left = [r for r in rows if r.criterion.id in on_sheet and form.value_of(r) is None]
    keys = {line.criterion for line in asked if line.before_keys}
    needed = sum(row.criterion.id in keys for row in left)
    return f"{len(left)} of {len(rows)} not asked; {needed} needed before keys."
