"""Opening a case that is not one's own in an emergency, closing it again, and the one note that is written meanwhile."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, request, url_for
from flask_login import current_user

from app.access import glass, table
from app.accounts import fresh
from app.accounts.policy import permission
from app.settings import current_settings
from app.web.page import Page, shown
from forms.access import BreakGlassForm, TonightForm

pages = Blueprint("glass", __name__)
# For a case that there is not, for one that is kept from whoever asks, and for any once they asked too often: the same words.
NOT_OPENED = (
    "No case was opened. Check the reference. If it is right, ring the duty safeguarding lead: they can help the family now. "
    "That you asked is written down."
)


@pages.route("/cases/not-yours", methods=["GET", "POST"])
@permission("glass.break")
@fresh.confirmed
def ask() -> Page:
    """Ask for it by its exact reference, with a reason; that it is them is confirmed first, and what was typed is kept meanwhile."""
    numbers = table.read()
    form = BreakGlassForm()
    form.fewest_letters = numbers.fewest_letters
    form.category.items = [(code, said, "") for code, said in numbers.categories.items()]
    if request.method == "POST" and form.validate():
        typed = (form.reference.data or "", form.category.data or "", form.reason.data or "")
        case_id = glass.ask(current_user, *typed)
        if case_id is not None:
            return redirect(url_for("cases.show", case_id=case_id))
        form.refuse("reference", NOT_OPENED)
    return shown(
        "access/not_yours.html", form, minutes=numbers.minutes, days=numbers.review_working_days, categories=numbers.categories,
        mine=glass.of_user(current_user.id), team=current_settings().team_telephone,
    )  # fmt: skip


@pages.post("/cases/not-yours/<id:glass_id>/end")
@permission("glass.break")
def end(glass_id: str) -> Page:
    """Close it before its time."""
    if glass.end(current_user, glass_id):
        flash("The case is closed to you again.", "success")
    else:
        flash("It was closed already.", "important")
    return redirect(url_for("glass.ask"))


@pages.route("/cases/<id:case_id>/tonight", methods=["GET", "POST"])
@permission("glass.note")
def tonight(case_id: str) -> Page:
    """What was done for the family while the case is open so; whoever works with it writes in the case itself."""
    if g.get("glass") is None:
        flash("This case is yours to work with: write it down in the case itself.", "important")
        return redirect(url_for("cases.show", case_id=case_id))
    form = TonightForm()
    if request.method == "POST" and form.validate():
        try:
            glass.note(current_user, case_id, form.said.data or "")
            flash("It is written down, and stands on the page of the case.", "success")
            return redirect(url_for("cases.show", case_id=case_id))
        except glass.GlassProblem as problem:
            form.refuse(problem.field, str(problem))
    return shown("access/tonight.html", form, case=g.case)
