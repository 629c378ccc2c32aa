"""Confirm that it is you: before what reaches far, and then back to where somebody was, with what they typed."""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.accounts import council, fresh, sessions, tries
from app.accounts.policy import permission
from app.accounts.views.entering import pages
from app.web.carried import carried
from app.web.links import safe_path
from app.web.page import Page
from forms.accounts import ConfirmForm


@pages.route("/confirm", methods=["GET", "POST"])
@permission("signed_in")
def confirm() -> Page:
    """By password; it leads back to an address of this service and nowhere else."""
    form = ConfirmForm()
    has_second = fresh.ways(current_user.id).is_there
    if not has_second:
        del form.code
    if request.method == "GET":
        form.next.data = safe_path(request.args.get("next")) or ""
        return confirm_page(form)
    status = 422
    if "elsewhere" in request.form:
        return _confirmed_elsewhere(form)
    if form.validate():
        try:
            code = str(form.code.data or "") if has_second else ""
            token = fresh.by_password(current_user, form.password.data or "", code, request.remote_addr or "")
            if token is not None:
                sessions.renew(current_user, token)
                return back(form)
            form.refuse(
                "password", "The password or the code is not right." if has_second else "The password is not right."
            )
        except fresh.SessionGone:
            return back(form)
        except tries.TooManyTries:
            form.refuse("password", "There were too many tries. Wait fifteen minutes, then try again.")
            status = 429
        except tries.Busy:
            form.refuse(
                "password", "Many people are signing in just now. Type your password and try again in a moment."
            )
            status = 503
    return confirm_page(form), status


def _confirmed_elsewhere(form: ConfirmForm) -> Page:
    """In another window, by the council's own sign-in: what was typed here waited, and is offered again once that was done."""
    asked = ConfirmForm(formdata=None, data={"next": form.next.data, "carried": form.carried.data})
    if fresh.confirmed_lately():
        return back(asked)
    asked.refuse(
        "", "You have not confirmed it yet. Sign in to your council in the other window first, then come back here."
    )
    return confirm_page(asked), 422


def confirm_page(form: ConfirmForm) -> str:
    """The page, with the fields that this account confirms by."""
    standing = fresh.ways(current_user.id)
    if not standing.is_there and form.code is not None:
        del form.code
    return render_template(
        "accounts/confirm.html", form=form, carried=bool(form.carried.data), minutes=fresh.MINUTES, has_passkey=bool(standing.passkeys),
        council=council.to_confirm_by(current_user.id),
    )  # fmt: skip


def back(form: ConfirmForm) -> Response:
    kept = carried(form.carried.data or "") if form.carried.data else None
    if kept is None:
        if not form.next.data:
            flash("You have confirmed that it is you.", "success")
        return redirect(safe_path(form.next.data) or url_for("work.mine"))
    path, fields = kept
    why = "You have confirmed that it is you."
    return make_response(
        render_template("accounts/resume.html", path=safe_path(path) or "/", fields=fields, why=why, confirmed=True)
    )
