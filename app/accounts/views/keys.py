"""Passkeys: made and taken away in one's own account, and used to sign in or to confirm. Without a script none of it is offered."""

from __future__ import annotations

from flask import Response as JsonResponse
from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app import disk
from app.accounts import fresh, passkeys, second, sessions
from app.accounts.passkeys import PasskeyRefused
from app.accounts.policy import permission
from app.accounts.views import entering
from app.accounts.views.confirming import back, confirm_page
from app.accounts.views.entering import Onward, pages
from app.accounts.views.people import sign_in_page
from app.web.page import Page
from forms.accounts import ConfirmForm, EmptyForm, PasskeyForm, SignInForm


def _as_json(text: str) -> JsonResponse:
    return current_app.response_class(text, mimetype="application/json")


@pages.get("/sign-in/passkey")
@permission("public")
def passkey_to_sign_in() -> JsonResponse:
    return _as_json(passkeys.to_use(passkeys.SIGN_IN))


@pages.post("/sign-in/passkey")
@permission("public")
def sign_in_by_passkey() -> Page:
    """The browser's answer, in the form that also brings where they were."""
    form = SignInForm()
    del form.email, form.password
    status, said = 422, "That did not work. Sign in with your password."
    if form.validate():
        try:
            token, user = passkeys.sign_in(request.form.get("credential", ""), entering.label())
            return entering.enter(user, token, entering.onward(form, user.role))
        except PasskeyRefused as refused:
            said = str(refused)
        except disk.NothingSaved as problem:
            status, said = 503, f"You are not signed in. {problem} Who is signed in can go on reading."
    again = SignInForm(formdata=None, data={"next": form.next.data, "carried": form.carried.data})
    again.refuse("", said)
    return sign_in_page(again), status


@pages.get("/confirm/passkey")
@permission("signed_in")
def passkey_to_confirm() -> JsonResponse:
    return _as_json(passkeys.to_use(passkeys.CONFIRM, current_user.id))


@pages.post("/confirm/passkey")
@permission("signed_in")
def confirm_by_passkey() -> Page:
    form = ConfirmForm()
    del form.password, form.code
    said = "That did not work. Use your password."
    if form.validate():
        try:
            sessions.renew(current_user, passkeys.confirm(current_user, request.form.get("credential", "")))
            return back(form)
        except fresh.SessionGone:
            return back(form)
        except PasskeyRefused as refused:
            said = str(refused)
    again = ConfirmForm(formdata=None, data={"next": form.next.data, "carried": form.carried.data})
    again.refuse("", said)
    return confirm_page(again), 422


@pages.route("/account/passkeys/new", methods=["GET", "POST"])
@permission("signed_in")
def new_passkey() -> Page:
    fresh.demand()
    form = PasskeyForm()
    if request.method == "POST" and form.validate():
        try:
            codes = passkeys.register(current_user, form.credential.data or "", form.name.data or "")
            if codes:
                where = Onward(url_for("accounts.own_account"), None)
                return render_template("accounts/recovery_codes.html", codes=codes, where=where)
            flash("The passkey is kept: you can sign in with it.", "success")
            return redirect(url_for("accounts.own_account"))
        except PasskeyRefused as refused:
            form.refuse("", str(refused))
    form.credential.data = ""
    return render_template("accounts/passkey.html", form=form), 422 if form.errors else 200


@pages.get("/account/passkeys/options")
@permission("signed_in")
def passkey_to_register() -> JsonResponse:
    fresh.demand()
    return _as_json(passkeys.to_register(current_user.id))


@pages.post("/account/passkeys/<id:passkey_id>/remove")
@permission("signed_in")
@fresh.confirmed
def remove_passkey(passkey_id: str) -> Response:
    if not EmptyForm().validate():
        abort(404)
    if second.is_left_without(current_user.id, current_user.role, passkey_id):
        flash(
            "Your role must have a second step, and this is the only one you have. Set up another one first.",
            "important",
        )
    elif passkeys.remove(current_user, passkey_id):
        flash("The passkey is taken away: it opens nothing any more. You may delete it on your device too.", "success")
    else:
        flash("There is no such passkey of yours.", "important")
    return redirect(url_for("accounts.own_account"))
