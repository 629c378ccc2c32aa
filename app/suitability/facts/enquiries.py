"""Who was asked what, and what came back: each question put to an agency, and each agency as a whole.

Silence is never clearance, and an answer to one question is no answer to another. Source: safeguarding.md IS02, section 3.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

from app.suitability.casefile.answers import Answer
from app.suitability.casefile.codes import Grade
from app.suitability.casefile.history import Enquiry

from .facts import Facts

# From best to worst: an agency is as far as the worst of the questions put to it.
STATES = ("answered", "partly", "waiting", "not_asked", "refused", "silent")
_HOUSEHOLD = (Grade.E1, Grade.E1S)


class EnquiryState(NamedTuple):
    """One question put to one agency, as the latest enquiry about it stands. ``due`` is when it is past its time."""

    enquiry: Enquiry
    due: date
    state: str


class Response(NamedTuple):
    """An agency as a whole: its state, and the questions put to it."""

    state: str
    put: tuple[EnquiryState, ...]


def enquiries_to(facts: Facts, agency: str) -> tuple[EnquiryState, ...]:
    """The latest enquiry for each question put to an agency, in the order they were asked; worked out once."""
    found: tuple[EnquiryState, ...] | None = facts.worked_out.get(("put to", agency))
    if found is None:
        found = facts.worked_out["put to", agency] = _put_to(facts, agency)
    return found


def _put_to(facts: Facts, agency: str) -> tuple[EnquiryState, ...]:
    by_agency: dict[str, list[Enquiry]] | None = facts.worked_out.get(("enquiries", ""))
    if by_agency is None:
        by_agency = facts.worked_out["enquiries", ""] = {}
        for e in facts.household.put_to_agencies:
            by_agency.setdefault(e.agency, []).append(e)
    mine = by_agency.get(agency, [])
    if len(mine) == 1:
        return (_put(facts, mine[0]),)
    latest: dict[str, Enquiry] = {}
    for e in sorted(mine, key=_order):
        latest[facts.spelt(" ".join(e.question.split()))] = e
    return tuple(_put(facts, e) for e in latest.values())


def _order(e: Enquiry) -> tuple[str, ...]:
    return (e.asked.isoformat(), str(e.answered or ""), str(e.due or ""), e.question, e.reply)


def _put(facts: Facts, e: Enquiry) -> EnquiryState:
    """How one question stands. What was answered too long ago is as if it had not been asked; what is dated ahead is no answer yet."""
    due = e.due or e.asked + timedelta(days=facts.settings.enquiry_silent_days)
    told = {"full": "answered", "partly": "partly", "refused": "refused"}.get(e.answered or "")
    if told is not None and (e.answered_on or e.asked) > facts.on:
        told = None
    if told in ("answered", "partly") and _is_long_ago(facts, e.answered_on or e.asked):
        return EnquiryState(e, due, "not_asked")
    return EnquiryState(e, due, told or ("silent" if due < facts.on else "waiting"))


def _is_long_ago(facts: Facts, day: date) -> bool:
    return day + timedelta(days=facts.settings.heard_days) < facts.on


def response_of(facts: Facts, agency: str) -> Response:
    """How far an agency has answered what it was asked.

    What it said of single rows is an answer in part: whether its own exact question was put and answered, the log says. Of the
    household, and of a survivor, there is no exact question beyond being heard.
    """
    put = enquiries_to(facts, agency) if facts.household.put_to_agencies else ()
    if put:
        return Response(max((p.state for p in put), key=STATES.index), put)
    spoke = next(own_answers(facts, agency), None)
    if spoke is None:
        return Response("not_asked", ())
    return Response("answered" if spoke.grade in _HOUSEHOLD else "partly", ())


def own_answers(facts: Facts, agency: str) -> Iterator[Answer]:
    """What an agency has said itself of the questions that are put to it."""
    for criterion in facts.asks.get(agency, ()):
        for key in facts.rows.get(criterion, ()):
            for answer in facts.known.get((criterion, key), ()):
                fresh = answer.on is not None and answer.on <= facts.on and not _is_long_ago(facts, answer.on)
                if fresh and _is_from(facts, agency, answer):
                    yield answer


def _is_from(facts: Facts, agency: str, answer: Answer) -> bool:
    if answer.grade is Grade.E1S and agency == "domestic_abuse_service":
        return True  # the survivor alone is whom is asked
    if answer.grade in _HOUSEHOLD or agency == "family":
        return answer.grade in _HOUSEHOLD and agency == "family"
    return facts.speaks_for[agency](answer.source)


def silent_agencies(facts: Facts) -> tuple[str, ...]:
    """Agencies with a question past its time and no answer to it."""
    asked: Iterable[str] = dict.fromkeys(e.agency for e in facts.household.put_to_agencies)
    return tuple(agency for agency in sorted(asked) if any(p.state == "silent" for p in enquiries_to(facts, agency)))
