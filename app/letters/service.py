"""Making a letter, letting it go, sending it, and what proves it: one function a verb, one transaction each."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import clocks, jobs
from app.accounts.models import User
from app.accounts.policy import ROLES
from app.assessments.models import DRAFT, Assessment
from app.audit import service as audit
from app.cases import service as cases
from app.cases.household import household_of
from app.cases.models import Case
from app.checklists import read_folder
from app.database import now, writing
from app.extensions import db
from app.lives import ways
from app.notifications import messages
from app.problem import Problem
from app.records import canonical
from app.settings import current_settings

from . import asking, context, sealed
from .composed import Ground, composed
from .models import Letter, LetterMail, LetterStep
from .words import Kind, words

PDF = "pdf-letter"
HOW = {
    "mailed": "Sent by mail",
    "posted": "Printed and posted",
    "handed": "Printed and handed over",
    "received": "They say that they have it",
    "answered": "They answered",
}
WENT = context.WENT
_NUMBER_LOCK = 7_231_002


class LetterProblem(Problem):
    """A letter cannot be made, let go or sent now, in a sentence."""


class To(NamedTuple):
    """Who is written to, as it stands above the letter."""

    name: str
    organisation: str
    address: str

    @property
    def lines(self) -> list[str]:
        return [line for line in (self.name, self.organisation, *self.address.splitlines()) if line.strip()]


def agencies() -> list[tuple[str, str]]:
    """Agencies that a request can go to: code and name. The family and this office are asked in person."""
    left_out = ("family", "officer", "supervisor")
    return [(code, a.name) for code, a in read_folder().agencies.items() if code not in left_out]


def ground_of(code: str) -> str:
    """On what ground an agency may be asked, without what is said to the officer alone."""
    agency = read_folder().agencies.get(code)
    return "; ".join(part for part in agency.ground.split("; ") if not part.startswith("tell ")) if agency else ""


def kind_of(code: str) -> Kind | None:
    return words().kinds.get(code)


def ground(case: Case, assessment: Assessment | None, kind: Kind, user: Any, said: Mapping[str, Any]) -> Ground:
    """All that a letter could be made from, with how much of the place this reader may be told.

    Args:
        said: ``about``, ``applicant``, ``agency``, ``question``, ``ground``, ``seen``, ``put_right``, ``by_when``; what is not of this kind
            is left out.
    """
    members = {m.key: m for m in household_of(case).members}
    release = kind.release(said.get("agency") or "")
    found = context.safety(case, assessment)
    settings = current_settings()
    duty_code, duty = context.duty(assessment) if assessment else ("", "")
    return Ground(
        members=members,
        about=tuple(key for key in members if key in (said.get("about") or ())),
        applicant=said.get("applicant") if said.get("applicant") in members else "",  # type: ignore[arg-type]
        place=context.address_of(assessment) if assessment else "",
        area=context.where(assessment).name if assessment else "",
        told=release.place if assessment else "none",
        safe=found.level,
        available=context.made_available(assessment) if assessment else None,
        nights=assessment.nights if assessment else None,
        duty_code=duty_code,
        duty=duty,
        put_right=said.get("put_right") or "",
        question=said.get("question") or "",
        ground=said.get("ground") or "",
        seen=said.get("seen") or "",
        by_when=said.get("by_when"),
        officer=user.name,
        team=settings.team_name,
        telephone=settings.team_telephone,
        on=clocks.today(),
        people=release.people,
    )


def refuse_lacking(kind: Kind, g: Ground, assessment: Assessment | None, agency: str) -> None:
    """Refuse a letter that would leave out what it is for.

    Raises:
        LetterProblem: with the box that is wrong, where there is one.
    """
    if ("place" in kind.needs or g.told != "none") and assessment is None and "place" in kind.needs:
        raise LetterProblem("There is no placement to write of. Propose one first, or look at what was decided.")
    if "applicant" in kind.needs and not g.applicant:
        raise LetterProblem("Say who the applicant is.", "applicant")
    if "about" in kind.needs and not g.about:
        raise LetterProblem("Say whom it is about.", "about")
    if "duty" in kind.needs and not g.duty:
        raise LetterProblem(
            "Nobody has written down under which duty the placement is made. Answer that question of the assessment first."
        )
    if "question" in kind.needs and not g.question:
        raise LetterProblem("Say what is asked.", "question")
    if "decided" in kind.needs and (assessment is None or context.may_be_offered(assessment) != "yes"):
        raise LetterProblem(
            "This placement is not decided yet. It is offered once a safeguarding lead has decided, or a senior officer took it for tonight."
        )
    if agency and kind.release(agency).people and not g.about:
        raise LetterProblem("Say whom you ask about.", "about")
    if kind.code == "host_notice" and assessment is not None and context.where(assessment).answer == "in":
        raise LetterProblem("The place is in this council’s own district: no other council has to be told.")


def make(user: Any, case_id: str, seen_version: int, code: str, to: To, said: Mapping[str, Any]) -> str:
    """Make a letter from the case as it is now; what it says stays. Returns its identifier.

    Raises:
        StaleCase: the case changed since the person saw it.
        LetterProblem: something is missing, or was not agreed to.
    """
    kind = words().kinds[code]
    with writing() as session:
        case = cases.lock_case(session, case_id, seen_version)
        assessment = context.placement(case_id)
        found = ground(case, assessment, kind, user, said)
        agency = said.get("agency") or ""
        refuse_lacking(kind, found, assessment, agency)
        if kind.body and assessment is not None:
            asking.refuse_not_agreed(case_id, assessment.id, kind.body)
        guarded = context.safety(case, assessment).protected
        number = _next_number(session)
        ways.refuse(session, case_id, "post", to.lines, to_the_family=False, field="to_address")
        signed = [user.name, ROLES[user.role], found.team, current_settings().council_name]
        body = canonical.encode(
            composed(kind, found, words(), number, current_settings().council_name, to.lines, signed, guarded)
        )
        letter = Letter(
            case_id=case_id,
            assessment_id=assessment.id if assessment else None,
            number=number,
            kind=code,
            agency=agency,
            about=list(found.about),
            to_name=", ".join(part for part in (to.name, to.organisation) if part),
            body=body,
            sha256=canonical.digest(body),
            protected=guarded,
            by_when=found.by_when,
            made_by=user.id,
            made_by_name=user.name,
        )
        session.add(letter)
        session.flush()
        audit.record(session, "letter.made", "letter", letter.id, case_id, {"kind": code, "sha256": letter.sha256})
        jobs.enqueue(session, PDF, letter.id)
        return letter.id


def _next_number(session: Session) -> str:
    """L-2026-00001 and on. SQLite has one writer; PostgreSQL takes a lock for the number until the commit."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_NUMBER_LOCK)))
    year = clocks.today().year
    count = session.scalar(select(func.count()).select_from(Letter).where(Letter.number.like(f"L-{year}-%"))) or 0
    return f"L-{year}-{count + 1:05d}"


def of_case(case_id: str) -> Sequence[Letter]:
    """Newest first."""
    return db.session.scalars(
        select(Letter).where(Letter.case_id == case_id).order_by(Letter.made_at.desc(), Letter.number.desc())
    ).all()


def find(case_id: str, letter_id: str) -> Letter | None:
    return db.session.scalar(select(Letter).where(Letter.id == letter_id, Letter.case_id == case_id))


def steps_of(letter_ids: Sequence[str]) -> dict[str, list[LetterStep]]:
    """What proves each, in order."""
    found: dict[str, list[LetterStep]] = {}
    for step in db.session.scalars(
        select(LetterStep).where(LetterStep.letter_id.in_(letter_ids)).order_by(LetterStep.noted_at)
    ):
        found.setdefault(step.letter_id, []).append(step)
    return found


def review_from(letter: Letter, steps: Sequence[LetterStep]) -> date | None:
    """The day on which they were told of what a review can be asked of: an offer that was given, whose duty carries one for certain."""
    given = [step.on for step in steps if step.how in context.WENT]
    if not given or letter.kind != "offer" or letter.assessment_id is None:
        return None
    assessment = db.session.get_one(Assessment, letter.assessment_id)
    return min(given) if context.duty(assessment)[0] == "main" else None


def mails_of(letter_id: str) -> Sequence[LetterMail]:
    return db.session.scalars(
        select(LetterMail).where(LetterMail.letter_id == letter_id).order_by(LetterMail.asked_at)
    ).all()


def may_leave(letter: Letter) -> bool:
    """Is it ready to go: not taken back, and let go by a second person where it needs one?"""
    return letter.cancelled_at is None and (not letter.protected or letter.released_at is not None)


def release(user: Any, letter_id: str, seen_version: int, why: str) -> None:
    """A second person lets a letter go that could lead somebody to the family.

    Raises:
        LetterProblem: it needs nobody, was let go or taken back already, or is the person's own.
    """
    with writing() as session:
        letter = _taken(session, letter_id, seen_version)
        if not letter.protected or letter.released_at is not None or letter.cancelled_at is not None:
            raise LetterProblem("Nobody has to let this letter go any more.")
        if letter.made_by == user.id:
            raise LetterProblem("You made this letter. Somebody else lets it go.")
        letter.released_by, letter.released_by_name, letter.released_at, letter.released_why = (
            user.id,
            user.name,
            now(),
            why,
        )
        audit.record(session, "letter.released", "letter", letter.id, letter.case_id)


def cancel(user: Any, letter_id: str, seen_version: int, why: str) -> None:
    """Take a letter back that has not left.

    Raises:
        LetterProblem: it has left, or is on its way.
    """
    with writing() as session:
        letter = _taken(session, letter_id, seen_version)
        if mails_of(letter.id) or steps_of([letter.id]):
            raise LetterProblem(
                "This letter has left, or is on its way: it cannot be taken back. Make another that puts it right."
            )
        if letter.cancelled_at is None:
            letter.cancelled_at, letter.cancelled_why = now(), why
            audit.record(session, "letter.cancelled", "letter", letter.id, letter.case_id)


def send(user: Any, letter_id: str, seen_version: int, email: str) -> str:
    """Send it by mail from a job. Returns the pass phrase, once, to be told by telephone or in person.

    Raises:
        LetterProblem: it may not leave, or it is one that is given by hand.
    """
    phrase = sealed.new_phrase()
    with writing() as session:
        letter = _taken(session, letter_id, seen_version)
        _refuse_leaving(letter)
        if letter.kind == "offer" and letter.protected:
            raise LetterProblem("This letter is given by hand: somebody else may read the family’s mail. Print it.")
        ways.refuse(session, letter.case_id, "email", (email, letter.to_name), letter.kind == "offer", "email")
        mail = LetterMail(
            case_id=letter.case_id,
            letter_id=letter.id,
            to_email=email,
            sealed=sealed.closed(phrase),
            asked_by=user.id,
            asked_by_name=user.name,
        )
        session.add(mail)
        session.flush()
        audit.record(session, "letter.mail_asked", "letter", letter.id, letter.case_id)
        jobs.enqueue(session, messages.LETTER, mail.id)
    return phrase


def to_lines(letter: Letter) -> list[str]:
    """Whom a letter goes to and where, as it stands above it."""
    found: list[str] = json.loads(letter.body).get("to", [])
    return found


def prove(user: Any, letter_id: str, seen_version: int, how: str, on: date, whom: str, note: str) -> None:
    """Write down that it was posted or handed over, that they have it, or what they answered.

    Raises:
        LetterProblem: it may not leave, or nothing can have come back of it.
    """
    with writing() as session:
        letter = _taken(session, letter_id, seen_version)
        _refuse_leaving(letter)
        if how == "posted" and letter.kind == "offer" and letter.protected:
            raise LetterProblem("This letter is given by hand: somebody else may read the family’s post.", "how")
        before = [step.how for step in steps_of([letter.id]).get(letter.id, [])]
        if how in ("received", "answered") and not set(before) & set(WENT):
            raise LetterProblem("It has not left yet: nobody can have it.", "how")
        if how == "posted":
            ways.refuse(session, letter.case_id, "post", to_lines(letter), letter.kind == "offer", "how")
        if on < clocks.local(letter.made_at).date():
            raise LetterProblem("That is before the letter was made.", "on")
        add_step(session, letter, user, how, on, whom, note, sealed.digest_of(letter.id, "pdf") if how in WENT else "")
        audit.record(session, "letter.proved", "letter", letter.id, letter.case_id, {"how": how})


def add_step(
    session: Session, letter: Letter, user: User, how: str, on: date, whom: str, note: str, sha256: str
) -> None:
    """Proof, in the caller's transaction; where a notice to the council of the area goes, its draft knows the day."""
    session.add(
        LetterStep(
            case_id=letter.case_id,
            letter_id=letter.id,
            how=how,
            on=on,
            whom=whom,
            note=note,
            sha256=sha256,
            noted_by=user.id,
            noted_by_name=user.name,
        )
    )
    if letter.kind == "host_notice" and how in WENT and letter.assessment_id:
        assessment = session.get_one(Assessment, letter.assessment_id)
        # What was handed in or decided is not changed behind anybody's back: there the letter itself is the proof.
        if assessment.state == DRAFT and assessment.notice_sent is None:
            assessment.notice_sent = on


def _refuse_leaving(letter: Letter) -> None:
    if letter.cancelled_at is not None:
        raise LetterProblem("This letter was taken back.")
    if not may_leave(letter):
        raise LetterProblem(
            "A second person lets this letter go first: a senior officer or a safeguarding lead who did not make it."
        )


def _taken(session: Session, letter_id: str, seen_version: int) -> Letter:
    """A letter with its case locked first and the row read after."""
    case_id = session.scalars(select(Letter.case_id).where(Letter.id == letter_id)).one()
    cases.lock_case(session, case_id, seen_version)
    return session.get_one(Letter, letter_id, populate_existing=True)
