"""Two ways to deliver a message: into a folder of .eml files, or by SMTP."""

from __future__ import annotations

import os
import smtplib
import ssl
from email.message import EmailMessage
from email.policy import SMTP

from app.settings import Settings

_SECONDS = 20


def deliver(message: EmailMessage, settings: Settings, name: str) -> None:
    """Deliver a message. Delivering the same one again replaces the file, or repeats the same Message-ID.

    Raises:
        OSError: the folder or the server cannot be reached; the job tries again.
    """
    if settings.mail == "smtp":
        _by_smtp(message, settings)
    else:
        _to_folder(message, settings, name)


def _to_folder(message: EmailMessage, settings: Settings, name: str) -> None:
    folder = settings.data / "mail"
    folder.mkdir(mode=0o700, exist_ok=True)
    temporary = folder / f".{name}.making"
    with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
        stream.write(message.as_bytes(policy=SMTP))
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(folder / f"{name}.eml")


def _by_smtp(message: EmailMessage, settings: Settings) -> None:
    with smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=_SECONDS) as server:
        if settings.smtp_starttls:
            server.starttls(context=ssl.create_default_context())
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
        server.send_message(message)
