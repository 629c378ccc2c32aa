"""Gives a case out whole: written down, told to others. Who may, and whether it is them, the gate has asked."""

from __future__ import annotations

from typing import IO, Any

from sqlalchemy import select

from app.accounts.models import User
from app.accounts.policy import ROLES
from app.audit import service as audit
from app.cases import sealed_home
from app.cases import service as cases
from app.cases.models import Case
from app.database import now, writing
from app.extensions import db
from app.notifications import telling
from app.problem import StaleCase
from app.records.court import PURPOSES
from app.records.models import CourtExport
from app.settings import current_settings
from app.suitability.casefile.values import in_sentence

from .gathering import About, gather
from .parcel import Parcel

HELD_SEALED = (
    "The home of this family is held sealed, and papers from before may say where it is. Lift the seal first, with a second person, or ask "
    "the council’s solicitor what may leave. Nothing was given out."
)


class HeldSealed(RuntimeError):
    """Nothing of a case is given out whole while a home of theirs is held sealed."""

    def __init__(self) -> None:
        super().__init__(HELD_SEALED)


def export(user: Any, case: Case, seen_version: int, purpose: str, words: str, target: IO[bytes]) -> CourtExport:
    """Write the export of a case into a file; it is given out only when this returns.

    Args:
        target: an open file, to be written from its beginning.
    Raises:
        StaleCase: somebody changed the case meanwhile. HeldSealed: their home is held sealed.
    """
    settings, case_id = current_settings(), case.id
    if case.version != seen_version:  # asked again below, when all of it is put together
        raise StaleCase(case.version)
    if sealed_home.in_force(db.session, case_id) is not None:  # who seals it while this is made changes the case
        raise HeldSealed
    about = About(PURPOSES[purpose], words, user.name, in_sentence(ROLES[user.role]), now().replace(microsecond=0))
    parcel = Parcel(target, about.at)
    sha256 = gather(parcel, case, about, settings)
    with writing() as session:
        cases.lock_case(session, case_id, seen_version)
        made = CourtExport(
            case_id=case_id, purpose=purpose, words=words, made_by=user.id, made_by_name=user.name, made_by_role=user.role,
            made_at=about.at, manifest_sha256=sha256, files=len(parcel.files),
        )  # fmt: skip
        session.add(made)
        session.flush()
        detail = {"purpose": purpose, "manifest_sha256": sha256, "files": made.files}
        audit.record(session, "court.exported", "court_export", made.id, case_id, detail, actor=user)
        _tell(session, made)
    return made


def _tell(session: Any, made: CourtExport) -> None:
    """The officer who holds the case, and every safeguarding lead but whoever did it: each is told once, and only who sees the case."""
    holder = session.scalar(select(Case.assigned_to).where(Case.id == made.case_id))
    leads = session.scalars(select(User.id).where(User.role == "safeguarding_lead", User.active.is_(True))).all()
    out = cases.are_kept_out(session, made.case_id)
    for person in dict.fromkeys([holder, *sorted(leads)]):
        if person and person != made.made_by and person not in out:
            telling.note(session, "court_export", made.case_id, made.id, person, made.made_by, owner=person)


def of_case(case_id: str) -> list[CourtExport]:
    """Every export of a case, the newest first."""
    wanted = select(CourtExport).where(CourtExport.case_id == case_id)
    return list(db.session.scalars(wanted.order_by(CourtExport.made_at.desc(), CourtExport.id)))
