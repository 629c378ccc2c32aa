"""Which district the proposed unit is in, confirmed by a person."""

from __future__ import annotations

from flask import Blueprint, g, redirect, url_for
from flask import request as asked
from flask_login import current_user

from app.accounts.policy import permission
from app.assessments.views.of_case import assessment_of_case
from app.placements import service as placing
from app.places import service
from app.properties import locating
from app.settings import current_settings
from app.web.page import Page, saved, shown
from forms.places import ELSEWHERE, HOW, DistrictForm

pages = Blueprint("district", __name__)


@pages.route("/cases/<id:case_id>/assessments/<id:assessment_id>/district", methods=["GET", "POST"])
@permission("case.edit")
def confirm(case_id: str, assessment_id: str) -> Page:
    """Which authority's district the unit is in, confirmed by a person."""
    assessment = assessment_of_case(assessment_id)
    council = current_settings().council_authority
    found = service.district_of(locating.locate_unit(assessment.unit), council)
    form = DistrictForm() if asked.method == "POST" else DistrictForm(data={"version": str(g.case.version)})
    named = {c.code: c.name or c.code for c in found.candidates}
    named[council] = service.districts().now_called(council).name or current_settings().council_name
    form.authority.items = [*((code, name, code) for code, name in named.items()), (ELSEWHERE, "Another authority", "")]
    if asked.method == "POST" and form.validate():
        code = (form.code.data or "") if form.authority.data == ELSEWHERE else (form.authority.data or "")
        how = f"{dict(HOW)[form.how.data or '']}: {form.who.data}"
        if saved(
            form,
            lambda seen_version: placing.confirm_district(current_user, assessment_id, seen_version, code, how),
            "The district is confirmed.",
        ):
            return redirect(url_for("assessments.result", case_id=case_id, assessment_id=assessment_id))
    said = service.confirmed_in_words(assessment.authority, assessment.authority_how, found, council)
    return shown("placements/district.html", form, case=g.case, assessment=assessment, found=found, confirmed=said)
