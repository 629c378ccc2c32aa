"""What somebody writes down about themselves, so that no family close to them comes to their desk."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask_login import current_user

from app.accounts.policy import permission
from app.cases import own
from app.cases.service import CaseProblem
from app.web.page import Page, shown
from forms.ties import TieForm

pages = Blueprint("ties", __name__)


@pages.route("/about-me", methods=["GET", "POST"])
@permission("signed_in")
def listed() -> Page:
    """What they wrote down, by its kind and day: what it was nobody can read."""
    form = TieForm()
    if request.method == "POST" and form.validate():
        try:
            own.add(
                current_user,
                form.kind.data or "",
                form.name.data or "",
                form.address.data or "",
                form.postcode.data or "",
            )
            flash("Written down. Nobody can read what you typed, not you either.", "success")
            return redirect(url_for("ties.listed"))
        except CaseProblem as problem:
            form.refuse(problem.field, str(problem))
    return shown("accounts/about_me.html", form, ties=own.of(current_user), kinds=own.KINDS)


@pages.post("/about-me/<id:tie_id>/remove")
@permission("signed_in")
def remove(tie_id: str) -> Page:
    """Take one out again."""
    if own.remove(current_user, tie_id):
        flash("Taken out.", "success")
    else:
        flash("It was taken out already.", "important")
    return redirect(url_for("ties.listed"))
