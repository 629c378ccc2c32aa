"""Who looked at a case, for those who work with it; and to everybody what they looked at themselves."""

from __future__ import annotations

from flask import Blueprint, g, render_template
from flask_login import current_user
from sqlalchemy import select

from app.access import readers
from app.accounts.policy import ROLES, may, permission
from app.cases.models import Case
from app.extensions import db
from app.web.page import Page

pages = Blueprint("readers", __name__)


@pages.get("/cases/<id:case_id>/who-looked")
@permission("readers.view")
def listed(case_id: str) -> Page:
    """By person and day, the newest first."""
    found = readers.of_case(case_id)
    return render_template("access/readers.html", case=g.case, found=found, names=readers.names_of(found), roles=ROLES)


@pages.get("/my-looks")
@permission("signed_in")
def mine() -> Page:
    """What whoever sits here looked at, of cases that they may see."""
    found = readers.of_user(current_user) if may(current_user.role, "case.list") else []
    ids = {one.case_id for one in found}
    references = {row.id: row.reference for row in db.session.execute(select(Case.id, Case.reference).where(Case.id.in_(ids)))}
    return render_template("access/my_looks.html", found=found, references=references)
