"""Letters to whoever has a link, when it ended or a newer record replaced what it opens. They name nobody of the family."""

from __future__ import annotations

from flask import current_app

from app import mail
from app.extensions import db
from app.settings import Settings

from .models import Share

ENDED, NEWER = "mail-ended", "mail-newer"


def send_ended(share_id: str) -> None:
    """The link was ended because the case was restricted."""
    _send(
        share_id,
        "ended",
        "A link you were sent no longer opens",
        "The link to a document that we sent you no longer opens. Nothing is wrong with your computer. "
        "If you still need the document for your work, ring us.",
    )


def send_newer(subject: str) -> None:
    """A newer record was issued; the link opens the earlier one, and says so. ``subject`` begins with the share's identifier."""
    share_id, _, number = subject.partition("-")
    _send(
        share_id,
        f"newer-{number}",
        "A document you were sent has been replaced",
        "There is a newer document in place of the one that we sent you. Your link still opens the earlier one, marked so. "
        "Before you rely on it, ring us and ask for the newer one.",
    )


def _send(share_id: str, kind: str, subject: str, text: str) -> None:
    settings: Settings = current_app.config["SETTINGS"]
    made = db.session.get(Share, share_id)
    if made is None or made.mailed_at is None:
        return
    said = f"The {settings.team_name} of {settings.council_name} writes to you about a document.\n\n{text}\n\n{mail.make_sure(settings)}\n"
    name = f"{made.id}-{kind}"
    title = f"{subject}: {settings.council_name}"
    mail.deliver(
        mail.letter(settings, made.recipient_email, f"{name}@case-by-case.invalid", title, said), settings, name
    )
