"""Somebody here may be of a household: the page of the safeguarding leads, who alone see it."""

from __future__ import annotations

from flask import Blueprint, abort, flash, g, redirect, request, url_for
from flask_login import current_user

from app.accounts.policy import ROLES, permission
from app.cases import matches
from app.cases.service import CaseProblem
from app.sharing import service as sharing
from app.web.page import Page, shown
from forms.ties import SettleMatchForm

pages = Blueprint("matches", __name__)


@pages.route("/cases/<id:case_id>/possible-match/<id:match_id>", methods=["GET", "POST"])
@permission("case.exclude")
def settle(case_id: str, match_id: str) -> Page:
    """Who it is about, on what grounds, and what the lead finds. To whom it is about there is no such page."""
    found = matches.find(current_user, g.case, match_id)
    if found is None:
        abort(404)
    form = SettleMatchForm()
    if request.method == "POST" and form.validate():
        try:
            keeps = form.verdict.data == matches.KEPT_OUT
            matches.settle(current_user, case_id, match_id, keeps, form.reason.data or "", sharing.end_links_to)
            flash("Written down. They are told nothing.", "success")
            return redirect(url_for("exclusions.listed", case_id=case_id))
        except CaseProblem as problem:
            form.refuse("", str(problem))
    return shown("cases/possible_match.html", form, case=g.case, match=found, roles=ROLES)
