"""Who is signed in: Flask-Login over sessions kept on the server, so that each can be ended there."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Flask, g, session
from flask_login import UserMixin, login_user, logout_user

from app.database import now
from app.extensions import login
from app.settings import Settings

from . import service
from .models import User


class SignedIn(UserMixin):
    """The person behind a request."""

    def __init__(self, user: User | service.Person, token: str, confirmed_at: datetime | None) -> None:
        self.id, self.name, self.role, self.email, self.token = user.id, user.name, user.role, user.email, token
        self.confirmed_at = confirmed_at

    def get_id(self) -> str:
        return self.token


def init_app(app: Flask, settings: Settings) -> None:
    idle, longest = timedelta(minutes=settings.idle_minutes), timedelta(hours=settings.longest_session_hours)

    @login.user_loader
    def load(token: str) -> SignedIn | None:
        user = service.user_of_session(token, idle, longest)
        return None if user is None else SignedIn(user, token, user.confirmed_at)


def start(user: User, token: str) -> SignedIn:
    """Begin a session in this browser; whatever it held before is dropped."""
    session.clear()
    # The token made for this request is of the session that was: a page that goes out now must carry one of the new.
    g.pop("csrf_token", None)
    session.permanent = True
    person = SignedIn(user, token, now())
    login_user(person)
    return person


def renew(person: SignedIn, token: str) -> None:
    """Go on in this browser under another token. What else it holds stays: forms that are open in other windows can be sent."""
    renewed = SignedIn(service.Person(person.id, person.name, person.role, person.email, now()), token, now())
    login_user(renewed)


def end(token: str) -> None:
    service.sign_out(token)
    logout_user()
    session.clear()
