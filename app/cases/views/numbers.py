"""Opening a case, and the page on which a safeguarding lead says whether two cases with the same number are one family."""

from __future__ import annotations

from flask import Blueprint, abort, flash, g, redirect, request, url_for
from flask_login import current_user

from app.accounts.policy import permission
from app.cases import numbers, opening, service
from app.database import new_id
from app.web.gate import case_or_deny
from app.web.page import Page, shown
from forms.cases import NewCaseForm, SameNumberForm

pages = Blueprint("numbers", __name__)


@pages.route("/cases/open", methods=["GET", "POST"])
@permission("case.create")
def new() -> Page:
    """Open a case with nothing in it yet; its reference is given, and a number that another case of theirs carries is refused with a link to it."""
    form = NewCaseForm() if request.method == "POST" else NewCaseForm(data={"opening": new_id()})
    known = None
    if request.method == "POST" and form.validate():
        try:
            case = opening.open_case(current_user, form.council_number.data or "", form.opening.data or "")
            return redirect(url_for("cases.show", case_id=case.id))
        except numbers.SameNumber as problem:
            form.refuse("council_number", str(problem))
            known = problem
    return shown("cases/new.html", form, known=known)


@pages.route("/cases/<id:case_id>/same-number/<id:other_id>", methods=["GET", "POST"])
@permission("case.settle_number")
def settle(case_id: str, other_id: str) -> Page:
    """Both cases, and what was found."""
    other = case_or_deny(other_id)
    if not numbers.is_pair(g.case, other):
        abort(404)
    form = SameNumberForm()
    if request.method == "POST" and form.validate():
        try:
            numbers.settle(current_user, case_id, other_id, form.verdict.data or "", form.note.data or "")
            flash("Written down. Neither case was changed by it.", "success")
            return redirect(url_for("cases.home"))
        except service.CaseProblem as problem:
            form.refuse("", str(problem))
    settled = numbers.settlement(case_id, other_id)
    return shown("cases/same_number.html", form, case=g.case, other=other, settled=settled)
