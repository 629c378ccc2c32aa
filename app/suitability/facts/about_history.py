"""Named facts of people, stays, money and history, and of what the whole amounts to."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from typing import Any, get_args

from app.suitability.casefile.household import Certificate, Household, Member, Need
from app.suitability.casefile.known import Known, any_known
from app.suitability.law.bedrooms import bedrooms_short

from .fact import Fact, boolean, in_need, listed, on_subject, one_of, wanted, whole, yes
from .facts import Facts
from .missed_contacts import contacts_of
from .signs import abuse_told

_NEEDS = get_args(Need)
_CERTIFICATES = get_args(Certificate.model_fields["kind"].annotation)


def involved(household: Household) -> set[str]:
    """The agencies that are involved: those written down, and the services the family uses, which are at least some of them."""
    used = {"drug_service" if s.kind == "drug_alcohol" else s.kind for s in household.services}
    return {*(household.agencies or ()), *(used - {"work", "other"})}


def _people(facts: Facts) -> int:
    return sum(1 for m in facts.household.members if m.kind != "unborn")


def _young_head(facts: Facts) -> Known:
    """Is the applicant or the head of the household 16 or 17?

    Where nobody of 18 or over lives in it, somebody of that age is; where one who is entered as an adult is of that age beside
    an older one, or an adult’s age is not known, it is not known whose application it is.
    """
    members = [m for m in facts.household.members if m.kind != "unborn"]
    grown = any((m.age_on(facts.age_day) or 0) >= 18 for m in members)
    heads = [m for m in members if m.kind == "adult"] if grown else members
    found: list[Known] = []
    for m in heads:
        age = m.age_on(facts.age_day)
        found.append(None if age is None else (None if grown else True) if 16 <= age < 18 else False)
    return any_known(found)


def _in_their_teens(facts: Facts, child: Member) -> bool:
    age = child.age_on(facts.age_day)
    return age is None or 10 <= age < 18


def _months_before(facts: Facts, months: int) -> date:
    """The last day that no longer counts as within so many months: the day before the one of the same number.

    Twelve months from 2 June end on the 2 June after it, so what happened on either day is within them; where a month has no
    such day, they end on its last. Source: the corresponding date rule (Dodds v Walker [1981] 1 WLR 1027).
    """
    if not facts.calendar_months:
        return facts.on - timedelta(days=months * 365 // 12)
    year, month = divmod(facts.on.year * 12 + facts.on.month - 1 - months, 12)
    last = monthrange(year, month + 1)[1]
    return date(year, month + 1, min(facts.on.day, last)) - timedelta(days=1)


def _moved_within(facts: Facts, months: int) -> Known:
    """Did the family live at another address within so many months? None while no address is entered."""
    if not facts.household.addresses:
        return None
    since = _months_before(facts, months)
    days = [a.moved_in for a in facts.household.addresses if a.kind == "current"]
    former = [a.moved_out for a in facts.household.addresses if a.kind == "former"]
    return any_known([None if day is None else day > since for day in (*days, *former)])


def _domestic_abuse(facts: Facts) -> Known:
    left = facts.household.left_because
    if (left is not None and "domestic_abuse" in left) or abuse_told(facts):
        return True
    return facts.household.domestic_abuse


def _may_be_pregnant(facts: Facts, member: Member, wish: Any) -> Known:
    """Asked of women and girls of an age for it, and of anybody said to be; nobody else is asked."""
    if member.pregnant is not None:
        return wanted(member.pregnant, wish)
    carries = any(m.kind == "unborn" and m.mother == member.key for m in facts.household.members)
    if carries:
        return wanted(True, wish)
    if member.sex == "male" or member.kind == "unborn":
        return wanted(False, wish)
    age = member.age_on(facts.age_day)
    if age is None:
        return wanted(None, wish)
    young = member.kind == "child" and age < facts.settings.pregnancy_asked_from_years
    return wanted(False if young or age > facts.settings.pregnancy_asked_to_years else None, wish)


def _under_days(facts: Facts, days: int) -> Known:
    found: list[Known] = []
    for child in facts.children:
        if child.kind != "unborn":
            found.append(None if child.born is None else (facts.age_day - child.born).days < days)
    return any_known(found)


def _mobile(facts: Facts) -> Known:
    """Will a child of the household crawl, walk or climb on any day of the stay, and be under 5?"""
    last = facts.placement.ends(facts.on)
    found: list[Known] = []
    for child in facts.children:
        first = child.born or child.due
        if first is None:
            found.append(None)
        elif child.kind != "unborn" and (child.age_on(facts.age_day) or 0) >= 5:
            found.append(False)
        else:
            moves = first + timedelta(days=facts.settings.mobile_from_days)
            found.append(True if moves <= facts.age_day else None if last is None else moves <= last)
    return any_known(found)


def _interpreter(facts: Facts) -> Known:
    found: list[Known] = []
    for m in facts.household.adults():
        needs = None if m.needs is None else "hearing_or_reading" in m.needs
        found.append(any_known([m.interpreter_needed, needs]))
    return any_known(found)


def _staff_at_night(facts: Facts) -> Known:
    staffing = facts.placement.staffing
    return None if staffing is None else staffing in ("night", "24_hours")


def _shares(facts: Facts) -> Known:
    shares = facts.placement.shares
    return None if shares is None else bool(set(shares) & {"toilet", "washing", "cooking"})


def _hmo(facts: Facts) -> Known:
    if facts.placement.hmo is not None:
        return facts.placement.hmo
    return False if facts.placement.self_contained else None


def _runs_out(facts: Facts, kinds: list[str]) -> Known:
    """Has a certificate of a kind run out, or will it before the stay ends? None when none is held or no date is known."""
    held = [c.expires for c in facts.placement.certificates if c.kind in kinds]
    dates = [day for day in held if day is not None]
    if not dates:
        return None
    latest, ends = max(dates), facts.placement.ends(facts.on)
    if latest < facts.on:
        return True
    return None if ends is None else latest < ends


def _bedrooms_short(facts: Facts) -> Known:
    if facts.sleepers is None:
        return None
    short = bedrooms_short(facts.placement.rooms, facts.sleepers, facts.age_day)
    return None if short is None else short > 0


def _long_stay(facts: Facts) -> Known:
    """Over the limit as planned, or as lived already: a stay past its planned last night has no known end."""
    place, limit = facts.placement, facts.settings.long_stay_nights
    if not facts.signs_told:
        return None if place.nights is None else place.nights > limit
    so_far = 0 if place.starts is None else (facts.on - place.starts).days
    if max(place.nights or 0, so_far) > limit:
        return True
    return None if place.ends(facts.on) is None else False


def _listed(facts: Facts) -> int:
    """How many of the addresses written down with the household were lived at within the months that count."""
    since = _months_before(facts, facts.settings.moves_window_months)
    return sum(1 for a in facts.household.addresses if a.moved_out is None or a.moved_out > since)


def addresses_in_a_year(facts: Facts) -> int:
    """How many addresses in the months that count: the most that the list of addresses or any standing count says."""
    listed_ = _listed(facts)
    counted = [
        a.value.get("addresses", 0)
        for a in facts.answers.get(("CS27", "household"), ())
        if isinstance(a.value, dict) and not a.is_unknown
    ]
    return max([listed_, *counted])


def _moves_at_least(facts: Facts, least: int) -> Known:
    if addresses_in_a_year(facts) >= least:
        return True
    return False if facts.is_settled("CS27", "household") else None


def _to_explain(facts: Facts, member: Member, wish: Any) -> Known:
    """Is there a contact of this child to explain? Not known while neither a list nor a count is had."""
    found = contacts_of(facts, member)
    if found.missed or found.caused or found.repeated:
        return wanted(True, wish)
    counted = facts.is_settled("SA04", member.key)  # by those who hold the list, not by the parent’s count
    if member.kind == "unborn":
        return wanted(False, wish)
    return wanted(False if counted or facts.household.contacts is not None else None, wish)


def _setting_named(value: Any) -> str | None:
    return None if isinstance(value, str) else "the name of a setting"


SUMMARY_FACTS: dict[str, Fact] = {
    "any_high": Fact(
        boolean, yes("there is a high concern", "there is no high concern"), lambda f, w: wanted(f.so_far.has_high, w)
    ),
    "needs_second_look": Fact(
        boolean,
        yes("something is high or held, or reassurance rests on the household’s word", "nothing is high or held"),
        lambda f, w: wanted(f.so_far.second_look, w),
    ),
}
HISTORY_FACTS: dict[str, Fact] = {
    **SUMMARY_FACTS,
    "people_at_least": Fact(whole, lambda n: f"the household has {n} people or more", lambda f, n: _people(f) >= n),
    "young_head": Fact(
        boolean,
        yes("the applicant is 16 or 17", "the applicant is 18 or over"),
        lambda f, w: wanted(_young_head(f), w),
    ),
    "domestic_abuse": Fact(
        boolean,
        yes("there is or was domestic abuse", "there was no domestic abuse"),
        lambda f, w: wanted(_domestic_abuse(f), w),
    ),
    "this_child_exploitation_sign": Fact(
        boolean,
        yes(
            "there is a sign that this child is exploited, missing or in a gang",
            "there is no sign that this child is exploited, missing or in a gang",
        ),
        on_subject(lambda f, m, w: wanted(m.exploitation_sign, w)),
    ),
    "this_person_may_be_pregnant": Fact(
        boolean,
        yes("this person is or may be pregnant", "this person is not pregnant"),
        on_subject(_may_be_pregnant),
    ),
    "any_child_under_days": Fact(whole, lambda n: f"a child is under {n} days old", _under_days),
    "mobile_child_during_stay": Fact(
        boolean,
        yes(
            "a child under 5 will crawl or walk during the stay", "no child under 5 will crawl or walk during the stay"
        ),
        lambda f, w: wanted(f.once("mobile", lambda: _mobile(f)), w),
    ),
    "sole_carer": Fact(
        boolean,
        yes("there is one carer", "there is more than one carer"),
        lambda f, w: wanted(len(f.household.adults()) <= 1, w),
    ),
    "second_carer": Fact(
        boolean,
        yes("there is a second carer", "there is no second carer"),
        lambda f, w: wanted(any_known([len(f.household.adults()) > 1, f.household.separated_parents]), w),
    ),
    "interpreter_needed": Fact(
        boolean,
        yes(
            "an adult needs an interpreter, or help with hearing or reading",
            "no adult needs an interpreter, or help with hearing or reading",
        ),
        lambda f, w: wanted(_interpreter(f), w),
    ),
    "staff_at_night": Fact(
        boolean,
        yes("there are staff at night", "there are no staff at night"),
        lambda f, w: wanted(_staff_at_night(f), w),
    ),
    "shares_facilities": Fact(
        boolean,
        yes("a toilet, washing or cooking is shared", "no toilet, washing or cooking is shared"),
        lambda f, w: wanted(_shares(f), w),
    ),
    "hmo": Fact(
        boolean,
        yes("the unit is in a house in multiple occupation", "the unit is not in a house in multiple occupation"),
        lambda f, w: wanted(_hmo(f), w),
    ),
    "private_owner": Fact(
        boolean,
        yes("the unit is privately owned", "the unit is not privately owned"),
        lambda f, w: wanted(None if f.placement.owner is None else f.placement.owner == "private", w),
    ),
    "certificate_runs_out": Fact(
        one_of(_CERTIFICATES),
        lambda kinds: f"the {listed(kinds)} certificate runs out before the stay ends",
        _runs_out,
    ),
    "bedrooms_short": Fact(
        boolean,
        yes("the unit has fewer bedrooms than the bedroom standard gives", "the bedroom standard is met"),
        lambda f, w: wanted(f.once("bedrooms", lambda: _bedrooms_short(f)), w),
    ),
    "long_stay": Fact(
        boolean,
        yes("the stay is a long one", "the stay is not a long one"),
        lambda f, w: wanted(_long_stay(f), w),
    ),
    "addresses_listed_at_least": Fact(
        whole,
        lambda n: f"{n} or more addresses are written down for the months that the council counts",
        lambda f, n: _listed(f) >= n,
    ),
    "moves_at_least": Fact(
        whole, lambda n: f"there were {n} or more addresses in the months that the council counts", _moves_at_least
    ),
    "this_child_has_contacts_to_explain": Fact(
        boolean,
        yes("a health contact of this child was not kept", "no health contact of this child was missed"),
        on_subject(_to_explain),
    ),
    "any_child_has_contacts_to_explain": Fact(
        boolean,
        yes("a health contact of a child was not kept", "no health contact of a child was missed"),
        lambda f, w: wanted(any_known([_to_explain(f, c, True) for c in f.children]), w),
    ),
    "contacts_rest_on_the_carers_word": Fact(
        boolean,
        yes(
            "contacts a child was not brought to rest on the carer’s word (P01 in full)",
            "no contacts a child was not brought to rest on the carer’s word",
        ),
        lambda f, w: wanted(any(contacts_of(f, c).level == "full" for c in f.children), w),
    ),
    "any_child_exploitation_sign": Fact(
        boolean,
        yes(
            "there is a sign that a child is exploited, missing or in a gang",
            "there is no sign that a child is exploited, missing or in a gang",
        ),
        lambda f, w: wanted(
            any_known([c.exploitation_sign for c in f.children if c.kind != "unborn" and _in_their_teens(f, c)]), w
        ),
    ),
    "any_adult_needs": Fact(
        one_of(_NEEDS),
        lambda n: f"an adult has {in_need(n)}",
        lambda f, n: any_known(
            [None if m.needs is None else bool(set(m.needs) & set(n)) for m in f.household.adults()]
        ),
    ),
    "moved_within_months": Fact(whole, lambda n: f"the family moved within {n} months", _moved_within),
    "in_force": Fact(
        _setting_named,
        lambda name: f"{name.replace('_', ' ')} is in force on the day of the assessment",
        lambda f, name: f.settings.by_name.get(name, 0) > 0,
    ),
    "danger": Fact(
        boolean, yes("danger now was written down", "no danger now was written down"), lambda f, w: f.danger is w
    ),
}
