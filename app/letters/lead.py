"""The lead professional: proposed, accepted, declined, changed. A name typed in a box is nobody who leads."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clocks
from app.audit import service as audit
from app.cases import service as cases
from app.cases.household import household_of
from app.cases.models import Case
from app.checklists import read_folder
from app.database import writing
from app.extensions import db
from app.problem import Problem
from app.suitability.facts.about_history import involved

from .models import LeadStep

STEPS = {
    "proposed": "Somebody was asked to lead",
    "accepted": "They accepted",
    "declined": "They cannot",
    "ended": "They lead no more",
}
_DETAILS = ("name", "role", "agency", "email")


class LeadProblem(Problem):
    """This step cannot be written down, in a sentence."""


def steps(case_id: str) -> Sequence[LeadStep]:
    return db.session.scalars(select(LeadStep).where(LeadStep.case_id == case_id).order_by(LeadStep.noted_at)).all()


def prompt(case: Case) -> str:
    """What to do where several agencies are involved and nobody has accepted to lead; else nothing. Source: IS01, P13."""
    numbers = read_folder().numbers_on(clocks.today(), {})
    agencies = involved(household_of(case)) if case.members else set()
    if case.lead_accepted or len(agencies) < numbers.p13_agencies:
        return ""
    named = f"{case.lead_name} was asked and has not accepted" if case.lead_name else "nobody was asked"
    return (
        f"{len(agencies)} agencies are involved, and nobody has accepted to lead: {named}. "
        f"Call them together within {numbers['convene_working_days']} working days and agree who leads."
    )


def step(user: Any, case_id: str, seen_version: int, what: str, values: Mapping[str, Any]) -> None:
    """Write down one step, and who leads now.

    Args:
        what: a key of ``STEPS``; values: ``name``, ``role``, ``agency``, ``email``, ``on``, ``note``.
    Raises:
        StaleCase: the case changed since the person saw it.
        LeadProblem: nobody was asked yet, or nobody leads.
    """
    with writing() as session:
        case = cases.lock_case(session, case_id, seen_version)
        if what == "proposed":
            if not values["name"]:
                raise LeadProblem("Enter who was asked.", "name")
            if case.lead_accepted:
                raise LeadProblem(
                    f"{case.lead_name} has accepted and leads. Write down first that they lead no more: two cannot lead.",
                    "what",
                )
            for name in _DETAILS:
                setattr(case, f"lead_{name}", values[name])
            case.lead_accepted = None
        elif not case.lead_name:
            raise LeadProblem("Nobody was asked to lead yet.", "what")
        elif what == "accepted" and case.lead_accepted:
            raise LeadProblem(
                f"{case.lead_name} has accepted already. If it is somebody else who accepted, write down first that {case.lead_name} leads no more.",
                "what",
            )
        elif what == "accepted":
            case.lead_accepted = values["on"]
        elif what == "ended" and not case.lead_accepted:
            raise LeadProblem("They have not accepted: nobody leads yet.", "what")
        who = {name: getattr(case, f"lead_{name}") for name in _DETAILS}
        if what in ("declined", "ended"):
            if not values["note"]:
                raise LeadProblem("Say why, and whom to ask now.", "note")
            for name in _DETAILS:
                setattr(case, f"lead_{name}", "")
            case.lead_accepted = None
        _add(session, user, case_id, what, who, values["on"], values["note"])


def noted(user: Any, values: Mapping[str, Any]) -> Callable[[Session, Case], None]:
    """What the page of details changes is written down as steps, too. ``values`` are the columns that it sets."""

    def note(session: Session, case: Case) -> None:
        was = {name: getattr(case, f"lead_{name}") for name in _DETAILS}
        now = {name: values[f"lead_{name}"] or "" for name in _DETAILS}
        today, accepted = clocks.today(), values["lead_accepted"]
        if was["name"] != now["name"]:
            if was["name"]:
                _add(
                    session,
                    user,
                    case.id,
                    "ended" if case.lead_accepted else "declined",
                    was,
                    today,
                    "Somebody else is named.",
                )
            if now["name"]:
                _add(session, user, case.id, "proposed", now, accepted or today, "")
        if now["name"] and accepted and (accepted != case.lead_accepted or was["name"] != now["name"]):
            _add(session, user, case.id, "accepted", now, accepted, "")

    return note


def _add(session: Session, user: Any, case_id: str, what: str, who: Mapping[str, str], on: date, note: str) -> None:
    made = LeadStep(case_id=case_id, what=what, **who, on=on, note=note, noted_by=user.id, noted_by_name=user.name)
    session.add(made)
    session.flush()
    audit.record(session, "lead.stepped", "lead", made.id, case_id, {"what": what})
