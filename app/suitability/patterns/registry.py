"""All patterns, in the order they are worked out, and how what fires enters the ladder.

A pattern never concludes anything about a person. A recorded reason closes a prompt that has no effect; it never lifts a
stop, a hold or a high concern. Source: safeguarding.md section 4; rulings.md 4.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from app.suitability.casefile.answers import Acceptance, Mitigation
from app.suitability.casefile.codes import Effect, Grade, OpenEffect, Outcome, RowState
from app.suitability.checklist.read_patterns import PATTERNS
from app.suitability.judgement.effect import apply_mitigations, plan_days, remedy_in_words
from app.suitability.judgement.plans import Terms
from app.suitability.judgement.result import Pattern
from app.suitability.reading.case_file import CaseFile

from . import care, evidence, history
from .pattern import Match, PatternContext, PatternRule

# What looks at other patterns comes after them: P05 after P04, P22 last of all.
RULES: Mapping[str, PatternRule] = {
    "P27": history.danger_now,
    "P01": care.not_brought,
    "P02": care.moved_about,
    "P03": care.system_cause,
    "P04": evidence.evidence_gap,
    "P05": evidence.impression,
    "P06": evidence.contradiction,
    "P07": history.history_may_be_present,
    "P08": evidence.treatment_not_confirmed,
    "P09": care.out_of_routine_sleep,
    "P10": history.leaving_custody,
    "P11": history.from_one_fire_to_another,
    "P12": history.many_moves,
    "P13": history.nobody_leads,
    "P14": evidence.silent_agencies,
    "P15": history.it_adds_up,
    "P16": evidence.promised_again,
    "P17": evidence.agreed_not_seen,
    "P18": evidence.undeclared_adult,
    "P19": care.child_not_seen,
    "P20": evidence.changed_after_good_news,
    "P21": care.early_help_in_pregnancy,
    "P23": history.rights_are_not_risk,
    "P24": evidence.survivors_word,
    "P25": history.tonight_became_the_plan,
    "P26": history.building_alert,
    "P22": care.means_not_care,
}
assert set(RULES) == set(PATTERNS)


def matching(look: PatternContext, assume: frozenset[tuple[str, str]] = frozenset()) -> tuple[Pattern, ...]:
    """Every pattern that fires, in the order of its number and of whom it is about."""
    for name, rule in RULES.items():
        made = tuple(_entered(name, fired, look) for fired in rule(look) if (name, fired.subject) not in assume)
        if made:
            look.matches[name] = made
    return tuple(p for name in PATTERNS for p in look.matches.get(name, ()))


def _entered(name: str, fired: Match, context: PatternContext) -> Pattern:
    """How a match enters the ladder: through a row that carries it, as a prompt, while not known, or as a worry of its own."""
    effect, subject, words = fired.effect, fired.subject, context.facts.words
    prompt = Pattern(
        id=name,
        subject=subject,
        effect=effect,
        state="answered" if _answered(context.case, name, subject) else "prompt",
        outcome=Outcome.SUITABLE,
        facts=fired.facts,
        rows=fired.rows,
        carried_by=fired.carried_by,
        remedy=words["remedy_prompt"],
        conditions=(),
        level=fired.level,
    )
    if fired.carried_by is not None:
        row = context.rows.get(fired.carried_by)
        return (
            prompt._replace(state="carried", remedy="")
            if row is None
            else prompt._replace(state=row.state, remedy=row.remedy)
        )
    if effect is Effect.NONE:
        return prompt
    if isinstance(effect, OpenEffect):
        return prompt._replace(state="open", outcome=effect.outcome, remedy=context.texts[name].remedy)
    mitigations: list[Mitigation] = [m for m in context.case.mitigations if (m.criterion, m.subject) == (name, subject)]
    acceptances: list[Acceptance] = [a for a in context.case.acceptances if (a.criterion, a.subject) == (name, subject)]
    terms = Terms((context.texts[name].owner,), plan_days(context.facts))
    found = apply_mitigations(
        effect, name, False, RowState.WORRYING, context.facts, mitigations, acceptances, _newest(fired, context), terms
    )
    # A high concern is put in hand by a plan, whichever pattern saw it; every other effect ends as the pattern says.
    said = (
        remedy_in_words(words, effect, words["offer_pattern"], False, Grade.E2, terms)
        if effect is Effect.HIGH
        else context.texts[name].remedy
    )
    return prompt._replace(state=found.state, outcome=found.outcome, remedy=said, conditions=found.conditions)


def _newest(fired: Match, look: PatternContext) -> date | None:
    """The day of the newest thing a pattern rests on: what was seen or accepted before it does not answer it."""
    told = (look.findings[where].concern_on for where in fired.rows if where in look.findings)
    return max((day for day in (fired.newest, *told) if day is not None), default=None)


def _answered(case: CaseFile, name: str, subject: str) -> bool:
    return any((a.pattern, a.subject) == (name, subject) and a.on <= case.on for a in case.pattern_answers)
