"""Two households to test every row on: one to whom nearly every question applies, one to whom few do."""

from __future__ import annotations

from typing import Any

from app.checklists import read_folder
from app.suitability.advice.enquiry_log import pieces
from app.suitability.assess import assess
from app.suitability.checklist.criterion import Criterion
from app.suitability.judgement.result import Result, Row
from app.suitability.reading import case_file
from tests.trees import copied

COUNCIL = "E08000025"
TODAY = "2026-11-23"
NEXT_LOOK = "2026-11-27"
CHECKLIST = read_folder()
# What is answered otherwise than with the first reassuring option, so that other questions apply.
CHOSEN = {
    ("SM01", "M"): "past", ("SM03", "M"): "take_home", ("SM14", "F"): "involved_confirmed", ("CS19", "*"): "not_open",
    ("CS26", "*"): "started", ("LS01", "*"): "private_rented_offer", ("CS27", "*"): {"addresses": 1, "crossings": 0},
}  # fmt: skip


# Where the first reassuring option is only so of some: it is not that of who is pregnant, or in a service.
_ALWAYS_CLEAR = {"CS25": "booked", "IS08": "both_know"}


def full() -> dict[str, Any]:
    """A mother in treatment, expecting in five weeks, a father with a licence, children of 6 months, 4, 9 and 12; a shared B&B."""
    return {
        "on": TODAY,
        "household": {
            "reference": "FULL",
            "left_because": ["domestic_abuse", "violence"],
            "domestic_abuse": True,
            "orders": True,
            "separated_parents": True,
            "earlier_child_removed": False,
            "agencies": ["gp", "probation"],
            "contacts": [],
            "bed_and_breakfast": [],
            "addresses": [{"kind": "former", "address": "1 Before Row", "moved_in": "2020-01-01"}],
            "budget": {"income": 50000, "housing_charge": 100, "essentials": 20000, "maintenance": 0, "travel": 0, "food_without_kitchen": 0, "childcare": 0},
            "lead_professional": {"name": "Lea Prof", "role": "health visitor", "agency": "NHS", "accepted": "2026-11-01"},
            "services": [
                {"kind": "drug_alcohol", "name": "Recovery", "used_by": ["M"]},
                {"kind": "pharmacy", "name": "Pharmacy", "used_by": ["M"], "open_days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]},
            ],
            "members": [
                {"key": "M", "name": "Mo Full", "kind": "adult", "born": "1996-01-01", "sex": "female", "pregnant": True, "due": "2026-12-28",
                 "needs": ["mobility", "sensory", "mental_health"], "substance_sign": True, "dangerous_medicine": False, "justice_sign": False, "interpreter_needed": True,
                 "couple_with": "F", "treatment": {"medicine": "methadone", "dose_days": ["mon", "wed"]}},
                {"key": "F", "name": "Fil Full", "kind": "adult", "born": "1994-01-01", "sex": "male", "needs": [], "substance_sign": True, "dangerous_medicine": False, "justice_sign": True, "interpreter_needed": False},
                {"key": "C1", "name": "Bo Full", "kind": "child", "born": "2026-05-20", "sex": "female", "needs": ["chest_illness"], "seen_how": "awake"},
                {"key": "C2", "name": "Di Full", "kind": "child", "born": "2022-06-01", "sex": "male", "needs": [], "seen_how": "awake"},
                {"key": "C3", "name": "Ed Full", "kind": "child", "born": "2017-06-01", "sex": "female", "needs": [], "seen_how": "awake"},
                {"key": "C4", "name": "Gi Full", "kind": "child", "born": "2014-06-01", "sex": "male", "needs": [], "seen_how": "awake", "exploitation_sign": True},
            ],
        },
        "placement": {
            "address": "Room 1, 1 Invented Row", "kind": "bed_and_breakfast", "self_contained": False, "shares": ["cooking"],
            "cooking_provided": True, "owner": "private", "manager": "private", "private_dwelling": False, "hmo": True, "floor": 2,
            "shared_building": True, "staffing": "24_hours", "gas": True, "starts": TODAY, "nights": 7, "authority": "E09000001",
            "notice_sent": TODAY, "storeys": 1,
            "rooms": [{"name": f"r{n}", "use": "bedroom", "area_m2": "14.00"} for n in range(5)],
            "certificates": [{"kind": "gas", "expires": "2027-11-01"}, {"kind": "electrical", "expires": "2029-01-01", "open_danger_codes": False}],
        },
        "answers": [],
        # A family with a baby in bed and breakfast: a high concern, with a move agreed.
        "mitigations": [
            {"criterion": "LS07", "subject": "unit", "what": "A move to a flat", "owner": {"name": "Pla Cement", "role": "placement officer"}, "owner_accepted": TODAY, "due": "2026-11-28",
             "agreed_by": "Sena Senior", "agreed_role": "senior_officer", "agreed_on": TODAY}
        ],
    }  # fmt: skip


def plain() -> dict[str, Any]:
    """One adult and a child of nine in a council flat on the ground floor, every fact known and nothing about them."""
    return {
        "on": TODAY,
        "household": {
            "reference": "PLAIN", "left_because": ["end_of_tenancy"], "domestic_abuse": False, "orders": False,
            "separated_parents": False, "earlier_child_removed": False, "agencies": [], "contacts": [], "bed_and_breakfast": [],
            "budget": {"income": 50000, "housing_charge": 100, "essentials": 20000, "maintenance": 0, "travel": 0, "food_without_kitchen": 0, "childcare": 0},
            "lead_professional": {"name": "Lea Prof", "accepted": "2026-11-01"},
            "members": [
                {"key": "A", "name": "Al Plain", "kind": "adult", "born": "1990-01-01", "sex": "male", "needs": [], "pregnant": False,
                 "substance_sign": False, "dangerous_medicine": False, "justice_sign": False, "interpreter_needed": False},
                {"key": "C", "name": "Cy Plain", "kind": "child", "born": "2017-03-01", "sex": "male", "needs": [], "seen_how": "awake", "exploitation_sign": False},
            ],
        },
        "placement": {
            "address": "Flat 1, 2 Invented Row", "kind": "house_or_flat", "self_contained": True, "shares": [], "cooking_provided": True,
            "owner": "council", "manager": "council", "private_dwelling": False, "hmo": False, "floor": 0, "storeys": 1, "shared_building": False,
            "staffing": "none", "gas": False, "starts": TODAY, "nights": 28, "authority": COUNCIL,
            "rooms": [{"use": "bedroom", "area_m2": "12.00"}, {"use": "bedroom", "area_m2": "10.50"}, {"use": "living", "area_m2": "15.00"}],
            "certificates": [{"kind": "electrical", "expires": "2029-01-01", "open_danger_codes": False}],
        },
        "answers": [],
    }  # fmt: skip


def seven() -> dict[str, Any]:
    """Two parents and five children in two rooms of one council hotel for one night: three in one, four in the other."""
    tree = plain()
    adult = tree["household"]["members"][0]
    child = tree["household"]["members"][1]
    names = {
        "C1": ("Ama", "2014-02-01"),
        "C2": ("Ben", "2016-02-01"),
        "C3": ("Cleo", "2018-02-01"),
        "C4": ("Dov", "2020-02-01"),
        "C5": ("Ede", "2021-02-01"),
    }
    people = [
        {**adult, "key": "M", "name": "Mina Seven", "sex": "female", "couple_with": "F"}, {**adult, "key": "F", "name": "Fay Seven"},
        *({**child, "key": key, "name": f"{name} Seven", "born": born, "sex": "female"} for key, (name, born) in names.items()),
    ]  # fmt: skip
    tree["household"] |= {"reference": "SEVEN", "members": people}
    room = {
        "kind": "hotel", "self_contained": False, "shares": [], "cooking_provided": True, "owner": "council", "manager": "council",
        "private_dwelling": False, "hmo": False, "floor": 2, "storeys": 1, "shared_building": True, "staffing": "24_hours", "gas": False,
        "lift": True, "certificates": [{"kind": "electrical", "expires": "2029-01-01", "open_danger_codes": False}],
    }  # fmt: skip
    tree["placement"] |= {
        **copied(room), "address": "Room 12, 3 Invented Quay", "nights": 1,
        "rooms": [{"name": "12", "use": "bed_sitting", "area_m2": "16.00"}, {"name": "12a", "use": "bedroom", "area_m2": "11.00"}],
        "further_units": [
            {**copied(room), "key": "R14", "door": "Room 14", "sleeps": ["F", "C2", "C4", "C5"],
             "rooms": [{"name": "14", "use": "bed_sitting", "area_m2": "16.00"}, {"name": "14a", "use": "bedroom", "area_m2": "11.00"},
                       {"name": "14b", "use": "bedroom", "area_m2": "11.00"}]},
        ],
    }  # fmt: skip
    return tree


def young() -> dict[str, Any]:
    """A mother of 17 with her baby."""
    tree = plain()
    tree["household"]["members"][0] |= {"born": "2009-06-01", "sex": "female"}
    tree["household"]["members"][1] |= {"born": "2026-02-01"}
    return tree


def result_of(tree: dict[str, Any]) -> Result:
    return assess(CHECKLIST, case_file.build(copied(tree), CHECKLIST), COUNCIL)


def row_of(tree: dict[str, Any], criterion: str, subject: str) -> Row | None:
    return next((r for r in result_of(tree).rows if (r.criterion, r.subject) == (criterion, subject)), None)


def clear_value(criterion: Criterion, subject: str = "*", chosen: dict[tuple[str, str], Any] = CHOSEN) -> Any:
    for key in ((criterion.id, subject), (criterion.id, "*")):
        if key in chosen:
            return chosen[key]
    if criterion.id in _ALWAYS_CLEAR:
        return _ALWAYS_CLEAR[criterion.id]
    if criterion.answer in ("choice", "multiple"):
        code = next(c for c, option in criterion.options.items() if option.means == "clear")
        return [code] if criterion.answer == "multiple" else code
    day = NEXT_LOOK if criterion.day == "to_come" else TODAY
    return {"minutes": 5, "date": day, "counts": dict.fromkeys(criterion.counts, 0)}[criterion.answer]


def answered(
    criterion: str, subject: str, value: Any, grade: str = "E4", on: str = TODAY, agency: int = 1, **more: Any
) -> dict[str, Any]:
    return {
        "criterion": criterion, "subject": subject, "value": value, "grade": grade, "on": on, "note": "What was said or seen, in words.",
        "source": {"name": f"Voice {agency}", "role": "professional", "agency": voice(CHECKLIST.criteria[criterion], agency)}, **more,
    }  # fmt: skip


def voice(criterion: Criterion, number: int = 0) -> str:
    """An agency whose word counts on a question, or else the one that is asked; another for another number."""
    codes = [c for c in criterion.only_from or (criterion.ask_of,) if c and CHECKLIST.agencies[c].known_as]
    if not codes:
        return f"agency {number}"
    return f"{CHECKLIST.agencies[codes[number % len(codes)]].known_as[0].removesuffix('*')} {number}"


def _unheard(tree: dict[str, Any]) -> list[str]:
    case = case_file.build(copied(tree), CHECKLIST)
    told = pieces(CHECKLIST, case, assess(CHECKLIST, case, COUNCIL), COUNCIL)
    return list(dict.fromkeys(p.agency for p in told if p.state != "answered"))


def everybody_answered(tree: dict[str, Any]) -> dict[str, Any]:
    """The same case with every agency that must be asked, and has not spoken yet, asked and answering in full."""
    asked = [
        {"agency": code, "question": CHECKLIST.agencies[code].question, "asked": TODAY, "due": TODAY, "answered": "full", "answered_on": TODAY}
        for code in _unheard(tree)
    ]  # fmt: skip
    kept = tree["household"].get("enquiries", [])
    return {**tree, "household": {**tree["household"], "enquiries": [*kept, *asked]}}


def settled(tree: dict[str, Any], chosen: dict[tuple[str, str], Any] | None = None) -> dict[str, Any]:
    """The same case with every asked row that applies answered reassuringly, at E4, today."""
    tree = copied(tree)
    full_household = tree["household"]["reference"] == "FULL"
    choice = chosen if chosen is not None else CHOSEN if full_household else {}
    for _ in range(8):
        have = {(a["criterion"], a["subject"]) for a in tree["answers"]}
        rows = result_of(tree).rows
        missing = [
            r for r in rows if CHECKLIST.criteria[r.criterion].computed is None and (r.criterion, r.subject) not in have
        ]
        if not missing:
            if any(r.criterion == "IS02" and r.is_open for r in rows):
                tree = everybody_answered(tree)
                continue
            asked = {(r.criterion, r.subject) for r in rows}
            return {**tree, "answers": [a for a in tree["answers"] if (a["criterion"], a["subject"]) in asked]}
        for r in missing:
            criterion = CHECKLIST.criteria[r.criterion]
            for agency in range(criterion.min_sources):
                tree["answers"].append(
                    answered(r.criterion, r.subject, clear_value(criterion, r.subject, choice), agency=agency)
                )
    raise AssertionError("questions go on opening others")


def instead(tree: dict[str, Any], criterion: str, subject: str, *answers: dict[str, Any]) -> dict[str, Any]:
    """The same case with one row answered otherwise."""
    kept = [a for a in tree["answers"] if (a["criterion"], a["subject"]) != (criterion, subject)]
    return {**tree, "answers": [*kept, *answers]}
