"""The second step of signing in: a code, or setting one up before anything else is seen."""

from __future__ import annotations

from typing import Any

from flask import make_response, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from app import disk
from app.accounts import halves, second, service, sessions, tries
from app.accounts.halves import Passed
from app.accounts.models import User
from app.accounts.policy import permission
from app.accounts.views import entering
from app.accounts.views.entering import pages
from app.extensions import db
from app.web.links import safe_path
from app.web.page import Page
from forms.accounts import SecondStepForm, SetUpForm


@pages.route("/sign-in/code", methods=["GET", "POST"])
@permission("public")
def second_step() -> Page:
    half = halves.of(entering.half())
    if half is None:
        return _ended()
    if half.wants == second.SET_UP:
        return _asked(SetUpForm(), half)
    form = SecondStepForm()
    if request.method == "GET":
        _from_address(form)
        return _page(form)
    status = 422
    if form.validate():
        try:
            token = halves.by_code(
                entering.half(), form.code.data or "", request.remote_addr or "", entering.label(), _mark_of(half.email)
            )
            if token is not None:
                user = db.session.get_one(User, half.user_id)
                return entering.enter(user, token, entering.onward(form, user.role))
            form.refuse("code", "This code is not right, or was used before. Wait for the next one and type that.")
        except halves.HalfEnded:
            session.clear()
            return _ended()
        except tries.TooManyTries:
            form.refuse("code", "There were too many tries. Wait fifteen minutes, then try again.")
            status = 429
        except disk.NothingSaved as problem:
            form.refuse("", f"You are not signed in. {problem} Who is signed in can go on reading.")
            status = 503
    return _page(form), status


@pages.route("/sign-in/set-up", methods=["GET", "POST"])
@permission("public")
def set_up_second_step() -> Page:
    """Somebody whose role must have a second step, and who has none, sets it up and is in."""
    half = halves.of(entering.half())
    if half is None or half.wants != second.SET_UP:
        return _ended()
    form = SetUpForm()
    if request.method == "GET":
        _from_address(form)
        return _asked(form, half)
    if form.validate():
        try:
            done = halves.by_setting_up(entering.half(), form.closed.data or "", form.code.data or "", entering.label())
        except halves.HalfEnded:
            session.clear()
            return _ended()
        if done is not None:
            return _in_with_codes(form, db.session.get_one(User, half.user_id), *done)
        form.refuse(
            "code", "This is not the code that the app shows for this secret. Wait for the next one and type that."
        )
    return _asked(form, half), 422


def _in_with_codes(form: Any, user: User, token: str, codes: list[str]) -> Response:
    where = entering.onward(form, user.role)
    sessions.start(user, token)
    page = render_template("accounts/recovery_codes.html", codes=codes, where=where)
    return entering.known_from_now_on(make_response(page), user)


def _mark_of(email: str) -> str:
    """The mark of this browser, where it is this account's."""
    mark = entering.mark()
    return mark if mark == service.device_mark(email) else ""


def leads_on(form: Any, passed: Passed) -> Response | str:
    """After a first step that was right, to the second: by address, or at once where typed words go along."""
    entering.begin_half(passed.token)
    then = request.form.get("then") or ""
    if not form.carried.data:
        where = "accounts.set_up_second_step" if passed.wants == second.SET_UP else "accounts.second_step"
        return redirect(url_for(where, next=safe_path(form.next.data) or None, then=then or None))
    kept = {"next": form.next.data, "carried": form.carried.data, "then": then}
    if passed.wants == second.SET_UP:
        half = halves.of(passed.token)
        return _ended()[0] if half is None else _asked(SetUpForm(formdata=None, data=kept), half)
    return _page(SecondStepForm(formdata=None, data=kept))


def _from_address(form: Any) -> None:
    form.next.data = safe_path(request.args.get("next")) or ""
    form.then.data = request.args.get("then", "")[:10]


def _page(form: SecondStepForm) -> str:
    return render_template("accounts/second_step.html", form=form, carried=bool(form.carried.data))


def _asked(form: SetUpForm, half: halves.Half) -> str:
    offered = second.offered_again(half.user_id, half.email, form.closed.data) if form.closed.data else None
    offered = offered or second.offer(half.user_id, half.email)
    form.closed.data = offered.closed
    action = url_for("accounts.set_up_second_step")
    return render_template("accounts/set_up.html", form=form, offered=offered, action=action, at_sign_in=True)


def _ended() -> tuple[str, int]:
    page = render_template(
        "web/error.html", title="This sign-in has ended", reference="",
        next_step="Between the two steps there are ten minutes and five codes. Nothing was opened. Begin again.",
        onward=(url_for("accounts.sign_in"), "Sign in"),
    )  # fmt: skip
    return page, 410
