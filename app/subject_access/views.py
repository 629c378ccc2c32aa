"""What is held about somebody, asked for, put together, released and given."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, abort, flash, g, redirect, render_template, url_for
from flask_login import current_user

from app.accounts.policy import permission
from app.clocks import in_words, today
from app.deadlines import service as deadlines
from app.records import process
from app.web.page import Page, saved, shown
from forms.subject_access import AskForm, ReleaseForm

from . import service
from .models import SubjectAccess

pages = Blueprint("subject_access", __name__)


@pages.get("/cases/<id:case_id>/subject-access")
@permission("access.make")
def listed(case_id: str) -> str:
    """Every request, and by when each is to be answered."""
    page = deadlines.of_case(g.case, today())
    due = {s.id: s for part in (page.late, page.coming, page.without, page.over) for s in part}
    return render_template(
        "subject_access/listed.html", case=g.case, requests=service.of_case(case_id), due=due,
        names={p.key: p.name for p in service.people(case_id)},
    )  # fmt: skip


@pages.route("/cases/<id:case_id>/subject-access/ask", methods=["GET", "POST"])
@permission("access.make")
def ask(case_id: str) -> Page:
    """Write a request down, and put together what they are given."""
    form = AskForm()
    form.person.items = [
        (p.key, f"{p.name}{', who left on ' + in_words(p.left_on) if p.left_on else ''}", "")
        for p in service.people(case_id)
    ]
    made: list[str] = []
    if form.is_submitted() and form.validate():
        values = (form.person.data or "", form.on.data or today(), form.proved.data or "")
        if saved(
            form, lambda seen: made.append(service.ask(current_user, case_id, seen, *values)),
            "It is put together. A safeguarding lead reads it before it is given.",
        ):  # fmt: skip
            return redirect(url_for("subject_access.show", case_id=case_id, access_id=made[0]))
    form.version.data = form.version.data or str(g.case.version)
    return shown("subject_access/ask.html", form, case=g.case)


@pages.get("/cases/<id:case_id>/subject-access/<id:access_id>")
@permission("access.make")
def show(case_id: str, access_id: str) -> str:
    """What they would be given, as they would read it."""
    row = _row(case_id, access_id)
    return render_template("subject_access/show.html", case=g.case, row=row, said=json.loads(row.body))


@pages.route("/cases/<id:case_id>/subject-access/<id:access_id>/release", methods=["GET", "POST"])
@permission("access.release")
def release(case_id: str, access_id: str) -> Page:
    """Let it go, having read it."""
    row = _row(case_id, access_id)
    form = ReleaseForm()
    if (
        form.is_submitted()
        and form.validate()
        and saved(
            form,
            lambda seen: service.release(current_user, case_id, seen, access_id, form.why.data or ""),
            "It is released.",
        )
    ):
        return redirect(url_for("subject_access.show", case_id=case_id, access_id=access_id))
    form.version.data = form.version.data or str(g.case.version)
    values: dict[str, Any] = {"row": _row(case_id, access_id), "said": json.loads(row.body)}
    return shown("subject_access/release.html", form, case=g.case, **values)


@pages.get("/cases/<id:case_id>/subject-access/<id:access_id>/given.zip")
@permission("access.make")
def given(case_id: str, access_id: str) -> Response:
    """What was released, to be given to them."""
    row = _row(case_id, access_id)
    if row.released_at is None:
        flash("A safeguarding lead has not released this yet.", "important")
        return redirect(url_for("subject_access.show", case_id=case_id, access_id=access_id))  # type: ignore[return-value]
    try:
        made = service.given(row)
    except process.RenderFailed:
        abort(503)
    answer = Response(made, mimetype="application/zip")
    answer.headers["Content-Disposition"] = 'attachment; filename="what-is-held.zip"'  # of whom, no name of a file says
    return answer


def _row(case_id: str, access_id: str) -> SubjectAccess:
    found = service.find(case_id, access_id)
    return found if found is not None else abort(404)
