"""The notes of supervision of a case: read by who works with it and by the auditor, added to by who works with it."""

from __future__ import annotations

from flask import Blueprint, g, redirect, url_for
from flask_login import current_user

from app.accounts.policy import ROLES, permission
from app.cases import supervision
from app.clocks import today
from app.sharing import tools
from app.web.page import Page, saved, shown
from forms.supervision import SupervisionForm

pages = Blueprint("supervision", __name__)


@pages.get("/cases/<id:case_id>/supervision")
@permission("supervision.view")
def listed(case_id: str) -> Page:
    """Every note, the newest day first."""
    form = SupervisionForm(formdata=None, data={"version": str(g.case.version), "on": today()})
    return _page(case_id, form)


@pages.post("/cases/<id:case_id>/supervision")
@permission("supervision.write")
def write(case_id: str) -> Page:
    """Keep one more."""
    form = SupervisionForm()
    if form.validate() and saved(
        form, lambda seen: supervision.write(current_user, case_id, seen, form.values()), "The note is kept."
    ):
        return redirect(url_for("supervision.listed", case_id=case_id))
    return _page(case_id, form)


def _page(case_id: str, form: SupervisionForm) -> Page:
    return shown(
        "cases/supervision.html", form, case=g.case, notes=supervision.of_case(case_id), roles=ROLES, tools=tools.read()
    )
