"""What somebody of the council is told by mail: noted in the transaction in which it happens, so that it is told if and only if it did.

A mail names nobody and no case: it says what kind of thing waits, and where to sign in. Each thing has one owner and is told once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import jobs

from . import messages
from .models import Telling

_AT_A_TIME = 1_000


class Told(NamedTuple):
    """What a mail says of one kind of thing: the subject, what happened, and, in a digest, one of them and several."""

    subject: str
    said: str
    one: str
    several: str


AT_ONCE = {
    "submitted": Told(
        "An assessment waits for your review",
        "An assessment was submitted, and you are the one who is asked to review it. A family waits for it.",
        "", "",
    ),
    "returned": Told(
        "An assessment came back to you",
        "A safeguarding lead has returned an assessment, and says what to ask. A family waits for it.",
        "", "",
    ),
    "decided": Told("A decision was made", "A placement that you assessed is decided. What has to be done now, and by when, is on its page.", "", ""),
    "emergency": Told(
        "An emergency decision waits for you",
        "A senior officer took a decision for tonight. You are the one who is asked to ratify it, or to escalate.",
        "", "",
    ),
    "disagreement": Told(
        "Somebody does not agree, and you are asked to hear them",
        "Somebody to whom a document was sent does not agree with it, or is not the right person for it. You had no part in it, and are the one who is asked to ring them today.",
        "", "",
    ),
    "handed_to": Told(
        "A case was handed over to you",
        "A case was handed over to you, with a reason. It is your work from now on; why, and what is next, is on its page.",
        "", "",
    ),
    "handed_from": Told(
        "A case of yours was handed over",
        "A case that you held was handed over to somebody else, who has been told. It is not your work any more.",
        "", "",
    ),
    "court_export": Told(
        "A case was given out whole",
        "Everything that is kept of a case was given out, for a court or a review. By whom, for what and when is on the page of the case. If you did not expect it, ask today.",
        "", "",
    ),
    "said": Told(
        "Somebody answered about a document",
        "Somebody to whom a document was sent has added what they know, or says that something in it is wrong. You answer for the link: open the record that was shared.",
        "", "",
    ),
    "glass_opened": Told(
        "A case was opened in an emergency",
        "Somebody opened a case that is not theirs, in an emergency, to read it for an hour. Who, why, and what they look at stands under “Who looked”.",
        "", "",
    ),
    "home_asked": Told(
        "Somebody asks for what is held sealed, and you are the second person",
        "A colleague asks to see what is held sealed, or that it be lifted. Read why, ring them, and agree or refuse.",
        "", "",
    ),
    "home_released": Told(
        "What is held sealed was released",
        "What is held sealed in a case was released to a colleague for a short while, with the word of another. Read why on your work.",
        "", "",
    ),
    "possible_match": Told(
        "Something waits for a safeguarding lead",
        "The service found something that a safeguarding lead alone can settle. It stands on your work. Speak about it with nobody else.",
        "", "",
    ),
    "nights_over": Told(
        "A family has spent more nights in bed and breakfast than the law allows",
        "A family is in bed and breakfast, and the nights that the law allows are used up. The place is not suitable from now on. They are to be moved.",
        "", "",
    ),
    "emergency_over": Told(
        "An emergency decision has ended",
        "The nights of an emergency decision are over. A family is there on no decision at all. Decide, or move them.",
        "", "",
    ),
}  # fmt: skip
DAILY = {
    "condition_due": Told("", "", "1 condition of a placement is due", "{} conditions of placements are due"),
    "condition_lapsed": Told(
        "", "", "1 condition is past its day, and nobody has written down that it is met",
        "{} conditions are past their day, and nobody has written down that they are met",
    ),
    "notice_late": Told("", "", "1 notice was not sent by its day", "{} notices were not sent by their day"),
    "mail_failed": Told("", "", "1 letter or PDF did not go, and somebody waits for it", "{} letters or PDFs did not go, and somebody waits for them"),
    "move_late": Told(
        "", "", "1 family in a place that is not suitable was to have another by yesterday or before",
        "{} families in places that are not suitable were to have others by yesterday or before",
    ),
    "disagreement_late": Told(
        "", "", "1 disagreement has waited for more than a working day, and nobody has written down what came of it",
        "{} disagreements have waited for more than a working day, and nobody has written down what came of them",
    ),
    "clock_soon": Told("", "", "1 date of a family is near", "{} dates of families are near"),
    "clock_late": Told("", "", "1 date of a family has gone by, and what it asks for is not done", "{} dates of families have gone by, and what they ask for is not done"),
    "glass_late": Told(
        "", "", "1 case that was opened in an emergency is past the day by which a lead answers for it",
        "{} cases that were opened in an emergency are past the day by which a lead answers for them",
    ),
    "emergency_late": Told("", "", "1 emergency decision is past the day by which it is looked at", "{} emergency decisions are past the day by which they are looked at"),
}  # fmt: skip


# That somebody was told of these stands under no case: whoever it is about may read the timeline of the case.
UNDER_NO_CASE = frozenset({"possible_match"})


def keyed(*parts: str) -> str:
    """A short key of what is told: the same of the same parts, and as long as an identifier."""
    return hashlib.sha256("-".join(parts).encode()).hexdigest()[:32]


# Of kinds that another room keeps: whether there is still something to tell.
still_so: dict[str, Callable[[Telling], bool]] = {}


def note(
    session: Session, kind: str, case_id: str, object_id: str, which: str = "", by: str = "", owner: str | None = None
) -> bool:
    """Note one thing in the caller's transaction; at once, or for the next digest. Noted again, it is there once.

    Args:
        which: tells it from another of the same kind about the same object, such as a second submission.
        by: the account of who did it.
        owner: whose it is, where that is known; else who is told is chosen when it is.
    Returns:
        whether it was not there yet.
    """
    _known(kind)
    key = keyed(kind, object_id, which)
    if session.get(Telling, key) is not None:
        return False
    session.add(Telling(id=key, kind=kind, case_id=case_id, object_id=object_id, by=by, owner=owner))
    session.flush()
    if kind in AT_ONCE:
        jobs.enqueue(session, messages.TOLD, key)
    return True


def note_all(session: Session, found: Iterable[tuple[str, str, str, str]]) -> None:
    """Note what a day brought for its digests: kind, case, object, and which of them. What is there already stays; a query for a thousand."""
    wanted = {}
    for kind, case_id, object_id, which in found:
        _known(kind)
        key = keyed(kind, object_id, which)
        wanted[key] = Telling(id=key, kind=kind, case_id=case_id, object_id=object_id, by="")
    keys = list(wanted)
    for at in range(0, len(keys), _AT_A_TIME):
        there = select(Telling.id).where(Telling.id.in_(keys[at : at + _AT_A_TIME]))
        for key in session.scalars(there).all():
            del wanted[key]
    session.add_all(wanted.values())
    session.flush()


def _known(kind: str) -> None:
    if kind not in AT_ONCE and kind not in DAILY:
        raise LookupError(f"nobody is told of {kind!r}")
