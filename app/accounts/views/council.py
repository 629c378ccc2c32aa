"""Signing in, confirming and joining an account by the council's own sign-in."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, session, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app import disk
from app.accounts import council, fresh, sessions
from app.accounts.council import Asked, CouncilRefused
from app.accounts.policy import permission
from app.accounts.views import entering
from app.accounts.views.entering import Onward, pages
from app.accounts.views.second_step import leads_on
from app.settings import current_settings
from app.web.links import safe_path
from app.web.page import Page
from forms.accounts import SecondStepForm

_KEPT, _JOINING = "council", "joining"


@pages.get("/sign-in/council")
@permission("public")
def council_sign_in() -> Page:
    return _sent(council.SIGN_IN)


@pages.get("/confirm/council")
@permission("signed_in")
def council_confirm() -> Page:
    return _sent(council.CONFIRM)


@pages.get("/account/council")
@permission("signed_in")
def council_join() -> Page:
    fresh.demand()
    return _sent(council.JOIN)


def _sent(purpose: str) -> Page:
    try:
        address, asked = council.begin(purpose)
    except CouncilRefused as refused:
        return _told(str(refused))
    then = request.args.get("then", "")[:10]
    session[_KEPT] = {"asked": list(asked), "next": safe_path(request.args.get("next")) or "", "then": then}
    return redirect(address)


@pages.get(council.BACK)
@permission("public")
def council_back() -> Page:
    """Where the council's sign-in leads back to: what it says is good once, and only for who asked."""
    kept = session.pop(_KEPT, None)
    try:
        asked = Asked(*kept["asked"]) if isinstance(kept, dict) else None
        said = {name: request.args.get(name, "") for name in ("state", "code", "error", "iss")}
        known = council.answered(asked, said["state"], said["code"], said["error"], said["iss"])
        if asked is None or kept is None:
            return _told("Begin again.")
        form = SecondStepForm(formdata=None, data={"next": kept["next"], "then": kept["then"], "carried": ""})
        if asked.purpose == council.SIGN_IN:
            return _signed_in(form, known)
        if not current_user.is_authenticated:
            return _told("Your session here had ended. Sign in again.")
        if asked.purpose == council.CONFIRM:
            sessions.renew(current_user, council.confirm(current_user, known))
            return redirect(safe_path(form.next.data) or url_for("work.mine"))
        session[_JOINING] = [known.issuer, known.subject]
        return render_template(
            "accounts/join.html", name=known.name, email=known.email, council_sign_in=current_settings().oidc_name
        )
    except CouncilRefused as refused:
        return _told(str(refused))
    except fresh.SessionGone:
        return redirect(url_for("work.mine"))
    except disk.NothingSaved as problem:
        return _told(f"You are not signed in. {problem}", 503)


def _signed_in(form: Any, known: council.Known) -> Page:
    passed, user = council.sign_in(known, entering.label())
    if passed.wants:
        return leads_on(form, passed)
    where = Onward(safe_path(form.next.data) or entering.onward(form, user.role).path, None)
    return entering.enter(user, passed.token, where)


@pages.post("/account/council/join")
@permission("signed_in")
@fresh.confirmed
def council_joined() -> Response:
    kept = session.pop(_JOINING, None)
    try:
        if not isinstance(kept, list) or len(kept) != 2:
            raise CouncilRefused("There is nothing to join. Begin again.")
        council.join(current_user, kept[0], kept[1])
        flash("The two accounts are joined.", "success")
    except CouncilRefused as refused:
        flash(str(refused), "important")
    return redirect(url_for("accounts.own_account"))


def _told(said: str, status: int = 422) -> tuple[str, int]:
    onward = (url_for("accounts.sign_in"), "Sign in another way")
    if current_user.is_authenticated:
        onward = (url_for("accounts.own_account"), "Your account")
    page = render_template(
        "web/error.html", title="That was not a sign-in", next_step=said, reference="", onward=onward
    )
    return page, status
