"""assess(): from what is known to what follows. Deterministic, total, and silent about people.

The order is always: which rows apply, what each amounts to, which effect that has, what lifts it, and only then the outcome.
Scores are worked out beside the outcome and never read by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

from .case_file import CaseFile, subject_keys
from .checklist import Checklist, Criterion, Option
from .computed import COMPUTED
from .conditions import HOUSEHOLD, UNIT, Facts, Settled
from .evidence import Acceptance, Answer, Grade, Mitigation, is_stale, standing
from .household import Member

OUTCOMES = ("suitable", "suitable_with_conditions", "cannot_decide", "not_suitable")  # from best to worst
OUTCOME_WORDS = {
    "suitable": "Suitable",
    "suitable_with_conditions": "Suitable with conditions",
    "cannot_decide": "Cannot decide yet",
    "not_suitable": "Not suitable as proposed",
}
ROUTES = ("none", "lead_professional", "front_door", "refer_now", "999")
_EFFECT_ORDER = ("stop", "stop_until", "senior", "high", "medium", "low")
_OPEN_ORDER = ("hold", "chase", "note")
_WEAKER = {"senior": "high", "high": "medium", "medium": "low", "low": "low", "stop": "stop", "stop_until": "stop_until"}
STATES = ("worrying", "open", "partly", "accepted", "mitigated", "clear_with_condition", "clear", "not_applicable")


class Condition(NamedTuple):
    """Something still to be done, with an owner and a date where one is known."""

    what: str
    owner: str
    due: str


class Row(NamedTuple):
    """One criterion about one subject: what it amounts to, its effect, and how the outcome feels it.

    ``hits`` is the worst outcome this row alone allows, as an index into OUTCOMES.
    """

    criterion: str
    subject: str
    state: str
    effect: str
    open_effect: str
    basis: str
    why: tuple[str, ...]
    lifts: str
    owner: str
    hits: int
    conditions: tuple[Condition, ...]
    answers: tuple[Answer, ...]
    weight: int
    share: Fraction
    is_open: bool
    credit: Fraction


class Score(NamedTuple):
    """A range, 0 to 100: the low end counts what is clear, the high end all that is not known to be worrying."""

    domain: str
    low: int
    high: int
    open_rows: int
    rows: int


class Child(NamedTuple):
    key: str
    name: str
    outcome: str
    because: tuple[int, ...]  # positions in rows


class Result(NamedTuple):
    outcome: str
    safeguarding_route: str
    children: tuple[Child, ...]
    rows: tuple[Row, ...]
    scores: tuple[Score, ...]
    checklist_version: str


class _Weighed(NamedTuple):
    """What the standing answers amount to before effects."""

    state: str
    option: Option | None
    effect: str | None
    why: tuple[str, ...]
    is_open: bool
    conditions: tuple[str, ...]


def assess(checklist: Checklist, case: CaseFile, council: str) -> Result:
    """Judge a proposed placement.

    Args:
        checklist: one version, with the council's settings.
        case: household, placement, answers, mitigations and acceptances on a day.
        council: the authority code of the district that owes the duty, unless the case names another.
    Returns:
        the result; the same for the same input whatever its order.
    """
    facts = _facts(checklist, case, council)
    asked = [(c, key) for name in checklist.order for c in (checklist.criteria[name],) for key in sorted(subject_keys(c, case.household))]
    people = {m.key: m for m in (*case.household.members, *facts.children)}
    weighed: dict[tuple[str, str], _Weighed] = {}
    for criterion, key in asked:
        facts.subject = people.get(key)
        if criterion.applies_when is not None and criterion.applies_when.evaluate(facts) is False:
            continue
        found = _weigh(criterion, facts.answers.get((criterion.id, key), ()), facts)
        if found is None:
            continue
        weighed[criterion.id, key] = found
        facts.states[criterion.id, key] = Settled("open" if found.is_open and found.state == "clear" else found.state, frozenset())
    counts: dict[str, int] = {}
    for name, _ in weighed:
        counts[name] = counts.get(name, 0) + 1
    mitigations: dict[tuple[str, str], list[Mitigation]] = {}
    for m in sorted(case.mitigations, key=lambda m: m.model_dump_json()):
        mitigations.setdefault((m.criterion, m.subject), []).append(m)
    acceptances: dict[tuple[str, str], list[Acceptance]] = {}
    for a in sorted(case.acceptances, key=lambda a: a.model_dump_json()):
        acceptances.setdefault((a.criterion, a.subject), []).append(a)
    rows: dict[tuple[str, str], Row] = {}
    facts.has_high = False
    # Rows whose effect depends on whether anything is high are settled after all others.
    for late in (False, True):
        for criterion, key in asked:
            if (criterion.id, key) not in weighed or criterion.waits_for_effects is not late:
                continue
            facts.subject = people.get(key)
            where = (criterion.id, key)
            rows[where] = _row(criterion, key, weighed[where], facts, mitigations.get(where, []), acceptances.get(where, []), counts[criterion.id])
        facts.has_high = any(r.effect in ("stop", "stop_until", "senior", "high") and r.state != "clear" for r in rows.values())
    ordered = tuple(rows[c.id, key] for c, key in asked if (c.id, key) in rows)
    return Result(
        OUTCOMES[max((row.hits for row in ordered), default=0)],
        _route(facts, ordered),
        _children(facts.children, ordered),
        ordered,
        _scores(checklist, ordered),
        checklist.version,
    )


def _answer_order(answer: Answer) -> tuple[str, ...]:
    """A fixed order, so that the order answers arrive in changes nothing."""
    written = (str(answer.value), answer.grade.value, *answer.source.identity, str(answer.on), answer.id or "", answer.note, answer.reason)
    return (answer.criterion, answer.subject, *written)


def _facts(checklist: Checklist, case: CaseFile, council: str) -> Facts:
    settings = {**checklist.numbers, **case.settings}
    grouped: dict[tuple[str, str], list[Answer]] = {}
    for answer in sorted(case.answers, key=_answer_order):
        grouped.setdefault((answer.criterion, answer.subject), []).append(answer)
    live: dict[tuple[str, str], tuple[Answer, ...]] = {}
    for (name, subject), answers in grouped.items():
        criterion = checklist.criteria[name]
        worries = {at: _is_worry(criterion, answer, settings, case) for at, answer in enumerate(answers)}
        live[name, subject] = standing(answers, worries, criterion.survivor_only)
    return Facts(
        household=case.household, placement=case.placement, on=case.on, settings=settings, council=case.council or council,
        answers=live, children=case.household.children(),
    )


def _is_worry(criterion: Criterion, answer: Answer, settings: Mapping[str, int], case: CaseFile) -> bool:
    if answer.is_unknown:
        return False
    if criterion.answer in ("choice", "multiple"):
        values = answer.value if isinstance(answer.value, tuple) else (answer.value,)
        return any(str(v) in criterion.options and criterion.options[str(v)].means in ("worrying", "partly") for v in values)
    if criterion.answer == "minutes" and isinstance(answer.value, int):
        return any(answer.value > settings[band.over] for band in criterion.bands)
    if criterion.answer == "counts" and isinstance(answer.value, dict):
        return any(number > 0 and name in criterion.counts and criterion.counts[name].means == "worrying" for name, number in answer.value.items())
    return False


# ---- what the answers amount to


def _weigh(criterion: Criterion, answers: tuple[Answer, ...], facts: Facts) -> _Weighed | None:
    """None when a computed row turns out not to apply."""
    triggered = [w for w in criterion.worry_if if w.when.evaluate(facts) is True]
    forced = min((w.effect for w in triggered), key=_EFFECT_ORDER.index, default=None)
    said = tuple(w.says for w in triggered)
    if criterion.computed is not None:
        worked = COMPUTED[criterion.computed](facts)
        if worked.means == "not_applicable":
            return None
        return _Weighed("worrying" if worked.means == "worrying" else "clear", None, worked.effect, (worked.says,), worked.means == "open", ())
    worry = _worst(criterion, answers, facts)
    clear_grade = _clear_grade(criterion, facts)
    enough, missing = _reassured(criterion, answers, clear_grade, facts)
    if worry is not None or forced is not None:
        state, option, effect, why = worry or ("worrying", None, forced, ())
        effect = _stronger_effect(effect, forced)
        unverified = option is not None and option.verify and not enough and not _verified(answers, clear_grade, criterion, facts)
        more = (f"It still needs {clear_grade.words} ({clear_grade.value})." ,) if unverified else ()
        return _Weighed(state if forced is None else "worrying", option, effect, (*why, *said, *more), unverified, ())
    if enough:
        made = tuple(dict.fromkeys(o.condition for a in answers for o in _options_of(criterion, a) if o.means == "clear_with_condition"))
        return _Weighed("clear", None, None, (), False, made)
    return _Weighed("clear", None, None, missing, True, ())


def _stronger_effect(a: str | None, b: str | None) -> str | None:
    found = [e for e in (a, b) if e is not None]
    return min(found, key=_EFFECT_ORDER.index) if found else None


def _options_of(criterion: Criterion, answer: Answer) -> list[Option]:
    values = answer.value if isinstance(answer.value, tuple) else (answer.value,)
    return [] if answer.is_unknown else [criterion.options[str(v)] for v in values if str(v) in criterion.options]


def _worst(criterion: Criterion, answers: tuple[Answer, ...], facts: Facts) -> tuple[str, Option | None, str | None, tuple[str, ...]] | None:
    """The worst worry among standing answers: (state, option, effect, why)."""
    found = [worry for answer in answers for worry in _worries_of(criterion, answer, facts)]
    if not found:
        return None
    ranked = sorted(found, key=lambda worry: (_EFFECT_ORDER.index(_counts_as(criterion, worry[0], worry[2])), worry[0] != "worrying"))
    state, option, effect, _ = ranked[0]
    return state, option, effect, tuple(dict.fromkeys(worry[3] for worry in ranked))


def _counts_as(criterion: Criterion, state: str, effect: str | None) -> str:
    if effect is not None:
        return effect
    base = criterion.worrying or "low"
    return _WEAKER[base] if state == "partly" else base


def _worries_of(criterion: Criterion, answer: Answer, facts: Facts) -> list[tuple[str, Option | None, str | None, str]]:
    if answer.is_unknown:
        return []
    if criterion.answer in ("choice", "multiple"):
        found: list[tuple[str, Option | None, str | None, str]] = []
        for option in _options_of(criterion, answer):
            if option.means in ("worrying", "partly"):
                found.append((option.means, option, option.effect, option.says or option.label))
        return found
    if criterion.answer == "minutes" and isinstance(answer.value, int):
        hit = [
            band for band in criterion.bands
            if answer.value > facts.settings[band.over] and (band.when is None or band.when.evaluate(facts) is not False)
        ]
        return [("worrying", None, b.effect, f"{answer.value} minutes, over the limit of {facts.settings[b.over]}.") for b in hit]
    if criterion.answer == "counts" and isinstance(answer.value, dict):
        return [
            ("worrying", None, None, f"{criterion.counts[name].label}: {number}.")
            for name, number in sorted(answer.value.items())
            if number > 0 and name in criterion.counts and criterion.counts[name].means == "worrying"
        ]
    if criterion.answer == "date":
        return _seen_too_long_ago(criterion, answer, facts)
    return []


def _seen_too_long_ago(criterion: Criterion, answer: Answer, facts: Facts) -> list[tuple[str, Option | None, str | None, str]]:
    baby = facts.subject is not None and facts.subject.under(1, facts.on, facts.unborn_weeks) is not False
    limit = facts.settings["last_seen_days_under_1" if baby else "last_seen_days"]
    days = facts.on.toordinal() - type(facts.on).fromisoformat(str(answer.value)).toordinal()
    if days <= limit:
        return []
    return [("worrying", None, None, f"Last seen {days} days before the assessment; the limit is {limit}.")]


def _clear_grade(criterion: Criterion, facts: Facts) -> Grade:
    grade = criterion.clear_at
    for when, lower in criterion.clear_at_when:
        if when.evaluate(facts) is True:
            grade = lower
    return grade


def _shelf_days(criterion: Criterion, facts: Facts) -> int | None:
    return None if criterion.shelf_life is None else facts.settings[f"shelf_life_{criterion.shelf_life}_days"]


def _verified(answers: tuple[Answer, ...], grade: Grade, criterion: Criterion, facts: Facts) -> bool:
    days = _shelf_days(criterion, facts)
    return any(not a.is_unknown and a.grade.rank >= grade.rank and not is_stale(a, days, facts.on) for a in answers)


def _reassured(criterion: Criterion, answers: tuple[Answer, ...], grade: Grade, facts: Facts) -> tuple[bool, tuple[str, ...]]:
    """Is it clear? And if not, what is missing, in words."""
    if not answers:
        return False, ("Not asked, or not answered.",)
    days = _shelf_days(criterion, facts)
    agencies: set[tuple[str, ...]] = set()
    missing: list[str] = []
    for answer in answers:
        if answer.is_unknown:
            missing.append("Answered “not known”.")
        elif answer.grade.rank < grade.rank:
            missing.append(f"Reassuring, but only {answer.grade.words} ({answer.grade.value}); it counts from {grade.value}.")
        elif is_stale(answer, days, facts.on):
            missing.append(f"Reassuring, but older than {days} days or undated.")
        else:
            agencies.add((answer.source.agency.casefold(),) if answer.source.agency else answer.source.identity)
    if len(agencies) >= criterion.min_sources:
        return True, ()
    if agencies:
        missing.append(f"{len(agencies)} of {criterion.min_sources} different agencies have answered.")
    return False, tuple(dict.fromkeys(missing))


# ---- effects, and what lifts them


def _row(
    criterion: Criterion, key: str, found: _Weighed, facts: Facts, mitigations: list[Mitigation], acceptances: list[Acceptance], subjects: int
) -> Row:
    worrying = found.effect or criterion.worrying
    open_effect, basis = criterion.open or "note", criterion.basis
    if found.option is not None and found.option.basis:
        basis = found.option.basis
    because: list[str] = []
    if criterion.under_one is not None and _baby_concerned(facts):
        open_effect = _stronger_open(open_effect, criterion.under_one)
    for rule in criterion.stronger:
        value = rule.when.evaluate(facts)
        if value is False:
            continue
        doubt = " (not known, so taken as so)" if value is None else ""
        if rule.worrying is not None and found.state in ("worrying", "partly") and worrying is not None and _EFFECT_ORDER.index(rule.worrying) < _EFFECT_ORDER.index(worrying):
            worrying, basis = rule.worrying, rule.basis or basis
            because.append(f"Stronger because {rule.because}{doubt}.")
        if rule.open is not None and found.is_open and _OPEN_ORDER.index(rule.open) < _OPEN_ORDER.index(open_effect):
            open_effect = rule.open
            because.append(f"Stronger because {rule.because}{doubt}.")
    for when, lower in found.option.lower if found.option is not None else ():
        if when.evaluate(facts) is True:
            worrying = lower
            because.append(f"Weaker because {when.sentence}.")
    weight = criterion.weight or facts.settings[f"weight_{criterion.worrying or 'low'}"]
    share = Fraction(weight, subjects)
    if found.state in ("worrying", "partly"):
        effect = worrying or "low"
        if found.state == "partly" and (found.option is None or found.option.effect is None):
            effect = _WEAKER[effect]
        return _worry_row(criterion, key, found, effect, open_effect, basis, (*found.why, *because), facts, mitigations, acceptances, weight, share)
    if found.is_open:
        hits = {"hold": 2, "chase": 1, "note": 0}[open_effect]
        owner = criterion.ask_of
        made = (Condition(f"Chase: {criterion.name}", owner, ""),) if open_effect == "chase" else ()
        lifts = f"An answer at {_clear_grade(criterion, facts).value} or better" + (f" from {criterion.min_sources} agencies" if criterion.min_sources > 1 else "") + "."
        if criterion.computed is not None:
            lifts = "The missing facts about the unit or the household."
        return Row(
            criterion.id, key, "open", open_effect, open_effect, basis, (*found.why, *because), lifts, owner, hits, made,
            facts.answers.get((criterion.id, key), ()), weight, share, True, Fraction(0),
        )
    state = "clear_with_condition" if found.conditions else "clear"
    conditions = tuple(Condition(text, criterion.ask_of, "") for text in found.conditions)
    return Row(
        criterion.id, key, state, "none", "", basis, found.why, "", criterion.ask_of, 1 if conditions else 0, conditions,
        facts.answers.get((criterion.id, key), ()), weight, share, False, Fraction(1),
    )


def _stronger_open(a: str, b: str) -> str:
    return min(a, b, key=_OPEN_ORDER.index)


def _baby_concerned(facts: Facts) -> bool:
    """The under-1 rule: this child where the row is about a child, else any child of the household."""
    subject: Member | None = facts.subject
    if subject is not None and subject.kind != "adult":
        return subject.under(1, facts.on, facts.unborn_weeks) is not False
    return any(child.under(1, facts.on, facts.unborn_weeks) is not False for child in facts.children)


def _worry_row(
    criterion: Criterion, key: str, found: _Weighed, effect: str, open_effect: str, basis: str, why: tuple[str, ...], facts: Facts,
    mitigations: list[Mitigation], acceptances: list[Acceptance], weight: int, share: Fraction,
) -> Row:
    """The lift table of rulings.md 3."""
    seen = next((m for m in mitigations if m.is_seen(facts.on)), None)
    owned = next((m for m in mitigations if m.is_owned(facts.on)), None)
    accepted = _acceptance(criterion, effect, acceptances)
    state, hits, made = found.state, {"stop": 3, "stop_until": 3, "senior": 2, "high": 2, "medium": 1, "low": 0}[effect], ()
    credit = Fraction(1, 2) if found.state == "partly" else Fraction(0)
    conditions: tuple[Condition, ...] = made
    if effect == "stop_until" and seen is not None:
        state, hits, credit = "mitigated", 0, Fraction(1)
    elif effect == "senior" and accepted is not None:
        state, hits = "accepted", 1
        conditions = (Condition(f"Review: {criterion.name}", accepted.by, _iso(accepted.review_on)),)
    elif effect == "high" and (owned is not None or seen is not None):
        lifted = owned or seen
        assert lifted is not None
        state, hits, credit = "mitigated", 1, Fraction(1) if seen is not None else credit
        conditions = (Condition(lifted.what, lifted.owner.name or lifted.seen_by, _iso(lifted.due)),)
    elif effect == "high" and accepted is not None:
        state, hits = "accepted", 1
        conditions = (Condition(f"Review: {criterion.name}", accepted.by, _iso(accepted.review_on)),)
    elif effect == "medium" and (seen is not None or accepted is not None):
        state, hits = ("mitigated" if seen is not None else "accepted"), 0
        credit = Fraction(1) if seen is not None else credit
    elif effect == "medium":
        conditions = (Condition(_offer(criterion), _owner(criterion), ""),)
    if found.is_open:
        hits = max(hits, {"hold": 2, "chase": 1, "note": 0}[open_effect])
        if open_effect == "chase":
            conditions = (*conditions, Condition(f"Chase: {criterion.name}", criterion.ask_of, ""))
    lifts = {
        "stop": "Nothing lifts this for this placement. Another placement, or a change of the facts.",
        "stop_until": f"{_offer(criterion)}: in place and seen in this unit, with who saw it and when.",
        "senior": "A senior officer’s written acceptance" + (", with the lead professional’s view on record." if criterion.domain == "child_safety" else "."),
        "high": f"{_offer(criterion)}: with an owner who has accepted it and a date; or a senior officer’s written acceptance.",
        "medium": f"{_offer(criterion)}: in place; or the officer’s reasoned acceptance.",
        "low": "Nothing is needed: it is noted.",
    }[effect]
    return Row(
        criterion.id, key, state, effect, open_effect if found.is_open else "", basis, why, lifts, _owner(criterion), hits, conditions,
        facts.answers.get((criterion.id, key), ()), weight, share, found.is_open, credit,
    )


def _acceptance(criterion: Criterion, effect: str, acceptances: list[Acceptance]) -> Acceptance | None:
    for acceptance in acceptances:
        if effect == "medium":
            return acceptance
        if acceptance.role != "senior_officer":
            continue
        if effect == "senior" and (acceptance.review_on is None or (criterion.domain == "child_safety" and not acceptance.lead_professional_view)):
            continue
        return acceptance
    return None


def _iso(day: object) -> str:
    return "" if day is None else str(day)


def _offer(criterion: Criterion) -> str:
    return criterion.mitigations[0].what if criterion.mitigations else "A mitigation that answers the worry"


def _owner(criterion: Criterion) -> str:
    return criterion.mitigations[0].owner if criterion.mitigations else "placement officer"


# ---- what follows


def _children(children: tuple[Member, ...], rows: tuple[Row, ...]) -> tuple[Child, ...]:
    """Each child's own result, the worst first. A row about an adult, the unit or the household bears on every child."""
    keys = {child.key for child in children}
    found = []
    for child in children:
        own = [at for at, row in enumerate(rows) if row.subject == child.key or row.subject not in keys]
        worst = max((rows[at].hits for at in own), default=0)
        found.append(Child(child.key, child.name, OUTCOMES[worst], tuple(at for at in own if rows[at].hits == worst and worst > 0)))
    own_first = {c.key: sum(1 for at in c.because if rows[at].subject == c.key) for c in found}
    return tuple(sorted(found, key=lambda c: (-OUTCOMES.index(c.outcome), -own_first[c.key], c.name, c.key)))


def _scores(checklist: Checklist, rows: tuple[Row, ...]) -> tuple[Score, ...]:
    """Source: rulings.md 8. Whole numbers; the low end rounds down and the high end up."""
    found = []
    for domain in checklist.domain_titles:
        mine = [row for row in rows if checklist.criteria[row.criterion].domain == domain]
        total = sum((row.share for row in mine), Fraction(0))
        if total == 0:
            continue
        low = sum((row.share * row.credit for row in mine), Fraction(0)) * 100 / total
        high = sum((row.share * (row.credit if row.credit or row.state != "open" else Fraction(1)) for row in mine), Fraction(0)) * 100 / total
        found.append(Score(domain, int(low), -int(-high // 1), sum(1 for r in mine if r.is_open), len(mine)))
    return tuple(found)


def _route(facts: Facts, rows: tuple[Row, ...]) -> str:
    """Which conversation to have, first match wins; nothing is ever sent. Source: rulings.md 9."""
    worrying = [row for row in rows if row.state in ("worrying", "partly", "mitigated", "accepted")]
    baby = any(child.under(1, facts.on, facts.unborn_weeks) is True for child in facts.children)
    using = any("now" in (answer.value,) for (name, _), answers in facts.answers.items() if name == "SM01" for answer in answers)
    unsafe_nights = any(row.criterion == "SM02" and row.state in ("worrying", "partly") for row in worrying)
    if any(row.criterion in ("CS20", "SM15") and row.effect == "stop" for row in worrying) or (baby and using and unsafe_nights):
        return "refer_now"
    if any(row.effect == "stop" for row in worrying) or any(row.criterion == "CS18" for row in worrying):
        return "front_door"
    if any(row.hits >= 2 or row.effect in ("stop_until", "senior", "high") and row.state != "open" for row in rows):
        return "lead_professional"
    return "none"


__all__ = ["HOUSEHOLD", "OUTCOMES", "OUTCOME_WORDS", "UNIT", "Child", "Condition", "Result", "Row", "Score", "assess"]
