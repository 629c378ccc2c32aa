"""How a result came about, for whoever reads the page: the same paths as ``reasoning`` gives on the command line, without codes."""

from __future__ import annotations

from typing import NamedTuple

from app.suitability.casefile import wording
from app.suitability.casefile.answers import Answer
from app.suitability.casefile.called import labels
from app.suitability.casefile.codes import Outcome
from app.suitability.casefile.units import called as units_called
from app.suitability.casefile.values import day_in_words, in_sentence
from app.suitability.checklist.checklist import Checklist
from app.suitability.checklist.condition import Condition
from app.suitability.checklist.criterion import Criterion
from app.suitability.facts.topics import MOST, TOPICS
from app.suitability.judgement.result import Condition as ToDo
from app.suitability.judgement.result import Pattern, Result, Row
from app.suitability.reading.case_file import CaseFile

from .plain import plain, plain_source, said_once


class Reasoned(NamedTuple):
    """How one finding came about: a question with its answers, or what comes together with its facts."""

    name: str
    subject: str
    effect: str
    basis: str
    is_pattern: bool
    asked: str
    answers: tuple[str, ...]
    rule: str
    why: tuple[str, ...]
    remedy: str
    conditions: tuple[str, ...]
    source: str


def reasoned(checklist: Checklist, case: CaseFile, result: Result) -> tuple[Reasoned, ...]:
    """Every row that is not plainly clear and every pattern, what decides the outcome first."""
    names = {**labels(case.household), **units_called(case.placement), "household": "the household"}
    made: list[tuple[Outcome, Reasoned]] = [
        (r.outcome, _row(checklist, case, r, names[r.subject])) for r in result.rows if r.state != "clear"
    ]
    made += [(p.outcome, _pattern(checklist, p, names[p.subject])) for p in result.patterns]
    return tuple(one for _, one in sorted(made, key=lambda m: -m[0].rank))


def _row(checklist: Checklist, case: CaseFile, row: Row, subject: str) -> Reasoned:
    criterion = checklist.criteria[row.criterion]
    unasked = "Worked out from facts." if criterion.computed else "None."
    return Reasoned(
        name=criterion.name,
        subject=subject,
        effect=_effect(row),
        basis=wording.BASIS[row.basis],
        is_pattern=False,
        asked=_asked(checklist, criterion.applies_when),
        answers=tuple(_answer(checklist, criterion, a, case) for a in row.answers) or (unasked,),
        rule=_rule(checklist, criterion),
        why=tuple(plain(checklist, said) for said in said_once(row.why)),
        remedy=plain(checklist, row.remedy),
        conditions=_to_do(checklist, row.conditions),
        source=plain_source(f"{criterion.source} ({criterion.source_date})"),
    )


def _pattern(checklist: Checklist, p: Pattern, subject: str) -> Reasoned:
    text = checklist.patterns[p.id]
    return Reasoned(
        name=text.name,
        subject=subject,
        effect="A prompt" if p.effect == "none" else wording.effect_in_words(p.effect, p.state, wording.EFFECT_PLAINLY),
        basis=wording.BASIS["policy"],
        is_pattern=True,
        asked=plain(checklist, text.when),
        answers=tuple(plain(checklist, said) for said in p.facts),
        rule=plain(checklist, text.prompt),
        why=(f"What reviews have found: {plain(checklist, text.rationale)}",),
        remedy=plain(checklist, p.remedy),
        conditions=_to_do(checklist, p.conditions),
        source=plain_source(f"{text.source} ({text.source_date})"),
    )


def _to_do(checklist: Checklist, conditions: tuple[ToDo, ...]) -> tuple[str, ...]:
    return tuple(plain(checklist, f"{c.what} ({c.due or 'no date'})") for c in conditions)


def _effect(row: Row) -> str:
    words = wording.EFFECT_PLAINLY
    if row.state == "open":
        return words[row.open_effect]
    said = wording.STATE[row.state] if row.effect == "none" else wording.effect_in_words(row.effect, row.state, words)
    return f"{said}. And not all of it is known: {in_sentence(words[row.open_effect])}" if row.is_open else said


def _asked(checklist: Checklist, when: Condition | None) -> str:
    """Of whom it is asked. Where that looks at more than three things, at what: each is said on the criterion’s own page."""
    if when is None:
        return "Of everybody."
    if when.sentence.count(" or ") < MOST:
        return f"Where {plain(checklist, when.sentence)}."
    topics = [TOPICS[name] for name in TOPICS if name in when.facts]
    topics += [f"“{checklist.criteria[name].name}”" for name in sorted(when.criteria)]
    few = f"{', '.join(topics[:-1])} and {topics[-1]}" if len(topics) > 1 else "".join(topics)
    return f"Because of {few}."


def _rule(checklist: Checklist, criterion: Criterion) -> str:
    if criterion.computed is not None:
        return "It follows from facts. Nobody is asked."
    several = f", from {criterion.min_sources} different agencies" if criterion.min_sources > 1 else ""
    setting = f"shelf_life_{criterion.shelf_life}_days"
    lasts = f", not older than {_days(checklist.settings[setting].value)}" if criterion.shelf_life else ""
    needed = wording.GRADE_NEEDED[criterion.clear_at]
    return f"Clear needs an answer {needed}{several}{lasts}. A worry counts however it is known, and however old."


def _days(number: int) -> str:
    return f"{number} {'day' if number == 1 else 'days'}"


def _answer(checklist: Checklist, criterion: Criterion, a: Answer, case: CaseFile) -> str:
    values = a.value if isinstance(a.value, tuple) else (a.value,)
    said = "; ".join(criterion.said(str(v)) for v in values)
    who = ", ".join(part for part in (a.source.name, a.source.role, a.source.agency) if part) or "source not named"
    age = f"{day_in_words(a.on)}, {_days((case.on - a.on).days)} old" if a.on else "no date, so no age"
    return f"“{said}”: {wording.GRADE[a.grade]}. {who}, {age}."
