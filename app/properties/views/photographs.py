"""Photographs of buildings and units of the register: added as evidence, made anew as those of a visit are, shown with their age."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, make_response, redirect, url_for
from flask_login import current_user

from app.accounts.policy import permission
from app.audit import service as audit
from app.properties import keeping
from app.properties.register import RegisterBuilding, RegisterEvidence, RegisterUnit
from app.visits.photographs import PhotographRefused, made_anew
from app.web.page import Page, shown
from forms.properties import PhotographOfForm

from .register import building_or_404, unit_or_404

pages = Blueprint("register_photographs", __name__)


@pages.route("/properties/<id:building_id>/photographs/new", methods=["GET", "POST"])
@permission("property.write")
def of_building(building_id: str) -> Page:
    """A photograph of the whole building."""
    return _added(building_or_404(building_id), None)


@pages.route("/properties/units/<id:register_id>/photographs/new", methods=["GET", "POST"])
@permission("property.write")
def of_unit(register_id: str) -> Page:
    """A photograph of one unit."""
    found = unit_or_404(register_id)
    return _added(found.building, found)


def _added(building: RegisterBuilding, unit: RegisterUnit | None) -> Page:
    form = PhotographOfForm()
    there = (
        url_for("properties.unit", register_id=unit.id)
        if unit
        else url_for("properties.building", building_id=building.id)
    )
    if form.validate_on_submit():
        try:
            picture = made_anew(form.photograph.data or b"")
        except PhotographRefused as problem:
            form.refuse("photograph", str(problem))
        else:
            of = unit.id if unit else None
            keeping.add_photograph(current_user, building.id, of, form.values(), picture._asdict())
            flash("The photograph is kept.", "success")
            return redirect(there)
    about = unit.address if unit else f"The whole building: {building.address}"
    return shown("properties/photograph.html", form, there=there, about=about)


@pages.get("/properties/evidence/<id:evidence_id>/photograph")
@permission("property.view")
def whole(evidence_id: str) -> Response:
    """A photograph as it is kept."""
    return _picture(evidence_id, is_small=False)


@pages.get("/properties/evidence/<id:evidence_id>/photograph/small")
@permission("property.view")
def small(evidence_id: str) -> Response:
    """The same, small, as it stands on a page."""
    return _picture(evidence_id, is_small=True)


def _picture(evidence_id: str, is_small: bool) -> Response:
    row: RegisterEvidence | None = keeping.row_of(evidence_id)
    if row is None:
        abort(404)
    building_or_404(row.building_id)
    found = keeping.picture_of(row)
    if found is None:
        abort(404)
    audit.viewed("property.viewed", "register_evidence", row.id, "")
    answer = make_response(found.small if is_small else found.content)
    answer.mimetype = "image/jpeg"
    answer.headers["Content-Disposition"] = f"inline; filename=photograph-{row.on.isoformat()}.jpg"
    return answer
