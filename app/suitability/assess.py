"""assess(): from what is known to what follows. Deterministic, total, and silent about people.

The order is always: which rows apply, what each amounts to, which effect that has, what lifts it, and only then the outcome.
Scores are worked out beside the outcome and never read by it.
"""

from __future__ import annotations

from collections.abc import Mapping

from .case_file import CaseFile, subject_keys
from .checklist import Checklist
from .criterion import Criterion
from .evidence import Acceptance, Answer, Mitigation, standing
from .facts import Facts, Settled
from .household import Member
from .lift import row_of
from .result import OUTCOMES, Child, Result, Row, Score
from .weigh import Weighed, weigh


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
    people = facts.people
    asked = [(checklist.criteria[name], key) for name in checklist.order for key in facts.rows[name]]
    weighed: dict[tuple[str, str], Weighed] = {}
    for criterion, key in asked:
        facts.subject = people.get(key)
        if criterion.applies_when is not None and criterion.applies_when.evaluate(facts) is False:
            continue
        found = weigh(criterion, facts.answers.get((criterion.id, key), ()), facts)
        if found is None:
            continue
        weighed[criterion.id, key] = found
        facts.states[criterion.id, key] = Settled(
            "open" if found.is_open and found.state == "clear" else found.state, frozenset()
        )
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
            rows[where] = row_of(
                criterion,
                key,
                weighed[where],
                facts,
                mitigations.get(where, []),
                acceptances.get(where, []),
                counts[criterion.id],
            )
        facts.has_high = any(
            r.effect in ("stop", "stop_until", "senior", "high") and r.state != "clear" for r in rows.values()
        )
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
    written = (
        str(answer.value),
        answer.grade.value,
        *answer.source.identity,
        str(answer.on),
        answer.id or "",
        answer.note,
        answer.reason,
    )
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
    children = case.household.children()
    return Facts(
        household=case.household,
        placement=case.placement,
        on=case.on,
        settings=settings,
        council=case.council or council,
        answers=live,
        rows={c.id: tuple(sorted(subject_keys(c, case.household))) for c in checklist.criteria.values()},
        applies={c.id: c.applies_when.evaluate for c in checklist.criteria.values() if c.applies_when is not None},
        people={m.key: m for m in (*case.household.members, *children)},
        children=children,
    )


def _is_worry(criterion: Criterion, answer: Answer, settings: Mapping[str, int], case: CaseFile) -> bool:
    if answer.is_unknown:
        return False
    if criterion.answer in ("choice", "multiple"):
        values = answer.value if isinstance(answer.value, tuple) else (answer.value,)
        return any(
            str(v) in criterion.options and criterion.options[str(v)].means in ("worrying", "partly") for v in values
        )
    if criterion.answer == "minutes" and isinstance(answer.value, int):
        return any(answer.value > settings[band.over] for band in criterion.bands)
    if criterion.answer == "counts" and isinstance(answer.value, dict):
        return any(
            number > 0 and name in criterion.counts and criterion.counts[name].means == "worrying"
            for name, number in answer.value.items()
        )
    return False


# ---- what follows


def _children(children: tuple[Member, ...], rows: tuple[Row, ...]) -> tuple[Child, ...]:
    """Each child's own result, the worst first. A row about an adult, the unit or the household bears on every child."""
    keys = {child.key for child in children}
    found = []
    for child in children:
        own = [at for at, row in enumerate(rows) if row.subject == child.key or row.subject not in keys]
        worst = max((rows[at].hits for at in own), default=0)
        found.append(
            Child(
                child.key, child.name, OUTCOMES[worst], tuple(at for at in own if rows[at].hits == worst and worst > 0)
            )
        )
    own_first = {c.key: sum(1 for at in c.because if rows[at].subject == c.key) for c in found}
    return tuple(sorted(found, key=lambda c: (-OUTCOMES.index(c.outcome), -own_first[c.key], c.name, c.key)))


def _scores(checklist: Checklist, rows: tuple[Row, ...]) -> tuple[Score, ...]:
    """Source: rulings.md 8. Whole numbers; the low end rounds down and the high end up."""
    found = []
    for domain in checklist.domain_titles:
        mine = [row for row in rows if checklist.criteria[row.criterion].domain == domain]
        total = 2 * sum(row.share for row in mine)
        if total == 0:
            continue
        low = sum(row.share * row.credit for row in mine)
        high = sum(row.share * (2 if row.state == "open" else row.credit) for row in mine)
        found.append(
            Score(domain, 100 * low // total, -(-100 * high // total), sum(1 for r in mine if r.is_open), len(mine))
        )
    return tuple(found)


def _route(facts: Facts, rows: tuple[Row, ...]) -> str:
    """Which conversation to have, first match wins; nothing is ever sent. Source: rulings.md 9."""
    worrying = [row for row in rows if row.state in ("worrying", "partly", "mitigated", "accepted")]
    baby = any(child.under(1, facts.on, facts.unborn_weeks) is True for child in facts.children)
    using = any(
        "now" in (answer.value,) for (name, _), answers in facts.answers.items() if name == "SM01" for answer in answers
    )
    unsafe_nights = any(row.criterion == "SM02" and row.state in ("worrying", "partly") for row in worrying)
    if any(row.criterion in ("CS20", "SM15") and row.effect == "stop" for row in worrying) or (
        baby and using and unsafe_nights
    ):
        return "refer_now"
    if any(row.effect == "stop" for row in worrying) or any(row.criterion == "CS18" for row in worrying):
        return "front_door"
    if any(row.hits >= 2 or (row.effect in ("stop_until", "senior", "high") and row.state != "open") for row in rows):
        return "lead_professional"
    return "none"
