"""Invented families entered or changed page by page, so that the samples hold every kind of answer and of what is done about it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from app.assessments import service as assessments
from app.audit import service as audit
from app.cases import history, opening, protected
from app.cases import service as cases
from app.cases.models import Case
from app.clocks import today
from app.database import writing
from app.extensions import db
from app.placements import service as placing
from app.suitability.casefile.household import Spell
from tests.suitability.households import plain, settled

from .desk import acceptance, adopted, answer, case_of, in_place, mitigation, owned, seen, user


def source(name: str, role: str = "", agency: str = "", **more: Any) -> dict[str, Any]:
    """Who says it."""
    return {"source_name": name, "source_role": role, "source_agency": agency, **more}


MANAGER = source("Pro Vider", "manager", "hotel")
OFFICER = source("Olu Officer", "housing officer", "council")
NOBODY = source("", on=None, note="")
# Worries of every effect on the full household of the tests: criterion, subject, value, grade, who says so.
WORRIES: list[tuple[str, str, Any, str, dict[str, Any]]] = [
    ("SM01", "F", "now", "E1", source("Fil Full", "father", why="Since last spring.", so_what="He sleeps heavily.")),
    ("SM05", "M", "not_told", "E3", {}),
    ("CS05", "unit", "can", "E2", MANAGER),
    ("CS05", "unit", "cannot", "E2", {**MANAGER, "reason": "The heating failed since."}),
    ("CS10", "unit", "not_working", "E2", OFFICER),
    ("CS01", "C1", "promised", "E2", MANAGER),
    ("CS24", "M", "does_not_fit", "E3", source("Gus Practice", "GP", "GP surgery")),
    ("IS10", "household", "disagrees", "E3", source("Lea Prof", "health visitor", "NHS")),
    ("CS12", "unit", "shared", "E2", MANAGER),
    ("CS03", "C2", ["smoker", "unknown"], "E1", source("Mo Full", "mother")),
    ("SM10", "F", "unknown", "E0", NOBODY),
]
# Of a family of which little is known yet.
FIRST_ANSWERS: list[tuple[str, str, Any, str, dict[str, Any]]] = [
    ("SM01", "A1", "past", "E1", source("Amy Invented", "mother")),
    ("SM01", "A1", "now", "E3", {"reason": "The service says otherwise."}),
    ("CS16", "household", "cannot_reach", "E1s", source("Amy Invented", "mother")),
    ("CS27", "household", {"addresses": 3, "crossings": 1}, "E4", source("Housing file", "record", "council")),
    ("SA06", "C2", 40, "E2", OFFICER),
    ("CS10", "unit", "unknown", "E0", NOBODY),
]
UNIT = {
    "kind": "nightly_paid", "self_contained": True, "shares": [], "cooking_provided": True, "owner": "private", "manager": None,
    "private_dwelling": None, "hmo": None, "floor": 2, "storeys": 1, "lift": False, "shared_building": True, "staffing": None, "gas": True,
}  # fmt: skip


def lifted(assessment_id: str) -> None:
    """On the full household: worries of every effect, what is done about each, and what was accepted in writing."""
    for criterion, subject, value, grade, who in WORRIES:
        answer(assessment_id, criterion, subject, value, grade, **who)
    mitigation(assessment_id, "SM01", "F", "The service sees him every week", **owned(400))
    mitigation(assessment_id, "SM05", "M", "She is told, with the leaflet", **owned(3))
    mitigation(assessment_id, "CS05", "unit", "Two heaters with guards", **in_place())
    mitigation(assessment_id, "CS10", "unit", "New alarms", **owned(1), **in_place())
    mitigation(assessment_id, "CS01", "C1", "A cot", **in_place())
    acceptance(assessment_id, "housing_officer", "SM01", "M", None)
    acceptance(assessment_id, "senior_officer", "CS24", "M", 7)
    acceptance(assessment_id, "senior_officer", "IS10", "household", 30)
    acceptance(assessment_id, "housing_officer", "CS12", "unit")
    for pattern, subject in (("P06", "unit"), ("P09", "C1"), ("P15", "household")):
        at, said = seen(case_of(assessment_id)), "Talked over with her health visitor."
        assessments.answer_pattern(user("housing_officer"), assessment_id, at, pattern, subject, today(), said)


def in_hand(reference: str) -> str:
    """A household that is suitable with conditions, by a mitigation far off, one seen, and what an officer accepted."""
    tree = plain()
    second = {**tree["household"]["members"][0], "key": "B", "name": "Bel Plain", "sex": "female"}
    tree["household"]["members"].append(second)
    assessment_id = adopted(reference, settled(tree, {("SM01", "A"): "now", ("SM01", "B"): "past"}))
    mitigation(assessment_id, "SM01", "A", "The service sees him every week", **owned(400))
    acceptance(assessment_id, "housing_officer", "SM01", "B", None)
    mitigation(assessment_id, "CS07", "unit", "The dining room is a second bedroom", **in_place())
    return assessment_id


def household(reference: str) -> str:
    """A household and nothing else: somebody expecting, a child of nine, a baby, and one entered by mistake."""
    officer, day = user("housing_officer"), today()
    case_id = opening.open_case(officer, reference).id
    with writing() as session:  # the samples are read by the names of their cases
        session.get_one(Case, case_id).reference = reference
    for values in (
        {"kind": "adult", "name": "Amy Invented", "born": date(1996, 4, 1), "sex": "female", "pregnant": True, "due": day + timedelta(days=50),
         "needs": ["mental_health"], "substance_sign": True, "treatment": {"medicine": "methadone", "dose_days": ["mon", "thu"]}},
        {"kind": "child", "name": "Ben Invented", "born": date(2017, 3, 1), "sex": "male", "needs": [], "seen_how": "awake", "school_age_place": "primary"},
        {"kind": "child", "name": "Cat Invented", "born": day - timedelta(days=200), "sex": None, "needs": ["chest_illness"]},
        {"kind": "adult", "name": "Dan Mistaken", "born": None},
    ):  # fmt: skip
        cases.save_member(officer, case_id, seen(case_id), None, values)
    wrong = next(m.id for m in db.session.get_one(Case, case_id).members if m.name == "Dan Mistaken")
    cases.remove_member(officer, case_id, seen(case_id), wrong, "He never lived with them")
    return case_id


def known_of(case_id: str) -> None:
    """What is known of a family besides who they are: addresses, services, nights, what happened, a place to keep away from."""
    officer, day = user("housing_officer"), today()
    cases.change(officer, case_id, seen(case_id), {
        "left_because": ["domestic_abuse"], "left_note": "They left in the night.", "domestic_abuse": True, "orders": None, "agencies": ["gp", "police"],
        "separated_parents": True, "earlier_child_removed": False, "tenure": "a council tenant", "budget": {"income": 42_000, "essentials": 18_000},
        "lead_name": "Ida Vale", "lead_role": "IDVA", "lead_agency": "domestic abuse service", "lead_email": "ida@dv.example", "lead_accepted": day,
        "danger": [],
    })  # fmt: skip
    former = {"kind": "former", "address": "9 Before Row", "postcode": "B14 7ET", "moved_in": date(2020, 1, 1), "moved_out": day, "placed_by_council": False}  # fmt: skip
    cases.save_address(officer, case_id, seen(case_id), None, former)
    for service in (
        {"kind": "pharmacy", "name": "Corner Pharmacy", "postcode": "B14 7EG", "used_by": ["A1"], "open_days": ["mon", "tue", "sat"]},
        {"kind": "school", "name": "Hill School", "postcode": "B13 8DD", "used_by": ["C2"], "open_days": None},
    ):  # fmt: skip
        cases.save_service(officer, case_id, seen(case_id), None, service)
    nights = Spell(first=day - timedelta(days=20), last=day - timedelta(days=15))
    cases.add_spell(officer, case_id, seen(case_id), nights)
    ago = [(day - timedelta(days=n)).isoformat() for n in range(60)]
    for part, values in (
        ("contacts", {"child": "C3", "what": "clinic", "on": ago[30], "outcome": "not_brought", "need": "asthma", "critical": True, "reason": "The bus.", "reason_grade": "E1"}),
        ("contacts", {"child": "C3", "what": "clinic", "on": ago[10], "outcome": "no_access", "cause": "letter_to_dead_address", "cause_grade": "E4"}),
        ("enquiries", {"agency": "police", "question": "What is known of the address?", "ground": "Children Act 1989", "asked": ago[9], "due": ago[6]}),
        ("enquiries", {"agency": "gp", "question": "Who is registered?", "asked": ago[5], "due": ago[2], "answered": "partly", "answered_on": ago[3], "reply": "She is."}),
        ("enquiries", {"agency": "drug_service", "question": "Engaged as of today?", "asked": ago[3], "answered": "refused", "answered_on": ago[1]}),
        ("events", {"kind": "move", "on": ago[20], "what": "To the hotel", "grade": "E4"}),
        ("events", {"kind": "said_done", "on": ago[4], "who": "A1", "what": "The lock is fixed", "grade": "E1"}),
    ):  # fmt: skip
        history.save(officer, case_id, seen(case_id), part, None, values)
    with writing() as session:
        cases.lock_case(session, case_id, None)
        made = protected.seal(session, officer, case_id, "perpetrator", "4 Fled Street", "B14 7ET")
        audit.record(session, "protected.added", "protected_place", made.id, case_id)


def proposed(case_id: str, address: str, postcode: str) -> str:
    """A placement for a household; gives its assessment."""
    stay = {"starts": today(), "nights": 28, "nightly_cost_pence": 6_500, "notice_sent": None}
    unit = {**UNIT, "address": address, "postcode": postcode}
    return placing.propose(user("housing_officer"), case_id, seen(case_id), unit, stay)


def from_nothing(reference: str) -> str:
    """A family entered page by page, with a placement and a few answers; gives its assessment."""
    officer, day = user("housing_officer"), today()
    case_id = household(reference)
    known_of(case_id)
    made = proposed(case_id, "Flat 2, 7 Invented Lane", "B13 8DD")
    for room in ({"name": "front", "use": "bedroom", "area_cm2": 118_000}, {"name": "back", "use": "living", "area_cm2": None}):  # fmt: skip
        placing.add_room(officer, made, seen(case_id), room)
    certificate = {"kind": "gas", "issued": day, "expires": None, "open_danger_codes": None}
    placing.add_certificate(officer, made, seen(case_id), certificate)
    placing.confirm_district(officer, made, seen(case_id), "E08000025", "Council tax")
    way = {"kind": "school", "low": 20, "high": 35, "changes": 1, "fare_pence": 240, "tool": "Journey planner", "travelled_for": "half past eight"}  # fmt: skip
    placing.add_journey(officer, made, seen(case_id), ["C2"], way)
    for criterion, subject, value, grade, who in FIRST_ANSWERS:
        answer(made, criterion, subject, value, grade, **who)
    answer(made, "CS22", "C3", day.isoformat(), "E3", **source("Hetty Visit", "health visitor", "health visiting"))
    return made


def moved(reference: str) -> None:
    """A placement withdrawn and another proposed, with the same promise made for both."""
    case_id = household(reference)
    for at, address in enumerate(("Room 4, 1 First Road", "Room 5, 1 First Road")):
        made = proposed(case_id, address, "B14 7ET")
        answer(made, "CS01", "C3", "promised", "E2", **MANAGER)
        mitigation(made, "CS01", "C3", "The hotel brings a cot", **owned(2))
        if at == 0:
            assessments.withdraw(user("housing_officer"), made, seen(case_id))
