"""Patterns about what happened and what comes together: triggers, custody, moves, agencies, emergencies, danger."""

from __future__ import annotations

from collections.abc import Iterable

from app.suitability.casefile.codes import Effect, Grade, OpenEffect, Outcome, RowState
from app.suitability.casefile.values import day_in_words, in_sentence
from app.suitability.facts.about_history import addresses_in_a_year, involved
from app.suitability.facts.signs import justice_sign
from app.suitability.judgement.follows import is_put_right

from .pattern import Match, PatternContext

_UNDATED_FLIGHT = "They fled"  # a trigger without a day: what is said of it is a sentence of its own


def history_may_be_present(look: PatternContext) -> Iterable[Match]:
    """P07: use in the past, and something in the last weeks that brings it back. The service is asked again.

    Treatment confirmed at E3 within its shelf life exempts: rulings.md 6.
    """
    triggers = look.events(
        ("birth", "move", "release", "bereavement", "benefit_stopped", "antisocial_behaviour"),
        look.settings.p07_window_days,
    )
    since = look.since(look.settings.p07_window_days)
    for child in look.children():
        if child.born is not None and since <= child.born <= look.on:
            triggers.append((child.born, "birth"))
    for a in look.case.household.addresses:
        if a.moved_in is not None and since <= a.moved_in <= look.on:
            triggers.append((a.moved_in, "move"))
    left = look.case.household.left_because
    dated = any(e.kind == "antisocial_behaviour" and e.on <= look.on for e in look.case.household.events)
    if left is not None and "antisocial_behaviour" in left and not dated:
        # The flight is why they are here; on which day nobody wrote, so an answer that is still fresh is one given since.
        triggers.append((look.since(look.settings.shelf_life_baby_days), _UNDATED_FLIGHT))
    if not triggers:
        return
    latest = max(day for day, _ in triggers)
    for adult in look.adults():
        if not look.said("SM01", adult.key, "past", "may_return") or look.said("SM01", adult.key, "now"):
            continue
        if look.state("SM03", adult.key) == "clear" and look.said(
            "SM03", adult.key, "supervised", "take_home", "depot"
        ):
            continue
        asked_again = any(
            a.grade.rank >= Grade.E3.rank and a.grade is not Grade.E1S and a.on is not None and a.on >= latest
            for a in look.live("SM01", adult.key)
        )
        if asked_again:
            continue
        row = look.rows.get(("SM01", adult.key))
        effect = row.if_open if row is not None else OpenEffect.CHASE
        lines = tuple(
            look.say("undated_flight") if what == _UNDATED_FLIGHT else f"{day_in_words(day)}: {what}."
            for day, what in sorted(set(triggers))
        )
        yield Match(subject=adult.key, facts=lines, effect=effect, carried_by=None, rows=(("SM01", adult.key),))


def leaving_custody(look: PatternContext) -> Iterable[Match]:
    """P10: an adult out of or leaving custody, or on licence, with a child in the household, not yet settled on paper."""
    if not look.children():
        return
    orders = _professional(look, "CS20", "household")
    for adult in look.adults():
        involved = justice_sign(look.facts, adult) or look.said("SM14", adult.key, "involved", "involved_confirmed")
        if not involved or (orders and look.voices(look.criteria["SM14"], adult.key)):
            continue
        rows = (("CS20", "household"), ("SM14", adult.key))
        yield Match(
            subject=adult.key,
            facts=(look.say("orders_not_confirmed"),),
            effect=OpenEffect.HOLD,
            carried_by=None,
            rows=rows,
        )


def _professional(look: PatternContext, criterion: str, subject: str) -> bool:
    return any(a.grade.rank >= Grade.E3.rank and a.grade is not Grade.E1S for a in look.live(criterion, subject))


def from_one_fire_to_another(look: PatternContext) -> Iterable[Match]:
    """P11: they fled behaviour like this, and the building has it, had it, or nobody knows."""
    left = look.case.household.left_because
    if left is None or not {"antisocial_behaviour", "violence"} & set(left):
        return
    states = {key: look.state("CS15", key) for key in look.facts.unit_keys}
    building = [key for key, state in states.items() if state != "clear"]
    adults = [
        a.key
        for a in look.adults()
        if look.said("SM01", a.key, "past", "now") and look.state("SM11", a.key) not in ("", "clear")
    ]
    if not building and not adults:
        return
    said = []
    if building:
        told = dict.fromkeys(_state_words(states[key]) for key in building)
        said += [look.say_of_row("row_state", "CS15", state=state) for state in told]
    if adults:
        said.append(look.say_of_row("row_state", "SM11", state="not clear"))
    asked = look.criteria["CS15"]
    checked = all(len(look.voices(asked, key)) >= asked.min_sources for key in states) and all(
        look.voices(look.criteria["SM11"], key) for key in adults
    )
    rows = (*(("CS15", key) for key in states), *(("SM11", key) for key in adults))
    yield Match(
        subject="household",
        facts=tuple(said),
        effect=Effect.NONE if checked else OpenEffect.HOLD,
        carried_by=None,
        rows=rows,
    )


def _state_words(state: str) -> str:
    return {"open": "not known", "": "not asked"}.get(state, state)


def many_moves(look: PatternContext) -> Iterable[Match]:
    """P12: many addresses or lines crossed, with a young child or a pregnancy: the chronology before anyone signs."""
    young = look.any_under(look.settings.p12_young_years)
    expecting = any(m.pregnant for m in look.members()) or any(c.kind == "unborn" for c in look.children())
    if not (young or expecting):
        return
    said = []
    addresses = addresses_in_a_year(look.facts)
    crossings = max(
        (a.value.get("crossings", 0) for a in look.live("CS27", "household") if isinstance(a.value, dict)), default=0
    )
    if addresses >= look.settings.p12_addresses:
        said.append(look.say("addresses", number=addresses, months=look.settings.moves_window_months))
    if crossings >= look.settings.p12_crossings:
        said.append(look.say("crossings", number=crossings))
    if said:
        done = look.state("IS07", "household") in ("clear", "clear_with_condition")
        rows = (("CS27", "household"), ("IS07", "household"))
        yield Match(
            subject="household",
            facts=tuple(said),
            effect=Effect.NONE if done else OpenEffect.HOLD,
            carried_by=None,
            rows=rows,
        )


def nobody_leads(look: PatternContext) -> Iterable[Match]:
    """P13: several agencies and no lead professional who has accepted."""
    agencies = involved(look.case.household)
    lead = look.case.household.lead_professional
    if len(agencies) >= look.settings.p13_agencies and (
        lead is None or lead.accepted is None or lead.accepted > look.on
    ):
        yield Match(
            subject="household",
            facts=(look.say("nobody_leads", number=len(agencies)),),
            effect=OpenEffect.HOLD,
            carried_by=None,
            rows=(("IS01", "household"),),
        )


_SUITABLE, _ACCEPTED = Outcome.SUITABLE, RowState.ACCEPTED


def it_adds_up(look: PatternContext) -> Iterable[Match]:
    """P15: accepted concerns that come together in one domain, or high concerns in three. No sum is shown."""
    accepted: dict[str, dict[str, list[str]]] = {}
    high: set[str] = set()
    days = [a.on for a in look.case.acceptances if a.criterion in look.criteria and a.on <= look.on]
    for (criterion_id, subject), row in look.rows.items():
        domain = look.criteria[criterion_id].domain
        if look.criteria[criterion_id].paperwork:
            continue  # the council’s own paper is no part of a child’s day
        if row.outcome is not _SUITABLE and (concern_on := look.findings[criterion_id, subject].concern_on) is not None:
            days.append(concern_on)
        if row.state is _ACCEPTED:
            accepted.setdefault(domain, {}).setdefault(row.effect, []).append(criterion_id)
        if row.effect.is_strong and row.state.is_known_worry and not is_put_right(row):
            high.add(domain)
    said = []
    for domain, by_effect in sorted(accepted.items()):
        if len(by_effect.get(Effect.MEDIUM, ())) >= look.settings.p15_medium:
            said.append(_accepted(look, domain, by_effect[Effect.MEDIUM]))
        grave = [*by_effect.get(Effect.HIGH, ()), *by_effect.get(Effect.SENIOR, ())]
        if len(grave) >= look.settings.p15_high:
            said.append(_accepted(look, domain, grave))
    if len(high) >= look.settings.p15_domains:
        said.append(look.say("high_in_domains", domains=", ".join(_words(d).lower() for d in sorted(high))))
    if said:
        yield Match(
            subject="household", facts=tuple(said), effect=Effect.SENIOR, carried_by=None, rows=(),
            newest=max(days, default=None),
        )  # fmt: skip


def _accepted(look: PatternContext, domain: str, criteria: list[str]) -> str:
    names = ", ".join(dict.fromkeys(in_sentence(look.criteria[name].name) for name in criteria))
    return look.say("accepted", domain=_words(domain), names=names, criteria=", ".join(criteria))


def _words(domain: str) -> str:
    return domain.replace("_", " ").capitalize()


def rights_are_not_risk(look: PatternContext) -> Iterable[Match]:
    """P23: a notice refused, a complaint, being late, and nothing else: no effect at all on anything."""
    said = []
    if look.said("IS04", "household", "refused"):
        said.append(look.say("notice_refused"))
    said += [
        f"{day_in_words(e.on)}: {e.kind.replace('_', ' ')}."
        for e in sorted(look.case.household.events, key=lambda e: (e.on, e.kind))
        if e.kind in ("complaint", "late") and e.on <= look.on
    ]
    if said:
        yield Match(subject="household", facts=tuple(said))


def tonight_became_the_plan(look: PatternContext) -> Iterable[Match]:
    """P25: the emergency route twice within the window, or beyond its nights."""
    events = sorted(look.case.household.events, key=lambda e: (e.on, e.nights or 0))
    used = [e for e in events if e.kind == "emergency_placement" and e.on <= look.on]
    recent = [e for e in used if e.on >= look.since(look.settings.p25_window_days)]
    # Beyond its nights for as long as nothing shows that they left: no later move, no later address.
    moves = [e.on for e in look.case.household.events if e.kind == "move"]
    moves += [a.moved_in for a in look.case.household.addresses if a.moved_in is not None]
    over = [
        e
        for e in used
        if (look.on - e.on).days > (e.nights or look.settings.emergency_nights)
        and not any(e.on < day <= look.on for day in (*moves, *(later.on for later in used)))
    ]
    if len(recent) >= look.settings.p25_uses or over:
        counted = dict.fromkeys((*recent, *over))
        said = tuple(look.say("emergency", day=day_in_words(e.on), nights=e.nights or "no") for e in counted)
        newest = max(e.on for e in counted)
        yield Match(
            subject="household",
            facts=said,
            effect=Effect.SENIOR,
            carried_by=None,
            rows=(),
            newest=newest,
        )


def building_alert(look: PatternContext) -> Iterable[Match]:
    """P26: several files in the window worry about the same building."""
    others = look.case.placement.other_files_worried or 0
    asked = [(criterion, key) for criterion in ("CS15", "CS12") for key in look.facts.unit_keys]
    worried = any(look.state(*row) in ("worrying", "partly", "accepted", "mitigated") for row in asked)
    total = others + (1 if worried else 0)
    if worried and total >= look.settings.p26_files:
        line = look.say("building_worries", number=total, days=look.settings.p26_window_days)
        yield Match(subject="unit", facts=(line,), rows=tuple(asked))


def danger_now(look: PatternContext) -> Iterable[Match]:
    """P27: words of immediate danger were chosen. Everything else can wait."""
    if look.case.danger:
        yield Match(
            subject="household", facts=tuple(look.say(f"danger_{word}") for word in sorted(set(look.case.danger)))
        )
