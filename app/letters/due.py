"""What has to be sent about a placement, by when, and how far it is. A late notice is a breach to write down; it never makes a place unsuitable."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from app import clocks
from app.assessments.models import Assessment
from app.cases.household import household_of
from app.cases.models import Case
from app.checklists import read_folder
from app.clocks import law

from . import asking, context, service
from .models import Letter, LetterStep, NoticeAsked

HOST = "host_notice"
SENT = ("sent", "received")


class Due(NamedTuple):
    """One notice: to whom, its state (``ask``, ``refused``, ``details``, ``send``, ``sent``, ``received``, ``not_known``), by when, and in words."""

    kind: str
    body: str
    to: str
    state: str
    by: date | None
    late: bool
    said: str


def _due(kind: str, body: str, to: str, state: str, said: str, by: date | None = None, late: bool = False) -> Due:
    return Due(kind=kind, body=body, to=to, state=state, by=by, late=late, said=said)


def of_case(case: Case, on: date) -> list[Due]:
    """Every notice that the newest placement of a case asks for; none where there is no placement."""
    assessment = context.placement(case.id)
    if assessment is None or not case.members:
        return []
    letters = [made for made in service.of_case(case.id) if made.assessment_id == assessment.id]
    steps = service.steps_of([made.id for made in letters])
    numbers = read_folder().numbers_on(on, {})
    found = [_host(assessment, letters, steps, numbers.host_notice_days, on)]
    found += _of_children(case, assessment, letters, steps, numbers["child_notice_days"], on)
    return [one for one in found if one is not None]


def open_late(dues: Sequence[Due]) -> list[Due]:
    """Those that were not sent by their day."""
    return [due for due in dues if due.late and due.state not in SENT]


def _gone(letters: Sequence[Letter], steps: dict[str, list[LetterStep]], kind: str) -> tuple[date | None, bool]:
    """When a letter of a kind first left, and whether they said that they have it."""
    of_kind = [step for made in letters if made.kind == kind for step in steps.get(made.id, [])]
    days = [step.on for step in of_kind if step.how in service.WENT]
    return (min(days) if days else None), any(step.how in ("received", "answered") for step in of_kind)


def _host(
    assessment: Assessment, letters: Sequence[Letter], steps: dict[str, list[LetterStep]], days: int, on: date
) -> Due | None:
    where = context.where(assessment)
    if where.answer == "in":
        return None
    to = f"The council of the area{f' ({where.name})' if where.name else ''}"
    by = law.host_notice_by(context.made_available(assessment), days)
    sent, has_it = _gone(letters, steps, HOST)
    sent = min(day for day in (sent, assessment.notice_sent) if day) if sent or assessment.notice_sent else None
    if sent is not None:
        return _sent(HOST, "", to, sent, by, has_it)
    if where.answer == "not_known":
        said = "It is not known in whose district the place is. Confirm that first: if it is another council’s, they must be told."
        return _due(HOST, "", to, "not_known", said, by, by is not None and by < on)
    return _to_send(HOST, "", to, by, on)


def _of_children(
    case: Case,
    assessment: Assessment,
    letters: Sequence[Letter],
    steps: dict[str, list[LetterStep]],
    days: int,
    on: date,
) -> list[Due | None]:
    household = household_of(case)
    bodies = asking.bodies_for(household, on)
    said, before = asking.newest(case.id, assessment.id), asking.asked_before(case.id, assessment.id)
    return [
        _of_body(
            body, said.get(body), body in before, _gone(letters, steps, f"child_notice_{body}"), assessment, days, on
        )
        for body in bodies
    ]


def _of_body(
    body: str,
    said: NoticeAsked | None,
    before: bool,
    gone: tuple[date | None, bool],
    assessment: Assessment,
    days: int,
    on: date,
) -> Due:
    kind, to = f"child_notice_{body}", asking.BODIES[body]
    if said is None:
        words = (
            "Asked at an earlier place: offer it again for this one." if before else "Not asked yet. Ask at sign-up."
        )
        return _due(kind, body, to, "ask", words)
    asked = f"{said.asked_of_name} was asked on {clocks.in_words(said.on)}"
    if said.answer == asking.REFUSED:
        return _due(kind, body, to, "refused", f"{asked} and does not want it. That counts against nobody.")
    if said.answer != asking.AGREED:
        return _due(kind, body, to, "ask", f"{asked} and has not answered yet.")
    by = law.child_notice_by(said.on, said.details_on, context.made_available(assessment), days)
    sent, has_it = gone
    if sent is not None:
        return _sent(kind, body, to, sent, by, has_it)
    if by is None:
        lacks = "which one it is" if said.details_on is None else "the day from which they have the place"
        return _due(kind, body, to, "details", f"{asked} and agrees. To be found out: {lacks}.")
    return _to_send(kind, body, to, by, on, f"{asked} and agrees. ")


def _sent(kind: str, body: str, to: str, sent: date, by: date | None, has_it: bool) -> Due:
    late = by is not None and sent > by
    said = f"Sent on {clocks.in_words(sent)}."
    if late:
        said += f" It was due by {clocks.in_words(by)}: a breach to write down. It does not make the place unsuitable."
    said += " They say that they have it." if has_it else " Nobody has said that they have it."
    return _due(kind, body, to, "received" if has_it else "sent", said, by, late)


def _to_send(kind: str, body: str, to: str, by: date | None, on: date, first: str = "") -> Due:
    if by is None:
        return _due(kind, body, to, "send", f"{first}To be sent. By when is not known: enter the first night.")
    if by < on:
        said = f"{first}Not sent, and due by {clocks.in_words(by)}. Send it now, and write down why it is late. It does not make the place unsuitable."
        return _due(kind, body, to, "send", said, by, True)
    return _due(kind, body, to, "send", f"{first}To be sent by {clocks.in_words(by)}.", by)
