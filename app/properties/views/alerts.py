"""Buildings that several cases worry about: which, whose cases, and what was done."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from app.accounts.policy import permission
from app.audit import service as audit
from app.clocks import today
from app.placements import buildings
from app.problem import Problem
from app.properties.views.register import building_or_404
from app.web.page import Page, shown
from forms.properties import AlertForm

pages = Blueprint("alerts", __name__)


@pages.get("/properties/alerts")
@permission("property.alert")
def listed() -> Page:
    """Every building of which an alert stands, as far as one may see the cases."""
    alerts = buildings.standing(current_user, today())
    audit.viewed("property.viewed", "register_alert", "", "")
    return render_template("properties/alerts.html", alerts=alerts)


@pages.route("/properties/<id:building_id>/alert", methods=["GET", "POST"])
@permission("property.alert")
def building(building_id: str) -> Page:
    """The alert about one building: the cases that one may open, and what was done."""
    found, form = building_or_404(building_id), AlertForm()
    if request.method == "POST" and form.validate():
        try:
            buildings.deal_with(current_user, building_id, today(), form.said.data or "")
        except Problem as problem:
            form.refuse(problem.field, str(problem))
        else:
            flash("Written down. The alert stands again when a case says something newer.", "success")
            return redirect(url_for("alerts.building", building_id=building_id))
    alert = next((a for a in buildings.standing(current_user, today()) if a.building_id == building_id), None)
    audit.viewed("property.viewed", "register_building", building_id, "")
    done = buildings.done_of(current_user, building_id)
    return shown("properties/alert.html", form, building=found, alert=alert, done=done)
