"""The page on which a decided placement is begun to be assessed again."""

from __future__ import annotations

from flask import Blueprint, g, redirect, request, url_for
from flask_login import current_user

from app.accounts.policy import permission
from app.assessments.models import DECIDED
from app.assessments.views.of_case import assessment_of_case
from app.decisions import again
from app.web.page import Page, saved, shown
from forms.afterwards import AgainForm

pages = Blueprint("again", __name__)


@pages.route("/cases/<id:case_id>/assessments/<id:assessment_id>/again", methods=["GET", "POST"])
@permission("assessment.submit")
def begin(case_id: str, assessment_id: str) -> Page:
    """On a change, a dispute, or a review by an officer who had no part in the decision."""
    assessment = assessment_of_case(assessment_id)
    if assessment.state != DECIDED:
        return redirect(url_for("assessments.result", case_id=case_id, assessment_id=assessment_id))
    form = AgainForm() if request.method == "POST" else AgainForm(data={"version": str(g.case.version)})
    made: list[str] = []
    if (
        request.method == "POST"
        and form.validate()
        and saved(
            form,
            lambda seen_version: made.append(
                again.begin(current_user, assessment_id, seen_version, form.because.data or "", form.reason.data or "")
            ),
            "Begun. What was said and seen of the place came along; plans and acceptances are made anew.",
        )
    ):
        return redirect(url_for("assessments.result", case_id=case_id, assessment_id=made[0]))
    return shown("assessments/again.html", form, case=g.case, assessment=assessment)
