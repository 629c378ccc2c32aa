"""One page of worked reasoning: for each finding the path that led to it, from answers and rule to effect and source."""

from __future__ import annotations

from .case_file import CaseFile
from .checklist import Checklist
from .criterion import Criterion
from .evidence import Answer
from .result import OUTCOME_WORDS, Result, Row

_BASES = {"law": "law", "guidance": "guidance", "policy": "policy, not law"}


def explain(checklist: Checklist, case: CaseFile, result: Result) -> str:
    """The reasoning behind a result as plain text, the rows that decide the outcome first; clear rows are left out."""
    names = {m.key: m.name for m in (*case.household.members, *case.household.children())}
    names |= {"unit": "the unit", "household": "the household"}
    rows = sorted((r for r in result.rows if r.state != "clear"), key=lambda r: -r.hits)
    head = [
        f"Case {case.household.reference}, {case.placement.address}, {case.on.isoformat()}, checklist {result.checklist_version}",
        f"Outcome: {OUTCOME_WORDS[result.outcome]}. It is the worst of all rows; no number and no word of a note decides it.",
    ]
    return "\n\n".join(["\n".join(head), *(_row(checklist, case, row, names[row.subject]) for row in rows)]) + "\n"


def _row(checklist: Checklist, case: CaseFile, row: Row, subject: str) -> str:
    criterion = checklist.criteria[row.criterion]
    lines = [f"{criterion.id} {criterion.name} – {subject}: {_effect(row)} ({_BASES[row.basis]})"]
    lines.append(f"  asked: {criterion.applies_when.sentence if criterion.applies_when else 'always'}")
    lines += [f"  answer: {_answer(criterion, a, case)}" for a in row.answers]
    if not row.answers:
        lines.append("  answer: worked out from facts" if criterion.computed else "  answer: none")
    if criterion.computed is None:
        needed = f"{criterion.clear_at.value} or better"
        several = f" from {criterion.min_sources} agencies" if criterion.min_sources > 1 else ""
        lasts = (
            f", not older than {checklist.settings[f'shelf_life_{criterion.shelf_life}_days'].value} days"
            if criterion.shelf_life
            else ""
        )
        lines.append(f"  rule: clear needs {needed}{several}{lasts}; a worry counts at any grade and age")
    lines += [f"  why: {why}" for why in row.why]
    if row.lifts:
        lines.append(f"  lifted by: {row.lifts}")
    lines += [f"  condition: {c.what} ({c.due or 'no date'})" for c in row.conditions]
    lines.append(f"  source: {criterion.source} ({criterion.source_date})")
    return "\n".join(lines)


def _effect(row: Row) -> str:
    if row.state == "open":
        return f"open, {row.open_effect}"
    worry = row.state if row.effect == "none" else f"{row.state}, {row.effect}"
    return f"{worry}; and open, {row.open_effect}" if row.is_open else worry


def _answer(criterion: Criterion, a: Answer, case: CaseFile) -> str:
    values = a.value if isinstance(a.value, tuple) else (a.value,)
    said = "; ".join(criterion.options[str(v)].label if str(v) in criterion.options else str(v) for v in values)
    who = ", ".join(part for part in (a.source.name, a.source.role, a.source.agency) if part) or "source not named"
    age = f"{a.on.isoformat()}, {(case.on - a.on).days} days old" if a.on else "no date, so no age"
    return f"“{said}” {a.grade.value} ({a.grade.words}), {who}, {age}"
