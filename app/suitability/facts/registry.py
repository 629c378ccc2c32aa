"""The named facts a checklist may use: how an argument is checked, what the fact says, how it is worked out."""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args

from app.suitability.casefile.household import LeftBecause, Member, Need
from app.suitability.casefile.known import Known, any_known
from app.suitability.law.standards import breaches_room_standard, breaches_space_standard, is_legal_bed_and_breakfast

from .about_history import HISTORY_FACTS, SUMMARY_FACTS, involved
from .about_rows import ROW_FACTS
from .fact import OF_A_UNIT, Fact, boolean, in_need, listed, of_any_unit, on_subject, one_of, pair, wanted, whole, yes
from .facts import Facts
from .signs import any_child_in_justice, justice_sign, pregnancy_told, substance_sign


def _aged(member: Member, low: int, high: int, facts: Facts) -> Known:
    if member.kind == "unborn":
        return False
    age = member.age_on(facts.age_day)
    return None if age is None else low <= age <= high


def _in_primary_years(facts: Facts, member: Member) -> Known:
    """5 to 10; at 11 a child may still be in primary school, and is taken to be unless somebody said otherwise."""
    if _aged(member, 11, 11, facts) is True:
        return {"primary": True, None: None}.get(member.school_age_place, False)
    return _aged(member, 5, 10, facts)


def _children_any(facts: Facts, test: Callable[[Member], Known]) -> Known:
    return any_known([test(child) for child in facts.children])


def _has_need(member: Member, needs: list[str]) -> Known:
    return None if member.needs is None else bool(set(member.needs) & set(needs))


def _agencies_at_least(facts: Facts, least: int) -> Known:
    """Not known where nobody has said which agencies are involved and the services used are fewer."""
    if len(involved(facts.household)) >= least:
        return True
    return None if facts.household.agencies is None else False


def _pregnant(facts: Facts) -> Known:
    if any(child.kind == "unborn" for child in facts.children) or pregnancy_told(facts):
        return True
    # Only those asked are known; a man or a boy is not asked, nor a woman too old for it.
    until = facts.settings.pregnancy_asked_to_years
    asked = [
        m.pregnant if m.pregnant is not None or (m.age_on(facts.age_day) or 0) <= until else False
        for m in facts.household.members
        if m.kind == "adult" and m.sex != "male"
    ]
    return any_known(asked or [False])


def _due_within(facts: Facts, weeks: int) -> Known:
    unborn = [child for child in facts.children if child.kind == "unborn"]
    if not unborn:
        return False if _pregnant(facts) is False else None  # told, and nobody wrote down when it is due
    limit = facts.age_day.toordinal() + 7 * weeks
    return any_known([None if c.due is None else c.due.toordinal() <= limit for c in unborn])


def _due_during_stay(facts: Facts, member: Member) -> Known:
    """Is this child to be born before the stay ends?"""
    if member.kind != "unborn":
        return False
    last = facts.placement.ends(facts.on)
    return None if member.due is None or last is None else member.due <= last


def _pharmacy_days_known(facts: Facts) -> Known:
    """Is it known on which days this adult collects, and on which the pharmacy is open?"""
    return facts.subject is None or _closed_for(facts, facts.subject) is not None


def _pharmacy_closed(facts: Facts) -> Known:
    """Does the dispensing pharmacy close on a day this adult collects a dose?"""
    member = facts.subject
    if member is None:
        return any_known(
            [_closed_for(facts, m) for m in facts.household.adults() if m.treatment is not None] or [False]
        )
    return _closed_for(facts, member)


def _closed_for(facts: Facts, member: Member) -> Known:
    if member.treatment is None or member.treatment.dose_days is None:
        return None
    pharmacies = [
        s for s in facts.household.services if s.kind == "pharmacy" and (not s.used_by or member.key in s.used_by)
    ]
    open_days = [s.open_days for s in pharmacies]
    if not open_days:
        return None
    return any_known([None if days is None else not set(member.treatment.dose_days) <= set(days) for days in open_days])


def _out_of_district(facts: Facts) -> Known:
    return None if facts.placement.authority is None else facts.placement.authority != facts.council


def _shared_building(facts: Facts) -> Known:
    """Where something is shared, somebody shares it: then “not shared” cannot be right, and which of the two is wrong is not known."""
    said = facts.placement.shared_building
    return None if said is False and facts.placement.shares else said


def _above_ground(facts: Facts) -> Known:
    """Is any room of the unit above the ground? A house on the ground floor may have bedrooms upstairs."""
    floor, storeys = facts.placement.floor, facts.placement.storeys
    if floor is not None and floor > 0:
        return True
    if storeys is not None and floor is not None:
        return floor + storeys - 1 > 0
    return None


def _overcrowded(facts: Facts) -> Known:
    if facts.sleepers is None:
        return None
    if facts.unit is not None and not facts.sleepers:
        return False
    return any_known(
        [
            breaches_space_standard(facts.placement.rooms, facts.sleepers, facts.age_day),
            breaches_room_standard(facts.placement.rooms, facts.sleepers, facts.age_day),
        ]
    )


_NEEDS, _LEFT = get_args(Need), get_args(LeftBecause)


FACTS: dict[str, Fact] = {
    "this_child_under": Fact(
        whole,
        lambda n: f"this child is under {n} (a birth expected soon counts as under 1)",
        on_subject(lambda f, m, n: m.under(n, f.age_day, f.unborn_weeks)),
    ),
    "any_child_under": Fact(
        whole,
        lambda n: f"a child of the household is under {n} (a birth expected soon counts as under 1)",
        lambda f, n: f.once(
            f"any_child_under {n}", lambda: _children_any(f, lambda m: m.under(n, f.age_day, f.unborn_weeks))
        ),
    ),
    "this_child_aged": Fact(
        pair, lambda p: f"this child is aged {p[0]} to {p[1]}", on_subject(lambda f, m, p: _aged(m, p[0], p[1], f))
    ),
    "this_child_in_primary_years": Fact(
        boolean,
        yes("this child is of primary school age", "this child is not of primary school age"),
        on_subject(lambda f, m, w: wanted(_in_primary_years(f, m), w)),
    ),
    "any_child_aged": Fact(
        pair,
        lambda p: f"a child of the household is aged {p[0]} to {p[1]}",
        lambda f, p: _children_any(f, lambda m: _aged(m, p[0], p[1], f)),
    ),
    "this_child_born": Fact(
        boolean,
        yes("this child has been born", "this child is not yet born"),
        on_subject(lambda f, m, w: (m.kind != "unborn") is w),
    ),
    "this_child_due_during_stay": Fact(
        boolean,
        yes("this child is to be born during the stay", "this child is not to be born during the stay"),
        on_subject(lambda f, m, w: wanted(_due_during_stay(f, m), w)),
    ),
    "any_child_due_during_stay": Fact(
        boolean,
        yes("a child is to be born during the stay", "no child is to be born during the stay"),
        lambda f, w: wanted(_children_any(f, lambda m: _due_during_stay(f, m)), w),
    ),
    "has_children": Fact(
        boolean, yes("there are children", "there are no children"), lambda f, w: bool(f.children) is w
    ),
    "anyone_pregnant": Fact(
        boolean,
        yes("somebody is pregnant", "nobody is pregnant"),
        lambda f, w: wanted(_pregnant(f), w),
        "this_person_may_be_pregnant",
        lambda f: f.household.adults(),
    ),
    "due_within_weeks": Fact(whole, lambda n: f"a birth is expected within {n} weeks", _due_within),
    "this_person_needs": Fact(
        one_of(_NEEDS), lambda n: f"this person has {in_need(n)}", on_subject(lambda f, m, n: _has_need(m, n))
    ),
    "any_child_needs": Fact(
        one_of(_NEEDS),
        lambda n: f"a child has {in_need(n)}",
        lambda f, n: any_known([_has_need(c, n) for c in f.children if c.kind != "unborn"]),
        "this_person_needs",
        lambda f: (c for c in f.children if c.kind != "unborn"),
    ),
    "anyone_needs": Fact(
        one_of(_NEEDS),
        lambda n: f"somebody has {in_need(n)}",
        lambda f, n: any_known([_has_need(m, n) for m in f.household.members if m.kind != "unborn"]),
        "this_person_needs",
        lambda f: (m for m in f.household.members if m.kind != "unborn"),
    ),
    "left_because": Fact(
        one_of(_LEFT),
        lambda r: f"the family left because of {listed(r)}",
        lambda f, r: None if f.household.left_because is None else bool(set(f.household.left_because) & set(r)),
    ),
    "shared_building": Fact(
        boolean,
        yes("the building is shared", "the building is not shared"),
        lambda f, w: wanted(_shared_building(f), w),
    ),
    "self_contained": Fact(
        boolean,
        yes("the unit is self-contained", "the unit is not self-contained"),
        lambda f, w: wanted(f.placement.self_contained, w),
    ),
    "above_ground_floor": Fact(
        boolean,
        yes("a room of the unit is above the ground floor", "the whole unit is on the ground floor"),
        lambda f, w: wanted(_above_ground(f), w),
    ),
    "gas_supply": Fact(
        boolean, yes("the unit has gas", "the unit has no gas"), lambda f, w: wanted(f.placement.gas, w)
    ),
    "legal_bed_and_breakfast": Fact(
        boolean,
        yes("the unit is bed and breakfast in law", "the unit is not bed and breakfast in law"),
        lambda f, w: wanted(f.once("b&b", lambda: is_legal_bed_and_breakfast(f.placement)), w),
    ),
    "out_of_district": Fact(
        boolean,
        yes("the unit is outside the district", "the unit is inside the district"),
        lambda f, w: wanted(_out_of_district(f), w),
    ),
    "protected_place": Fact(
        one_of(("inside", "clear", "not_known")),
        lambda words: f"a protected place is on record and it is {listed(words)}",
        lambda f, words: f.placement.protected_place in words,
    ),
    "space_standard_breached": Fact(
        boolean,
        yes("the space or room standard is breached", "the space and room standards are met"),
        lambda f, w: wanted(f.once("overcrowded", lambda: _overcrowded(f)), w),
    ),
    "this_adult_shows_substance_sign": Fact(
        boolean,
        yes("there is a sign of substance use for this adult", "there is no sign of substance use for this adult"),
        on_subject(lambda f, m, w: wanted(substance_sign(f, m), w)),
    ),
    "dangerous_medicine": Fact(
        boolean,
        yes(
            "an adult has medicine at home that is dangerous to a child or makes a carer drowsy",
            "no adult has medicine at home that is dangerous to a child or makes a carer drowsy",
        ),
        lambda f, w: wanted(any_known([m.dangerous_medicine for m in f.household.adults()]), w),
        "this_adult_has_dangerous_medicine",
        lambda f: f.household.adults(),
    ),
    "this_adult_has_dangerous_medicine": Fact(
        boolean,
        yes(
            "this adult has medicine at home that is dangerous to a child or makes them drowsy",
            "this adult has no medicine at home that is dangerous to a child or makes them drowsy",
        ),
        on_subject(lambda f, m, w: wanted(m.dangerous_medicine, w)),
    ),
    "this_adult_shows_justice_sign": Fact(
        boolean,
        yes(
            "there is a sign that this adult is in the justice system",
            "there is no sign that this adult is in the justice system",
        ),
        on_subject(lambda f, m, w: wanted(justice_sign(f, m), w)),
    ),
    "any_justice_sign": Fact(
        boolean,
        yes(
            "there is a sign that an adult is in the justice system",
            "there is no sign that an adult is in the justice system",
        ),
        lambda f, w: wanted(
            any_known([any_child_in_justice(f), *(justice_sign(f, m) for m in f.household.adults())]), w
        ),
        "this_adult_shows_justice_sign",
        lambda f: f.household.adults(),
    ),
    "orders": Fact(
        boolean,
        yes("an order or condition is known", "no order or condition is known"),
        lambda f, w: wanted(f.household.orders, w),
    ),
    "separated_parents": Fact(
        boolean,
        yes("the parents are separated", "the parents are not separated"),
        lambda f, w: wanted(f.household.separated_parents, w),
    ),
    "pharmacy_closed_on_dose_day": Fact(
        boolean,
        yes("the pharmacy is closed on a day a dose is collected", "the pharmacy is open on every dose day"),
        lambda f, w: wanted(_pharmacy_closed(f), w),
    ),
    "pharmacy_days_known": Fact(
        boolean,
        yes(
            "dose days and the pharmacy’s opening days are known",
            "dose days or the pharmacy’s opening days are not known",
        ),
        lambda f, w: wanted(_pharmacy_days_known(f), w),
    ),
    "agencies_at_least": Fact(whole, lambda n: f"{n} or more agencies are involved", _agencies_at_least),
    "lead_professional_accepted": Fact(
        boolean,
        yes("a lead professional has accepted", "no lead professional has accepted"),
        lambda f, w: (
            (f.household.lead_professional is not None and f.household.lead_professional.accepted is not None) is w
        ),
    ),
    "uses_service": Fact(
        lambda v: None if isinstance(v, list) else "a list of services",
        lambda kinds: f"the family uses {listed(kinds)}",
        lambda f, kinds: True if {s.kind for s in f.household.services} & set(kinds) else None,
    ),
    **ROW_FACTS,
    **HISTORY_FACTS,
}
for _name in OF_A_UNIT:
    FACTS[_name] = of_any_unit(FACTS[_name])
# Facts of age, birth, law and boundary. All others rest on what somebody said or wrote down, and may be contradicted.
BY_NATURE = frozenset((
    "this_child_under", "any_child_under", "this_child_aged", "this_child_in_primary_years", "any_child_aged", "this_child_born", "this_child_due_during_stay",
    "any_child_due_during_stay", "any_child_under_days", "has_children", "people_at_least", "young_head",
    "legal_bed_and_breakfast", "out_of_district",
))  # fmt: skip
# Facts about what other rows amount to: only effects may look at them, never which rows apply,
OVER_STATES = {"confirmed", "not_clear", "worrying", *SUMMARY_FACTS}
# but for rows that are asked because of the whole: those are settled last.
LAST_FACTS = {"needs_second_look"}
