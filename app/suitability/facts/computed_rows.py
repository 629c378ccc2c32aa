"""Rows worked out from facts, never asked: each returns what it means and says why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from app.suitability.casefile.codes import Basis, Effect, Grade
from app.suitability.casefile.history import Budget
from app.suitability.casefile.household import Spell
from app.suitability.casefile.values import day_in_words
from app.suitability.law.bedrooms import LicenceAreas, licence_sleeping_met
from app.suitability.law.standards import (
    UnmeasuredRoom,
    breaches_room_standard,
    breaches_space_standard,
    is_legal_bed_and_breakfast,
    last_lawful_night,
    nights_in_bed_and_breakfast,
    permitted_persons,
    persons,
)

from .certificates import electrical_report, gas_record
from .computed_row import ComputedRow, in_each_unit
from .enquiries import response_of, silent_agencies
from .facts import Facts
from .missed_contacts import contacts_of, row_words


def expected_stay(facts: Facts) -> ComputedRow:
    nights = facts.placement.nights
    if nights is None:
        return ComputedRow(state="open", says="The number of nights the household is expected to stay is not known.")
    return ComputedRow(state="clear", says=f"Expected to stay {nights} {'night' if nights == 1 else 'nights'}.")


def legal_bed_and_breakfast(facts: Facts) -> ComputedRow:
    """Source: 2003 Order art 2 as amended."""
    answer = is_legal_bed_and_breakfast(facts.placement)
    if answer is None:
        return ComputedRow(
            state="open",
            says="Sharing, cooking, ownership, management or private dwelling is not known, so it cannot be said whether this is bed and breakfast in law.",
        )
    if answer:
        return ComputedRow(
            state="worrying",
            says="On its facts this is bed and breakfast in law: not self-contained, with facilities shared or no cooking, and privately run.",
            effect=Effect.LOW,
        )
    return ComputedRow(state="clear", says="On its facts this is not bed and breakfast in law.")


def forty_two_nights(facts: Facts) -> ComputedRow:
    """Source: 2003 Order art 4; rulings.md 7."""
    in_law = facts.of_any_unit(lambda unit: is_legal_bed_and_breakfast(unit.placement))
    if in_law is False:
        return ComputedRow(state="not_applicable", says="Not bed and breakfast in law.")
    starts = facts.placement.starts or facts.on
    limit = facts.settings.bed_and_breakfast_nights
    told = facts.household.bed_and_breakfast
    spells, untold = told or (), told is None
    if starts < facts.on:
        # They are there already: the nights since then are spent, whatever was planned.
        spells = (*spells, Spell(first=starts, last=facts.on - timedelta(days=1)))
    used = nights_in_bed_and_breakfast(spells, max(starts, facts.on))
    if used >= limit and in_law:
        return ComputedRow(
            state="worrying",
            says=f"All {limit} nights of bed and breakfast have been used ({used} nights so far).",
            effect=Effect.STOP,
        )
    if in_law is None:
        return ComputedRow(
            state="open", says="Whether this is bed and breakfast in law is not known, so the nights cannot be counted."
        )
    last = last_lawful_night(spells, max(starts, facts.on), limit)
    ends = facts.placement.ends(facts.on)
    if last is not None and ends is not None and ends > last:
        return ComputedRow(
            state="worrying",
            says=f"The stay would pass {limit} nights. The family must move by {day_in_words(last)}; from {day_in_words(last + timedelta(days=1))} it is unlawful.",
            effect=Effect.HIGH,
            also_open=untold,
            by=last,
        )
    if used + 1 >= facts.settings.bed_and_breakfast_warning_night:
        # The warning comes before the law does: it is this council's own.
        return ComputedRow(
            state="worrying",
            says=f"Night {used + 1} of {limit} in bed and breakfast.",
            effect=Effect.HIGH,
            also_open=untold,
            basis=Basis.POLICY,
        )
    if untold:
        return ComputedRow(
            state="open",
            says="Nobody has written down on which nights this family was in bed and breakfast before, or that there were none.",
        )
    if ends is None:
        return ComputedRow(
            state="open",
            says="The number of nights is not known, so it cannot be said whether the stay would pass the limit.",
        )
    return ComputedRow(
        state="clear", says=f"{used} of {limit} nights used; lawful to {day_in_words(last) if last else 'no night'}."
    )


def _untold_who_sleeps(standard: str) -> ComputedRow:
    return ComputedRow(
        state="open", says=f"Who sleeps in which unit is not written down, so {standard} cannot be checked."
    )


def room_standard(facts: Facts) -> ComputedRow:
    """Source: Housing Act 1985 s.325."""
    if facts.sleepers is None:
        return _untold_who_sleeps("the room standard")
    breach = breaches_room_standard(facts.placement.rooms, facts.sleepers, facts.age_day)
    if breach is None:
        return ComputedRow(
            state="open", says="Rooms, ages or sexes are not all known, so the room standard cannot be checked."
        )
    if breach:
        return ComputedRow(
            state="worrying",
            says="Two people of opposite sex aged 10 or over, who are not a couple, would have to share a room.",
        )
    return ComputedRow(
        state="clear", says="Nobody aged 10 or over has to share with the opposite sex outside a couple."
    )


def space_standard(facts: Facts) -> ComputedRow:
    """Source: Housing Act 1985 s.326. Passing it is not the same as enough space: see CS02 and CS07."""
    if facts.sleepers is None:
        return _untold_who_sleeps("the space standard")
    need = persons(facts.sleepers, facts.age_day)
    breach = breaches_space_standard(facts.placement.rooms, facts.sleepers, facts.age_day)
    if breach is None:
        return ComputedRow(state="open", says="A room has no measured area, so the space standard cannot be checked.")
    try:
        permitted = f"{permitted_persons(facts.placement.rooms or ()).normalize():f} permitted"
    except UnmeasuredRoom:
        permitted = "too few permitted by the number of rooms alone"
    said = f"{need.normalize():f} persons count (infants none, children under 10 a half); {permitted}."
    return ComputedRow(state="worrying" if breach else "clear", says=said)


def lead_professional(facts: Facts) -> ComputedRow:
    """A name without an acceptance is not a lead professional. Source: safeguarding.md 1.7 and IS01."""
    named = facts.household.lead_professional
    if named is None and facts.so_far.has_high is False and _one_service_at_most(facts):
        return ComputedRow(state="not_applicable", says="At most one service is involved and there is no high concern.")
    if named is None:
        return ComputedRow(state="open", says="Nobody is named as lead professional.")
    if named.accepted is None or named.accepted > facts.on:
        return ComputedRow(state="worrying", says=f"{named.name} is named and has not accepted.")
    return ComputedRow(
        state="clear", says=f"{named.name}, {named.role or named.agency}, accepted on {day_in_words(named.accepted)}."
    )


def _one_service_at_most(facts: Facts) -> bool:
    """Is it known that fewer than two services are involved? Source: safeguarding.md IS01."""
    agencies = facts.household.agencies
    return (
        agencies is not None and len({*agencies, *(s.kind for s in facts.household.services)} - {"work", "other"}) < 2
    )


def who_answered(facts: Facts) -> ComputedRow:
    """Every agency that must be asked, by the log and by what it said itself. Silence is never clearance.

    Source: safeguarding.md IS02 and section 3.
    """
    by_state: dict[str, list[str]] = {}
    for code, name in facts.so_far.must_ask.items():
        by_state.setdefault(response_of(facts, code).state, []).append(name)
    silent = list(by_state.get("silent", ()))
    silent += [code.replace("_", " ") for code in silent_agencies(facts) if code not in facts.so_far.must_ask]
    said = []
    for state, words in (
        ("refused", "Refused to answer"),
        ("not_asked", "Not asked"),
        ("waiting", "Asked, and not answered yet"),
        ("partly", "Answered only in part"),
    ):
        if by_state.get(state):
            said.append(f"{words}: {', '.join(by_state[state])}.")
    if silent:
        first = f"Asked, and silent past the time: {', '.join(silent)}."
        return ComputedRow(state="worrying", says=" ".join((first, *said)), effect=Effect.HIGH, also_open=bool(said))
    if said:
        return ComputedRow(state="open", says=" ".join(said))
    return ComputedRow(state="clear", says="Every agency that must be asked has answered.")


def missed_contacts(facts: Facts) -> ComputedRow:
    """Whose reasons stand behind what a child was not brought to. Source: safeguarding.md SA05, P01 to P03."""
    child = facts.subject
    assert child is not None
    found = contacts_of(facts, child)
    lines = tuple(row_words(c) for c in (*found.missed, *found.repeated) if c.what)
    if found.level == "full" or found.repeated or len(found.said_only) >= facts.settings.p01_said_only:
        why = " ".join((*found.because, "The reasons rest on the carer’s word, or nobody asked for them."))
        if found.repeated and not found.said_only:
            why = "Cancelled, rebooked or not answered at home again and again."
        return ComputedRow(state="worrying", says=f"{why} {'; '.join(lines)}.")
    if found.said_only:
        return ComputedRow(
            state="open",
            says=f"The service’s own record of the reason has not been had: {'; '.join(lines)}. Ask the service today.",
        )
    if any(c.reason_grade.rank < Grade.E3.rank or c.reason_grade is Grade.E1S for c in found.missed):
        return ComputedRow(state="open", says=f"The reason is not yet the service’s own: {'; '.join(lines)}.")
    if found.missed:
        return ComputedRow(state="clear", says=f"The service’s own record gives the reason: {'; '.join(lines)}.")
    if found.caused:
        rows = "; ".join(row_words(c) for c in found.caused)
        return ComputedRow(
            state="worrying",
            says=f"The system caused it, not the family: {rows}. The service rebooks; note the council’s own part.",
            effect=Effect.LOW,
        )
    return ComputedRow(
        state="open", says="Neither a list nor a count of this child’s health contacts has been had from the services."
    )


def exempt_hostel(facts: Facts) -> ComputedRow:
    """A shared hostel run by a council or charity is outside the bed and breakfast limit, and no better for a child.

    Source: law.md B4, a policy and not law.
    """
    p = facts.placement
    if p.shares == () or (p.self_contained and not p.shares):
        return ComputedRow(state="not_applicable", says="Nothing is shared.")
    public = [who for who in (p.owner, p.manager) if who is not None and who != "private"]
    if not public and p.owner is not None and p.manager is not None:
        return ComputedRow(
            state="not_applicable", says="Neither owned nor managed by a council, registered provider or charity."
        )
    if p.shares is None or not public:
        return ComputedRow(state="open", says="Sharing, owner or manager is not known.")
    if not set(p.shares) & {"toilet", "washing", "cooking"}:
        return ComputedRow(state="not_applicable", says="No toilet, washing or cooking is shared.")
    limit = facts.settings.long_stay_nights
    so_far = 0 if p.starts is None else max(0, (facts.on - p.starts).days)
    nights = max(p.nights or 0, so_far)
    if nights > limit:
        return ComputedRow(
            state="worrying", says=f"A shared hostel for {nights} nights; by policy over {limit} is a high concern."
        )
    if p.ends(facts.on) is None:
        return ComputedRow(
            state="open", says="The number of nights is not known, or the last night planned has gone by."
        )
    return ComputedRow(state="clear", says=f"A shared hostel for {nights} of at most {limit} nights.")


def licence_rooms(facts: Facts) -> ComputedRow:
    """Source: the 2018 licence conditions; floor under 1.5 m of headroom is not counted."""
    settings = facts.settings
    areas = (settings.hmo_one_child_cm2, settings.hmo_one_person_cm2, settings.hmo_two_persons_cm2)
    least = LicenceAreas(*(Decimal(area) / 10_000 for area in areas))
    basis = None if _is_licensable(facts) else Basis.POLICY
    if facts.sleepers is None:
        return _untold_who_sleeps("the licence")._replace(basis=basis)
    met = licence_sleeping_met(facts.placement.rooms, facts.sleepers, facts.age_day, least)
    if met is None:
        return ComputedRow(
            state="open",
            says="The rooms, or how many may sleep in them under the licence, cannot be told from what is known.",
            basis=basis,
        )
    if met:
        return ComputedRow(state="clear", says="Everybody can sleep in rooms at or above the licence minimums.")
    return ComputedRow(
        state="worrying",
        says=f"The household cannot sleep in these rooms at the licence minimums ({least.one.normalize():f} m² one, {least.two.normalize():f} m² two, {least.child.normalize():f} m² one child under 10).",
        basis=basis,
    )


def _is_licensable(facts: Facts) -> bool:
    """Is there a licence, or need for one? Only there are the minimums law; elsewhere, as in a council's own hostel, they are policy."""
    if any(c.kind == "hmo_licence" for c in facts.placement.certificates):
        return True
    return any(a.value in ("licensed", "unlicensed") for a in facts.known.get(("LS21", facts.unit_key), ()))


def affordable(facts: Facts) -> ComputedRow:
    """The arithmetic of a week in pence. Source: Suitability Order 1996 art 2; Samuels v Birmingham [2019] UKSC 28."""
    money = facts.household.budget or Budget()
    amounts = {name: getattr(money, name) for name in Budget.model_fields}
    unknown = [name.replace("_", " ") for name, amount in amounts.items() if amount is None]
    if unknown:
        return ComputedRow(state="open", says=f"Not yet known for a week: {', '.join(unknown)}.")
    out = sum(amount for name, amount in amounts.items() if name != "income")
    left = amounts["income"] - out
    said = f"A week: {_pounds(amounts['income'])} in, {_pounds(out)} out, {_pounds(abs(left))} {'short' if left < 0 else 'left'}."
    return ComputedRow(state="worrying" if left < 0 else "clear", says=said)


def _pounds(pence: int) -> str:
    return f"£{pence // 100:,}.{pence % 100:02d}"


def host_notice(facts: Facts) -> ComputedRow:
    """A late notice is a breach and never unsuitability. Source: Housing Act 1996 s.208; Enfield v A [2025] EWCA Civ 1355."""
    due = (facts.placement.starts or facts.on) + timedelta(days=facts.settings.host_notice_days - 1)
    sent = facts.placement.notice_sent
    if sent is not None and sent > facts.on:
        sent = None  # a day still to come: nothing has been sent
    if sent is not None and sent <= due:
        return ComputedRow(state="clear", says=f"The host authority was notified on {day_in_words(sent)}, in time.")
    if sent is not None:
        return ComputedRow(
            state="worrying",
            says=f"The host authority was notified on {day_in_words(sent)}, after {day_in_words(due)}: a breach, not unsuitability.",
        )
    if due < facts.on:
        return ComputedRow(
            state="worrying",
            says=f"The host authority was to be notified by {day_in_words(due)}: a breach, not unsuitability. Send it now.",
        )
    return ComputedRow(state="open", says=f"The host authority is to be notified by {day_in_words(due)}.")


def disagreements(facts: Facts) -> ComputedRow:
    """Two live answers that differ. Neither is overwritten. Source: safeguarding.md IS06; rulings.md 2."""
    if not facts.differences:
        return ComputedRow(state="clear", says="No two live answers differ.")
    return ComputedRow(state="worrying", says=" ".join(facts.differences))


COMPUTED: dict[str, Callable[[Facts], ComputedRow]] = {
    "expected_stay": expected_stay,
    "legal_bed_and_breakfast": legal_bed_and_breakfast,
    "forty_two_nights": forty_two_nights,
    "room_standard": in_each_unit(room_standard),
    "space_standard": in_each_unit(space_standard),
    "gas_record": gas_record,
    "electrical_report": electrical_report,
    "lead_professional": lead_professional,
    "who_answered": who_answered,
    "missed_contacts": missed_contacts,
    "exempt_hostel": exempt_hostel,
    "licence_rooms": licence_rooms,
    "affordable": affordable,
    "host_notice": host_notice,
    "disagreements": disagreements,
}
