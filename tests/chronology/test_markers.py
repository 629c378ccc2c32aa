"""Everything ever typed is there: every text of every table is a string of its own, and is looked for in the chronology.

A table or a column that is new is found by this test: it is told in the chronology, or it is argued here why not.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from sqlalchemy import String, Text, inspect

from app.access.models import BreakGlass, TonightNote
from app.assessments.models import Assessment, SavedAcceptance, SavedAnswer, SavedMitigation, SavedPatternAnswer
from app.cases import service
from app.cases.models import (
    Case,
    CaseAddress,
    CaseContact,
    CaseConversation,
    CaseEvent,
    CaseExclusion,
    CaseHandover,
    CaseMember,
    CaseNights,
    CaseService,
    NumberSettled,
    ProtectedPlace,
    SupervisionNote,
)
from app.checklists import read_folder
from app.clocks import today
from app.database import Base, now, writing
from app.deadlines.models import ClockStep
from app.decisions.models import Decision, DecisionStep, EmergencyDecision, EmergencyMove
from app.editions.models import Edition
from app.letters.models import LeadStep, Letter, LetterMail, LetterStep, NoticeAsked
from app.lives.models import LifeStep
from app.placements.models import PlaceConsidered
from app.properties.models import Unit, UnitBeside, UnitCertificate, UnitRoom
from app.properties.register import (
    RegisterAnswer,
    RegisterBuilding,
    RegisterEvidence,
    RegisterLink,
    RegisterStay,
    RegisterUnit,
)
from app.records.models import CourtExport, Record
from app.sharing.models import Share, ShareStep, ShareWord
from app.visits.models import Photograph
from tests.conftest import Instance

from .test_pages import table_of

# Tables of which nothing is in a chronology, and why. What is sealed or the council's own working paper stays where it is.
NOT_THERE = {
    "supervision_note": "the council's own working paper: in no record, no copy, nothing that can leave (app/cases/supervision.py)",
    "case_exclusion": "from whom a case is kept and why: for safeguarding leads alone, on a page of their own",
    "break_glass": "who opened the case in an emergency and why: for whoever answers for that, and in the timeline",
    "break_glass_step": "what was found of it: likewise",
    "reading_finding": "what was noticed of who looked: of a member of staff, for those who answer for it",
    "reading_answer": "what was found of that: likewise",
    "protected_place": "sealed: it can be reckoned with, never read back",
    "home_seal": "why a home is sealed, on a page of its own: a chronology is for whoever works with the family",
    "sealed_address": "closed", "home_named": "accounts: who may see a sealed home, on its page",
    "home_asked": "who asked for a sealed home and why, on its page",
    "possible_match": "for safeguarding leads alone: whoever it is about may read the chronology", "staff_tie": "of no case",
    "number_settled": "of two cases: it would tell one of the other",
    "letter_file": "bytes",
    "visit": "when a sheet was taken along: what was seen is told as any answer",
    "record_file": "bytes",
    "share_visit": "the browser of a recipient",
    "telling": "who is told by mail that something waits, which holds no words of anybody",
    "audit_event": "who did and looked at what: the timeline; what it keeps of earlier words is told (of_changes.py)",
    "clock": "follows from the rest of the case; what people wrote about a date is told",
    "decision_finding": "of the record, which is told: what stopped or held it, to be counted",
    "clock_look": "when a job last looked", "case_found": "the words of the case again, folded for the search",
    "case_found_mark": "whether the search is whole", "former_name": "a name that was replaced is told as anything that was changed",
    "team_place": "who is in whose team", "cover": "who does whose work on leave: of no case",
    **dict.fromkeys(
        ("register_building", "register_unit", "register_evidence", "register_night", "register_alert", "register_photograph"),
        "of a building, not of a case: what it said on the day is kept with the answer to it; nights are the days of a stay, which is told",
    ),
    "audit_detail": "closed",
    "legal_hold": "why nothing may be destroyed: of keeping, not of the family’s life; on a page of its own",
    "legal_hold_lifted": "likewise", "disposal": "likewise", "disposal_step": "likewise",
    "subject_access": "a copy of what is held about one person, for them: a request for it is a date of the case",
    "destruction": "a certificate: of a case that is not there any more",
    "audit_key": "a key",
    "audit_head": "a hash",
    **dict.fromkeys(
        ("account_letter", "account_request", "authenticator", "council_identity", "half_sign_in", "one_time_link", "passkey", "recovery_code", "spent_challenge", "sign_in_attempt", "user_account", "user_session", "data_load", "digest_day",
         "frozen_text", "job", "service_place", "used_checklist", "page_use", "stock_summary"),
        "of no case",
    ),
}  # fmt: skip
# Columns of which nothing is there although their table is, and why.
NOT_TOLD = {
    "letter.sha256": "a hash", "court_export.manifest_sha256": "a hash", "photograph.sha256": "a hash", "letter_step.sha256": "a hash", "record.sha256": "a hash", "record.pdf_sha256": "a hash",
    "record.unsealed_sha256": "a hash", "edition.sha256": "a hash", "edition.pdf_sha256": "a hash", "edition.unsealed_sha256": "a hash",
    "share.locator_hash": "opens a link", "share.code_hash": "opens a link", "share.code_used_hash": "opens a link",
    "share.code_used_by": "a browser", "share.visit_hash": "opens a link", "share.edition_id": "an identifier",
    "share.held_by": "an account: whose list it stands on", "share.ended_why": "a code: that it ended, and when, is told",
    "housing_case.reference_folded": "the reference in another spelling", "housing_case.number_folded": "the number in another spelling",
    "case_service.directory_ref": "which row of a directory it was chosen from",
    "unit.uprn": "a number of the building: its address is told", "unit.precision": "how closely it is placed on the map",
    "unit.placed_by": "who placed it on the map", "edition.agreed_by": "an account: its name is told",
    "mitigation.agreed_by": "an account: its name is told", "share_word.taken_by": "an account: its name is told",
    "conversation.key": "a key", "assessment.authority": "the code of a district: its name is told",
}  # fmt: skip
MARK = "ZQ{}QZ"
WHOLE_MARK = re.compile(r"ZQ[a-z0-9-]+QZ")  # two letters alone stand in a token by chance


def marked(kind: type[Any], /, **valid: Any) -> Any:
    """A row of a table with a mark of its own in every text that nobody names."""
    mapper = inspect(kind)
    values: dict[str, Any] = {}
    for prop in mapper.column_attrs:
        column = prop.columns[0]
        if prop.key in valid or column.primary_key or column.foreign_keys or not isinstance(column.type, String | Text):
            continue
        values[prop.key] = mark(mapper.local_table.name, column.name)
    return kind(**values, **valid)


def mark(table: str, column: str) -> str:
    return MARK.format(f"{table}-{column}".replace("_", "-"))


def everything(instance: Instance, case_id: str, assessment_id: str) -> set[str]:
    """A row in every table of a case; gives the columns that hold a mark, ``table.column``."""
    made: list[Any] = []
    day, moment = today() - timedelta(days=40), now()
    user, lead = instance.user("housing_officer"), instance.user("safeguarding_lead")
    by = {"noted_by": user.id, "on": day}
    with writing() as session:
        case = service.lock_case(session, case_id, None)
        assessment = session.get_one(Assessment, assessment_id)
        unit = assessment.unit_id
        pattern = next(iter(read_folder().patterns))

        def add(kind: type[Any], /, **valid: Any) -> Any:
            row = marked(kind, **valid)
            session.add(row)
            session.flush()
            made.append(row)
            return row

        of = {"case_id": case_id}
        codes: dict[type[Any], dict[str, Any]] = {
            Case: {},
            CaseMember: {"kind": "adult", "key": "Z9", "place": 9, "sex": "female", "couple_with": None, "mother": None, "seen_how": "awake",
                         "school_age_place": "none", "treatment": {"medicine": mark("case_member", "treatment"), "dose_days": ["mon"]}},
            CaseAddress: {"kind": "former", "postcode": "B23 6DJ", "moved_in": day, "moved_out": day},
            CaseService: {"kind": "gp", "used_by": ["M"]},
            CaseConversation: {"speaker": "agency", "who": "gp", "source_code": "gp", "how": "telephone", "at": "14:05", "due_at": "12:00",
                               "grade": "E3", "came": "answered", "on": day, "answered_on": day, "due": day, "recorded_by": user.id, "place": 99, "key": "ck1"},
            CaseContact: {"child": "Z9", "outcome": "not_brought", "reason_grade": "E1", "cause": None, "cause_grade": "E0", "place": 99},
            CaseEvent: {"kind": "move", "who": "Z9", "grade": "E1", "on": day, "place": 99},
            CaseNights: {"first": day, "last": day, "place": 99},
        }  # fmt: skip
        for kind, valid in codes.items():
            if kind is not Case:
                add(kind, **of, **valid)
        for name in ("left_note", "tenure", "lead_name", "lead_role", "lead_agency", "lead_email", "council_number"):
            setattr(case, name, mark("housing_case", name))
        made.append(case)
        place = session.get_one(Unit, unit)
        place.address, place.several = mark("unit", "address"), True
        place.rooms.append(UnitRoom(name=mark("unit_room", "name"), use="bedroom"))
        place.certificates.append(UnitCertificate(kind="gas", issued=day))
        beside = UnitBeside(
            door=mark("unit_beside", "door"), key="door2", unit=Unit(address="x", kind="hotel"), sleeps=["M"]
        )
        place.beside.append(beside)
        made += [place, place.rooms[-1], beside]
        for name in ("authority_how", "worse_reason", "returned_note", "taken_back_note", "again_note"):
            setattr(assessment, name, mark("assessment", name))
        assessment.again_because, assessment.worse_outcome = "change", "not_suitable"
        assessment.submitted_at, assessment.submitted_by, assessment.reasons = (
            moment,
            user.id,
            {"M": mark("assessment", "reasons")},
        )
        assessment.journeys = [{"person": "M", "kind": "gp", "low": 1, "high": 2, "method": "journey_check", "data_date": "2026-11-01",
                                **{name: mark("assessment", f"journeys-{name}") for name in ("tool", "travelled_for", "by")}}]  # fmt: skip
        made.append(assessment)
        told = {
            "criterion": "SA01",
            "subject": "M",
            "unit_id": None,
            "value": "yes",
            "grade": "E3",
            "on": day,
            "recorded_by": user.id,
        }
        first = add(SavedAnswer, **of, **told, source_code="gp", conversation=None, corrects=None, supersedes=[])
        add(SavedAnswer, **of, **{**told, "value": "no"}, source_code=None, conversation=None, corrects=first.id)
        add(Photograph, **of, answer_id=first.id, on=day, content=b"x", small=b"x", width=1, height=1, taken_by=user.id)
        row = {**of, "unit_id": unit, "subject": "M"}
        add(SavedMitigation, **row, criterion="SA01", owner_accepted=day, due=day, in_place=day, seen_grade="E2", seen_on=day, agreed_by=lead.id,
            agreed_by_role="senior_officer", agreed_on=day, recorded_by=user.id)  # fmt: skip
        add(SavedAcceptance, **row, criterion="SA01", by_role="senior_officer", by_user=lead.id, on=day, review_on=day)
        add(SavedPatternAnswer, **row, pattern=pattern, by_user=lead.id, on=day)
        add(
            PlaceConsidered, **of, on=day, district="inside", came="not_available", written_by=user.id, struck_at=moment
        )
        record = add(Record, **of, body=b"{}", number=mark("record", "number"), reissue_of=None)
        conditions = [
            {name: mark("decision", f"conditions-{name}") for name in ("what", "owner", "seen")} | {"due": ""}
        ]
        made_of = {**of, "assessment_id": assessment_id}
        decision = add(Decision, **made_of, outcome="not_suitable", verdict="worse", reviewer=lead.id, worse_outcome="not_suitable",
                       record_id=record.id, conditions=conditions)  # fmt: skip
        add(DecisionStep, **of, decision_id=decision.id, kind="correction", about="", seen_on=day, due=day, taken_by=lead.id,
            taken_by_role="safeguarding_lead")  # fmt: skip
        emergency = add(EmergencyDecision, **made_of, outcome="not_suitable", frozen={}, taken_by=lead.id, first_night=day, nights=2, review_by=day,
                        verdict="escalated", ratified_by=lead.id, ratified_at=moment)  # fmt: skip
        add(EmergencyMove, **of, emergency_id=emergency.id, on=day, written_by=user.id)
        letter = add(Letter, **of, assessment_id=None, kind="request", agency="gp", about=["M"], body=b"{}", protected=True, by_when=day,
                     made_by=user.id, released_by=lead.id, released_at=moment, cancelled_at=moment)  # fmt: skip
        of_letter = {**of, "letter_id": letter.id}
        add(LetterStep, **of_letter, how="handed", **by)
        add(LetterMail, **of_letter, sealed=None, asked_by=user.id)
        add(NoticeAsked, **made_of, body="gp", asked_of="M", answer="agreed", **by)
        add(LeadStep, **of, what="declined", **by)
        edition = add(Edition, **of, record_id=record.id, reader="gp", about=["M"], opened={"SM01": mark("edition", "opened")}, body=b"{}", made_by=user.id,
                      agreed_by=lead.id, agreed_at=moment)  # fmt: skip
        share = add(Share, **of, record_id=record.id, made_by=user.id, edition_id=edition.id, expires_at=moment, response="disputed",
                    responded_at=moment, mailed_at=moment, opened_at=moment, revoked_at=moment)  # fmt: skip
        add(CourtExport, **of, purpose="inquest", made_by=lead.id, made_by_role="safeguarding_lead", files=9)
        add(ShareWord, **of, share_id=share.id, kind="added", verdict="kept", taken_by=user.id, taken_at=moment)
        add(ShareStep, **of, share_id=share.id, taken_by=lead.id, verdict="agreed")
        glass = BreakGlass(
            **of, opened_by=user.id, user_name="x", user_role="x", category="x", reason="x", opened_at=moment - timedelta(hours=1),
            ends_at=moment, review_by=day,
        )  # fmt: skip
        session.add(glass)
        session.flush()
        add(TonightNote, **of, glass_id=glass.id, written_by=user.id)
        add(CaseHandover, **of, from_id=user.id, to_id=lead.id, by_id=lead.id)
        building = RegisterBuilding(address="x", folded="x", postcode="x", added_by=user.id, added_by_name="x")
        session.add(building)
        session.flush()
        in_it = RegisterUnit(building_id=building.id, door="x", folded="x", added_by=user.id, added_by_name="x")
        session.add(in_it)
        session.flush()
        known = RegisterEvidence(
            building_id=building.id,
            kind="incident",
            word="officer",
            said_by="x",
            on=day,
            noted_by=user.id,
            noted_by_name="x",
        )
        session.add(known)
        session.flush()
        noted = {**of, "proposed_id": unit, "noted_by": user.id}
        add(RegisterLink, **noted, register_id=in_it.id)
        add(RegisterAnswer, **noted, evidence_id=known.id)
        add(RegisterStay, **noted, unit_id=in_it.id, first=day, last=day, left_on=day, ended_at=moment)
        add(
            LifeStep,
            **of,
            kind="views",
            who="M",
            code="sought",
            on=day,
            due=day,
            grade="E1",
            about="",
            by_id=user.id,
            by_role="housing_officer",
            facts={},
        )
        add(ClockStep, **of, kind="condition", subject="", what="noted", by=user.id, on=day)
        return {
            f"{inspect(type(r)).local_table.name}.{prop.columns[0].name}"
            for r in made
            for prop in inspect(type(r)).column_attrs
            if str(getattr(r, prop.key)).count("ZQ")
        }


def test_every_text_of_every_table_is_in_the_chronology(either: Instance) -> None:
    case_id, assessment_id = either.import_case("h1")
    with either.app.app_context():
        columns = everything(either, case_id, assessment_id)
    said = " ".join(" ".join(line.values()) for line in table_of(either.client("safeguarding_lead"), case_id))
    texts = {c: c for c in columns}
    assert len(texts) > 90
    missing = {
        c
        for c in columns
        if mark(*c.split(".")) not in said and f"ZQ{c.replace('.', '-').replace('_', '-')}-" not in said
    }
    assert missing - NOT_TOLD.keys() == set(), "it is told, or it is argued why not"
    assert {c for c in NOT_TOLD if c in columns} == missing, "what is argued to be left out is left out"
    for name in ("tool", "travelled-for", "by"):
        assert f"assessment-journeys-{name}" in said
    for name in ("what", "owner", "seen"):
        assert f"decision-conditions-{name}" in said


def test_every_table_is_told_or_argued(instance: Instance) -> None:
    """A new table has to be thought of here."""
    case_id, assessment_id = instance.import_case("h1")
    with instance.app.app_context():
        told = {c.split(".")[0] for c in everything(instance, case_id, assessment_id)} | {
            "case_nights",
            "unit_certificate",
        }
    tables = set(Base.metadata.tables)
    assert tables - told - NOT_THERE.keys() == set()
    assert told & NOT_THERE.keys() == set()


def test_every_column_of_text_of_those_tables_is_told_or_argued(instance: Instance) -> None:
    """A new column that somebody types into has to be thought of here: codes and identifiers are named in this file."""
    case_id, assessment_id = instance.import_case("h1")
    with instance.app.app_context():
        marks = everything(instance, case_id, assessment_id)
    told = {c.split(".")[0] for c in marks}
    unmarked = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        if table.name in told
        for column in table.columns
        if isinstance(column.type, String | Text) and not column.primary_key and not column.foreign_keys
    } - marks
    assert unmarked == CODES | (NOT_TOLD.keys() - marks)


# Columns of those tables that hold a code, a key or a day of the clock: each is told in words.
CODES = {
    "acceptance.by_role", "acceptance.criterion", "acceptance.subject", "answer.conversation", "answer.corrects",
    "answer.criterion", "answer.grade", "answer.source_code", "answer.subject", "assessment.again_because",
    "assessment.follows", "assessment.state", "assessment.urgency", "assessment.worse_outcome", "case_address.kind",
    "case_address.postcode", "case_contact.cause", "case_contact.cause_grade", "case_contact.child",
    "clock_step.kind", "clock_step.subject", "clock_step.what", "case_contact.outcome", "case_contact.reason_grade", "case_event.grade", "case_event.kind", "case_event.who",
    "case_member.couple_with", "case_member.key", "case_member.kind", "case_member.mother",
    "case_member.school_age_place", "case_member.seen_how", "case_member.sex", "case_service.kind",
    "conversation.came", "court_export.made_by_role", "court_export.purpose", "conversation.due_at", "conversation.grade", "conversation.held_at", "conversation.how",
    "conversation.source_code", "conversation.speaker", "conversation.who", "decision.outcome", "decision.verdict",
    "decision.worse_outcome", "decision_step.about", "decision_step.kind", "decision_step.taken_by_role",
    "edition.reader", "emergency_decision.outcome", "emergency_decision.verdict", "housing_case.reference",
    "lead_step.what", "life_step.about", "life_step.by_role", "life_step.code", "life_step.grade", "life_step.kind", "life_step.who", "letter.agency", "letter.kind", "letter_step.how", "mitigation.agreed_by_role",
    "mitigation.criterion", "mitigation.seen_grade", "mitigation.subject", "notice_asked.answer",
    "notice_asked.asked_of", "notice_asked.body", "pattern_answer.pattern", "pattern_answer.subject",
    "place_considered.came", "place_considered.district", "record.reissue_of", "share.response",
    "share_step.verdict", "share_word.kind", "share_word.verdict", "unit.kind", "unit.manager", "unit.owner",
    "unit.postcode", "unit.staffing", "unit_beside.key", "unit_room.use",
}  # fmt: skip


def test_what_is_kept_out_is_nowhere(either: Instance) -> None:
    """Notes of supervision, whom a case is kept from, protected places, what another case is: on the page, in the table, on paper."""
    case_id, _ = either.import_case("h2")
    other, _ = either.import_case("h1", "OTHER-CASE-1")
    with either.app.app_context(), writing() as session:
        service.lock_case(session, case_id, None)
        lead, officer = either.user("safeguarding_lead"), either.user("senior_officer")
        session.add(marked(SupervisionNote, case_id=case_id, on=today(), written_by=lead.id))
        session.add(marked(CaseExclusion, case_id=case_id, user_id=officer.id, set_by=lead.id, lifted_by=None))
        session.add(marked(ProtectedPlace, case_id=case_id, has_point=False, made_by=lead.id))
        a, b = sorted((case_id, other))
        session.add(marked(NumberSettled, case_a=a, case_b=b, settled_by=lead.id))
    client = either.client("safeguarding_lead")
    for form in ("", ".csv"):
        said = client.get(f"/cases/{case_id}/chronology{form}").text
        assert not WHOLE_MARK.search(said)
        assert "OTHER-CASE-1" not in said


def test_who_saw_somebody_nobody_declared_is_not_told(instance: Instance) -> None:
    case_id, _ = instance.import_case("h2")
    with instance.app.app_context(), writing() as session:
        service.lock_case(session, case_id, None)
        session.add(marked(SavedAnswer, case_id=case_id, unit_id=None, criterion="CS21", subject="household", value="undeclared", grade="E3", on=date.today(),
                           source_code=None, conversation=None, corrects=None, supersedes=[], recorded_by=instance.user("housing_officer").id,
                           note="", why="", so_what="", reason="", slip=""))  # fmt: skip
    said = instance.client("safeguarding_lead").get(f"/cases/{case_id}/chronology").text
    assert not WHOLE_MARK.search(said)
    assert "Who told this stands with the question alone" in said
