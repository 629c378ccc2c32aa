"""Who holds which piece: every agency that must be asked, and whether it was asked, answered or is silent."""

from __future__ import annotations

from typing import NamedTuple

from .case_file import CaseFile
from .checklist import Checklist
from .result import Result


class Piece(NamedTuple):
    """One agency that must be asked. ``state`` is not_asked, waiting, silent, refused, partly or answered."""

    agency: str
    name: str
    question: str
    ground: str
    asked_on: str
    due: str
    state: str
    at_silence: str


def pieces(checklist: Checklist, case: CaseFile, result: Result) -> tuple[Piece, ...]:
    """Every agency that must be asked here; what nobody asked is shown, never left out. Silence is never clearance."""
    found = []
    for code in result.must_ask:
        agency = checklist.agencies[code]
        mine = sorted((e for e in case.household.enquiries if e.agency == code), key=lambda e: (e.asked, str(e.due)))
        if not mine:
            found.append(
                Piece(code, agency.name, agency.question, agency.ground, "", "", "not_asked", agency.at_silence)
            )
            continue
        last = mine[-1]
        state = {"full": "answered", "partly": "partly", "refused": "refused"}.get(last.answered or "", "waiting")
        if state == "waiting" and last.due is not None and last.due < case.on:
            state = "silent"
        found.append(
            Piece(
                code,
                agency.name,
                last.question,
                last.ground or agency.ground,
                last.asked.isoformat(),
                last.due.isoformat() if last.due else "",
                state,
                agency.at_silence,
            )
        )
    return tuple(found)
