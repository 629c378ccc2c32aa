"""What every way in has in common: where somebody comes to, with what they typed, and which browser knows them from then on."""

from __future__ import annotations

from typing import Any, NamedTuple

from flask import Blueprint, g, make_response, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from app.accounts import devices, service, sessions
from app.accounts.models import User
from app.accounts.policy import may
from app.settings import current_settings
from app.web.carried import carried
from app.web.cookies import kept_as, told
from app.web.links import safe_path

pages = Blueprint("accounts", __name__)
# What the second button of the sign-in says: with a family waiting, the list of cases is no step on the way.
OPEN_A_CASE = "open"
# This browser's mark of having been signed in on: a stranger's tries at the account do not keep it out.
_DEVICE, _DEVICE_DAYS = "case-by-case-device", 180
_HALF = "half"


class Onward(NamedTuple):
    """Where somebody goes on: an address of this service, with what they had typed there, if anything."""

    path: str
    fields: dict[str, list[str]] | None


def mark() -> str:
    """What this browser holds of an earlier sign-in, if anything."""
    return told(_DEVICE)[:64]


def label() -> str:
    """Which browser this is, in two words of ours."""
    return devices.label(request.user_agent.string)


def half() -> str:
    """The token of the half sign-in that this browser is in; empty where there is none."""
    return str(session.get(_HALF, ""))


def begin_half(token: str) -> None:
    """Between two steps. Whatever this browser held before is dropped."""
    session.clear()
    g.pop("csrf_token", None)
    session[_HALF] = token


def onward(form: Any, role: str) -> Onward:
    """Where the fields ``next``, ``carried`` and ``then`` of a form lead; no address leads off this site."""
    kept = carried(form.carried.data or "") if form.carried.data else None
    if kept is not None:
        return Onward(safe_path(kept[0]) or "/", kept[1])
    then = form.then.data if "then" in form else request.form.get("then")
    wants_to_open = then == OPEN_A_CASE and may(role, "case.create")
    begins_at = "first_screen.screen" if wants_to_open else "work.mine"
    return Onward(safe_path(form.next.data) or url_for(begins_at), None)


def enter(user: User, token: str, where: Onward) -> Response:
    """Into the service, by a session that was begun on the server."""
    sessions.start(user, token)
    if where.fields is None:
        answer = redirect(where.path)
    else:
        why = "You are signed in again."
        answer = make_response(render_template("accounts/resume.html", path=where.path, fields=where.fields, why=why))
    return known_from_now_on(answer, user)


def known_from_now_on(answer: Response, user: User) -> Response:
    settings = current_settings()
    answer.set_cookie(
        kept_as(_DEVICE), service.device_mark(user.email), max_age=_DEVICE_DAYS * 86_400, path="/sign-in", httponly=True,
        secure=settings.https, samesite="Lax",
    )  # fmt: skip
    return answer
