"""What has to be sent about a placement, by when, and how far it is. A late notice is a breach to write down; it never makes a place unsuitable."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import subqueryload

from app import clocks
from app.assessments.models import Assessment
from app.cases import parts
from app.cases.household import people_of
from app.cases.models import Case
from app.checklists import read_folder
from app.clocks import law
from app.extensions import db

from . import asking, context, placed
from .models import NoticeAsked
from .placed import Known

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


def of_case(case: Case, on: date, known: Known | None = None) -> list[Due]:
    """Every notice that the newest placement of a case asks for; none where there is no placement.

    Args:
        known: what is known of its placements, where it was read already.
    """
    known = known or placed.read(case.id)
    assessment = known.placement(case.id)
    if assessment is None or not parts.read(case, "members").members:
        return []
    numbers = read_folder().numbers_on(on, {})
    found = [_host(assessment, known, numbers.host_notice_days, on)]
    found += _of_children(case, assessment, known, numbers["child_notice_days"], on)
    return [one for one in found if one is not None]


def late_of_all(on: date) -> Iterator[tuple[str, Due]]:
    """Of every case, each notice that was not sent by its day: as many queries however many cases there are."""
    known = placed.read()
    for case in _with_notices(known, on):
        yield from ((case.id, one) for one in open_late(of_case(case, on, known)))


def of_cases(case_ids: Collection[str], on: date, until: date) -> Iterator[tuple[str, Due]]:
    """Of these cases, each notice that is to be sent by a day ahead, or was to be sent before: as many queries however many cases."""
    known = placed.read(case_ids=case_ids) if case_ids else placed.NOTHING
    for case in _with_notices(known, until + timedelta(days=1)):
        for one in of_case(case, on, known):
            if one.state not in SENT and one.by is not None and one.by <= until:
                yield case.id, one


def _with_notices(known: Known, before: date) -> Sequence[Case]:
    """The cases of which a notice could be due before a day, with their people."""
    numbers = read_folder().numbers_on(before, {})
    days = numbers.host_notice_days, numbers["child_notice_days"]
    found = [case_id for case_id in known.assessments if _may_be_late(known, case_id, days, before)]
    if not found:
        return []
    query = (
        select(Case)
        .where(Case.id.in_(found))
        .order_by(Case.created_at)
        .options(*parts.later("members"), subqueryload(Case.members))
    )
    return db.session.scalars(query).unique().all()


def _may_be_late(known: Known, case_id: str, days: tuple[int, int], on: date) -> bool:
    """Without asking in whose district the place is, or who lives there: could a notice be past its day?"""
    assessment = known.placement(case_id)
    if assessment is None:
        return False
    available = known.made_available(assessment)
    host = law.host_notice_by(available, days[0])
    if host is not None and host < on and assessment.notice_sent is None and _gone(known, assessment, HOST)[0] is None:
        return True
    by = [law.child_notice_by(a.on, a.details_on, available, days[1]) for a in known.said(assessment).values()]
    return any(day is not None and day < on for day in by)


def open_late(dues: Sequence[Due]) -> list[Due]:
    """Those that were not sent by their day."""
    return [due for due in dues if due.late and due.state not in SENT]


def _gone(known: Known, assessment: Assessment, kind: str) -> tuple[date | None, bool]:
    """When a letter of a kind first left, and whether they said that they have it."""
    letters = [made for made in known.letters_of(assessment) if made.kind == kind]
    of_kind = [step for made in letters for step in known.steps.get(made.id, ())]
    days = [step.on for step in of_kind if step.how in context.WENT]
    return (min(days) if days else None), any(step.how in ("received", "answered") for step in of_kind)


def _host(assessment: Assessment, known: Known, days: int, on: date) -> Due | None:
    where = context.where(assessment)
    if where.answer == "in":
        return None
    to = f"The council of the area{f' ({where.name})' if where.name else ''}"
    by = law.host_notice_by(known.made_available(assessment), days)
    sent, has_it = _gone(known, assessment, HOST)
    sent = min(day for day in (sent, assessment.notice_sent) if day) if sent or assessment.notice_sent else None
    if sent is not None:
        return _sent(HOST, "", to, sent, by, has_it)
    if where.answer == "not_known":
        said = "It is not known in whose district the place is. Confirm that first: if it is another council’s, they must be told."
        return _due(HOST, "", to, "not_known", said, by, by is not None and by < on)
    return _to_send(HOST, "", to, by, on)


def _of_children(case: Case, assessment: Assessment, known: Known, days: int, on: date) -> list[Due | None]:
    bodies = asking.bodies_for(people_of(case), on)
    said, before = known.said(assessment), known.asked_before(assessment)
    available = known.made_available(assessment)
    return [
        _of_body(
            body,
            said.get(body),
            body in before,
            _gone(known, assessment, f"child_notice_{body}"),
            lambda a: law.child_notice_by(a.on, a.details_on, available, days),
            on,
        )
        for body in bodies
    ]


def _of_body(
    body: str,
    said: NoticeAsked | None,
    before: bool,
    gone: tuple[date | None, bool],
    by_when: Callable[[NoticeAsked], date | None],
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
    by = by_when(said)
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
