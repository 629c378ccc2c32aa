"""Signing in and out, setting a password by one-time link, and the people page of administrators."""

from __future__ import annotations

from flask import (
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_login import current_user
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from app import disk
from app.accounts import council, fresh, letters, links, requests, second, service, sessions, tries
from app.accounts.models import AccountRequest, User
from app.accounts.policy import ROLES, may, permission
from app.accounts.views import entering
from app.accounts.views.entering import OPEN_A_CASE, pages
from app.accounts.views.second_step import leads_on
from app.cases.models import Case
from app.extensions import db
from app.settings import current_settings
from app.visits import service as visits
from app.visits.service import HOLDS
from app.web.cookies import told
from app.web.links import safe_path
from app.web.page import Page, shown
from forms.accounts import AccountForm, EmptyForm, PasswordForm, RoleForm, SignInForm


@pages.route("/sign-in", methods=["GET", "POST"])
@permission("public")
def sign_in() -> str | Response | tuple[str, int]:
    form = SignInForm()
    if request.method == "GET":
        form.next.data = safe_path(request.args.get("next")) or ""
        return sign_in_page(form)
    status = 422
    if form.validate():
        try:
            passed = service.sign_in(
                form.email.data or "",
                form.password.data or "",
                request.remote_addr or "",
                entering.mark(),
                entering.label(),
            )
        except tries.TooManyTries:
            if not form.carried.data:
                return _told_once("Too many tries", "Wait fifteen minutes, then try again."), 429
            form.refuse("email", "There were too many tries. Wait fifteen minutes, then try again.")
            passed, status = None, 429
        except tries.Busy:
            form.refuse(
                "password", "Many people are signing in just now. Type your password and try again in a moment."
            )
            passed, status = None, 503
        except disk.NothingSaved as problem:
            form.refuse("", f"You are not signed in. {problem} Who is signed in can go on reading.")
            passed, status = None, 503
        if passed is not None and passed.wants:
            return leads_on(form, passed)
        if passed is not None:
            user = db.session.scalars(select(User).where(User.email == (form.email.data or "").casefold())).one()
            return entering.enter(user, passed.token, entering.onward(form, user.role))
        if status == 422:
            form.refuse("email", "The e-mail address or the password is not right.")
    return sign_in_page(form), status


def sign_in_page(form: SignInForm) -> str:
    goes_on = bool(form.carried.data or form.next.data)  # to where they were, not to a new case
    return render_template(
        "accounts/sign_in.html", form=form, carried=bool(form.carried.data), then="" if goes_on else OPEN_A_CASE,
        council=current_settings().oidc_name if council.is_configured() else "",
    )  # fmt: skip


def _told_once(title: str, next_step: str) -> str:
    """A page without a form, drawn once a process: what is refused by the dozen must cost next to nothing."""
    if current_user.is_authenticated or session.get(
        "_flashes"
    ):  # a page with something of this person is for them alone
        return render_template("web/error.html", title=title, next_step=next_step, reference="")
    drawn: dict[str, str] = current_app.extensions.setdefault("told_once", {})
    if disk.of_this_instance().read_only() is not None:  # its banner is of now
        return render_template("web/error.html", title=title, next_step=next_step, reference="")
    if title not in drawn:
        drawn[title] = render_template("web/error.html", title=title, next_step=next_step, reference="")
    return drawn[title]


@pages.post("/sign-out")
@permission("signed_in")
def sign_out() -> Response | str:
    """Out; where this browser holds a visit that is not sent, whoever signs out is told first, and it is left there, closed."""
    holds = bool(told(HOLDS))
    waiting = visits.open_of(current_user.id) if holds and not request.form.get("anyway") else ()
    if waiting:
        return render_template("visits/signing_out.html", begun=[visit.begun_at for visit in waiting])
    sessions.end(current_user.token)
    answer = redirect(url_for("accounts.sign_in"))
    answer.headers["Clear-Site-Data"] = '"cache"' if holds else '"cache", "storage"'
    return answer


@pages.route("/welcome/<token>", methods=["GET", "POST"])
@permission("public")
def welcome(token: str) -> str | Response | tuple[str, int]:
    """A one-time link: set a password."""
    user = links.owner(token[:200])
    if user is None:
        return render_template(
            "web/error.html",
            title="This link no longer works",
            next_step="It can be used once and for two days. Ask your administrator for a new one.",
            reference="",
        ), 404
    form = PasswordForm()
    if request.method == "POST" and form.validate():
        problem = service.password_problem(form.password.data or "")
        if problem:
            form.refuse("password", problem)
        elif form.password.data != form.again.data:
            form.refuse("again", "The two passwords are not the same.")
        elif service.set_password(token, form.password.data or ""):
            flash("Your password is set. Sign in with it.", "success")
            return redirect(url_for("accounts.sign_in"))
    return render_template("accounts/password.html", form=form, user=user), 422 if form.errors else 200


@pages.route("/people", methods=["GET", "POST"])
@permission("account.manage")
@fresh.confirmed
def people() -> Page:
    """Accounts, and making one. The one-time link goes to its owner: no page shows it."""
    form = AccountForm()
    if request.method == "POST" and form.validate():
        name, email, role = form.name.data or "", form.email.data or "", form.role.data or ""
        try:
            if role in requests.NEED_A_SECOND:
                requests.ask_account(current_user, name, email, role)
                flash(_WAITS, "important")
            else:
                service.make_account(name, email, role)
                flash(f"The account of {name} is made. {_how_the_link_goes()}", "success")
            return redirect(url_for("accounts.people"))
        except service.AccountProblem as problem:
            form.refuse("email", str(problem))
    users = db.session.scalars(select(User).order_by(User.name)).all()
    return shown(
        "accounts/people.html", form, users=users, roles=ROLES, told=letters.newest_links(users),
        with_second=second.who_has_one(db.session), demanded=second.is_demanded, sends_mail=letters.is_sent_here(), waiting=requests.waiting(), alone=requests.is_alone(current_user),
    )  # fmt: skip


_WAITS = "Nothing is done yet: it waits until another administrator agrees, and stands above the accounts until then."


def _how_the_link_goes() -> str:
    if letters.is_sent_here():
        return "The one-time link goes to them by mail, and to nobody else."
    return "The one-time link is made on the server, as this page says."


def _user_or_404(user_id: str) -> User:
    user = db.session.get(User, user_id)
    if user is None or not EmptyForm().validate():
        abort(404)
    return user


@pages.post("/people/<id:user_id>/link")
@permission("account.manage")
@fresh.confirmed
def people_link(user_id: str) -> Response:
    user = _user_or_404(user_id)
    try:
        if user.role in requests.NEED_A_SECOND:
            requests.ask_change(current_user, user_id, requests.LINK)
            flash(_WAITS, "important")
        else:
            service.send_new_link(user_id)
            flash(_how_the_link_goes(), "success")
    except service.AccountProblem as problem:
        flash(str(problem), "important")
    return redirect(url_for("accounts.people"))


@pages.post("/people/<id:user_id>/<any(enable, disable):what>")
@permission("account.manage")
@fresh.confirmed
def people_active(user_id: str, what: str) -> Response:
    """Disabling is done at once; enabling an account that reaches far needs a second administrator."""
    user = _user_or_404(user_id)
    try:
        if user_id == current_user.id:
            flash("You cannot disable your own account.", "important")
        elif what == "enable" and user.role in requests.NEED_A_SECOND:
            requests.ask_change(current_user, user_id, requests.ENABLE)
            flash(_WAITS, "important")
        else:
            service.set_active(user_id, what == "enable")
            done = "is enabled." if what == "enable" else "is disabled and its sessions have ended."
            flash(f"The account {done}", "success")
    except service.AccountProblem as problem:
        flash(str(problem), "important")
    return redirect(url_for("accounts.people"))


@pages.route("/people/<id:user_id>/role", methods=["GET", "POST"])
@permission("account.manage")
@fresh.confirmed
def people_role(user_id: str) -> Page:
    """Another role: asked for here, done when a second administrator agrees."""
    user = db.session.get(User, user_id) or abort(404)
    form = RoleForm()
    if request.method == "POST" and form.validate():
        role = form.role.data or ""
        try:
            held = 0 if may(role, "case.create") else _open_cases(user_id)
            if held:
                cases_are = "1 open case" if held == 1 else f"{held} open cases"
                raise service.AccountProblem(
                    f"{user.name} holds {cases_are}, which this role cannot have. Hand them over first."
                )
            requests.ask_change(current_user, user_id, requests.ROLE, role)
            flash(_WAITS, "important")
            return redirect(url_for("accounts.people"))
        except service.AccountProblem as problem:
            form.refuse("role", str(problem))
    return shown("accounts/role.html", form, user=user, now_role=ROLES[user.role])


def _open_cases(user_id: str) -> int:
    of = select(func.count()).select_from(Case).where(Case.assigned_to == user_id, Case.closed_on.is_(None))
    return int(db.session.scalar(of) or 0)


@pages.post("/people/<id:user_id>/second-step")
@permission("account.manage")
@fresh.confirmed
def people_second_step(user_id: str) -> Response:
    """Take all second steps of somebody away, who has lost them: done when a second administrator agrees."""
    _user_or_404(user_id)
    try:
        requests.ask_change(current_user, user_id, requests.SECOND)
        flash(_WAITS, "important")
    except service.AccountProblem as problem:
        flash(str(problem), "important")
    return redirect(url_for("accounts.people"))


@pages.post("/people/requests/<id:request_id>/<any(agree, refuse):answer>")
@permission("account.manage")
@fresh.confirmed
def people_answer(request_id: str, answer: str) -> Response:
    """What waits for a second administrator: agreed to by another one, or refused, or taken back."""
    if db.session.get(AccountRequest, request_id) is None or not EmptyForm().validate():
        abort(404)
    try:
        if answer == "agree":
            requests.agree(current_user, request_id)
            flash("You agreed: it is done.", "success")
        else:
            requests.refuse(current_user, request_id)
            flash("It is refused: nothing was done.", "success")
    except service.AccountProblem as problem:
        flash(str(problem), "important")
    return redirect(url_for("accounts.people"))
