"""Letters to whoever has a link, when it ended or a newer record replaced what it opens. They name nobody of the family."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage

from app.extensions import db
from app.notifications import mail, messages
from app.settings import Settings, current_settings

from . import reached
from .models import Share


def send_ended(share_id: str) -> None:
    """The link was ended because the case was restricted."""
    _send(share_id, "ended", messages.ended)


def send_newer(subject: str) -> None:
    """A newer record was issued. ``subject`` begins with the share's identifier."""
    share_id, _, number = subject.partition("-")
    _send(share_id, f"newer-{number}", messages.newer)


def send_corrected(subject: str) -> None:
    """Something in what was shared was wrong. ``subject`` is the share, then the word that said so."""
    share_id, _, word_id = subject.partition("-")
    _send(share_id, f"corrected-{word_id}", messages.corrected)


def _send(share_id: str, kind: str, compose: Callable[[Settings, str, str], EmailMessage]) -> None:
    settings = current_settings()
    made = db.session.get(Share, share_id)
    if made is None or made.mailed_at is None:
        return
    reached.or_refuse(made)
    name = f"{made.id}-{kind}"
    mail.deliver(compose(settings, made.recipient_email, name), settings, name)
