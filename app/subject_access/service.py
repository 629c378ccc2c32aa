"""A request for what is held about somebody: written down, put together, looked at by a safeguarding lead, released, given."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.assessments.answers import standing
from app.assessments.models import SavedAnswer
from app.audit import service as audit
from app.cases import protected
from app.cases import service as cases
from app.cases.models import (
    Case,
    CaseAddress,
    CaseContact,
    CaseConversation,
    CaseEvent,
    CaseMember,
    CaseService,
)
from app.checklists import read_folder
from app.clocks import in_words, local, today
from app.database import new_id, now, writing
from app.deadlines import keeping
from app.deadlines.by_hand import STARTED
from app.deadlines.models import ClockStep, key_of
from app.editions import table as releases
from app.extensions import db
from app.problem import Problem
from app.records import canonical, process
from app.settings import current_settings
from app.sharing.models import Share

from . import allowed, bundle, third_parties
from .models import SubjectAccess

CLOCK = "subject_access"


class AccessProblem(Problem):
    """It cannot be put together, released or given, in a sentence."""


def of_case(case_id: str) -> Sequence[SubjectAccess]:
    """Every request of a case, the newest first."""
    newest = (SubjectAccess.made_at.desc(), SubjectAccess.id)
    return db.session.scalars(select(SubjectAccess).where(SubjectAccess.case_id == case_id).order_by(*newest)).all()


def find(case_id: str, access_id: str) -> SubjectAccess | None:
    return db.session.scalar(
        select(SubjectAccess).where(SubjectAccess.case_id == case_id, SubjectAccess.id == access_id)
    )


def people(case_id: str) -> Sequence[CaseMember]:
    """Everybody who is or was of the household and was born: those who left, too."""
    asked = (
        select(CaseMember).where(CaseMember.case_id == case_id, CaseMember.kind != "unborn").order_by(CaseMember.place)
    )
    return db.session.scalars(asked).all()


def ask(user: Any, case_id: str, seen_version: int, key: str, on: date, proved: str) -> str:
    """Write a request down and put together what they are given; its month begins. Gives its identifier.

    Args:
        key: of the person it is about; on: the day they asked; proved: how it is known that they are who they say.
    Raises:
        StaleCase: the case changed since the person saw it.
        AccessProblem: there is no such person, the day is ahead, or something of somebody else would be in it.
    """
    if on > today():
        raise AccessProblem("This day is in the future.", "on")
    with writing() as session:
        case = cases.lock_case(session, case_id, seen_version)
        person = next((p for p in people(case_id) if p.key == key), None)
        if person is None:
            raise AccessProblem("Choose whom it is about.", "person")
        made = _put_together(session, case, person)
        subject = new_id()
        step = ClockStep(
            case_id=case_id, kind=CLOCK, subject=subject, what=STARTED, on=on, said="Somebody asked what is held about them.", by=user.id,
            by_name=user.name,
        )  # fmt: skip
        session.add(step)
        body = canonical.encode(made)
        row = SubjectAccess(
            case_id=case_id, member_key=key, clock_id=key_of(case_id, CLOCK, subject), asked_on=on, proved=proved, body=body,
            sha256=canonical.digest(body), made_by=user.id, made_by_name=user.name,
        )  # fmt: skip
        session.add(row)
        session.flush()
        audit.record(session, "access.asked", "access", row.id, case_id, None, user)
        audit.record(session, "access.made", "access", row.id, case_id, {"sha256": row.sha256}, user)
        keeping.in_step(session, case, today())
        return row.id


def release(user: Any, case_id: str, seen_version: int, access_id: str, why: str) -> None:
    """A safeguarding lead who read it lets it go: it is looked through again first, by what the case holds then.

    Raises:
        StaleCase: the case changed since the person saw it.
        AccessProblem: it was released, they put it together themselves, or something of somebody else is in it.
    """
    with writing() as session:
        case = cases.lock_case(session, case_id, seen_version)
        row = session.scalars(
            select(SubjectAccess).where(SubjectAccess.id == access_id, SubjectAccess.case_id == case_id)
        ).one()
        if row.released_at is not None:
            raise AccessProblem(f"{row.released_by_name} released this already.")
        if row.made_by == user.id:
            raise AccessProblem("You put this together. Another person looks at it before it is given.")
        person = next((p for p in people(case_id) if p.key == row.member_key), None)
        if person is None:
            raise AccessProblem("Whom it is about is not in this case any more.")
        _refuse_others(row.body, _markers(session, case, person, _addresses(session, case, person)))
        row.released_by, row.released_by_name, row.released_why, row.released_at = user.id, user.name, why, now()
        audit.record(session, "access.released", "access", row.id, case_id, None, user)


def given(row: SubjectAccess) -> bytes:
    """A zip of what was released: as a PDF to read, and as JSON.

    Raises:
        AccessProblem: it was not released. RenderFailed: the PDF could not be made.
    """
    if row.released_at is None:
        raise AccessProblem("A safeguarding lead has not released this yet.")
    paper = process.render(row.body, drawn_by="app.subject_access.paper")
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (("what-is-held.json", row.body), ("what-is-held.pdf", paper)):
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), content)
    return made.getvalue()


# ---- putting together


def _put_together(session: Session, case: Case, person: CaseMember) -> dict[str, Any]:
    addresses = _addresses(session, case, person)
    markers = _markers(session, case, person, addresses)
    said = allowed.read()
    found = bundle.put_together(
        _held(session, case, person, addresses), said, releases.read(), read_folder(), _so(case), markers
    )
    body = {
        "format": bundle.FORMAT,
        "council": current_settings().council_name,
        "made_on": today().isoformat(),
        "made_in_words": in_words(today()),
        "for": person.name,
        "parts": [{"title": title, "rows": [{"what": w, "said": s} for w, s in rows]} for title, rows in found.parts],
        "withheld": said.says["withheld"] if found.withheld else "",
        "says": {name: said.says[name] for name in ("purposes", "sources", "kept", "rights")},
        "demo": case.demo,
    }
    _refuse_others(canonical.encode(body), markers)
    return body


def _refuse_others(body: bytes, markers: third_parties.Markers) -> None:
    """The last look, over everything that would be given: nothing of it may be of somebody else."""
    said = json.loads(body)
    texts = [said["for"], *(f"{row['what']}\n{row['said']}" for part in said["parts"] for row in part["rows"])]
    if any(markers.found_in(text) for text in texts):
        raise AccessProblem(
            "Something of somebody else would be in this, and nothing was given. Tell the data protection officer: it has to be put together by hand."
        )


def _held(session: Session, case: Case, person: CaseMember, addresses: Sequence[CaseAddress]) -> bundle.Held:
    def of(model: Any, *order: Any) -> list[Any]:
        return list(session.scalars(select(model).where(model.case_id == case.id).order_by(*order)))

    answers = standing(of(SavedAnswer, SavedAnswer.recorded_at, SavedAnswer.id))
    replaced = {key for a in answers for key in a.supersedes}
    shares = [s for s in of(Share, Share.made_at) if s.opened_at is not None]
    return bundle.Held(
        person=person,
        services=of(CaseService, CaseService.created_at),
        answers=[a for a in answers if a.id not in replaced],
        conversations={c.key: c for c in of(CaseConversation, CaseConversation.place)},
        contacts=[c for c in of(CaseContact, CaseContact.place) if c.child == person.key],
        events=[e for e in of(CaseEvent, CaseEvent.place) if e.who == person.key],
        shared=[("Somebody who works with your family", local(s.opened_at).date()) for s in shares],
        addresses=[("Address", ", ".join(filter(None, (a.address, a.postcode)))) for a in addresses],
        # What is held of everybody together, written by professionals, or sealed is given to nobody by this list.
        left_out=True,
    )


def _addresses(session: Session, case: Case, person: CaseMember) -> list[CaseAddress]:
    """Addresses of the household, only where it is certain that they put nobody in danger; what nobody asked is not certain.

    Somebody who left the household is given none, nor is anybody of one in which another adult is or was.
    """
    feared = (case.domestic_abuse, case.orders, case.separated_parents)
    others = [p for p in people(case.id) if p.kind == "adult" and p.key != person.key]
    if (
        person.kind != "adult"
        or person.left_on is not None
        or others
        or case.restricted
        or any(each is not False for each in feared)
    ):
        return []
    if protected.of_case(case.id):
        return []
    return list(
        session.scalars(select(CaseAddress).where(CaseAddress.case_id == case.id).order_by(CaseAddress.created_at))
    )


def _so(case: Case) -> list[str]:
    """What lowers what is released, as ``editions.yaml`` calls it: where it is not known, as if it were so."""
    return ["abuse"] if case.domestic_abuse is not False or case.orders is not False else []


def _markers(
    session: Session, case: Case, person: CaseMember, addresses: Sequence[CaseAddress]
) -> third_parties.Markers:
    """Everybody of the case but the person: the others of it, those who left, who told, who was told, where they are."""

    def texts(model: Any, *columns: str) -> Iterable[str]:
        for row in session.scalars(select(model).where(model.case_id == case.id)):
            yield from (getattr(row, column) or "" for column in columns)

    names = [
        p.name for p in session.scalars(select(CaseMember).where(CaseMember.case_id == case.id)) if p.key != person.key
    ]
    told = [
        name
        for a in session.scalars(select(SavedAnswer).where(SavedAnswer.case_id == case.id))
        if (name := a.source_name) and not _is_person(name, person)
    ]
    told += [
        c.source_name
        for c in session.scalars(select(CaseConversation).where(CaseConversation.case_id == case.id))
        if c.source_name and not _is_person(c.source_name, person)
    ]
    names += [*told, *texts(Share, "recipient_name"), case.lead_name]
    given_addresses = {a.id for a in addresses}
    phrases = [
        each
        for a in session.scalars(select(CaseAddress).where(CaseAddress.case_id == case.id))
        if a.id not in given_addresses
        for each in (a.address,)
    ]
    phrases += [*texts(CaseService, "name"), *texts(Share, "recipient_email")]
    return third_parties.markers(names, phrases, [person.name], [a.postcode for a in addresses if a.postcode])


def _is_person(name: str, person: CaseMember) -> bool:
    return third_parties.is_same(name, person.name)
