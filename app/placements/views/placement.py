"""Proposing a unit for a household: its facts, rooms, certificates, and the stay."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, g, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.accounts.policy import permission
from app.assessments.models import Assessment
from app.assessments.stay import STAY
from app.assessments.views.of_case import assessment_of_case
from app.cases.models import Case
from app.clocks import today
from app.placements import filled, service
from app.placements.beside import unit_of, unit_with
from app.places import service as places
from app.properties.models import Unit
from app.properties.service import CERTIFICATE, ROOM, UNIT, names_of
from app.suitability.casefile.household import UNIT as UNIT_KEY
from app.web.page import Page, saved, shown
from forms.accounts import EmptyForm
from forms.placements import (
    ASKED_CERTIFICATE,
    ASKED_PLACEMENT,
    ASKED_ROOM,
    CertificateForm,
    PlacementForm,
    RoomForm,
)
from forms.properties import CertificateFromRegisterForm

pages = Blueprint("placements", __name__)


@pages.route("/cases/<id:case_id>/placements/new", methods=["GET", "POST"])
@permission("case.edit")
def propose(case_id: str) -> Page:
    case: Case = g.case
    form = (
        PlacementForm(data={"version": str(case.version), "starts": today()})
        if request.method == "GET"
        else PlacementForm()
    )
    if request.method == "POST" and form.validate():
        made: list[str] = []
        unit, stay = _unit_values(form), _stay_values(form)
        if saved(
            form,
            lambda seen_version: made.append(service.propose(current_user, case.id, seen_version, unit, stay)),
            "The placement is proposed.",
        ):
            _say_where(form)
            return redirect(url_for("assessments.show", case_id=case.id, assessment_id=made[0]))
    return shown("placements/placement.html", form, case=case, assessment=None)


@pages.route("/cases/<id:case_id>/assessments/<id:assessment_id>/placement", methods=["GET", "POST"])
@permission("case.edit")
def placement(case_id: str, assessment_id: str) -> Page:
    assessment = assessment_of_case(assessment_id)
    form = PlacementForm(data=_placement_values(assessment)) if request.method == "GET" else PlacementForm()
    form.is_stored = True
    if request.method == "POST" and form.validate():
        unit, stay = _unit_values(form), _stay_values(form)
        if saved(
            form,
            lambda seen_version: service.change_placement(current_user, assessment_id, seen_version, unit, stay),
            "The placement is saved.",
        ):
            _say_where(form)
            return redirect(url_for("assessments.result", case_id=case_id, assessment_id=assessment_id))
    return shown("placements/placement.html", form, case=g.case, assessment=assessment)


def _say_where(form: PlacementForm) -> None:
    """Say at once when the postcode has no point, or is no longer in use: the distances then stay open."""
    place = places.locate(form.postcode.data or "")
    if place.reason:
        flash(f"{place.reason}{'' if place.has_point else ' The distances stay open until it is known.'}", "important")


def _unit_values(form: PlacementForm) -> dict[str, Any]:
    return UNIT.columns(ASKED_PLACEMENT.said(form))


def _stay_values(form: PlacementForm) -> dict[str, Any]:
    return STAY.columns(ASKED_PLACEMENT.said(form))


def _placement_values(a: Assessment) -> dict[str, Any]:
    return {"version": str(a.case.version), **ASKED_PLACEMENT.shown(UNIT.read(a.unit) | STAY.read(a))}


_PARTS_OF = "/cases/<id:case_id>/assessments/<id:assessment_id>/units/<key:unit_key>"


@pages.route("/cases/<id:case_id>/assessments/<id:assessment_id>/rooms", methods=["GET", "POST"])
@pages.route(f"{_PARTS_OF}/rooms", methods=["GET", "POST"])
@permission("case.edit")
def rooms(case_id: str, assessment_id: str, unit_key: str | None = None) -> Page:
    """The rooms of the first unit, or of a further one."""
    assessment = assessment_of_case(assessment_id)
    unit = _unit(assessment, unit_key)
    form = RoomForm() if request.method == "POST" else RoomForm(data={"version": str(g.case.version)})
    if request.method == "POST" and form.validate():
        values = ROOM.columns(ASKED_ROOM.said(form))
        if saved(
            form,
            lambda seen_version: service.add_room(current_user, assessment_id, seen_version, values, unit_key),
            "The room is added.",
        ):
            return redirect(_of_parts("rooms", case_id, assessment_id, unit_key))
    return shown(
        "placements/parts.html",
        form,
        case=g.case,
        assessment=assessment,
        **_whose(unit, assessment),
        kind="rooms",
        names=("name", "use", "area"),
    )


@pages.route("/cases/<id:case_id>/assessments/<id:assessment_id>/certificates", methods=["GET", "POST"])
@pages.route(f"{_PARTS_OF}/certificates", methods=["GET", "POST"])
@permission("case.edit")
def certificates(case_id: str, assessment_id: str, unit_key: str | None = None) -> Page:
    """The certificates of the first unit, or of a further one."""
    assessment = assessment_of_case(assessment_id)
    unit = _unit(assessment, unit_key)
    known = filled.certificates(assessment, unit_key, today())
    chosen = next((line for line in known if line.row.id == request.args.get("register")), None)
    boxes = {"kind": chosen.row.certificate, "expires": chosen.row.until} if chosen else {}
    kind = CertificateFromRegisterForm if chosen else CertificateForm
    form = kind() if request.method == "POST" else kind(data={"version": str(g.case.version), **boxes})
    if request.method == "POST" and form.validate():
        values = CERTIFICATE.columns(ASKED_CERTIFICATE.said(form))
        if saved(
            form,
            lambda seen_version: service.add_certificate(current_user, assessment_id, seen_version, values, unit_key),
            "The certificate is added.",
        ):
            return redirect(_of_parts("certificates", case_id, assessment_id, unit_key))
    return shown(
        "placements/parts.html",
        form,
        case=g.case,
        assessment=assessment,
        **_whose(unit, assessment),
        kind="certificates",
        names=(*ASKED_CERTIFICATE.fields, *(("checked",) if chosen else ())),
        known=known,
        chosen=chosen,
    )


@pages.post("/cases/<id:case_id>/assessments/<id:assessment_id>/<any(rooms, certificates):part>/<id:part_id>/remove")
@permission("case.edit")
def remove_part(case_id: str, assessment_id: str, part: str, part_id: str) -> Response:
    assessment = assessment_of_case(assessment_id)
    unit = unit_with(assessment, part, part_id)
    unit_key = next((other.key for other in assessment.unit.further if other.unit is unit), None)
    form = EmptyForm()
    if saved(
        form,
        lambda seen_version: service.remove_part(current_user, assessment_id, seen_version, part, part_id),
        "Removed.",
    ):
        return redirect(_of_parts(part, case_id, assessment_id, unit_key))
    flash(
        "Somebody changed this case since you opened the page, so nothing was removed. Look at it again.", "important"
    )
    return redirect(_of_parts(part, case_id, assessment_id, unit_key))


def _unit(assessment: Assessment, unit_key: str | None) -> Unit:
    unit = unit_of(assessment, unit_key)
    if unit is None:
        abort(404)
    return unit


def _whose(unit: Unit, assessment: Assessment) -> dict[str, Any]:
    """Whose parts a page shows; which unit that is, where there are several."""
    names = names_of(assessment.unit)
    key = next((other.key for other in assessment.unit.further if other.unit is unit), UNIT_KEY)
    return {"unit": unit, "of_which": names[key] if len(names) > 1 else ""}


def _of_parts(part: str, case_id: str, assessment_id: str, unit_key: str | None) -> str:
    return url_for(f"placements.{part}", case_id=case_id, assessment_id=assessment_id, unit_key=unit_key)
