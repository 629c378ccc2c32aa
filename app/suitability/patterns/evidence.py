"""Patterns about what the evidence is worth: whose word it is, who has not answered, what was promised and not seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date

from app.suitability.casefile.answers import Answer, Mitigation
from app.suitability.casefile.codes import Effect, Grade, OpenEffect
from app.suitability.casefile.values import day_in_words
from app.suitability.facts.enquiries import enquiries_to
from app.suitability.facts.enquiries import silent_agencies as silent_now
from app.suitability.judgement.reassurance import clear_grade

from .pattern import Match, PatternContext


def evidence_gap(look: PatternContext) -> Iterable[Match]:
    """P04: most reassurance on the critical rows is only the household's own word.

    Critical rows are those whose open effect is, or could be, a hold. Rows for which the household's word is enough are
    left out, and so is a survivor's own word on where they are safe (P24). It carries the strongest open effect among the
    rows it names, so it never asks for more than they do.
    """
    told: list[tuple[str, str]] = []
    reassuring, hold = 0, OpenEffect.HOLD
    for (criterion_id, subject), row in look.rows.items():
        criterion = look.criteria[criterion_id]
        if criterion.computed is not None or not (criterion.can_hold or row.if_open is hold):
            continue
        if criterion_id in ("CS16", "CS17") or row.state.is_worry:
            continue
        answers = look.live(criterion_id, subject)
        if not answers:
            continue
        if clear_grade(criterion, look.facts.about(subject)).rank <= Grade.E1.rank:
            continue
        reassuring += 1
        if row.state == "open" and all(a.grade is Grade.E1 for a in answers):
            told.append((criterion_id, subject))
    enough = reassuring >= look.settings.p04_reassuring
    if enough and told and 100 * len(told) >= look.settings.p04_percent * reassuring:
        order = sorted(told, key=lambda r: (look.rows[r].if_open != OpenEffect.HOLD, -look.rows[r].weight, r))
        names = look.facts.called
        lines = tuple(
            look.say_of_row("only_household", c, person=f", {names[s]}" if s in names else "")
            for c, s in order[: look.settings.p04_reassuring]
        )
        effect = OpenEffect.HOLD if any(look.rows[r].if_open == OpenEffect.HOLD for r in told) else OpenEffect.CHASE
        yield Match(
            subject="household",
            facts=lines,
            effect=effect,
            carried_by=None,
            rows=tuple(order),
        )


def impression(look: PatternContext) -> Iterable[Match]:
    """P05: an impression was relied on where the evidence is thin."""
    if look.case.impression_relied_on and look.matches.get("P04"):
        yield Match(subject="household", facts=(look.say("impression"),))


def contradiction(look: PatternContext) -> Iterable[Match]:
    """P06: two sources differ on one fact. Neither is overwritten."""
    if look.facts.differences:
        through = ("IS06", "household")
        yield Match(
            subject="household", facts=look.facts.differences, effect=Effect.HIGH, carried_by=through, rows=(through,)
        )


def treatment_not_confirmed(look: PatternContext) -> Iterable[Match]:
    """P08: treatment is said to be going on, and the service was not asked or is silent. Treated as not known."""
    for adult in look.adults():
        said = [a for a in look.live("SM03", adult.key) if a.value in ("supervised", "take_home", "depot")]
        if not said or any(a.grade.rank >= Grade.E3.rank and a.grade is not Grade.E1S for a in said):
            continue
        answered = any(
            e.agency == "drug_service" and e.answered in ("full", "partly") for e in look.case.household.put_to_agencies
        )
        row = look.rows.get(("SM03", adult.key))
        if answered or row is None or not row.is_open:
            continue
        through = ("SM03", adult.key)
        silent = "drug_service" in silent_now(look.facts)
        why = look.say("service_silent" if silent else "service_unanswered")
        yield Match(
            subject=adult.key,
            facts=(look.say("treatment_said", name=look.facts.called[adult.key], why=why),),
            effect=row.if_open,
            carried_by=through,
            rows=(through,),
        )


def silent_agencies(look: PatternContext) -> Iterable[Match]:
    """P14: two or more agencies that must be asked are silent past their time. Silence is never clearance."""
    silent = [agency for agency in silent_now(look.facts) if agency in look.facts.so_far.must_ask]
    if len(silent) >= look.settings.p14_silent:
        lines = tuple(
            look.say(
                "silence",
                agency=look.facts.so_far.must_ask[a],
                question=p.enquiry.question,
                day=day_in_words(p.due),
            )
            for a in silent
            for p in enquiries_to(look.facts, a)
            if p.state == "silent"
        )
        through = ("IS02", "household")
        row = look.rows.get(through)
        effect = row.effect if row is not None and row.state in ("worrying", "partly") else Effect.HIGH
        yield Match(subject="household", facts=lines, effect=effect, carried_by=through, rows=(through,))


def promised_again(look: PatternContext) -> Iterable[Match]:
    """P16: a mitigation without an owner who accepted, or past its date, or promised before: not in place."""
    for m in _mitigations(look):
        if m.is_seen(look.on):
            continue
        said = []
        if m.owner_accepted is None:
            said.append(look.say("owner_not_accepted"))
        if m.due is not None and m.due < look.on:
            said.append(look.say("date_passed", day=day_in_words(m.due)))
        if m.promised_before >= look.settings.p16_promised:
            said.append(look.say("promised_before", number=m.promised_before))
        if said:
            yield Match(
                subject=m.subject,
                facts=(look.say("not_in_place", **_promised(look, m), why=" and ".join(said)),),
                rows=((m.criterion, m.subject),),
            )


def _promised(look: PatternContext, m: Mitigation) -> dict[str, str]:
    """What was promised, and for which question or pattern."""
    texts = look.criteria if m.criterion in look.criteria else look.texts
    return {"criterion": m.criterion, "name": texts[m.criterion].name, "what": m.what}


def _mitigations(look: PatternContext) -> list[Mitigation]:
    """In a fixed order, so that the order they arrive in changes nothing."""
    found = look.case.mitigations
    return sorted(found, key=lambda m: m.model_dump_json()) if len(found) > 1 else list(found)


def agreed_not_seen(look: PatternContext) -> Iterable[Match]:
    """P17: things said to be done, and nobody has seen any of them. About actions, never motives."""
    said = [
        look.say("said_in_place", **_promised(look, m))
        for m in _mitigations(look)
        if m.in_place is not None and not m.is_seen(look.on)
    ]
    said += [
        look.say("said_done", what=e.what or "an agreed action", day=day_in_words(e.on))
        for e in sorted(look.case.household.events, key=lambda e: (e.on, e.what))
        if e.kind == "said_done" and e.grade.rank <= Grade.E1.rank and e.on <= look.on
    ]
    if len(said) >= look.settings.p17_said:
        yield Match(subject="household", facts=tuple(said))


def undeclared_adult(look: PatternContext) -> Iterable[Match]:
    """P18: two or more sources saw an adult who was not declared. Who saw is never shown here."""
    seen = {a.source.identity(look.facts.spelt) for a in look.live("CS21", "household") if a.value == "undeclared"}
    if len(seen) >= look.settings.p18_sources:
        through = ("CS21", "household")
        row = look.rows.get(through)
        effect = row.effect if row is not None else Effect.HIGH
        yield Match(
            subject="household",
            facts=(look.say("undeclared", number=len(seen)),),
            effect=effect,
            carried_by=through,
            rows=(through,),
        )


def changed_after_good_news(look: PatternContext) -> Iterable[Match]:
    """P20: a worrying change within days of an improving report: both on one timeline, and no word of “settled”."""
    days = look.settings.p20_days
    events = look.case.household.events
    good = [(e.on, e.what or "an improving report") for e in events if e.kind == "improving_report"]
    bad = [(e.on, e.what or "a worrying change") for e in events if e.kind == "worrying_change"]
    for g_on, g_what in sorted(good):
        for b_on, b_what in sorted(bad):
            if abs((b_on - g_on).days) <= days:
                yield Match(
                    subject="household", facts=(f"{day_in_words(g_on)}: {g_what}.", f"{day_in_words(b_on)}: {b_what}.")
                )
    for (criterion_id, subject), answers in sorted(_by_row(look).items()):
        clear = [a.on for a in answers if a.on is not None and _reassures(look, a)]
        worry = [a.on for a in answers if a.on is not None and _worries(look, a)]
        near = [(c, w) for c in sorted(clear) for w in sorted(worry) if abs((w - c).days) <= days]
        if near:
            yield Match(subject=subject, facts=_timeline(look, criterion_id, near[-1]), rows=((criterion_id, subject),))


def _timeline(look: PatternContext, criterion_id: str, pair: tuple[date, date]) -> tuple[str, ...]:
    return (
        look.say_of_row("reassuring", criterion_id, day=day_in_words(pair[0])),
        look.say_of_row("worrying", criterion_id, day=day_in_words(pair[1])),
    )


def _by_row(look: PatternContext) -> dict[tuple[str, str], list[Answer]]:
    """Every answer that says something, replaced ones too, where there is more than one to the same question."""
    counts = Counter((a.criterion, a.subject) for a in look.case.answers)
    found: dict[tuple[str, str], list[Answer]] = {}
    for a in look.case.answers if len(counts) < len(look.case.answers) else ():
        if counts[a.criterion, a.subject] > 1 and not a.is_unknown:
            found.setdefault((a.criterion, a.subject), []).append(a)
    return {key: answers for key, answers in found.items() if len(answers) > 1}


def _meanings(look: PatternContext, a: Answer) -> set[str]:
    options = look.criteria[a.criterion].options
    values = a.value if isinstance(a.value, tuple) else (a.value,)
    return {options[str(v)].means for v in values if str(v) in options}


def _reassures(look: PatternContext, a: Answer) -> bool:
    return bool(_meanings(look, a)) and _meanings(look, a) <= {"clear", "clear_with_condition"}


def _worries(look: PatternContext, a: Answer) -> bool:
    return bool(_meanings(look, a) & {"worrying", "partly"})


def survivors_word(look: PatternContext) -> Iterable[Match]:
    """P24: the survivor's own word is all there is, and it is enough. The other party is never asked to confirm."""
    for criterion in ("CS16", "CS17"):
        answers = look.live(criterion, "household")
        if answers and all(a.grade is Grade.E1S for a in answers):
            row = (criterion, "household")
            yield Match(
                subject="household",
                facts=(look.say_of_row("survivors_word", criterion),),
                rows=(row,),
            )
