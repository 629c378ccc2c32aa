"""Confirming in one choice what the letters of a case already show of a question."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask_login import current_user

from app.accounts.policy import permission
from app.assessments.views.of_case import assessment_of_case
from app.letters import offered
from app.web.page import Page, saved
from forms.accounts import EmptyForm

pages = Blueprint("offered", __name__)


@pages.post("/cases/<id:case_id>/assessments/<id:assessment_id>/offered/<key:criterion_id>")
@permission("answer.save")
def confirm(case_id: str, assessment_id: str, criterion_id: str) -> Page:
    """It is so: what was shown is an answer now, with its source and its day."""
    assessment, form = assessment_of_case(assessment_id), EmptyForm()
    value = request.args.get("value", "")[:40]
    if not (
        form.validate()
        and saved(
            form,
            lambda seen_version: offered.confirm(current_user, assessment.id, seen_version, criterion_id, value),
            "Saved, with its source and its day.",
        )
    ):
        flash(form.summary()[0].text if form.summary() else "Nothing was saved.", "important")
    return redirect(url_for("letters.listed", case_id=case_id))
