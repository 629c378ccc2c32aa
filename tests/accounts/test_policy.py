"""Every route, by every role, on own and foreign objects: what the one policy table says, and nothing else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.routing import Rule

from app.access.models import BreakGlass, ReadingFinding
from app.accounts import requests
from app.accounts.models import AccountRequest, Cover
from app.accounts.policy import POLICY
from app.assessments.models import Assessment, SavedAnswer, SavedMitigation
from app.audit import service as audit
from app.cases import protected
from app.cases import service as cases
from app.cases.homes import HomeAsked, HomeNamed, HomeSeal
from app.cases.models import Case, CaseExclusion, CaseMember
from app.cases.ties import PossibleMatch, StaffTie
from app.clocks import today
from app.database import new_id, now, writing
from app.deadlines import service as deadlines
from app.decisions.models import Decision, DecisionStep, EmergencyDecision
from app.editions import service as editions
from app.editions.release import Chosen
from app.extensions import db
from app.letters.models import Letter
from app.lives.models import LifeStep
from app.placements import beside, registered
from app.placements.models import PlaceConsidered
from app.places.models import DataLoad
from app.properties import keeping
from app.properties.register import RegisterPhotograph, RegisterStay
from app.records import canonical
from app.retention import certificate, complaints, holds
from app.retention.models import Disposal
from app.sharing import service as sharing
from app.sharing.models import Share, ShareWord
from app.stock.models import StockSummary
from app.subject_access import service as subject_access
from app.visits import service as visits
from app.visits.models import Photograph
from app.work import covering
from tests.conftest import ROLES, Instance

# What must not be seen by somebody who may not see the case: names, places and reasons of the example.
MARKERS = ("Wójcik", "Invented Lane", "B14 7ET", "buprenorphine", "Zofia", "Łucja", "WALKED")


class Objects:
    """A case with everything in it that an address can name."""

    def __init__(self, instance: Instance) -> None:
        self.case_id, self.assessment_id = instance.import_case("h2", "WALKED-1")
        self.other_id, _ = instance.import_case("h1", "walked 1", officer="other_officer")
        decided_case, record_id = instance.decided("h2")
        self.decided_case, self.record_id = decided_case, record_id
        with instance.app.app_context():
            of_case = select(Assessment.id).where(Assessment.case_id == decided_case)
            self.decided_assessment = db.session.scalars(of_case).one()
            share, _ = sharing.share(
                instance.user("housing_officer"),
                record_id,
                None,
                "Hester",
                "Health visitor",
                "h@nhs.example",
                "She visits.",
            )
            self.share_id = share.id
            version = instance.version(decided_case)
            copy = editions.make(instance.user("housing_officer"), record_id, version, "health_visitor", Chosen())
            self.edition_id = copy.id
            with writing() as session:  # somebody who does not agree: there is something to settle
                answered = session.get_one(Share, share.id)
                answered.response, answered.response_name, answered.response_reason = "disputed", "Hester", "WALKED"
                answered.responded_at = now()
                word = ShareWord(
                    case_id=answered.case_id,
                    share_id=answered.id,
                    kind="added",
                    said="WALKED",
                    said_by="Hester",
                    said_by_role="HV",
                )
                session.add(word)
                session.flush()
                self.word_id = word.id
            values = {"kind": "former", "address": "9 Before Road", "postcode": ""}
            cases.save_address(
                instance.user("housing_officer"), self.case_id, instance.version(self.case_id), None, values
            )
            case = db.session.get_one(Case, self.case_id)
            self.address_id = case.addresses[0].id
            room = {"door": "Room WALKED", "sleeps": None, "kind": "other"}
            self.unit_key = beside.add(
                instance.user("housing_officer"), self.assessment_id, instance.version(self.case_id), room
            )
            case = db.session.get_one(Case, self.case_id)
            unit = db.session.get_one(Assessment, self.assessment_id).unit
            self.member_id, self.service_id, self.room_id = case.members[0].id, case.services[0].id, unit.rooms[0].id
            self.auditor_id, self.officer_id = instance.user("auditor").id, instance.user("other_officer").id
            covering.set_cover(
                instance.user("senior_officer"), self.officer_id, instance.user("senior_officer").id, today(), today()
            )
            self.cover_id = db.session.scalars(select(Cover.id)).one()
            requests.ask_account(instance.user("auditor"), "Walked Lead", "walked@test.example", "safeguarding_lead")
            self.request_id = db.session.scalars(select(AccountRequest.id)).one()
            senior = instance.user("senior_officer")
            texts = dict.fromkeys(("tried", "why", "safe_tonight", "seen_by", "told"), "WALKED")
            with writing() as session:
                counted = {"key": "all", "words": "Moves", "cells": [["unwritten", "No address", 12, None]]}
                session.add(StockSummary(day=today(), figure="moves", cells=[counted]))
                self.place_id = protected.seal(session, senior, self.decided_case, "gang", "1 WALKED Row", "B1 1BB").id
                load = DataLoad(
                    kind="services", file_name="x", sha256="", source="x", data_date=today(), state="held", rows=1,
                )  # fmt: skip
                session.add(load)
                session.flush()
                self.load_id = load.id
                taken = EmergencyDecision(
                    case_id=self.case_id, assessment_id=self.assessment_id, outcome="not_suitable", frozen={"findings": []},
                    taken_by=senior.id, taken_by_name=senior.name, first_night=today(), nights=1, review_by=today(), **texts,
                )  # fmt: skip
                session.add(taken)
                session.flush()
                self.emergency_id = taken.id
                unborn = CaseMember(case_id=self.decided_case, key="U77", place=77, name="Unborn WALKED", kind="unborn")
                session.add(unborn)
                session.flush()
                self.unborn_id = unborn.id
                said = {
                    "by_id": senior.id,
                    "by_name": "WALKED",
                    "by_role": senior.role,
                    "on": today(),
                    "due": today() + timedelta(days=9),
                }
                step = LifeStep(
                    case_id=self.decided_case, kind="warning", said="WALKED", source="WALKED", grade="E2", **said
                )
                session.add(step)
                session.flush()
                self.life_id = step.id
                considered = PlaceConsidered(
                    case_id=self.case_id, on=today(), place="1 WALKED Close", came="waiting", written_by=senior.id, written_by_name=senior.name,
                )  # fmt: skip
                session.add(considered)
                session.flush()
                self.considered_id = considered.id
                kept = CaseExclusion(
                    case_id=self.case_id, user_id=instance.user("administrator").id, reason="WALKED", set_by=senior.id
                )
                session.add(kept)
                session.flush()
                self.exclusion_id = kept.id
                self._apart(session, senior)
                drafted = session.get_one(Assessment, self.assessment_id)
                plan = SavedMitigation(
                    case_id=self.case_id, unit_id=drafted.unit_id, criterion="SM02", subject="M", what="WALKED", recorded_by=self.auditor_id,
                )  # fmt: skip
                session.add(plan)
                session.flush()
                self.plan_id = plan.id
                decision = session.scalars(select(Decision).where(Decision.record_id == self.record_id)).one()
                self.step_ids = {}
                for kind in ("condition", "correction", "move"):
                    step = DecisionStep(
                        case_id=decision.case_id, decision_id=decision.id, kind=kind, said="WALKED",
                        taken_by=self.auditor_id, taken_by_name="WALKED", taken_by_role="auditor",
                    )  # fmt: skip
                    session.add(step)
                    session.flush()
                    self.step_ids[kind] = step.id
                letter = Letter(
                    case_id=self.case_id, number="L-2026-99999", kind="request", agency="gp", to_name="WALKED", by_when=None, protected=True,
                    body=(body := canonical.encode({**dict.fromkeys(("council", "team", "telephone", "title"), ""), "on": "2026-11-29", "to": ["WALKED"], "before": [], "rows": [], "after": [], "signed": []})),
                    sha256=canonical.digest(body), made_by=self.auditor_id, made_by_name="WALKED",
                )  # fmt: skip
                session.add(letter)
                session.flush()
                self.letter_id = letter.id
            self._looked(instance)
            self._register(instance)
            self._kept(instance)
            self.visit_id = visits.begin(instance.user("housing_officer"), self.case_id, self.assessment_id).id
            self.photograph_id = photographed(instance, self.case_id)
            begun = {"kind": "review_decision", "on": today(), "said": "WALKED"}
            self.clock_id = deadlines.start(senior, self.case_id, instance.version(self.case_id), begun)

    def _looked(self, instance: Instance) -> None:
        """A case that was opened in an emergency two hours ago, and something that was noticed of it."""
        moment = now() - timedelta(hours=2)
        with writing() as session:
            opened = BreakGlass(
                case_id=self.case_id, opened_by=self.officer_id, user_name="O.", user_role="housing_officer", category="danger", reason="WALKED", opened_at=moment,
                ends_at=moment + timedelta(hours=1), review_by=today(),
            )  # fmt: skip
            finding = ReadingFinding(
                id=new_id(),
                rule="no_action",
                user_id=self.officer_id,
                case_id=self.case_id,
                facts={"visits": 5},
                happened_at=moment,
            )
            session.add_all([opened, finding])
            session.flush()
            audit.record(session, "glass.opened", "break_glass", opened.id, self.case_id)
            self.glass_id, self.finding_id = opened.id, finding.id

    def _kept(self, instance: Instance) -> None:
        """Holds, a complaint, a proposal, and a certificate of a case that is not there any more."""
        lead = instance.user("safeguarding_lead")
        self.hold_id = holds.put(lead, self.case_id, instance.version(self.case_id), "police", "WALKED")
        self.hold_all_id = holds.put_on_every_case(lead, "inquiry", "An inquiry asked.")
        self.complaint_id = complaints.write(
            lead, self.case_id, instance.version(self.case_id), today(), "letter", "WALKED"
        )
        with writing() as session:
            proposed = Disposal(case_id=self.case_id, rule="homeless_application", schedule="x", due=today())
            session.add(proposed)
            who = {"name": "L.", "role": "Safeguarding lead", "at": "2026-11-30T10:00:00+00:00"}
            body = {
                "format": certificate.FORMAT, "number": "D-2026-00001", "council": "Example Council", "case": "0" * 32,
                "rule": {"code": "x", "schedule": "x", "name": "x", "says": "", "source": ""}, "due": "2026-11-30", "agreed": [who, who],
                "destroyed_at": "2026-11-30T10:00:00+00:00", "audit": {"entry": 1, "hash": "0"}, "rows": {"answer": 1}, "files": 0,
            }  # fmt: skip
            self.destruction_id = certificate.write_down(session, body).id
            session.flush()
            self.disposal_id = proposed.id
        version, proved = instance.version(self.case_id), "I saw her WALKED passport."
        self.access_id = subject_access.ask(
            instance.user("housing_officer"), self.case_id, version, "M", today(), proved
        )

    def _apart(self, session: Any, senior: Any) -> None:
        """A sealed home with somebody named and somebody who asks, a possible match, and what somebody wrote down of their own."""
        seal = HomeSeal(case_id=self.case_id, reason="WALKED", sealed_by=senior.id, sealed_by_name="WALKED")
        session.add(seal)
        session.flush()
        named = HomeNamed(case_id=self.case_id, seal_id=seal.id, user_id=self.officer_id, named_by=senior.id)
        asked = HomeAsked(
            case_id=self.case_id, seal_id=seal.id, what="show", reason="WALKED", asked_by=self.officer_id, asked_by_name="WALKED",
        )  # fmt: skip
        match = PossibleMatch(
            case_id=self.case_id, user_id=self.officer_id, grounds=[["full_name", "M"]], keys=["k"], holds=True
        )
        tie = StaffTie(user_id=self.officer_id, kind="former_name", keys=["name:k"])
        session.add_all((named, asked, match, tie))
        session.flush()
        self.named_id, self.asked_id, self.match_id, self.tie_id = named.id, asked.id, match.id, tie.id

    def _register(self, instance: Instance) -> None:
        """A building and a unit of it, which the placement is of, with something known and a family in it."""
        senior = instance.user("senior_officer")
        self.building_id = keeping.add_building(senior, {"address": "12 Register Parade", "postcode": "B14 7EH"})
        self.register_id = keeping.add_unit(senior, self.building_id, "Flat 3", "")
        known = {"kind": "restriction", "word": "officer", "said_by": "O.", "on": today(), "reach": "everybody"}
        self.evidence_id = keeping.add_evidence(senior, self.building_id, self.register_id, known)
        with writing() as session:
            of = self.evidence_id
            session.add(
                RegisterPhotograph(
                    evidence_id=of, sha256="0", content=b"of the building", small=b"W", width=1, height=1
                )
            )
        registered.link(senior, self.assessment_id, instance.version(self.case_id), self.register_id)
        stay = {"first": today(), "last": today(), "told_by": "O."}
        registered.take_up(senior, self.assessment_id, instance.version(self.case_id), stay)
        self.stay_id = db.session.scalars(select(RegisterStay.id)).one()

    def arguments(self, rule: Rule) -> dict[str, Any]:
        about_record = "record_id" in rule.arguments
        is_decided = rule.endpoint == "again.begin" or rule.endpoint.split(".")[0] in ("born", "lives")
        known = {
            "case_id": self.decided_case if about_record or is_decided or "place_id" in rule.arguments else self.case_id,
            "assessment_id": self.decided_assessment if is_decided else self.assessment_id,
            "record_id": self.record_id, "share_id": self.share_id, "emergency_id": self.emergency_id, "exclusion_id": self.exclusion_id, "place_id": self.place_id, "mitigation_id": self.plan_id, "step_id": self.step_ids[_kind(rule)], "load_id": self.load_id, "member_id": self.unborn_id if "born" in rule.rule else self.member_id, "user_id": self.officer_id if "team" in rule.rule else self.auditor_id, "request_id": self.request_id, "other_id": self.other_id,
            "part_id": self.room_id if "rooms" in rule.rule else self.service_id if "services" in rule.rule else self.address_id if "addresses/<" in rule.rule else self.member_id,
            "criterion_id": "SM01" if "mitigations" in rule.rule or "acceptances" in rule.rule else "CS15",
            "subject": "M" if "mitigations" in rule.rule or "acceptances" in rule.rule else "household" if "patterns" in rule.rule else "unit",
            "considered_id": self.considered_id, "unit_key": self.unit_key, "locator": "no-such-link", "token": "no-such-token", "part": "rooms" if "rooms" in rule.rule else "contacts" if "history" in rule.rule else "members", "pattern_id": "P13",
            "what": "discard" if "data" in rule.rule else "disable" if "people" in rule.rule else "restrict", "filename": "icon.svg", "number": 0, "name": "mail-share", "answer": "agree", "speaker": "provider",
            "edition_id": self.edition_id, "reader": "health_visitor", "word_id": self.word_id, "letter_id": self.letter_id, "letter_kind": "lead_request",
            "building_id": self.building_id, "register_id": self.register_id, "evidence_id": self.evidence_id, "stay_id": self.stay_id, "evidence_kind": "incident",
            "body": "gp", "kind": "review", "cover_id": self.cover_id, "step": "join", "clock_id": self.clock_id, "complaint_id": self.complaint_id, "visit_id": self.visit_id, "photograph_id": self.photograph_id,
            "glass_id": self.glass_id, "finding_id": self.finding_id, "figure": "moves", "group": "all", "cell": "unwritten", "life_id": self.life_id,
            "session_id": "0" * 32, "passkey_id": "0" * 32,
            "hold_id": self.hold_id if "cases" in rule.rule else self.hold_all_id, "disposal_id": self.disposal_id, "destruction_id": self.destruction_id, "access_id": self.access_id,
            "named_id": self.named_id, "asked_id": self.asked_id, "match_id": self.match_id, "tie_id": self.tie_id,
        }  # fmt: skip
        return {name: known[name] for name in rule.arguments}


def photographed(instance: Instance, case_id: str) -> str:
    """A photograph of one of its answers."""
    with writing() as session:
        answer = session.scalars(select(SavedAnswer).where(SavedAnswer.case_id == case_id)).first()
        made = Photograph(
            case_id=case_id, answer_id=answer.id, on=today(), sha256="0" * 64, content=b"WALKED", small=b"WALKED", width=1, height=1,
            taken_by=instance.user("housing_officer").id, taken_by_name="WALKED",
        )  # fmt: skip
        session.add(made)
        session.flush()
        audit.record(session, "photograph.kept", "photograph", made.id, case_id)
        return made.id


def _kind(rule: Rule) -> str:
    """What kind of step after a decision a route is about."""
    return "correction" if "corrections" in rule.rule else "move" if "moves" in rule.rule else "condition"


def calls(instance: Instance, objects: Objects) -> list[tuple[Rule, str, str]]:
    adapter = instance.app.url_map.bind("localhost")
    found = []
    for rule in instance.app.url_map.iter_rules():
        if rule.endpoint != "static":
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                found.append((rule, method, adapter.build(rule.endpoint, objects.arguments(rule), method=method)))
    return found


def expected(permission: str, role: str | None, sees_case: bool) -> str:
    policy = POLICY[permission]
    if permission == "metrics.read":
        return "not found"  # there is no such page without a token in the settings
    if policy.public:
        return "open"
    if role is None:
        return "sign in"
    if role not in policy.roles:
        return "forbidden"
    return "open" if sees_case or not policy.of_case else "not found"


def outcome(status: int, location: str) -> str:
    if status == 401 or "/sign-in" in location:
        return "sign in"
    return {403: "forbidden", 404: "not found"}.get(status, "open")


SEES = {
    "housing_officer": True,
    "senior_officer": True,
    "safeguarding_lead": True,
    "auditor": True,
    "administrator": False,
    "other_officer": False,
}


def role_of(who: str | None) -> str | None:
    return "housing_officer" if who == "other_officer" else who


@pytest.mark.parametrize("who", [None, *ROLES, "other_officer"])
def test_every_route_for_every_role(instance: Instance, who: str | None) -> None:
    objects = Objects(instance)
    wrong: list[Any] = []
    walked = 0
    # What ends the session or changes who may see the case comes last.
    late = ("sign_out", "restrict", "people_active", "withdraw", "beside.remove", "from_register.leave")
    for rule, method, path in sorted(
        calls(instance, objects), key=lambda c: any(word in c[0].endpoint for word in late)
    ):
        client = instance.client(who)
        version = str(instance.version(objects.arguments(rule).get("case_id", objects.case_id)))
        answer = client.open(path, method=method, data={"version": version} if method == "POST" else None)
        permission = instance.app.view_functions[rule.endpoint].permission  # type: ignore[attr-defined]
        should = expected(permission, role_of(who), bool(who and SEES[who]))
        does = outcome(answer.status_code, answer.headers.get("Location", ""))
        if permission == "public" and "welcome" in rule.rule:
            should = "not found"  # an unknown link, whoever asks
        if rule.endpoint == "accounts.sign_out" and who is not None:
            does = "open"  # it leads to the sign-in page, as it should
        if rule.endpoint == "accounts.sign_in":
            does = "open" if answer.status_code in (200, 422) else does
        walked += 1
        if does != should:
            wrong.append((method, rule.rule, who, should, does, answer.status_code))
        if answer.status_code >= 500 and rule.endpoint != "health.readyz":
            wrong.append((method, rule.rule, who, "no 5xx", answer.status_code))
        if should != "open":
            told = answer.get_data(as_text=True) + str(answer.headers)
            wrong += [(method, rule.rule, who, "leaks", marker) for marker in MARKERS if marker in told]
    assert wrong == []
    assert walked >= 50


def test_every_route_declares_a_permission_that_exists(instance: Instance) -> None:
    for rule in instance.app.url_map.iter_rules():
        if rule.endpoint != "static":
            assert instance.app.view_functions[rule.endpoint].permission in POLICY  # type: ignore[attr-defined]
