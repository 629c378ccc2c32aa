"""Who holds which piece: every agency that must be asked, and whether it was asked, answered or is silent."""

from __future__ import annotations

from typing import NamedTuple

from app.suitability.assess import facts_of
from app.suitability.checklist.checklist import Checklist
from app.suitability.facts.enquiries import own_answers, response_of
from app.suitability.judgement.result import Result
from app.suitability.reading.case_file import CaseFile


class Piece(NamedTuple):
    """One question for one agency that must be asked. ``state`` is answered, partly, waiting, not_asked, refused or silent.

    ``heard`` names the rows in which the agency has answered without the log.
    """

    agency: str
    name: str
    question: str
    ground: str
    asked_on: str
    due: str
    state: str
    at_silence: str
    heard: str = ""


def pieces(checklist: Checklist, case: CaseFile, result: Result, council: str) -> tuple[Piece, ...]:
    """Every agency that must be asked here, and every question put to it; what nobody asked is shown, never left out."""
    facts = facts_of(checklist, case, council)
    found = []
    for code in result.must_ask:
        agency = checklist.agencies[code]
        known = response_of(facts, code)
        if not known.put:
            own = tuple(own_answers(facts, code))
            rows = ", ".join(dict.fromkeys(f"{a.criterion} {checklist.criteria[a.criterion].name}" for a in own))
            days = [a.on for a in own if a.on is not None]
            since = max(days).isoformat() if days else ""
            found.append(
                Piece(
                    agency=code,
                    name=agency.name,
                    question=agency.question,
                    ground=agency.ground,
                    asked_on=since,
                    due="",
                    state=known.state,
                    at_silence=agency.at_silence,
                    heard=rows,
                )
            )
        for put in known.put:
            e = put.enquiry
            found.append(
                Piece(
                    agency=code,
                    name=agency.name,
                    question=e.question,
                    ground=e.ground or agency.ground,
                    asked_on=e.asked.isoformat(),
                    due=put.due.isoformat(),
                    state=put.state,
                    at_silence=agency.at_silence,
                )
            )
    return tuple(found)
