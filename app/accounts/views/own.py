"""One's own account: the password, the sessions that are open, and the second steps."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.accounts import council, fresh, links, own, second, sessions, tries
from app.accounts.models import User
from app.accounts.policy import ROLES, permission
from app.accounts.views.entering import Onward, pages
from app.database import writing
from app.extensions import db
from app.problem import Problem
from app.settings import current_settings
from app.web.page import Page
from forms.accounts import EmptyForm, OwnPasswordForm, SetUpForm

_LAST_STEP = "Your role must have a second step, and this is the only one you have. Set up another one first."


@pages.get("/account")
@permission("signed_in")
def own_account() -> Page:
    user = db.session.get_one(User, current_user.id)
    return render_template(
        "accounts/own.html", role=ROLES[user.role], has_password=bool(user.password_hash), form=None,
        open_sessions=own.open_sessions(user.id), here=own.session_here(current_user), standing=second.standing(db.session, user.id),
        demanded=second.is_demanded(user.role), council_sign_in=current_settings().oidc_name,
        joined=council.is_joined(user.id), can_join=council.is_configured(),
    )  # fmt: skip


@pages.route("/account/password", methods=["GET", "POST"])
@permission("signed_in")
def own_password() -> Page:
    form = OwnPasswordForm()
    status = 422
    if request.method == "GET":
        return _password_page(form), 200
    if form.validate():
        try:
            if form.password.data != form.again.data:
                raise Problem("The two passwords are not the same.", "again")
            token = own.change_password(
                current_user, form.old_password.data or "", form.password.data or "", request.remote_addr or ""
            )
            sessions.renew(current_user, token)
            flash("Your password is changed, and every other session of yours has ended.", "success")
            return redirect(url_for("accounts.own_account"))
        except Problem as problem:
            form.refuse(problem.field, str(problem))
        except fresh.SessionGone:
            return redirect(url_for("accounts.own_account"))
        except tries.TooManyTries:
            form.refuse("old_password", "There were too many tries. Wait fifteen minutes, then try again.")
            status = 429
        except tries.Busy:
            form.refuse("old_password", "Many people are signing in just now. Type it and try again in a moment.")
            status = 503
    return _password_page(form), status


def _password_page(form: OwnPasswordForm) -> str:
    has_password = bool(db.session.get_one(User, current_user.id).password_hash)
    return render_template(
        "accounts/own_password.html", form=form, has_password=has_password, council_sign_in=current_settings().oidc_name
    )


@pages.post("/account/sessions/<id:session_id>/end")
@permission("signed_in")
def end_session(session_id: str) -> Response:
    if not EmptyForm().validate():
        abort(404)
    if not own.end_session(current_user, session_id):
        flash("This session has ended already.", "important")
    else:
        flash("The session has ended: whoever sits there is out.", "success")
    return redirect(url_for("accounts.own_account"))


@pages.post("/account/sessions/end")
@permission("signed_in")
def end_other_sessions() -> Response:
    if not EmptyForm().validate():
        abort(404)
    own.end_others(current_user)
    flash("Every session of yours but this one has ended.", "success")
    return redirect(url_for("accounts.own_account"))


@pages.route("/account/authenticator", methods=["GET", "POST"])
@permission("signed_in")
def own_authenticator() -> Page:
    """Set up the app that gives codes, or another one in the place of the one there is."""
    fresh.demand()
    form = SetUpForm()
    if request.method == "POST" and form.validate():
        with writing() as session:
            user = links.taken(session, current_user.id)
            codes = second.set_up(session, user, form.closed.data or "", form.code.data or "")
        if codes is not None:
            where = Onward(url_for("accounts.own_account"), None)
            return render_template("accounts/recovery_codes.html", codes=codes, where=where)
        form.refuse(
            "code", "This is not the code that the app shows for this secret. Wait for the next one and type that."
        )
    closed = form.closed.data if request.method == "POST" else ""
    offered = second.offered_again(current_user.id, current_user.email, closed) if closed else None
    offered = offered or second.offer(current_user.id, current_user.email)
    form.closed.data = offered.closed
    action = url_for("accounts.own_authenticator")
    page = render_template("accounts/set_up.html", form=form, offered=offered, action=action, at_sign_in=False)
    return page, 422 if form.errors else 200


@pages.post("/account/authenticator/remove")
@permission("signed_in")
@fresh.confirmed
def remove_authenticator() -> Response:
    if not EmptyForm().validate():
        abort(404)
    if second.is_left_without(current_user.id, current_user.role, "app"):
        flash(_LAST_STEP, "important")
    else:
        with writing() as session:
            second.take_app_away(session, links.taken(session, current_user.id))
        flash("The app is taken away: its codes work no more.", "success")
    return redirect(url_for("accounts.own_account"))


@pages.post("/account/recovery-codes")
@permission("signed_in")
@fresh.confirmed
def own_recovery_codes() -> Page:
    """New recovery codes, shown once; earlier ones work no more."""
    if not EmptyForm().validate():
        abort(404)
    with writing() as session:
        user = links.taken(session, current_user.id)
        codes = second.new_codes(session, user) if second.standing(session, user.id).is_there else None
    if codes is None:
        flash("You have no second step that codes could stand in for. Set one up first.", "important")
        return redirect(url_for("accounts.own_account"))
    where = Onward(url_for("accounts.own_account"), None)
    return render_template("accounts/recovery_codes.html", codes=codes, where=where)
