"""One line of a sheet, saved as it is chosen: nothing is judged, so it costs a fraction of the sheet.

All of it is one transaction: the case is taken first, what is typed is checked against what is there then, and that somebody was here
is noted with what they wrote.
"""

from __future__ import annotations

from typing import Any

from flask import Response, abort, jsonify, request
from flask_login import current_user

from app import clocks
from app.accounts.policy import permission
from app.assessments.service import AssessmentProblem, NoAssessment, lock_draft
from app.checklists import read_folder
from app.conversations import service
from app.conversations.rows import askable, of_boxes, of_household, questions_in
from app.conversations.service import Begun, Said
from app.conversations.speaking import Speaking, held, key_of, speaking_of
from app.database import now
from app.properties.service import names_of
from app.suitability.checklist.checklist import Checklist
from app.suitability.reading.case_file import subjects_of
from app.web.gate import writing_noted
from forms.sheets import SheetForm, sheet_form

from .sheet import pages

Problems = dict[str, Any]


class _Refused(Exception):
    """Nothing of it is saved: a sentence for each box."""

    def __init__(self, problems: Problems) -> None:
        super().__init__()
        self.problems = problems


@pages.route("/cases/<id:case_id>/assessments/<id:assessment_id>/sheets/<key:speaker>/lines", methods=["POST"])
@permission("answer.save")
def save_lines(case_id: str, assessment_id: str, speaker: str) -> tuple[Response, int]:
    """What was chosen in a line; a sentence for each box that could not be saved."""
    checklist = read_folder()
    try:
        with writing_noted() as session:
            case, assessment = lock_draft(session, assessment_id, None, or_submitted=True, case_id=case_id)
            key, asked = key_of(request.form.get("key")), questions_in(request.form, checklist)
            of = service.begun(session, case, assessment, key, asked)
            speaking = speaking_of(checklist, of.household, speaker, request.form, taken_out=True)
            if speaking is None:
                abort(404)
            form = _form(of, speaking, checklist)
            if not form.validate():
                raise _Refused(_problems(form))
            said = [
                Said(
                    row.criterion,
                    row.subject,
                    form.value_of(row),
                    form[f"{row.name}.seen"].data or "",
                    form.words_of(row),
                )
                for row in form.rows
            ]
            refused = service.write_down(session, current_user, of, held(form, speaking, checklist), said)
    except NoAssessment:
        abort(404)
    except AssessmentProblem as problem:
        return jsonify(problems={{"name": "person"}.get(problem.field, problem.field) or "key": str(problem)}), 422
    except _Refused as found:
        return jsonify(problems=found.problems), 422
    if refused:
        return jsonify(problems={f"{criterion}-{subject}": why for (criterion, subject), why in refused.items()}), 422
    return jsonify(saved=clocks.time_of_day(now())), 200


def _form(of: Begun, speaking: Speaking, checklist: Checklist) -> SheetForm:
    """The boxes that were sent, each a row of the sheet of whoever speaks."""
    unit = of.assessment.unit
    subjects = subjects_of(of.household, clocks.today(), unit.keys)
    adults, names = frozenset(m.key for m in of.household.adults()), names_of(unit)
    asked = {c: subjects[k.subject] for c, k in checklist.criteria.items() if k.computed is None}
    rows = [
        of_household(of.household, checklist.criteria[criterion], subject, speaking.code, names)
        for criterion, subject in of_boxes(request.form, asked)
    ]
    rows = [row for row in rows if askable(row, speaking, adults)]
    return sheet_form(rows, person_needed=speaking.needs_name, is_whole=False)()


def _problems(form: SheetForm) -> Problems:
    """The first sentence of each box, by its name; what is of no box stands under the conversation’s own."""
    found = {field.name: str(field.errors[0]) for field in form if field.errors}
    return found | ({"key": str(form.form_errors[0])} if form.form_errors else {})
