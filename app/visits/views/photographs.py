"""Photographs of what was seen: kept with an answer on an ordinary page, shown to whoever may see the case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, abort, flash, g, make_response, redirect, url_for
from flask_login import current_user

from app import clocks
from app.accounts.policy import permission
from app.assessments import answers
from app.assessments.models import Assessment, SavedAnswer
from app.assessments.service import AssessmentProblem
from app.assessments.views.of_case import assessment_of_case
from app.cases.household import household_of
from app.checklists import read_folder
from app.clocks import today
from app.decisions import record_contents
from app.properties.service import names_of
from app.suitability.casefile import wording
from app.visits import beside, service
from app.visits.photographs import PhotographRefused, made_anew
from app.web.page import Page, shown
from forms.answers import value_in_words
from forms.property_words import age
from forms.visits import PhotographForm

pages = Blueprint("photographs", __name__)


@pages.route("/cases/<id:case_id>/assessments/<id:assessment_id>/photographs", methods=["GET", "POST"])
@permission("answer.save")
def listed(case_id: str, assessment_id: str) -> Page:
    """The photographs of a placement, and one more, kept with an answer of one’s own."""
    assessment = assessment_of_case(assessment_id)
    standing = answers.saved_answers(case_id, assessment.unit_id)
    names = record_contents.subject_names(household_of(assessment.case), names_of(assessment.unit))
    form = PhotographForm()
    form.answer.items = [
        (a.id, f"{said['what']}: {said['words']}, seen {clocks.in_words(a.on)}", "")
        for a in reversed(service.may_be_shown_by(current_user, standing, g.case))
        for said in (_said(a, names),)
    ]
    if form.validate_on_submit() and _kept(form, case_id, assessment_id):
        flash("The photograph is kept.", "success")
        return redirect(url_for("photographs.listed", case_id=case_id, assessment_id=assessment_id))
    return shown(
        "visits/photographs.html",
        form,
        case=g.case,
        assessment=assessment,
        photographs=of_answers(assessment, standing, names),
    )


def _kept(form: PhotographForm, case_id: str, assessment_id: str) -> bool:
    try:
        picture = made_anew(form.photograph.data or b"")
        service.add_photograph(current_user, case_id, assessment_id, form.answer.data or "", picture)
    except PhotographRefused as problem:
        form.refuse("photograph", str(problem))
    except service.VisitProblem as problem:
        form.refuse(problem.field, str(problem))
    except AssessmentProblem as problem:
        form.refuse("", str(problem))
    return not form.errors and not form.form_errors


def _said(a: SavedAnswer, names: Mapping[str, str]) -> dict[str, str]:
    criterion = read_folder().criteria[a.criterion]
    return {"what": f"{criterion.name}, {names.get(a.subject, '')}", "words": value_in_words(criterion, a.value)}


def of_answers(
    assessment: Assessment, standing: Sequence[SavedAnswer], names: Mapping[str, str]
) -> list[dict[str, Any]]:
    """The photographs beside these answers, oldest first: what each shows, in words, and where it is looked at; one query.

    Args:
        names: by key, what each person and place is called on the page.
    """
    kept = beside.of_case(assessment.case_id)
    return in_words(beside.by_answer(kept, standing), standing, names) if kept else []


def in_words(
    found: Mapping[str, Sequence[beside.Kept]], answers_: Sequence[SavedAnswer], names: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Photographs of these answers as a page shows them; ``answer`` is the answer that each stands beside."""
    day, shown_ = today(), []
    for a in answers_:
        for p, _ in found.get(a.id, ()) if a.criterion in read_folder().criteria else ():
            where: dict[str, Any] = {"case_id": p.case_id, "photograph_id": p.id}
            shown_.append(
                {
                    **_said(a, names),
                    "answer": a.id,
                    "on": p.on,
                    "age": age((day - p.on).days),
                    "by": p.taken_by_name,
                    "counts": wording.GRADE[a.grade],
                    "kept_at": p.kept_at,
                    "small": url_for("photographs.small", **where),
                    "whole": url_for("photographs.whole", **where),
                }
            )
    return sorted(shown_, key=lambda one: one["kept_at"])


@pages.get("/cases/<id:case_id>/photographs/<id:photograph_id>")
@permission("case.view")
def whole(case_id: str, photograph_id: str) -> Response:
    """A photograph as it is kept."""
    return _picture(photograph_id, is_small=False)


@pages.get("/cases/<id:case_id>/photographs/<id:photograph_id>/small")
@permission("case.view")
def small(case_id: str, photograph_id: str) -> Response:
    """The same, small, as it stands on a page."""
    return _picture(photograph_id, is_small=True)


def _picture(photograph_id: str, is_small: bool) -> Response:
    found = service.photograph(g.case.id, photograph_id)
    if found is None:
        abort(404)
    answer = make_response(found.small if is_small else found.content)
    answer.mimetype = "image/jpeg"
    answer.headers["Content-Disposition"] = f"inline; filename=photograph-{found.on.isoformat()}.jpg"
    return answer
