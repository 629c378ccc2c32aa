"""Who looked at a case, for those who work with it; and to everybody what they looked at themselves."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, session, url_for
from flask_login import current_user
from sqlalchemy import select

from app.access import purpose, readers, table
from app.accounts.policy import ROLES, may, permission
from app.cases.models import Case
from app.clocks import today
from app.extensions import db
from app.web.page import Page
from forms.access import PurposeForm

pages = Blueprint("readers", __name__)


@pages.get("/cases/<id:case_id>/who-looked")
@permission("readers.view")
def listed(case_id: str) -> Page:
    """By person and day, the newest first."""
    found = readers.of_case(case_id)
    return render_template(
        "access/readers.html", case=g.case, found=found, names=readers.names_of(found), roles=ROLES,
        why=readers.why_they_looked(case_id, table.read()),
    )  # fmt: skip


@pages.post("/cases/<id:case_id>/why")
@permission("purpose.say")
def why(case_id: str) -> Page:
    """Say why one opens a case that is not one's work; it is asked once a day of a case."""
    form = why_form(sent=True)
    if g.get("glass") is None and form.validate():
        purpose.say(case_id, form.purpose.data or "", session, today())
    else:
        flash("Choose why you are opening this case, and press the button again.", "important")
    return redirect(url_for("cases.show", case_id=case_id))


def why_form(sent: bool = False) -> PurposeForm:
    """The one line in which it is asked."""
    form = PurposeForm() if sent else PurposeForm(formdata=None)
    form.purpose.items = [(code, said, "") for code, said in table.read().purposes.items()]
    return form


@pages.get("/my-looks")
@permission("signed_in")
def mine() -> Page:
    """What whoever sits here looked at, of cases that they may see."""
    found = readers.of_user(current_user) if may(current_user.role, "case.list") else []
    ids = {one.case_id for one in found}
    references = {
        row.id: row.reference for row in db.session.execute(select(Case.id, Case.reference).where(Case.id.in_(ids)))
    }
    return render_template("access/my_looks.html", found=found, references=references)
