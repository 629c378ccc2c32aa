"""Proposing a unit for a household: its facts, rooms, certificates, and the stay."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, g, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.accounts.policy import permission
from app.assessments import service as assessments
from app.assessments.models import Assessment
from app.cases.models import Case
from app.clocks import today
from app.placements import service
from app.places import service as places
from app.web.page import Page, saved, shown
from forms.accounts import EmptyForm
from forms.placements import CertificateForm, PlacementForm, RoomForm

pages = Blueprint("placements", __name__)
_UNIT_TYPED = ("address", "postcode", "kind")
_UNIT_CHOSEN = ("owner", "manager", "staffing")
_UNIT_KNOWN = ("self_contained", "cooking_provided", "private_dwelling", "lift", "shared_building", "gas", "hmo")


def _load(assessment_id: str) -> Assessment:
    found = assessments.find(g.case, assessment_id)
    if found is None:
        abort(404)
    return found


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
    assessment = _load(assessment_id)
    form = PlacementForm(data=_placement_values(assessment)) if request.method == "GET" else PlacementForm()
    if request.method == "POST" and form.validate():
        unit, stay = _unit_values(form), _stay_values(form)
        if saved(
            form,
            lambda seen_version: service.change_placement(current_user, assessment_id, seen_version, unit, stay),
            "The placement is saved.",
        ):
            _say_where(form)
            return redirect(url_for("assessments.show", case_id=case_id, assessment_id=assessment_id))
    return shown("placements/placement.html", form, case=g.case, assessment=assessment)


def _say_where(form: PlacementForm) -> None:
    """Say at once when the postcode has no point, or is no longer in use: the distances then stay open."""
    place = places.locate(form.postcode.data or "")
    if place.reason:
        flash(f"{place.reason}{'' if place.has_point else ' The distances stay open until it is known.'}", "important")


def _unit_values(form: PlacementForm) -> dict[str, Any]:
    values = {name: getattr(form, name).data for name in _UNIT_TYPED}
    values |= {name: getattr(form, name).chosen for name in _UNIT_CHOSEN}
    values |= {name: getattr(form, name).known for name in _UNIT_KNOWN}
    shares = (
        list(form.shares.data)
        if form.shares_known.data == "yes" or form.shares.data
        else []
        if form.shares_known.data == "none"
        else None
    )
    return values | {"shares": shares, "floor": form.floor.number, "storeys": form.storeys.number}


def _stay_values(form: PlacementForm) -> dict[str, Any]:
    return {
        "starts": form.starts.data,
        "nights": form.nights.number,
        "nightly_cost_pence": form.nightly_cost.pence,
        "notice_sent": form.notice_sent.data,
    }


def _placement_values(a: Assessment) -> dict[str, Any]:
    u = a.unit
    cost = "" if a.nightly_cost_pence is None else f"{a.nightly_cost_pence // 100}.{a.nightly_cost_pence % 100:02d}"
    return {
        **{name: getattr(u, name) for name in (*_UNIT_TYPED, *_UNIT_CHOSEN, *_UNIT_KNOWN)},
        "version": str(a.case.version),
        "shares_known": "unknown" if u.shares is None else "yes" if u.shares else "none",
        "shares": u.shares,
        "floor": "" if u.floor is None else str(u.floor),
        "storeys": "" if u.storeys is None else str(u.storeys),
        "starts": a.starts,
        "notice_sent": a.notice_sent,
        "nights": "" if a.nights is None else str(a.nights),
        "nightly_cost": cost,
    }


@pages.route("/cases/<id:case_id>/assessments/<id:assessment_id>/rooms", methods=["GET", "POST"])
@permission("case.edit")
def rooms(case_id: str, assessment_id: str) -> Page:
    assessment = _load(assessment_id)
    form = RoomForm() if request.method == "POST" else RoomForm(data={"version": str(g.case.version)})
    if request.method == "POST" and form.validate():
        values = {"name": form.name.data, "use": form.use.data, "area_cm2": form.area.cm2}
        if saved(
            form,
            lambda seen_version: service.add_room(current_user, assessment_id, seen_version, values),
            "The room is added.",
        ):
            return redirect(url_for("placements.rooms", case_id=case_id, assessment_id=assessment_id))
    return shown(
        "placements/parts.html", form, case=g.case, assessment=assessment, kind="rooms", names=("name", "use", "area")
    )


@pages.route("/cases/<id:case_id>/assessments/<id:assessment_id>/certificates", methods=["GET", "POST"])
@permission("case.edit")
def certificates(case_id: str, assessment_id: str) -> Page:
    assessment = _load(assessment_id)
    form = CertificateForm() if request.method == "POST" else CertificateForm(data={"version": str(g.case.version)})
    if request.method == "POST" and form.validate():
        values = {
            "kind": form.kind.data,
            "issued": form.issued.data,
            "expires": form.expires.data,
            "open_danger_codes": form.open_danger_codes.known,
        }
        if saved(
            form,
            lambda seen_version: service.add_certificate(current_user, assessment_id, seen_version, values),
            "The certificate is added.",
        ):
            return redirect(url_for("placements.certificates", case_id=case_id, assessment_id=assessment_id))
    return shown(
        "placements/parts.html",
        form,
        case=g.case,
        assessment=assessment,
        kind="certificates",
        names=("kind", "issued", "expires", "open_danger_codes"),
    )


@pages.post("/cases/<id:case_id>/assessments/<id:assessment_id>/<any(rooms, certificates):part>/<id:part_id>/remove")
@permission("case.edit")
def remove_part(case_id: str, assessment_id: str, part: str, part_id: str) -> Response:
    _load(assessment_id)
    form = EmptyForm()
    if saved(
        form,
        lambda seen_version: service.remove_part(current_user, assessment_id, seen_version, part, part_id),
        "Removed.",
    ):
        return redirect(url_for(f"placements.{part}", case_id=case_id, assessment_id=assessment_id))
    flash(
        "Somebody changed this case since you opened the page, so nothing was removed. Look at it again.", "important"
    )
    return redirect(url_for(f"placements.{part}", case_id=case_id, assessment_id=assessment_id))
