"""One line of a sheet, saved as it is chosen: nothing is judged, so it costs a fraction of the sheet."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, jsonify, request
from flask_login import current_user

from app import clocks
from app.accounts.policy import permission
from app.assessments.service import AssessmentProblem
from app.assessments.views.of_case import assessment_of_case
from app.cases.household import people_of
from app.checklists import read_folder
from app.conversations import service
from app.conversations.rows import askable, of_boxes, of_household
from app.conversations.service import Said
from app.conversations.speaking import held, speaking_of
from app.database import now
from app.properties.service import names_of
from app.suitability.reading.case_file import subjects_of
from forms.sheets import SheetForm, sheet_form

from .sheet import pages


@pages.route("/cases/<id:case_id>/assessments/<id:assessment_id>/sheets/<key:speaker>/lines", methods=["POST"])
@permission("answer.save")
def save_lines(case_id: str, assessment_id: str, speaker: str) -> tuple[Response, int]:
    """What was chosen in a line; a sentence for each box that could not be saved."""
    assessment = assessment_of_case(assessment_id)
    checklist, household = read_folder(), people_of(assessment.case)
    speaking = speaking_of(checklist, assessment.case, speaker, request.form, taken_out=True)
    if speaking is None:
        abort(404)
    subjects = subjects_of(household, clocks.today(), assessment.unit.keys)
    adults = frozenset(m.key for m in household.adults())
    rows = [
        of_household(household, checklist.criteria[criterion], subject, speaking.code, names_of(assessment.unit))
        for criterion, subject in of_boxes(
            request.form, {c: subjects[k.subject] for c, k in checklist.criteria.items() if k.computed is None}
        )
    ]
    rows = [row for row in rows if askable(row, speaking, adults)]
    form = sheet_form(rows, person_needed=speaking.needs_name, is_whole=False)()
    if not form.validate():
        return jsonify(problems=_problems(form)), 422
    said = [
        Said(row.criterion, row.subject, form.value_of(row), form[f"{row.name}.seen"].data or "", form.words_of(row))
        for row in rows
    ]
    try:
        refused = service.record(current_user, assessment_id, held(form, speaking, checklist), said)
    except AssessmentProblem as problem:
        return jsonify(problems={{"name": "person"}.get(problem.field, problem.field) or "key": str(problem)}), 422
    if refused:
        return jsonify(problems={f"{criterion}-{subject}": why for (criterion, subject), why in refused.items()}), 422
    return jsonify(saved=clocks.time_of_day(now())), 200


def _problems(form: SheetForm) -> dict[str, Any]:
    """The first sentence of each box, by its name; what is of no box stands under the conversation’s own."""
    found = {field.name: str(field.errors[0]) for field in form if field.errors}
    return found | ({"key": str(form.form_errors[0])} if form.form_errors else {})
