"""Every letter that this service writes: its name, what people who look after the jobs read of it, and its words.

A letter names nobody of a family: no address, no case, no child. It says who writes and how to make sure of that. It is made from
plain values; when it is due, and to whom, is known to the feature that registers its sender here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from email.message import EmailMessage
from typing import TYPE_CHECKING

from app import clocks, jobs
from app.settings import Settings

from .mail import letter, make_sure

if TYPE_CHECKING:
    from .telling import Told

SHARED, ANSWER, ENDED, NEWER = "mail-share", "mail-answer", "mail-ended", "mail-newer"
SAID, CORRECTED = "mail-said", "mail-corrected"
LINK, ACCOUNT = "mail-link", "mail-account"
ANCHOR = "mail-anchor"
LETTER, TOLD, DIGEST = "mail-letter", "mail-told", "mail-digest"
MESSAGES = {
    SHARED: "Mail with a link to a record",
    ANSWER: "Mail that an answer waits",
    ENDED: "Mail that a link no longer opens",
    SAID: "Mail that a reader of a document added or corrected something",
    CORRECTED: "Mail that something in a shared document was wrong",
    NEWER: "Mail that a newer record replaces one that was shared",
    LINK: "Mail with a one-time link to the owner of an account",
    ACCOUNT: "Mail to the owner of an account that it was changed",
    LETTER: "Mail with a letter made from a case, closed with a pass phrase",
    TOLD: "Mail to one of us that something waits",
    DIGEST: "Mail to one of us of what came up since the last",
    ANCHOR: "Mail that says where the audit stands, to whoever keeps it outside",
}
# What happened to an account, as its owner reads it.
CHANGES = {
    "server_link": "A one-time link for your account was made on the server. Whoever has it can set a new password within two days.",
    "password_set": "The password of your account was set with a one-time link, and every session of yours was ended.",
    "password_changed": "The password of your account was changed by whoever is signed in with it, and every other session of yours was ended.",
    "second_set": "A second step for signing in was set up for your account.",
    "second_removed": "A second step for signing in was taken away from your account.",
    "second_reset": "Two administrators took all second steps away from your account, and its password too: set a new one with the link that you get.",
    "second_refused": "Somebody typed your password and then wrong codes, several times. If it was not you, change your password now.",
    "recovery_used": "One of the recovery codes of your account was used to sign in. It works no more.",
    "role_changed": "The role of your account was changed, and every session of yours was ended.",
    "joined_council": "The council’s own sign-in was joined with your account: you can sign in with it.",
    "enabled": "Your account was enabled: you can sign in again.",
    "disabled": "Your account was disabled: nobody can sign in with it, and every session of yours was ended.",
}


def sent_by(name: str, sender: Callable[[str], None]) -> None:
    """Make known what sends a letter. ``sender`` gets an identifier and must be safe to run twice."""
    jobs.register(name, sender, MESSAGES[name], mail=True)


def refuse_unsent() -> None:
    """Stop a start with a letter that nothing would send.

    Raises:
        RuntimeError: a letter of the table has no sender.
    """
    for name in MESSAGES:
        if not jobs.is_known(name):
            raise RuntimeError(f"nothing sends the letter {name}")


def shared(settings: Settings, to: str, share_id: str, locator: str, ends: datetime | None) -> EmailMessage:
    """A document waits behind a link, which shows nothing without a code."""
    return letter(
        settings,
        to,
        f"{share_id}@case-by-case.invalid",
        f"A document is waiting for you from {settings.council_name}",
        f"The {settings.team_name} of {settings.council_name} has a document for you.\n\n"
        f"Open this page: {settings.base_url.rstrip('/')}/shared/{locator}\n\n"
        "You will need an eight-digit code. The person who sent this will give it to you by telephone or in person. "
        "The link shows nothing without it.\n\n"
        f"The link ends on {clocks.moment_in_words(ends)}.\n\n{make_sure(settings)}\n",
    )


def corrected(settings: Settings, to: str, name: str) -> EmailMessage:
    """Something in a document that was shared was wrong, and is put right."""
    return _about_a_document(
        settings,
        to,
        name,
        "Something in a document you were sent was wrong",
        "Something in a document that we sent you was wrong and has been put right. Your link still opens the document as it was, "
        "marked so. Before you rely on it, ring us and ask what was wrong.",
    )


def ended(settings: Settings, to: str, name: str) -> EmailMessage:
    """The link was ended because the case was restricted."""
    return _about_a_document(
        settings,
        to,
        name,
        "A link you were sent no longer opens",
        "The link to a document that we sent you no longer opens. Nothing is wrong with your computer. "
        "If you still need the document for your work, ring us.",
    )


def newer(settings: Settings, to: str, name: str) -> EmailMessage:
    """A newer record was issued; the link opens the earlier one, and says so."""
    return _about_a_document(
        settings,
        to,
        name,
        "A document you were sent has been replaced",
        "There is a newer document in place of the one that we sent you. Your link still opens the earlier one, marked so. "
        "Before you rely on it, ring us and ask for the newer one.",
    )


def _about_a_document(settings: Settings, to: str, name: str, title: str, said: str) -> EmailMessage:
    return letter(
        settings,
        to,
        f"{name}@case-by-case.invalid",
        f"{title}: {settings.council_name}",
        f"The {settings.team_name} of {settings.council_name} writes to you about a document.\n\n{said}\n\n{make_sure(settings)}\n",
    )


def letter_of_a_case(settings: Settings, to: str, name: str, closed: bytes) -> EmailMessage:
    """A letter made from a case. What it says is in the attachment alone, which opens with a pass phrase that goes another way."""
    made = letter(
        settings,
        to,
        f"{name}@case-by-case.invalid",
        f"A letter for you from {settings.council_name}",
        f"The {settings.team_name} of {settings.council_name} sends you a letter. It is attached.\n\n"
        "It opens with a pass phrase of sixteen letters and figures. The person who wrote it gives you that by telephone or in person. "
        f"Without it nothing of the letter can be read.\n\n{make_sure(settings, 'the pass phrase')}\n",
    )
    made.add_attachment(closed, maintype="application", subtype="pdf", filename="letter.pdf")
    return made


def anchor(settings: Settings, to: str, name: str, entry: int, link: str, note: str) -> EmailMessage:
    """Where the audit stands, signed: for whoever keeps it. It names no case and nobody."""
    made = letter(
        settings,
        to,
        f"{name}@case-by-case.invalid",
        f"Keep this: where the audit of {settings.council_name} stands",
        f"The audit of the service in which {settings.council_name} decides on temporary accommodation stands at entry {entry}, hash\n{link}\n\n"
        "Keep this mail where nobody of the housing service can delete it. Nothing has to be done. If it is ever asked whether something was "
        "changed in that audit, this mail shows it for everything before today: nobody can make the past fit it. It holds nothing of a family.\n\n"
        "The attachment is the same, signed. If this mail stops coming, or comes with a smaller number than the one before, tell whoever runs "
        f"the service, and your own manager.\n\n{make_sure(settings, 'anything')}\n",
    )
    made.add_attachment(note.encode(), maintype="text", subtype="plain", filename="checkpoint.txt")
    return made


def told(settings: Settings, to: str, name: str, what: Told) -> EmailMessage:
    """Something waits for one of us. Where, is told after signing in."""
    return _to_one_of_us(settings, to, name, what.subject, what.said)


def digest(settings: Settings, to: str, name: str, lines: Sequence[str]) -> EmailMessage:
    """What came up since the last: how many of each, and of whom only after signing in."""
    listed = "\n".join(f"- {line}." for line in lines)
    return _to_one_of_us(settings, to, name, "What waits for you today", f"Of the families you work with:\n\n{listed}")


def _to_one_of_us(settings: Settings, to: str, name: str, subject: str, said: str) -> EmailMessage:
    return letter(
        settings,
        to,
        f"{name}@case-by-case.invalid",
        f"{subject}: {settings.council_name}",
        f"{said}\n\nSign in and look at your work: {settings.base_url.rstrip('/')}/\n\n"
        f"{settings.team_name}, {settings.council_name}\n",
    )


def one_time_link(settings: Settings, to: str, name: str, token: str, ends: datetime) -> EmailMessage:
    """The link with which the owner of an account sets its password."""
    page = f"{settings.base_url.rstrip('/')}/welcome/{token}"
    said = (
        f"You have an account with the {settings.team_name}. Set its password on this page: {page}\n\n"
        f"The link works once, and until {clocks.moment_in_words(ends)}. It is for you alone: pass it on to nobody, "
        "whoever asks."
    )
    return _about_an_account(settings, to, name, "Set your password", said)


def account_changed(settings: Settings, to: str, name: str, kind: str, at: datetime) -> EmailMessage:
    """What was changed; ``kind`` is a key of ``CHANGES``."""
    said = f"{CHANGES[kind]} This was on {clocks.moment_in_words(at)}."
    return _about_an_account(settings, to, name, "Your account was changed", said)


def _about_an_account(settings: Settings, to: str, name: str, title: str, said: str) -> EmailMessage:
    return letter(
        settings,
        to,
        f"{name}@case-by-case.invalid",
        f"{title}: {settings.council_name}",
        f"The {settings.team_name} of {settings.council_name} writes to you about your account.\n\n{said}\n\n"
        f"{make_sure(settings, 'your password')}\n",
    )
