"""Who is told: one person for each thing, whose account is open and who did not do it themselves."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import exists, func, select

from app.access import glass
from app.access.models import BreakGlass
from app.accounts import cover
from app.accounts.models import User
from app.assessments.models import DRAFT, SUBMITTED, Assessment
from app.cases import service as cases
from app.cases.homes import HomeAsked
from app.cases.models import Case, CaseHandover
from app.cases.ties import PossibleMatch
from app.clocks import today
from app.decisions import escalated
from app.decisions.models import Decision, EmergencyDecision
from app.editions.models import Edition
from app.extensions import db
from app.jobs.models import Job
from app.notifications import messages, telling
from app.notifications.models import Telling
from app.notifications.telling import still_so as kept_elsewhere
from app.records import service as records
from app.records.models import Record
from app.sharing import answers
from app.sharing.models import Share, ShareWord

from . import service
from .models import Letter, LetterMail

_TO_THE_OFFICER = ("condition_due", "condition_lapsed", "notice_late", "move_late")
_LEAD, _SENIOR = "safeguarding_lead", "senior_officer"


def still_so(telling: Telling) -> bool:
    """Is there still something to tell? What was dealt with meanwhile is told to nobody."""
    if telling.kind in ("submitted", "returned"):
        row = db.session.execute(
            select(Assessment.state, Assessment.returned_note).where(Assessment.id == telling.object_id)
        ).one_or_none()
        if row is None:
            return False
        return row.state == SUBMITTED if telling.kind == "submitted" else row.state == DRAFT and bool(row.returned_note)
    if telling.kind in ("emergency", "emergency_late"):
        waits = select(EmergencyDecision.id).where(
            EmergencyDecision.id == telling.object_id, EmergencyDecision.verdict.is_(None)
        )
        return db.session.scalar(waits) is not None
    if telling.kind in ("disagreement", "disagreement_late"):
        return any(telling.id == one for one in _disagreements(telling))
    if telling.kind in kept_elsewhere:
        return kept_elsewhere[telling.kind](telling)
    if telling.kind == "move_late":
        return escalated.is_to_move(telling.object_id)
    if telling.kind in ("handed_to", "handed_from"):
        return _of_handover(telling) is not None
    if telling.kind == "home_asked":
        asked = db.session.get(HomeAsked, telling.object_id)
        return asked is not None and asked.verdict is None
    if telling.kind == "possible_match":
        found = db.session.get(PossibleMatch, telling.object_id)
        return found is not None and found.settled_at is None
    if telling.kind == "said":
        word = db.session.get(ShareWord, telling.object_id)
        return word is not None and word.taken_at is None
    return True


def _disagreements(of: Telling) -> list[str]:
    """The keys of what nobody has settled of the share that this is about."""
    listed = answers.unsettled([of.case_id]).get(of.case_id, [])
    return [telling.keyed(of.kind, one.share_id, one.word_id) for one in listed if one.share_id == of.object_id]


def kept_or_chosen(telling: Telling) -> User | None:
    """The one who was chosen, where that account is open and still sees the case; else another."""
    return _open(telling.case_id, telling.owner) or owner_of(telling)


def officers_of(listed: Sequence[Telling]) -> dict[str, User]:
    """Of things of which the officer of the case is told: that officer, where the account is open and sees the case.

    Five queries and one for each officer, however many things there are.
    """
    listed = [one for one in listed if one.kind in _TO_THE_OFFICER]
    ids = {one.case_id for one in listed}
    assigned = {row[0]: row[1] for row in db.session.execute(select(Case.id, Case.assigned_to).where(Case.id.in_(ids)))}
    covers = cover.covers_of(set(assigned.values()), today())
    own = _who_see([(one, assigned[one.case_id]) for one in listed])
    # Of somebody on leave the one who covers is told; of a case that they may not see, the officer all the same.
    return own | _who_see([(one, covers[assigned[one.case_id]]) for one in listed if assigned[one.case_id] in covers])


def still_theirs(listed: Sequence[Telling]) -> dict[str, User]:
    """Of things that have an owner: the owner, where the account is open and still sees the case."""
    return _who_see([(one, one.owner) for one in listed if one.owner])


def _who_see(pairs: Sequence[tuple[Telling, str]]) -> dict[str, User]:
    """Each thing with its person, where that account is open and sees its case; a query for each person."""
    people = db.session.scalars(select(User).where(User.id.in_({id for _, id in pairs}), User.active.is_(True))).all()
    found = {}
    for person in people:
        mine = [one for one, id in pairs if id == person.id]
        of_them = cases.visible_to(person).with_only_columns(Case.id).where(Case.id.in_({one.case_id for one in mine}))
        seen = set(db.session.scalars(of_them))
        found.update({one.id: person for one in mine if one.case_id in seen})
    return found


def owner_of(telling: Telling) -> User | None:
    """The one who is told; None where no account that could be is open."""
    if telling.kind == "submitted":
        assessment = db.session.get_one(Assessment, telling.object_id)
        return _a_lead(telling.case_id, {assessment.created_by, assessment.submitted_by or ""})
    if telling.kind in ("emergency", "emergency_late"):
        return _a_lead(telling.case_id, {db.session.get_one(EmergencyDecision, telling.object_id).taken_by})
    if telling.kind in ("disagreement", "disagreement_late"):
        return _who_hears(telling)
    if telling.kind == glass.LATE:
        return _a_lead(telling.case_id, {db.session.get_one(BreakGlass, telling.object_id).opened_by})
    if telling.kind in ("handed_to", "handed_from"):
        return _of_handover(telling)
    if telling.kind == "said":
        return _who_answers_for(telling)
    if telling.kind in ("home_asked", "home_released"):
        asked = db.session.get_one(HomeAsked, telling.object_id)
        return _a_lead(telling.case_id, {asked.asked_by, asked.settled_by or ""})
    if telling.kind == "possible_match":
        return _a_lead(telling.case_id, {db.session.get_one(PossibleMatch, telling.object_id).user_id})
    if telling.kind == "mail_failed":
        return _of_a_job(telling)
    if telling.kind in ("returned", "decided"):
        assessment_id = telling.object_id
        submitter = db.session.scalar(select(Assessment.submitted_by).where(Assessment.id == assessment_id))
        return _officer(telling.case_id, telling.by, submitter or "")
    return _officer(telling.case_id, telling.by)


def of_role(case_id: str, role: str) -> str | None:
    """Of a role, the account that is asked: who has least that waits, and may see the case; None where there is nobody."""
    found = _least_busy(case_id, role, ())
    return found.id if found is not None else None


def _of_handover(telling: Telling) -> User | None:
    """Whoever has the case now, or had it; none where they have left, it is kept from them, or somebody else has it by now."""
    handed = db.session.get_one(CaseHandover, telling.object_id)
    if telling.kind == "handed_to":
        assigned = db.session.scalar(select(Case.assigned_to).where(Case.id == handed.case_id))
        return _open(handed.case_id, handed.to_id) if assigned == handed.to_id else None
    person = db.session.get(User, handed.from_id)
    # They may not see it any more: the mail says of no case which it is.
    kept_out = cases.are_kept_out(db.session, handed.case_id)
    return person if person is not None and person.active and person.id not in kept_out else None


def _sees(user: User, case_id: str) -> bool:
    """May this person see the case at all? Who may not is told nothing of it, not even that something waits."""
    seen = cases.visible_to(user).with_only_columns(Case.id).where(Case.id == case_id)
    return db.session.scalar(seen) is not None


def _open(case_id: str, user_id: str | None, but: Collection[str] = ()) -> User | None:
    found = db.session.get(User, user_id) if user_id and user_id not in but else None
    return found if found is not None and found.active and _sees(found, case_id) else None


def _officer(case_id: str, by: str, before: str = "") -> User | None:
    """Who covers the officer of the case, or that officer; where that account is closed, who handed it in, then a senior officer, then a safeguarding lead."""
    assigned = db.session.scalar(select(Case.assigned_to).where(Case.id == case_id))
    away = cover.covers_of([assigned or ""], today()).get(assigned or "")
    return (
        _open(case_id, away, {by})
        or _open(case_id, assigned)
        or _open(case_id, before)
        or _least_busy(case_id, _SENIOR, {by})
        or _least_busy(case_id, _LEAD, {by})
    )


def _a_lead(case_id: str, but: Collection[str]) -> User | None:
    """The lead who decided on this family last, else who has least to look at."""
    last = db.session.scalar(
        select(Decision.reviewer).where(Decision.case_id == case_id).order_by(Decision.reviewed_at.desc()).limit(1)
    )
    found = _open(case_id, last, but)
    return found if found is not None and found.role == _LEAD else _least_busy(case_id, _LEAD, but)


def _who_hears(telling: Telling) -> User | None:
    """Of a disagreement: a senior officer who had no part in the decision, else such a lead."""
    share = db.session.get_one(Share, telling.object_id)
    but = answers.had_a_part(share)
    return _least_busy(telling.case_id, _SENIOR, but) or _least_busy(telling.case_id, _LEAD, but)


def _who_answers_for(telling: Telling) -> User | None:
    """Of what a reader added: who shared it or took that over, else the officer of the case."""
    word = db.session.get_one(ShareWord, telling.object_id)
    share = db.session.get_one(Share, word.share_id)
    return _open(telling.case_id, share.held_by or share.made_by) or _officer(telling.case_id, "")


def _least_busy(case_id: str, role: str, but: Collection[str]) -> User | None:
    """Of a role, who was asked for fewest things that still wait, and may see the case; of equals the first by address."""
    submitted = exists().where(Assessment.id == Telling.object_id, Assessment.state == SUBMITTED)
    waiting = ((Telling.kind == "submitted") & submitted) | (
        (Telling.kind == "disagreement") & answers.is_open(Telling.object_id)
    )
    asked = (
        select(func.count())
        .select_from(Telling)
        .where(Telling.owner == User.id, waiting)
        .correlate(User)
        .scalar_subquery()
    )
    query = select(User).where(User.active.is_(True), User.role == role, User.id.not_in([*but, ""]))
    return next(
        (found for found in db.session.scalars(query.order_by(asked, User.email)) if _sees(found, case_id)), None
    )


def _of_a_job(telling: Telling) -> User | None:
    """Who asked for what did not go; of a mail to one of us, another who looks after the letters."""
    job = db.session.get(Job, telling.object_id)
    if job is None:
        return _officer(telling.case_id, "")
    if job.name == messages.LETTER:
        mail = db.session.get(LetterMail, job.subject)
        return _open(telling.case_id, mail.asked_by if mail else "") or _officer(telling.case_id, "")
    if job.name in (messages.SHARED, messages.ENDED, messages.NEWER, messages.ANSWER):
        share = db.session.get(Share, job.subject.partition("-")[0])
        return (_open(telling.case_id, share.held_by or share.made_by) if share else None) or _officer(
            telling.case_id, ""
        )
    if job.name == messages.TOLD:
        told = db.session.get(Telling, job.subject)
        return _a_lead(telling.case_id, {told.owner or ""} if told else ())
    return _officer(telling.case_id, "")


def case_of_job(job: Job) -> str | None:
    """Of which case a job is; None where it is of none."""
    if job.name == messages.LETTER:
        return db.session.scalar(select(LetterMail.case_id).where(LetterMail.id == job.subject))
    if job.name in (messages.SHARED, messages.ENDED, messages.NEWER, messages.ANSWER):
        return db.session.scalar(select(Share.case_id).where(Share.id == job.subject.partition("-")[0]))
    if job.name == service.PDF:
        return db.session.scalar(select(Letter.case_id).where(Letter.id == job.subject))
    if job.name in (records.RENDER, records.RENDER_AGAIN):
        return db.session.scalar(select(Record.case_id).where(Record.id == job.subject.partition("-")[0]))
    if job.name == messages.TOLD:
        of_a_case = Telling.kind.not_in(
            telling.UNDER_NO_CASE
        )  # the others' case is nobody's to see by a mail that did not go
        return db.session.scalar(select(Telling.case_id).where(Telling.id == job.subject, of_a_case))
    return None


def subjects_kept_from(user_id: str) -> frozenset[str]:
    """What jobs are about that are of cases kept from somebody by name: they see no trace of them. One query where there are none."""
    kept = db.session.scalars(cases.kept_from(user_id)).all()
    about = (Telling, Share, Record, Letter, Edition) if kept else ()
    return frozenset(
        key for model in about for key in db.session.scalars(select(model.id).where(model.case_id.in_(kept)))
    )


def is_of(subject: str, subjects: frozenset[str]) -> bool:
    """Is a job about one of these? What is asked for again has the day behind its subject."""
    return subject in subjects or subject.partition("-")[0] in subjects
