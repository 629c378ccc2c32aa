"""Two ways to deliver a message: into a folder of .eml files, or by SMTP."""

from __future__ import annotations

import os
import smtplib
import ssl
from email.message import EmailMessage
from email.policy import SMTP

from app.direction import isolated
from app.jobs import Failed, Refused
from app.settings import Settings

_SECONDS = 20
_FOR_GOOD = 500  # what a server answers from here on, it answers to every later try


def letter(settings: Settings, to: str, message_id: str, subject: str, text: str) -> EmailMessage:
    """A plain letter of ours; the same letter always has the same Message-ID."""
    message = EmailMessage()
    message["From"], message["To"] = settings.mail_from, to
    message["Subject"], message["Message-ID"] = subject, f"<{message_id}>"
    message["Auto-Submitted"] = "auto-generated"
    # One line stays one line: a link broken in two opens nothing. What is not ASCII is a council’s or a team’s own name.
    message.set_content(isolated(text), cte="7bit" if text.isascii() else "quoted-printable")
    return message


def make_sure(settings: Settings, never_asked: str = "the code") -> str:
    """How the reader can tell that a letter is ours, without trusting the letter; ``never_asked`` is what we never ask for by mail."""
    ring = f"Ring {settings.team_telephone}" if settings.team_telephone else "Ring the council on the number you know"
    return (
        f"To make sure that this is ours: {ring} and ask for the {settings.team_name}. "
        f"We never ask for {never_asked} by mail. If you did not expect this, do nothing and tell us."
    )


def deliver(message: EmailMessage, settings: Settings, name: str) -> None:
    """Deliver a message. Delivering the same one again replaces the file, or repeats the same Message-ID.

    Raises:
        Refused: the server will never take it. Neither this nor the next holds an address.
        Failed: the server cannot be reached, or takes it later; the job tries again.
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
    try:
        with smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=_SECONDS) as server:
            if settings.smtp_starttls:
                server.starttls(context=ssl.create_default_context())
            if settings.smtp_user:
                server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
            server.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        raise (Refused if codes and min(codes) >= _FOR_GOOD else Failed)("refused") from None
    except smtplib.SMTPSenderRefused as error:
        raise (Refused if error.smtp_code >= _FOR_GOOD else Failed)("sender") from None
    except smtplib.SMTPDataError as error:
        raise (Refused if error.smtp_code >= _FOR_GOOD else Failed)("refused") from None
    except (OSError, smtplib.SMTPException):
        raise Failed("unreachable") from None
