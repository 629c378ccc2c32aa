"""The job that destroys a case two people agreed on, and the certificate that says so.

Everything is asked again when it runs: a hold that came meanwhile ends it. Who did what and when stays in the audit under the case's
random identifier; what its entries said more is closed for good (docs/decisions/0105, 0155).
"""

from __future__ import annotations

from typing import Any

import structlog
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from app import clocks, jobs
from app.accounts.policy import ROLES
from app.audit import service as audit
from app.cases import service as cases
from app.cases.models import Case
from app.database import now, writing
from app.extensions import db
from app.settings import current_settings

from . import certificate, erasing, holds, proposing, schedule, tombstones
from .models import Disposal, DisposalStep
from .proposing import Proposal

log = structlog.get_logger("case_by_case.retention")


class Person:
    """Whoever agreed, as the audit wants somebody: the job acts for them."""

    def __init__(self, step: DisposalStep) -> None:
        self.id, self.role, self.name = step.by_id, step.by_role, step.by_name


def destroy(disposal_id: str) -> str | None:
    """Destroy the case of a proposal; gives the number of the certificate, None where it was not to be done. Safe to run again."""
    settings = current_settings()
    row = db.session.get(Disposal, disposal_id)
    if row is None:  # it was done: the proposal went with the case
        tombstones.keep(settings)
        return None
    case_id = row.case_id
    db.session.rollback()
    with writing() as session:
        try:
            case = cases.lock_case(session, case_id, None)
        except NoResultFound:  # another worker destroyed it between the two looks: what it left is the same
            return None
        proposal = proposing.open_one(session, case_id)
        if proposal is None or proposal.row.id != disposal_id:
            return None
        holds.set_found(session, case)
        agreed = [(str(step.by_id), step.by_role) for step in proposal.agreed]
        why = proposing.stops(
            len(holds.standing(session, case_id)), agreed, proposal.is_open, proposal.row.due, clocks.today()
        )
        if why == "held":
            proposing.end_by_hold(session, proposal.row)
        if why:
            return None
        number = _destroy(session, case, proposal)
    tombstones.keep(settings)
    log.info("case_destroyed", certificate=number)
    return number


def _destroy(session: Session, case: Case, proposal: Proposal) -> str:
    settings, moment, case_id = current_settings(), now(), case.id
    first, second = proposal.agreed[0], next(s for s in proposal.agreed if s.by_id != proposal.agreed[0].by_id)
    people = [Person(first), Person(second)]
    body: dict[str, Any] = {
        "format": certificate.FORMAT,
        "number": certificate.next_number(session, moment),
        "council": settings.council_name,
        "case": case_id,
        "rule": _rule(proposal.row),
        "due": proposal.row.due.isoformat(),
        "agreed": [
            {"name": s.by_name, "role": ROLES.get(s.by_role, s.by_role), "at": clocks.written(s.at)}
            for s in (first, second)
        ],
        "destroyed_at": clocks.written(moment),
        "audit": audit.head(session),
    }
    session.flush()
    session.expunge_all()  # nothing of the case is looked at again: it would be asked for row by row
    gone = erasing.erase(session.connection(), case_id, settings)
    body |= {"rows": gone.rows, "files": gone.files}
    certificate.write_down(session, body)
    audit.erase_details(session, case_id, people[0])
    audit.agree_to_erasure(session, case_id, body["rule"]["code"], people[1])
    audit.record(session, "case.destroyed", "case", case_id, case_id, actor=people[0])
    return str(body["number"])


def _rule(row: Disposal) -> dict[str, Any]:
    rule = schedule.read().rule(row.rule)
    words = (
        {"name": rule.name, "says": rule.in_words(), "source": rule.source}
        if rule
        else {"name": row.rule, "says": "", "source": ""}
    )
    return {"code": row.rule, "schedule": row.schedule, **words}


def of_job(subject: str) -> None:
    """The job behind the second who agreed."""
    destroy(subject)


jobs.register(proposing.JOB, of_job, "Destruction of a case", long=True)
