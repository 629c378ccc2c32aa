"""The page on which a case is given out whole, and who has done that before."""

from __future__ import annotations

import tempfile

from flask import Blueprint, g, send_file
from flask_login import current_user
from werkzeug.wrappers import Response

from app.accounts import fresh
from app.accounts.policy import ROLES, permission
from app.problem import StaleCase
from app.records.court import PURPOSES
from app.web.page import Page, shown, version_seen
from forms.court import CourtForm

from . import data, service

pages = Blueprint("court", __name__)
_MEANWHILE = "Somebody changed this case while it was put together. Nothing was given out. Look at it, and press again."


@pages.get("/cases/<id:case_id>/court")
@permission("court.export")
def page(case_id: str) -> Page:
    """What an export holds, what it does not, and for what it may be made."""
    return _page(CourtForm(PURPOSES, formdata=None, data={"version": str(g.case.version)}))


@pages.post("/cases/<id:case_id>/court")
@permission("court.export")
@fresh.confirmed
def make(case_id: str) -> Page | Response:
    """Make one while they wait, once it was said lately that it is them. It is kept nowhere here."""
    form = CourtForm(PURPOSES)
    if not form.validate():
        return _page(form)
    target = tempfile.TemporaryFile()  # noqa: SIM115 - it is closed with the answer
    reference = g.case.reference
    try:
        service.export(current_user, g.case, version_seen(form), form.purpose.data or "", form.words.data or "", target)
    except StaleCase as stale:
        target.close()
        form.refuse("", _MEANWHILE)
        form.version.data = str(stale.now_at)
        return _page(form)
    except service.HeldSealed as problem:
        target.close()
        form.refuse("", str(problem))
        return _page(form)
    g.is_noted = True  # that it was given out is an entry, and says more
    target.seek(0)
    return send_file(
        target, mimetype="application/zip", as_attachment=True, download_name=f"export-{reference}.zip", max_age=0
    )


def _page(form: CourtForm) -> Page:
    return shown(
        "court/page.html", form, case=g.case, left=data.LEFT_OUT.values(), before=service.of_case(g.case.id),
        purposes=PURPOSES, roles=ROLES, minutes=fresh.MINUTES,
    )  # fmt: skip
