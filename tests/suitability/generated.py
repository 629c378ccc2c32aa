"""Households, places, answers and histories that nobody thought of: mostly settled ones, so that one change can be felt."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from app.suitability.assess import facts_of
from app.suitability.checklist.criterion import Criterion
from app.suitability.reading import case_file
from app.suitability.reading.case_file import CaseFile, subjects_of

from .households import CHECKLIST, COUNCIL, NEXT_LOOK, full, plain, settled, voice, young

ON = date(2026, 11, 23)
EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
ASKED = [c for c in CHECKLIST.criteria.values() if c.computed is None]
GRADES = ["E1", "E1s", "E2", "E3", "E4"]
MAYBE = [None, True, False]


def ago(days: int) -> str:
    return (ON - timedelta(days=days)).isoformat()


def members(r: Random) -> list[dict[str, Any]]:
    people: list[dict[str, Any]] = []
    for at in range(r.randint(1, 2)):
        people.append({
            "key": f"A{at}", "name": f"Adult {at}", "kind": "adult", "sex": r.choice(["female", "male"]), "born": "1995-05-05",
            "substance_sign": r.choice(MAYBE), "dangerous_medicine": r.choice(MAYBE), "justice_sign": r.choice(MAYBE), "pregnant": r.choice(MAYBE),
            "needs": r.choice([None, [], ["mobility"], ["mental_health"]]), "interpreter_needed": r.choice(MAYBE),
        })  # fmt: skip
        if r.random() < 0.25:
            people[-1]["treatment"] = {"medicine": "methadone", "dose_days": ["mon", "sun"]}
    for at in range(r.randint(0, 4)):
        people.append({
            "key": f"C{at}", "name": f"Child {at}", "kind": "child", "sex": r.choice(["female", "male", None]),
            "born": r.choice([None, ago(r.randint(1, 360)), ago(r.randint(360, 6000)), ago(r.randint(360, 6000))]),
            "needs": r.choice([None, [], ["chest_illness"]]), "seen_how": r.choice([None, "awake", "asleep_only"]),
            "school_age_place": r.choice([None, "primary", "nursery", "secondary"]), "exploitation_sign": r.choice(MAYBE),
        })  # fmt: skip
    return people


def placement(r: Random) -> dict[str, Any]:
    rooms = r.choice([None, [r.choice(["bedroom", "living", "kitchen"]) for _ in range(r.randint(0, 4))]])
    return {
        "address": "1 Invented Row", "kind": r.choice(["bed_and_breakfast", "house_or_flat", "nightly_paid", "hostel"]),
        "self_contained": r.choice(MAYBE), "cooking_provided": r.choice(MAYBE), "private_dwelling": r.choice(MAYBE),
        "shares": r.choice([None, [], ["toilet"], ["cooking", "corridor"]]), "owner": r.choice([None, "private", "council"]),
        "manager": r.choice([None, "private"]), "floor": r.choice([None, 0, 2]), "storeys": r.choice([None, 1, 2]), "gas": r.choice(MAYBE), "hmo": r.choice(MAYBE),
        "shared_building": r.choice(MAYBE), "staffing": r.choice([None, "none", "24_hours"]), "starts": ON.isoformat(),
        "rooms": None if rooms is None else [{"use": u, "area_m2": r.choice([None, "9.5", "12"])} for u in rooms],
        "nights": r.choice([None, 7, 60]), "authority": r.choice([None, COUNCIL, "E09000001"]),
        "protected_place": r.choice([None, None, None, "clear", "not_known", "inside"]),
    }  # fmt: skip


def loose(r: Random) -> dict[str, Any]:
    """A household of which much is not known."""
    household = {
        "reference": "ANY", "members": members(r), "orders": r.choice(MAYBE), "separated_parents": r.choice(MAYBE),
        "domestic_abuse": r.choice(MAYBE), "earlier_child_removed": r.choice(MAYBE),
        "left_because": r.choice([None, ["antisocial_behaviour"], ["domestic_abuse"], ["end_of_tenancy"]]),
        "agencies": r.choice([None, [], ["gp", "police", "probation"]]),
        "bed_and_breakfast": r.choice([None, [], [], [{"first": ago(40), "last": ago(r.choice([1, 20]))}]]),
    }  # fmt: skip
    return {"on": ON.isoformat(), "household": household, "placement": placement(r), "answers": []}


def calm(r: Random) -> dict[str, Any]:
    """A household of which every fact is known, in a place with room enough: once answered, little stands in the way."""
    tree = plain()
    adults = [
        {**tree["household"]["members"][0], "key": f"A{at}", "name": f"Adult {at}", "sex": r.choice(["female", "male"]),
         "substance_sign": r.random() < 0.3, "justice_sign": r.random() < 0.2, "needs": r.choice([[], [], ["mobility"]])}
        for at in range(r.randint(1, 2))
    ]  # fmt: skip
    children = [
        {**tree["household"]["members"][1], "key": f"C{at}", "name": f"Child {at}", "born": ago(r.choice([60, 300, 700, 1500, 3000, 4500, 6000])),
         "needs": r.choice([[], [], ["chest_illness"]]), "exploitation_sign": r.random() < 0.2}
        for at in range(r.randint(1, 4))
    ]  # fmt: skip
    if adults[0]["sex"] == "female" and r.random() < 0.3:
        adults[0] |= {"pregnant": True, "due": (ON + timedelta(days=r.choice([30, 150]))).isoformat()}
    tree["household"]["members"] = [*adults, *children]
    tree["household"]["agencies"] = r.choice([[], ["gp"], ["gp", "police", "probation"]])
    tree["household"]["left_because"] = r.choice([["end_of_tenancy"], ["antisocial_behaviour"], ["domestic_abuse"]])
    tree["placement"] |= {
        "rooms": [{"use": "bedroom", "area_m2": "14"} for _ in range(6)], "floor": r.choice([0, 2]), "nights": r.choice([7, 60]),
        "shared_building": r.choice([True, False]),
    }  # fmt: skip
    return tree


@cache
def pool() -> tuple[str, ...]:
    """Households to start from, as text: the examples, three settled ones, and sixty settled at random."""
    trees: list[dict[str, Any]] = [settled(full()), settled(plain()), settled(young())]
    trees += [json.loads((EXAMPLES / f"{name}.json").read_text(encoding="utf-8")) for name in ("h1", "h2", "h3", "h5")]
    r = Random(20261123)
    trees += [settled(loose(r)) for _ in range(15)] + [settled(calm(r)) for _ in range(45)]
    return tuple(json.dumps(tree) for tree in trees)


def subjects(tree: dict[str, Any]) -> list[tuple[Criterion, str]]:
    """Every question that could be asked, of everybody it could be asked about."""
    household = built({**tree, "answers": [], "mitigations": [], "acceptances": [], "pattern_answers": []}).household
    keys = subjects_of(household, ON)
    return [(c, key) for c in ASKED for key in keys[c.subject]]


def built(tree: dict[str, Any]) -> CaseFile:
    return case_file.build(tree, CHECKLIST)


def value(r: Random, criterion: Criterion) -> Any:
    if criterion.answer == "choice":
        return r.choice([*criterion.options, "unknown"])
    if criterion.answer == "multiple":
        worries = [code for code, option in criterion.options.items() if option.means != "clear"]
        clear = [code for code, option in criterion.options.items() if option.means == "clear"]
        ticked = r.sample(worries, r.randint(1, min(3, len(worries))))
        return r.choice([ticked, [*ticked, "unknown"], clear[:1]])
    if criterion.answer == "minutes":
        return r.randint(0, 120)
    if criterion.answer == "date":
        return ago(r.randint(-60, 20) if criterion.day == "to_come" else r.randint(-3, 60))
    return {name: r.randint(0, 5) for name in r.sample(sorted(criterion.counts), r.randint(1, len(criterion.counts)))}


def answer(r: Random, criterion: Criterion, subject: str) -> dict[str, Any]:
    return {
        "criterion": criterion.id, "subject": subject, "value": value(r, criterion), "grade": r.choice(GRADES),
        "on": ago(r.choice([0, 3, 20, 200])), "note": r.choice(["", "Seen and said."]),
        "source": {"name": r.choice(["Ann", "Bob"]), "role": "r", "agency": r.choice(["x", voice(criterion), voice(criterion, 1)])},
    }  # fmt: skip


def history(r: Random, tree: dict[str, Any]) -> None:
    """Contacts, events, enquiries, addresses and what was done before, at random."""
    household, keys = tree["household"], [m["key"] for m in tree["household"]["members"]]
    children = [m["key"] for m in household["members"] if m["kind"] == "child"]
    if children and r.random() < 0.5:
        household["contacts"] = [
            {"child": r.choice(children), "what": r.choice(["clinic", "check"]), "on": ago(r.randint(0, 300)),
             "outcome": r.choice(["kept", "not_brought", "no_access", "cancelled_by_service"]), "need": r.choice(["", "asthma"]),
             "critical": r.choice(MAYBE), "reason_grade": r.choice(["E0", "E1", "E4"]),
             "cause": r.choice([None, None, "letter_to_dead_address"]), "cause_grade": r.choice(["E1", "E4"])}
            for _ in range(r.randint(0, 4))
        ]  # fmt: skip
    if r.random() < 0.4:
        kinds = [
            "birth",
            "move",
            "release",
            "complaint",
            "improving_report",
            "worrying_change",
            "said_done",
            "antisocial_behaviour",
        ]
        household["events"] = [
            {
                "kind": r.choice(kinds),
                "on": ago(r.randint(0, 120)),
                "who": r.choice([None, *keys]),
                "grade": r.choice(["E1", "E4"]),
            }
            for _ in range(r.randint(1, 4))
        ]
    if r.random() < 0.4:
        household["enquiries"] = [
            {"agency": r.choice(sorted(CHECKLIST.agencies)), "question": "Known?", "asked": ago(r.randint(1, 20)),
             **({} if r.random() < 0.2 else {"due": ago(r.randint(-2, 3))}), "answered": r.choice([None, "full", "partly", "refused"])}
            for _ in range(r.randint(1, 3))
        ]  # fmt: skip
    if r.random() < 0.2:
        tree["danger"] = []
        tree["impression_relied_on"] = r.choice([True, False])


def lifting(r: Random, tree: dict[str, Any], places: list[tuple[Criterion, str]]) -> None:
    """What somebody did about a worry, or accepted in writing."""
    criterion, subject = r.choice(places)
    tree["mitigations"] = [*tree.get("mitigations", []), {
        "criterion": criterion.id, "subject": subject, "what": "Something is done", "owner": {"name": "Olu"},
        "owner_accepted": ago(0), "due": (ON + timedelta(days=2)).isoformat(), "in_place": ago(0),
        **({"seen_grade": "E2", "seen_by": "Olu", "seen_on": ago(0)} if r.random() < 0.6 else {}),
    }]  # fmt: skip
    criterion, subject = r.choice(places)
    tree["acceptances"] = [*tree.get("acceptances", []), {
        "criterion": criterion.id, "subject": subject, "by": "Sena Senior", "role": r.choice(["senior_officer", "housing_officer"]),
        "reason": "In view of everything that is known.", "on": ago(r.choice([0, 0, 0, 30])), "review_on": r.choice([None, "2026-12-01"]),
        "lead_professional_view": r.choice(["", "She agrees."]),
    }]  # fmt: skip


def all_but_one(r: Random) -> dict[str, Any]:
    """A household all of whose questions are settled but for one or two: what is done about those is felt in the outcome."""
    tree: dict[str, Any] = json.loads(r.choice(pool()[:3] + pool()[7:]))
    for at in sorted(r.sample(range(len(tree["answers"])), r.choice([1, 1, 2])), reverse=True):
        left = tree["answers"].pop(at)
        if r.random() < 0.5:  # or one that is too old, or from somebody who may not know
            tree["answers"].append(left | r.choice([{"on": ago(400)}, {"grade": "E1"}, {"value": "unknown"}]))
    return tree


def lacking(r: Random) -> dict[str, Any]:
    """A settled household of which some answers, and some facts, are not known: what is told of it is all good."""
    tree: dict[str, Any] = json.loads(r.choice(pool()[:3] + pool()[7:]))
    kept = r.choice([0.0, 0.3, 0.7, 0.95])
    tree["answers"] = [a for a in tree["answers"] if r.random() < kept]
    household, blank = tree["household"], r.choice([0.0, 0.0, 0.1, 0.5])
    for facts, always in (
        (household, ("reference", "members", "contacts", "addresses", "events")),
        (tree["placement"], ("address", "starts")),
        *((member, ("key", "name", "kind", "pregnant", "due")) for member in household["members"]),
    ):
        for name in [n for n in facts if n not in always and r.random() < blank]:
            del facts[name]
    asked = {(c.id, key) for c, key in subjects(tree)}  # one of whom no birth is known is not asked about as a child
    tree["answers"] = [a for a in tree["answers"] if (a["criterion"], a["subject"]) in asked]
    tree["mitigations"] = []
    return tree


def case(seed: int) -> dict[str, Any]:
    """One case, always the same for the same number."""
    r = Random(seed)
    if r.random() < 0.35:
        return all_but_one(r)
    tree: dict[str, Any] = loose(r) if r.random() < 0.2 else json.loads(r.choice(pool()))
    places = subjects(tree)
    if r.random() < 0.15:
        tree["placement"] = placement(r)
    for at in sorted(
        r.sample(range(len(tree["answers"])), min(len(tree["answers"]), r.choice([0, 0, 1, 2, 6]))), reverse=True
    ):
        del tree["answers"][at]
    for criterion, subject in r.sample(places, min(len(places), r.choice([0, 0, 1, 2, 5, 20]))):
        tree["answers"].append(answer(r, criterion, subject))
    if r.random() < 0.4:
        history(r, tree)
    if r.random() < 0.3:
        lifting(r, tree, places)
    return tree


def concerns(criterion: Criterion) -> list[Any]:
    """Every worrying value of a criterion. What being in treatment lowers is no concern."""
    if criterion.answer in ("choice", "multiple"):
        found = [c for c, o in criterion.options.items() if o.means in ("worrying", "partly") and not o.lower]
        return [[code] for code in found] if criterion.answer == "multiple" else found
    if criterion.answer == "minutes":
        return [240]
    if criterion.answer == "counts":
        # A number that worries only of some households is tried in the table of every criterion.
        always = [
            n
            for n, c in criterion.counts.items()
            if c.means == "worrying" and (not c.bands or any(b.when is None for b in c.bands))
        ]
        return [{name: 1000} for name in always]
    return [ago(300)]  # seen too long ago, or to be looked at on a day gone by


def reassurances(criterion: Criterion) -> list[Any]:
    """Every value that reassures with nothing left to do."""
    if criterion.answer in ("choice", "multiple"):
        found = [c for c, option in criterion.options.items() if option.means == "clear" and option.clear_at is None]
        return [[code] for code in found] if criterion.answer == "multiple" else found
    if criterion.answer == "minutes":
        return [5]
    if criterion.answer == "counts":
        return [dict.fromkeys(criterion.counts, 0)]
    return [NEXT_LOOK if criterion.day == "to_come" else ON.isoformat()]


def one_more(criterion: Criterion, subject: str, said: Any, grade: str, number: int = 0) -> dict[str, Any]:
    """Another voice on a question."""
    return {
        "criterion": criterion.id, "subject": subject, "value": said, "grade": grade, "on": ON.isoformat(), "note": "Seen and said.",
        "source": {"name": f"A new voice {number}", "role": "professional", "agency": voice(criterion, number)},
    }  # fmt: skip


def may_concern(tree: dict[str, Any]) -> Callable[[Criterion, str], bool]:
    """Could a question be about somebody, whatever people say: is it not ruled out by age, birth, law or boundary?"""
    facts = facts_of(CHECKLIST, built({**tree, "answers": [], "mitigations": [], "acceptances": []}), COUNCIL)

    def may(criterion: Criterion, subject: str) -> bool:
        return criterion.applies_when is None or criterion.applies_when.by_nature(facts.about(subject)) is not False

    return may


def unheard(row: Any) -> bool:
    """Has nobody said anything about it yet? An answer that differs from an earlier one opens a question of its own (P06)."""
    return all(a.is_unknown for a in row.answers)
