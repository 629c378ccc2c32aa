"""Every address of the service that shows something of a stored case, worked out from the service's own routes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from flask import url_for
from sqlalchemy import select
from werkzeug.routing import Rule

from app.access.models import BreakGlass, ReadingFinding
from app.accounts.policy import POLICY, may_see_case
from app.assessments import service as assessments
from app.assessments.models import Assessment, SavedAcceptance, SavedAnswer, SavedMitigation, SavedPatternAnswer
from app.cases import history
from app.cases import service as cases
from app.cases.homes import HomeAsked, HomeNamed
from app.cases.models import Case, CaseExclusion
from app.cases.ties import PossibleMatch
from app.deadlines.models import Clock
from app.decisions.models import Decision, DecisionStep, EmergencyDecision
from app.editions.models import Edition
from app.extensions import db
from app.letters.models import Letter
from app.lives.correcting import MAY
from app.lives.models import LifeStep
from app.lives.words import WARNING
from app.placements.models import PlaceConsidered
from app.properties.register import RegisterEvidence, RegisterStay, RegisterUnit
from app.records.models import Record
from app.retention import complaints
from app.retention.models import Disposal, LegalHold
from app.sharing.models import Share, ShareWord
from app.subject_access.models import SubjectAccess
from app.visits.models import Photograph, Visit

from .samples import OldInstance

READERS = ("safeguarding_lead", "senior_officer", "housing_officer", "auditor")
Found = dict[str, Any]


class Page(NamedTuple):
    """An address, of which route, of which case, and who of READERS may open it."""

    endpoint: str
    address: str
    reference: str
    roles: tuple[str, ...]


def _ids(model: Any, name: str) -> Callable[[Case, Found], list[Found]]:
    """The identifiers of what belongs to a case, and to the record or assessment chosen before."""

    def of(case: Case, chosen: Found) -> list[Found]:
        query = select(model.id).where(model.case_id == case.id)
        for before in ("assessment_id", "record_id", "share_id"):
            if before in chosen and hasattr(model, before):
                query = query.where(getattr(model, before) == chosen[before])
        return [{name: key} for key in db.session.scalars(query.order_by(model.id))]

    return of


def _rows(model: Any, name: str) -> Callable[[Case, Found], list[Found]]:
    """Each criterion or pattern of a stored answer, mitigation or acceptance, with the first it is about."""

    def of(case: Case, chosen: Found) -> list[Found]:
        column = getattr(model, name.removesuffix("_id"))
        rows = db.session.execute(select(column, model.subject).where(model.case_id == case.id).order_by(model.subject))
        about = dict(tuple(row) for row in reversed(rows.all()))
        return [{name: key, "subject": subject} for key, subject in sorted(about.items())]

    return of


def _numbers(case: Case, chosen: Found) -> list[Found]:
    return [{"number": at} for at in range(len(history.PARTS[chosen["part"]].rows(case)))]


def _plans(case: Case, chosen: Found) -> list[Found]:
    """The mitigations of the unit of the assessment chosen before: any of them can be read as a plan."""
    found = db.session.get(Assessment, chosen["assessment_id"])
    return [{"mitigation_id": plan.id} for plan in assessments.plans_of(found)] if found else []


def _units_beside(case: Case, chosen: Found) -> list[Found]:
    found = db.session.get(Assessment, chosen["assessment_id"])
    return [{"unit_key": other.key} for other in found.unit.further] if found else []


def _with_its_number(case: Case, chosen: Found) -> list[Found]:
    query = select(Case.id).where(Case.number_folded == case.number_folded, Case.id != case.id)
    return [{"other_id": key} for key in db.session.scalars(query)]


def _complaints(case: Case, chosen: Found) -> list[Found]:
    query = select(Clock.id).where(Clock.case_id == case.id, Clock.kind == complaints.CLOCK)
    return [{"complaint_id": key} for key in db.session.scalars(query)]


# How each argument of a route is filled from a stored case. A route with an argument that is not here has to be added.
FILLED: dict[str, Callable[[Case, Found], list[Found]]] = {
    "case_id": lambda case, chosen: [{"case_id": case.id}],
    "assessment_id": _ids(Assessment, "assessment_id"),
    "record_id": _ids(Record, "record_id"),
    "share_id": _ids(Share, "share_id"),
    "emergency_id": _ids(EmergencyDecision, "emergency_id"),
    "edition_id": _ids(Edition, "edition_id"),
    "word_id": _ids(ShareWord, "word_id"),
    "reader": lambda case, chosen: [{"reader": reader} for reader in ("applicant_parent", "school", "health_visitor")],
    "exclusion_id": _ids(CaseExclusion, "exclusion_id"),
    "member_id": lambda case, chosen: [{"member_id": m.id} for m in case.members],
    "part": lambda case, chosen: [{"part": part} for part in ("contacts", "enquiries", "events")],
    "number": _numbers,
    "speaker": lambda case, chosen: [
        {"speaker": who} for who in ("provider", "officer", "police", *(m.key for m in case.members[:1]))
    ],
    "other_id": _with_its_number,
    "visit_id": _ids(Visit, "visit_id"),
    "photograph_id": _ids(Photograph, "photograph_id"),
    "mitigation_id": _plans,
    "hold_id": _ids(LegalHold, "hold_id"),
    "disposal_id": _ids(Disposal, "disposal_id"),
    "access_id": _ids(SubjectAccess, "access_id"),
    "complaint_id": _complaints,
    "asked_id": _ids(HomeAsked, "asked_id"),
    "named_id": _ids(HomeNamed, "named_id"),
    "match_id": _ids(PossibleMatch, "match_id"),
    "glass_id": _ids(BreakGlass, "glass_id"),
    "finding_id": _ids(ReadingFinding, "finding_id"),
    "unit_key": _units_beside,
    "considered_id": _ids(PlaceConsidered, "considered_id"),
    "letter_id": _ids(Letter, "letter_id"),
    "letter_kind": lambda case, chosen: [{"letter_kind": kind} for kind in ("host_notice", "request")],
    "body": lambda case, chosen: [{"body": body} for body in ("gp", "school")],
    "clock_id": _ids(Clock, "clock_id"),
    "register_id": lambda case, chosen: [{"register_id": key} for key in db.session.scalars(select(RegisterUnit.id))],
    "evidence_id": lambda case, chosen: [
        {"evidence_id": key} for key in db.session.scalars(select(RegisterEvidence.id))
    ],
    "stay_id": _ids(RegisterStay, "stay_id"),
    "life_id": _ids(LifeStep, "life_id"),
}


def _steps(*kinds: str) -> Callable[[Case, Found], list[Found]]:
    """What was written down after the decision of the record chosen before."""

    def of(case: Case, chosen: Found) -> list[Found]:
        query = select(DecisionStep.id).join(Decision, Decision.id == DecisionStep.decision_id)
        query = query.where(Decision.record_id == chosen["record_id"], DecisionStep.kind.in_(kinds))
        return [{"step_id": key} for key in db.session.scalars(query.order_by(DecisionStep.id))]

    return of


def _life(*kinds: str) -> Callable[[Case, Found], list[Found]]:
    """Steps in the life of the case, of these kinds."""

    def of(case: Case, chosen: Found) -> list[Found]:
        query = select(LifeStep.id).where(LifeStep.case_id == case.id, LifeStep.kind.in_(kinds))
        return [{"life_id": key} for key in db.session.scalars(query.order_by(LifeStep.id))]

    return of


OF_ENDPOINT: dict[str, dict[str, Callable[[Case, Found], list[Found]]]] = {
    "cases.address": {"part_id": lambda case, chosen: [{"part_id": a.id} for a in case.addresses]},
    "services.used": {"part_id": lambda case, chosen: [{"part_id": s.id} for s in case.services]},
    "services.find": {"part_id": lambda case, chosen: [{"part_id": s.id} for s in case.services]},
    "questions.question": {"criterion_id": _rows(SavedAnswer, "criterion_id")},
    "remedies.mitigation": {"criterion_id": _rows(SavedMitigation, "criterion_id")},
    "remedies.acceptance": {"criterion_id": _rows(SavedAcceptance, "criterion_id")},
    "afterwards.condition": {"step_id": _steps("condition")},
    "afterwards.countersign": {"step_id": _steps("correction")},
    "afterwards.moved": {"step_id": _steps("move")},
    "lives.review": {"life_id": _life(WARNING)},
    "lives.correct": {"life_id": _life(*MAY)},
    "remedies.pattern": {"pattern_id": _rows(SavedPatternAnswer, "pattern_id")},
}
_ORDER = ("case_id", "assessment_id", "record_id", "share_id", "part")


def filled(rule: Rule, case: Case) -> list[Found]:
    """Every way to fill a route from a case.

    Raises:
        LookupError: it has an argument nobody has said how to fill.
    """
    found: list[Found] = [{}]
    ways = {**FILLED, **OF_ENDPOINT.get(rule.endpoint, {})}
    for name in sorted(rule.arguments, key=lambda name: (_ORDER.index(name) if name in _ORDER else 9, name)):
        if name == "subject":
            continue  # filled with the criterion or the pattern it goes with
        if name not in ways:
            raise LookupError(f"the route {rule.rule} has “{name}”: say in walk.py how it is filled from a stored case")
        found = [{**chosen, **more} for chosen in found for more in ways[name](case, chosen)]
    return found


def pages(old: OldInstance, most: int = 2) -> Iterator[Page]:
    """Pages of every case. Of a route that a case fills many times over the first ``most``, and each question once."""
    asked: set[tuple[str, str]] = set()
    with old.app.test_request_context():
        people = {role: old.user(role) for role in READERS}
        for case in db.session.scalars(select(Case).order_by(Case.reference)).unique().all():
            for rule in old.app.url_map.iter_rules():
                if "case_id" not in rule.arguments or "GET" not in (rule.methods or ()):
                    continue
                held = POLICY[old.app.view_functions[rule.endpoint].permission].roles  # type: ignore[attr-defined]
                roles = tuple(
                    role
                    for role, person in people.items()
                    if role in held and may_see_case(person.id, role, cases.facts_of(case))
                )
                questions, others = [], []
                for values in filled(rule, case):
                    about = (rule.endpoint, str(values.get("criterion_id") or values.get("pattern_id") or ""))
                    if not about[1]:
                        others.append(values)
                    elif about not in asked:
                        asked.add(about)
                        questions.append(values)
                for values in (*questions, *others[:most]) if roles else ():
                    yield Page(rule.endpoint, url_for(rule.endpoint, **values), case.reference, roles)
