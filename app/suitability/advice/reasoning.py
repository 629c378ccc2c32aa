"""Worked reasoning: for each finding the path that led to it, from facts and answers to rule, effect and source."""

from __future__ import annotations

from typing import NamedTuple

from app.suitability.casefile import wording
from app.suitability.casefile.answers import Answer
from app.suitability.casefile.called import labels
from app.suitability.casefile.codes import Outcome
from app.suitability.casefile.units import called as units_called
from app.suitability.checklist.checklist import Checklist
from app.suitability.checklist.criterion import Criterion
from app.suitability.checklist.handbook import edition_note
from app.suitability.judgement.result import Pattern, Result, Row
from app.suitability.reading.case_file import CaseFile


class Path(NamedTuple):
    """How one finding came about. ``answers`` say grade and age; ``rule`` says what clear would need."""

    id: str
    name: str
    subject: str
    effect: str
    basis: str
    asked: str
    answers: tuple[str, ...]
    rule: str
    why: tuple[str, ...]
    remedy: str
    conditions: tuple[str, ...]
    source: str


def paths(checklist: Checklist, case: CaseFile, result: Result) -> tuple[Path, ...]:
    """The path of every row that is not plainly clear and of every pattern, what decides the outcome first."""
    names = labels(case.household)
    names |= {**units_called(case.placement), "household": "the household"}
    made: list[tuple[Outcome, Path]] = [
        (r.outcome, path_of(checklist, case, r, names[r.subject])) for r in result.rows if r.state != "clear"
    ]
    made += [(p.outcome, _pattern(checklist, p, names[p.subject])) for p in result.patterns]
    return tuple(path for _, path in sorted(made, key=lambda m: -m[0].rank))


def path_of(checklist: Checklist, case: CaseFile, row: Row, subject: str) -> Path:
    """The path of one row."""
    criterion = checklist.criteria[row.criterion]
    if row.answers:
        answers = tuple(_answer(criterion, a, case) for a in row.answers)
    else:
        answers = ("worked out from facts",) if criterion.computed else ("none",)
    return Path(
        id=criterion.id,
        name=criterion.name,
        subject=subject,
        effect=_effect(row),
        basis=wording.BASIS[row.basis].lower(),
        asked=criterion.applies_when.sentence if criterion.applies_when else "always",
        answers=answers,
        rule=_rule(checklist, criterion),
        why=row.why,
        remedy=row.remedy,
        conditions=tuple(f"{c.what} ({c.due or 'no date'})" for c in row.conditions),
        source=f"{criterion.source} ({criterion.source_date})",
    )


def _rule(checklist: Checklist, criterion: Criterion) -> str:
    if criterion.computed is not None:
        return "worked out from facts, never asked"
    needed = f"{criterion.clear_at.value} or better"
    several = f" from {criterion.min_sources} agencies" if criterion.min_sources > 1 else ""
    lasts = (
        f", not older than {_days(checklist.settings[f'shelf_life_{criterion.shelf_life}_days'].value)}"
        if criterion.shelf_life
        else ""
    )
    return f"clear needs {needed}{several}{lasts}; a worry counts at any grade and age"


def _pattern(checklist: Checklist, p: Pattern, subject: str) -> Path:
    text = checklist.patterns[p.id]
    carried = f", carried by {p.carried_by[0]}" if p.carried_by else ""
    effect = "a prompt" if p.effect == "none" else f"{p.state}, {p.effect}{carried}"
    return Path(
        id=p.id,
        name=text.name,
        subject=subject,
        effect=effect,
        basis=wording.BASIS["policy"].lower(),
        asked=text.when,
        answers=p.facts,
        rule=text.prompt,
        why=(f"What reviews have found: {text.rationale}",),
        remedy=p.remedy,
        conditions=tuple(f"{c.what} ({c.due or 'no date'})" for c in p.conditions),
        source=f"{text.source} ({text.source_date})",
    )


def explain(checklist: Checklist, case: CaseFile, result: Result) -> str:
    """The reasoning behind a result as plain text, the rows that decide the outcome first; clear rows are left out."""
    head = [
        f"Case {case.household.reference}, {case.placement.address}, {case.on.isoformat()}, checklist {result.checklist_version}",
        f"Outcome: {wording.OUTCOME[result.outcome]}. It is the worst of all rows and patterns; no number and no word of a note decides it.",
    ]
    note = edition_note(checklist, (checklist.criteria[row.criterion] for row in result.rows if row.state != "clear"))
    head += [note] if note else []
    return "\n\n".join(["\n".join(head), *(_text(path) for path in paths(checklist, case, result))]) + "\n"


def _text(path: Path) -> str:
    kind = ("fires when", "saw", "prompts") if path.id.startswith("P") else ("asked", "answer", "rule")
    lines = [f"{path.id} {path.name} – {path.subject}: {path.effect} ({path.basis})"]
    lines.append(f"  {kind[0]}: {path.asked}")
    lines += [f"  {kind[1]}: {answer}" for answer in path.answers]
    lines.append(f"  {kind[2]}: {path.rule}")
    lines += [f"  why: {why}" for why in path.why]
    if path.remedy:
        lines.append(f"  lifted by: {path.remedy}")
    lines += [f"  condition: {condition}" for condition in path.conditions]
    lines.append(f"  source: {path.source}")
    return "\n".join(lines)


def _days(number: int) -> str:
    return f"{number} {'day' if number == 1 else 'days'}"


def _effect(row: Row) -> str:
    if row.state == "open":
        return f"open, {row.open_effect}"
    worry = row.state if row.effect == "none" else f"{row.state}, {row.effect}"
    return f"{worry}; and open, {row.open_effect}" if row.is_open else worry


def _answer(criterion: Criterion, a: Answer, case: CaseFile) -> str:
    values = a.value if isinstance(a.value, tuple) else (a.value,)
    said = "; ".join(criterion.said(str(v)) for v in values)
    who = ", ".join(part for part in (a.source.name, a.source.role, a.source.agency) if part) or "source not named"
    age = f"{a.on.isoformat()}, {_days((case.on - a.on).days)} old" if a.on else "no date, so no age"
    return f"“{said}” {a.grade.value} ({wording.GRADE[a.grade]}), {who}, {age}"
