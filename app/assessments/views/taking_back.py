"""The page on which an officer takes back what they handed in."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, request, url_for
from flask_login import current_user

from app.accounts.policy import permission
from app.assessments import service
from app.assessments.models import SUBMITTED
from app.assessments.views.of_case import assessment_of_case
from app.web.page import Page, saved, shown
from forms.afterwards import TakeBackForm

pages = Blueprint("taking_back", __name__)


@pages.route("/cases/<id:case_id>/assessments/<id:assessment_id>/take-back", methods=["GET", "POST"])
@permission("assessment.submit")
def take_back(case_id: str, assessment_id: str) -> Page:
    """Before it is decided: with a reason, which the lead reads when it comes again."""
    assessment = assessment_of_case(assessment_id)
    there = url_for("assessments.result", case_id=case_id, assessment_id=assessment_id)
    if assessment.state != SUBMITTED:
        flash("This assessment is not waiting for review any more: there is nothing to take back.", "important")
        return redirect(there)
    form = TakeBackForm() if request.method == "POST" else TakeBackForm(data={"version": str(g.case.version)})
    if (
        request.method == "POST"
        and form.validate()
        and saved(
            form,
            lambda seen_version: service.take_back(current_user, assessment_id, seen_version, form.reason.data or ""),
            "Taken back. Change what has to be changed, and hand it in again.",
        )
    ):
        return redirect(there)
    return shown("assessments/take_back.html", form, case=g.case, assessment=assessment)
