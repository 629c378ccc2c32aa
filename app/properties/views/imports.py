"""Files of a housing system, for an administrator: units and families, looked at first, then confirmed."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask_login import current_user
from sqlalchemy import select

from app.accounts.models import User
from app.accounts.policy import ROLES, may, permission
from app.audit import service as audit
from app.clocks import today
from app.extensions import db
from app.finding import imports
from app.places.files import FileProblem
from app.web.page import Page, shown
from forms.imports import UNITS, ConfirmForm, ImportForm

pages = Blueprint("imports", __name__)
MOST_SHOWN = 200
GONE = "What was looked at is more than an hour old, or not yours. Choose the file again."
OTHERWISE = (
    "Something was written since you looked, and the file would do something else now. Nothing was loaded. Look again."
)


@pages.route("/imports", methods=["GET", "POST"])
@permission("import.manage")
def look() -> Page:
    """Choose a file; it is said what it would do, and nothing is done."""
    form = ImportForm()
    roles = [role for role in ROLES if may(role, "case.create")]
    query = select(User.id, User.name).where(User.active, User.role.in_(roles)).order_by(User.name)
    form.officer.items = [(row.id, row.name, "") for row in db.session.execute(query)]
    told, confirm = None, None
    if form.validate_on_submit():
        chosen = _chosen(form)
        try:
            told = imports.look(current_user, chosen)
        except FileProblem as problem:
            form.refuse("file", str(problem).replace("the-file.csv", "The file"))
        else:
            audit.viewed("import.looked", "import", chosen.kind, "", dict(told.counts))
            confirm = ConfirmForm(formdata=None, data={"closed": imports.close(current_user.id, chosen, told.counts)})
    elif request.method == "GET":
        audit.viewed("import.listed", "import", "", "")
    return shown("properties/imports.html", form, told=told, confirm=confirm, most=MOST_SHOWN, units=UNITS)


def _chosen(form: ImportForm) -> imports.Chosen:
    return imports.Chosen(
        kind=form.kind.data or "", name=form.name, content=form.file.data or b"", day=form.day.data or today(),
        source=form.source.data or "", officer_id=form.officer.data or "", without_bad_rows=bool(form.without.data),
    )  # fmt: skip


@pages.post("/imports/load")
@permission("import.manage")
def load() -> Page:
    """Do what was shown: all of it or nothing."""
    found = imports.opened(current_user.id, request.form.get("closed", ""))
    if found is None:
        flash(GONE, "important")
        return redirect(url_for("imports.look"))
    chosen, counts = found
    try:
        told = imports.load(current_user, chosen, counts)
    except FileProblem as problem:
        flash(str(problem), "important")
        return redirect(url_for("imports.look"))
    if not told.is_written:
        flash(OTHERWISE, "important")
    elif chosen.kind == UNITS:
        flash(
            f"Loaded: {told.counts['added']:,} {'unit' if told.counts['added'] == 1 else 'units'} added, {told.counts['changed']:,} changed.",
            "success",
        )
    else:
        flash(f"Loaded: {told.counts['made']:,} {'case' if told.counts['made'] == 1 else 'cases'} opened.", "success")
    return redirect(url_for("imports.look"))
