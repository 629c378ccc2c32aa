"""Of each agency what it was asked, what came back and what stays open until it answers: a record's part of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app import clocks
from app.assessments.judging import Judged
from app.suitability.advice.enquiry_log import Piece
from app.suitability.advice.next_questions import next_questions
from app.suitability.casefile import wording
from app.suitability.casefile.codes import OpenEffect
from app.suitability.casefile.history import Enquiry
from app.suitability.checklist.criterion import Agency

# First what is most open: asked and silent or refused, then what waits, then what nobody asked.
_MOST_OPEN = ("silent", "refused", "waiting", "not_asked", "partly", "answered")
_UNANSWERED = _MOST_OPEN[:4]


def by_agency(judged: Judged, pieces: Sequence[Piece], names: dict[str, str]) -> list[dict[str, Any]]:
    """Every agency that was asked, must be, or is the one to ask about something open; the most open first.

    ``asked``: each question with its state and, where one was written down, its reply. ``open``: what is not known, with whom it
    is about; ``first`` where the placement cannot be found suitable without it.
    """
    checklist, file = judged.checklist, judged.file
    tonight = file.placement.urgency != "planned"
    found: dict[str, dict[str, Any]] = {}

    def of(code: str) -> dict[str, Any]:
        agency = checklist.agencies.get(code)
        name = agency.name if agency else wording.label(code)
        within = _within(agency, tonight)
        return found.setdefault(
            name, {"code": code, "name": name, "within": within, "state": "", "asked": [], "open": []}
        )

    put = list(file.household.put_to_agencies)
    for piece in pieces:
        asked = (piece.agency, piece.question, piece.asked_on)
        enquiry = next((e for e in put if (e.agency, e.question, e.asked.isoformat()) == asked), None)
        if enquiry is not None:
            put.remove(enquiry)
        of(piece.agency)["asked"].append(_put(enquiry, piece.state, piece.due) if enquiry else _not_put(piece))
    for enquiry in put:
        state = (
            "waiting" if enquiry.answered is None else "answered" if enquiry.answered == "full" else enquiry.answered
        )
        of(enquiry.agency)["asked"].append(_put(enquiry, state, enquiry.due.isoformat() if enquiry.due else ""))
    holds = {(r.criterion, r.subject) for r in judged.result.rows if r.is_open and r.open_effect is OpenEffect.HOLD}
    codes = {agency.name: code for code, agency in checklist.agencies.items()}
    for q in next_questions(checklist, judged.result):
        about = {"name": q.name, "subject_name": names[q.subject], "first": (q.criterion, q.subject) in holds}
        of(codes[q.ask_of])["open"].append(about)
    for agency in found.values():
        states = [asked["state"] for asked in agency["asked"]]
        agency["state"] = min(states, key=_MOST_OPEN.index) if states else ""
    rank = {state: at for at, state in enumerate(_MOST_OPEN)}
    return sorted(found.values(), key=lambda one: (rank.get(one["state"], len(rank)), one["name"]))


def unanswered(agency: dict[str, Any]) -> list[dict[str, Any]]:
    """The questions that an agency has not answered, as ``by_agency`` gives them."""
    return [asked for asked in agency["asked"] if asked["state"] in _UNANSWERED]


def _within(agency: Agency | None, tonight: bool) -> str:
    return "" if agency is None else agency.tonight if tonight else agency.planned


def _put(e: Enquiry, state: str, due: str) -> dict[str, str]:
    """A question that was put: when it was, what came back and by when it should have."""
    back = (
        f"{wording.CAME_BACK[e.answered].lower()}, {clocks.in_words(e.answered_on) or 'day not known'}"
        if e.answered
        else ""
    )
    when = f"; a day stands beside it: {clocks.in_words(e.answered_on)}" if e.answered_on and not e.answered else ""
    late = " in its time" if state == "silent" else ""
    said = f"asked {clocks.in_words(e.asked)}, {back or f'not answered{late}{when}'}"
    return {
        "state": state,
        "question": e.question,
        "words": said,
        "due": due,
        "due_words": clocks.in_words(e.due) or "no day was set",
        "ground": e.ground or "not written down",
        "reply": e.reply,
    }


def _not_put(piece: Piece) -> dict[str, str]:
    """A question that nobody wrote down as put; the agency may have answered single questions all the same."""
    heard = clocks.iso_in_words(piece.asked_on) if piece.asked_on else ""
    words = {
        "": "not asked",
        "partly": f"single questions answered, last on {heard}; whether this one is not written down",
    }.get("" if not piece.heard else piece.state, f"answered in the questions themselves, last on {heard}")
    return {
        "state": piece.state,
        "question": piece.question,
        "words": words,
        "due": "",
        "due_words": "",
        "ground": piece.ground,
        "reply": "",
    }
