"""Patterns about a child's care and health: contacts, sleep, being seen, birth; and means told from care."""

from __future__ import annotations

from collections.abc import Iterable

from app.suitability.casefile.codes import Effect, OpenEffect, Outcome, RowState
from app.suitability.facts.missed_contacts import row_words

from .pattern import Match, PatternContext


def not_brought(look: PatternContext) -> Iterable[Match]:
    """P01: contacts not brought whose reasons rest on the carer's word, or were never asked for."""
    for child in look.children():
        found = look.contacts(child)
        if found.level == "none":
            continue
        rows = tuple(f"{row_words(c)}." for c in found.missed)
        through = ("SA05", child.key)
        if found.level == "full":
            yield Match(
                subject=child.key,
                facts=(*found.because, *rows),
                effect=Effect.HIGH,
                carried_by=through,
                rows=(through,),
                level="full",
            )
        else:
            yield Match(
                subject=child.key,
                facts=(*found.because, *rows),
                effect=OpenEffect.CHASE,
                carried_by=through,
                rows=(through,),
                level="single",
            )


def moved_about(look: PatternContext) -> Iterable[Match]:
    """P02: cancelled or rebooked by the family again and again, or no access at home visits; the list, not a number."""
    for child in look.children():
        found = look.contacts(child)
        if found.repeated:
            through = ("SA05", child.key)
            yield Match(
                subject=child.key,
                facts=tuple(f"{row_words(c)}." for c in found.repeated),
                effect=Effect.HIGH,
                carried_by=through,
                rows=(through,),
                level="full",
            )


def system_cause(look: PatternContext) -> Iterable[Match]:
    """P03: the system caused it. These contacts are taken out of P01 and P02."""
    for child in look.children():
        found = look.contacts(child)
        if found.caused:
            yield Match(
                subject=child.key, facts=tuple(f"{row_words(c)}." for c in found.caused), rows=(("SA05", child.key),)
            )


def out_of_routine_sleep(look: PatternContext) -> Iterable[Match]:
    """P09: a baby, something that makes sleep less safe, and a place that is not ready for it."""
    for child in look.children():
        if not look.is_baby(child):
            continue
        less_safe = _less_safe(look, child.key)
        cot = [c for c in ("CS01", "CS02") if look.not_clear(c, child.key)]
        place = [look.say_of_row("cot_not_clear", c) for c in cot]
        if _stands(look, "CS04", child.key):
            place.append(look.say("sofa_or_shared_bed"))
        if any(_stands(look, "CS05", key) for key in look.facts.unit_keys):
            place.append(look.say("cold"))
        since = look.since(look.settings.p09_window_days)
        days = [a.moved_in for a in look.facts.household.addresses if a.moved_in is not None]
        days += [e.on for e in look.facts.household.events if e.kind == "move"]
        moves = {day for day in days if since <= day <= look.on}
        if len(moves) >= look.settings.p09_moves:
            place.append(look.say("moves", number=len(moves)))
        if not less_safe or not place:
            continue
        rows = tuple((c, child.key) for c in ("CS01", "CS02", "CS03", "CS04"))
        if cot:
            yield Match(
                subject=child.key,
                facts=(*less_safe, *place),
                effect=Effect.STOP_UNTIL,
                carried_by=None,
                rows=rows,
                level="unseen",
            )
        else:
            yield Match(
                subject=child.key,
                facts=(*less_safe, *place),
                effect=Effect.HIGH,
                carried_by=None,
                rows=rows,
                level="seen",
            )


def _stands(look: PatternContext, criterion: str, subject: str) -> bool:
    """Does a worry stand, promised to be put right or accepted too, as long as nobody has seen it put right?"""
    row = look.rows.get((criterion, subject))
    if row is None or row.state not in ("worrying", "partly", "accepted", "mitigated"):
        return False
    return not (row.state is RowState.MITIGATED and row.outcome is Outcome.SUITABLE)


def _less_safe(look: PatternContext, baby: str) -> list[str]:
    found = []
    for adult in look.adults():
        name = look.facts.called[adult.key]
        if look.said("SM01", adult.key, "now"):
            found.append(look.say("use_now", name=name))
        elif ("SM01", adult.key) in look.rows and look.rows["SM01", adult.key].is_open:
            found.append(look.say("use_not_known", name=name))
        if look.said("SM03", adult.key, "take_home"):
            found.append(look.say("medicine_at_home", name=name))
        elif ("SM03", adult.key) in look.rows and look.rows["SM03", adult.key].is_open:
            # Not known is not “no”: medicine may be in the room where the baby sleeps.
            found.append(look.say("medicine_not_known", name=name))
    factors = ("smoker", "alcohol", "drugs", "born_early", "low_weight")
    return found + [look.say(f"sleep_{option}") for option in factors if look.said("CS03", baby, option)]


def child_not_seen(look: PatternContext) -> Iterable[Match]:
    """P19: nobody has seen the child within the limit, or only asleep, or only with the same adult speaking."""
    for child in look.children():
        if child.kind == "unborn":
            continue
        key = child.key
        said = []
        if look.state("CS22", key) == "worrying":
            said.append(look.say("not_seen"))
        elif look.state("CS22", key) == "open":
            said.append(look.say("seen_not_told"))
        if child.seen_how == "asleep_only":
            said.append(look.say("seen_asleep_only"))
        if child.seen_how == "same_adult_speaking":
            said.append(look.say("seen_with_one_adult"))
        if not said:
            continue
        if child.seen_how in ("asleep_only", "same_adult_speaking"):
            effect = OpenEffect.HOLD if look.is_baby(child) else OpenEffect.CHASE
            yield Match(subject=key, facts=tuple(said), effect=effect, carried_by=None, rows=(("CS22", key),))
        else:
            row = look.rows["CS22", key]
            yield Match(
                subject=key, facts=tuple(said), effect=row.effect, carried_by=("CS22", key), rows=(("CS22", key),)
            )


def early_help_in_pregnancy(look: PatternContext) -> Iterable[Match]:
    """P21: a pregnancy with an earlier child removed, late or no booking, or contact avoided. A kind word early."""
    facts = look.facts
    unborn = [c for c in look.children() if c.kind == "unborn"]
    said = []
    if facts.household.earlier_child_removed:
        said.append(look.say("earlier_child_removed"))
    for member in facts.household.members:
        if look.said("CS25", member.key, "late_or_unbooked"):
            said.append(look.say("booked_late", name=facts.called[member.key]))
        if look.said("CS25", member.key, "hidden"):
            said.append(look.say("contact_avoided", name=facts.called[member.key]))
    expecting = unborn or any(m.pregnant for m in facts.household.members)
    if said and expecting:
        yield Match(subject=unborn[0].key if unborn else "household", facts=tuple(said))


# What must have been asked before anybody may say that it is means and not care.
_ASKED_FIRST = ("SM01", "CS26")  # fmt: skip
_HARM_PATTERNS = ("P01", "P02", "P09", "P10", "P18", "P21", "P27")


def _of_means(look: PatternContext, criterion: str, subject: str) -> bool:
    """Of the safer-sleep factors only use is a sign of harm; a baby born early, or a home with one seat, is none."""
    return criterion == "CS03" and not look.said("CS03", subject, "alcohol", "drugs")


def means_not_care(look: PatternContext) -> Iterable[Match]:
    """P22: only facts of poverty and no sign of harm: help, and no suggestion of neglect by the tool."""
    poverty, said = [], []
    signs = look.live("CS26", "household")
    if any(a.value not in ("none_seen", "no_action") for a in signs):
        return  # signs of neglect were seen: whatever was done about them since
    if any(row.is_open for (criterion, _), row in look.rows.items() if criterion in _ASKED_FIRST):
        return  # nobody has asked whether there is anything else
    for (criterion, subject), row in look.rows.items():
        worries = row.state in ("worrying", "partly", "accepted", "mitigated")
        if not worries:
            continue
        if (
            look.criteria[criterion].sign_of == "harm"
            and row.effect != Effect.LOW
            and not _of_means(look, criterion, subject)
        ):
            return
        if look.criteria[criterion].sign_of == "means":
            poverty.append((criterion, subject))
            said.append(look.say_of_row("means", criterion))
    if any(p.level != "single" for name in _HARM_PATTERNS for p in look.matches.get(name, ())):
        return
    said += [line for p in look.matches.get("P03", ()) for line in p.facts]
    if said:
        yield Match(subject="household", facts=tuple(dict.fromkeys(said)), rows=tuple(poverty))
