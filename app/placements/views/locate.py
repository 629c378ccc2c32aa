"""Finding the very building: an address service the council configured is asked, by a person, for this one address."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, url_for
from flask import request as asked
from flask_login import current_user
from itsdangerous import BadData, URLSafeTimedSerializer

from app.accounts.policy import permission
from app.assessments import service as assessments
from app.assessments.models import Assessment
from app.cases import protected
from app.cases.models import Case
from app.placements import service as placing
from app.places import service
from app.places.outside import chain
from app.places.outside.chain import Answer, Candidate
from app.places.outside.outside import NotAllowed
from app.places.postcodes.geocoder import Place
from app.properties import locating
from app.settings import Settings, current_settings
from app.web.page import Page, saved, shown
from forms.places import AskForm, LocateForm

pages = Blueprint("locate", __name__)
_OFFERED_SECONDS = 3600
# Reasons for which a family's address stays on this machine, whatever is configured.
_FLED = {"domestic_abuse", "violence", "exploitation"}


def must_stay(case: Case, assessment: Assessment) -> str:
    """Why an address is never sent anywhere; empty where it may be. What is not known counts as so."""
    if assessment.unit.kind == "refuge":
        return "It is a refuge."
    if case.restricted:
        return "The case is restricted."
    if case.domestic_abuse is not False:
        return (
            "There is or was domestic abuse."
            if case.domestic_abuse
            else "It is not known whether there is domestic abuse."
        )
    if case.left_because is None or _FLED & set(case.left_because):
        return "The family fled from somebody, or it is not known why they left."
    return "There is a protected place on record." if protected.of_case(case.id) else ""


@pages.route("/cases/<id:case_id>/assessments/<id:assessment_id>/locate", methods=["GET", "POST"])
@permission("case.edit")
def locate(case_id: str, assessment_id: str) -> Page:
    """What would be asked, of whom; then what it said."""
    assessment = assessments.find(g.case, assessment_id)
    if assessment is None:
        abort(404)
    settings = current_settings()
    back = url_for("assessments.result", case_id=case_id, assessment_id=assessment_id)
    stays = must_stay(g.case, assessment)
    if asked.method == "POST" and "chosen" in asked.form:
        return _choose(assessment, back)
    if asked.method == "POST" and AskForm().validate():
        local = service.locate(assessment.unit.postcode)
        adapter = current_app.extensions.get("outside_adapter")
        answer = chain.find(assessment.unit.address, local, bool(stays), settings, adapter)
        if answer.asked:
            placing.note_asked(case_id, assessment_id, answer.asked, answer.state)
        if answer.state == "found" and _elsewhere(local, answer.candidates[0], settings.council_authority):
            # The point and the code of its postcode name different authorities: neither is chosen by the machine.
            answer = answer._replace(state="conflict", says=chain.SAYS["conflict"])
        if answer.state == "found":
            form = AskForm()
            values = _values(answer.candidates[0], answer.asked[-1])
            if saved(
                form,
                lambda seen_version: placing.place_unit(current_user, assessment_id, seen_version, values),
                answer.says,
            ):
                return redirect(back)
            return shown("placements/locate.html", form, **_page(assessment, settings, stays, answer))
        if answer.candidates:
            form = LocateForm(data={"version": asked.form.get("version", "")}, formdata=None)
            form.chosen.items = [
                (_sealed(_values(c, answer.asked[-1])), c.address, _beside(c)) for c in answer.candidates
            ]
            page = render_template("placements/locate.html", form=form, **_page(assessment, settings, stays, answer))
            return page, 200
        flash(answer.says, "important")
        return redirect(back)
    form = AskForm(data={"version": str(g.case.version)}, formdata=None)
    return shown("placements/locate.html", form, **_page(assessment, settings, stays, None))


def _elsewhere(local: Place, found: Candidate, council: str) -> bool:
    placed = local._replace(easting=found.easting, northing=found.northing, radius_m=found.radius_m, precision="uprn")
    return service.district_of(placed, council).answer == "cannot_tell"


def _page(assessment: Assessment, settings: Settings, stays: str, answer: Answer | None) -> dict[str, Any]:
    try:
        asks = [f"{name} ({host})" for name, host, _ in chain.configured(settings)]
    except NotAllowed:
        asks = []
    return {
        "case": g.case,
        "assessment": assessment,
        "stays": stays,
        "asks": asks,
        "answer": answer,
        "place": locating.locate_unit(assessment.unit),
    }


def _choose(assessment: Assessment, back: str) -> Page:
    form = LocateForm()
    try:
        values = _serializer().loads(asked.form["chosen"], max_age=_OFFERED_SECONDS)
    except BadData:
        flash("What was offered is too old. Ask again.", "important")
        return redirect(back)
    form.chosen.items = [(asked.form["chosen"], "", "")]
    if not saved(
        form,
        lambda seen_version: placing.place_unit(current_user, assessment.id, seen_version, values),
        "The address is chosen.",
    ):
        flash("Somebody changed this case since you opened the page. Ask again.", "important")
    return redirect(back)


def _values(found: Candidate, by: str) -> dict[str, Any]:
    return {
        "uprn": found.uprn,
        "easting": found.easting,
        "northing": found.northing,
        "radius_m": found.radius_m or 100,
        "precision": found.precision,
        "placed_by": by,
    }


def _beside(found: Candidate) -> str:
    return ", ".join(part for part in (found.postcode, f"UPRN {found.uprn}" if found.uprn else "") if part)


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="offered-address")


def _sealed(values: dict[str, Any]) -> str:
    return str(_serializer().dumps(values))
