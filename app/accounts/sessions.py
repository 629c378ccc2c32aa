"""Who is signed in: Flask-Login over sessions kept on the server, so that each can be ended there."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask, g, session
from flask_login import UserMixin, login_user, logout_user

from app.extensions import login
from app.settings import Settings

from . import service
from .models import User


class SignedIn(UserMixin):
    """The person behind a request."""

    def __init__(self, user: User | service.Person, token: str) -> None:
        self.id, self.name, self.role, self.email, self.token = user.id, user.name, user.role, user.email, token

    def get_id(self) -> str:
        return self.token


def init_app(app: Flask, settings: Settings) -> None:
    idle, longest = timedelta(minutes=settings.idle_minutes), timedelta(hours=settings.longest_session_hours)

    @login.user_loader
    def load(token: str) -> SignedIn | None:
        user = service.user_of_session(token, idle, longest)
        return None if user is None else SignedIn(user, token)


def start(user: User, token: str) -> SignedIn:
    """Begin a session in this browser; whatever it held before is dropped."""
    session.clear()
    # The token made for this request is of the session that was: a page that goes out now must carry one of the new.
    g.pop("csrf_token", None)
    session.permanent = True
    person = SignedIn(user, token)
    login_user(person)
    return person


def end(token: str) -> None:
    service.sign_out(token)
    logout_user()
    session.clear()
