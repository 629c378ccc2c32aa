"""Places the family must not be near: what kind, by whom and when; never where."""

from __future__ import annotations

from flask import Blueprint, abort, flash, g, redirect, url_for
from flask import request as asked
from flask_login import current_user

from app.accounts.policy import permission
from app.cases import protected
from app.web.page import Page, saved, shown
from forms.accounts import EmptyForm
from forms.places import ProtectedForm

pages = Blueprint("protected", __name__)
_STALE = "Somebody changed this case since you opened the page, so nothing was removed. Look at it again."


@pages.route("/cases/<id:case_id>/protected", methods=["GET", "POST"])
@permission("protected.manage")
def listed(case_id: str) -> Page:
    """Places the family must not be near: what kind, by whom and when; never where."""
    form = ProtectedForm() if asked.method == "POST" else ProtectedForm(data={"version": str(g.case.version)})
    form.role.items = [(code, name, "") for code, name in protected.ROLES.items()]
    if asked.method == "POST" and form.validate():
        typed = (form.role.data or "", form.address.data or "", form.postcode.data or "")
        if saved(
            form,
            lambda seen_version: protected.add(current_user, case_id, seen_version, *typed),
            "Written down and sealed.",
        ):
            return redirect(url_for("protected.listed", case_id=case_id))
    return shown("cases/protected.html", form, case=g.case, places=protected.of_case(case_id), roles=protected.ROLES)


@pages.post("/cases/<id:case_id>/protected/<id:place_id>/remove")
@permission("protected.manage")
def remove(case_id: str, place_id: str) -> Page:
    """Take a protected place out of use; what was sealed is destroyed."""
    gone: list[bool] = []
    if not saved(
        EmptyForm(), lambda seen_version: gone.append(protected.take_out(case_id, seen_version, place_id)), "Taken out."
    ):
        flash(_STALE, "important")
    elif not gone[0]:
        abort(404)
    return redirect(url_for("protected.listed", case_id=case_id))
