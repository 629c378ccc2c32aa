"""What is to be done about a worry, what was accepted in writing, and what was put right within the hour, in whole sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from app import clocks
from app.accounts.policy import ROLES
from app.assessments.answers import Correction, source_of
from app.assessments.judging import Judged
from app.suitability.casefile import wording
from app.suitability.casefile.answers import Acceptance, Mitigation
from app.suitability.checklist.checklist import Checklist
from forms.answers import value_in_words


def undertakings(judged: Judged) -> list[tuple[str, str, str]]:
    """Plans and written acceptances: of what, about whom, and the words."""
    file, checklist = judged.file, judged.checklist
    said = [(m.criterion, m.subject, plan_in_words(m, file.on)) for m in file.mitigations]
    said += [(x.criterion, x.subject, f"Accepted in writing. {acceptance_in_words(x)}") for x in file.acceptances]
    names = {key: what.name for part in (checklist.criteria, checklist.patterns) for key, what in part.items()}
    return [(names[of], subject, words) for of, subject, words in said]


def acceptance_in_words(x: Acceptance) -> str:
    again = (
        f" To be looked at again by {clocks.in_words(x.review_on)}."
        if x.review_on
        else " No day to look again is named."
    )
    beside = f" Lead professional: {x.lead_professional_view}" if x.lead_professional_view else ""
    return f"{x.by}, {ROLES[x.role].lower()}, {clocks.in_words(x.on)}: {x.reason}{again}{beside}"


def plan_in_words(m: Mitigation, on: date) -> str:
    """A plan with everything that was written down about it."""
    state = (
        "in place and seen"
        if m.is_seen(on)
        else "owned and dated, not yet seen"
        if m.is_owned(on)
        else "not yet counted: it needs an owner who has accepted it and a date"
    )
    owner = ", ".join(part for part in (m.owner.name or "nobody", m.owner.role, m.owner.agency) if part)
    accepted = f"accepted on {clocks.in_words(m.owner_accepted)}" if m.owner_accepted else "has not accepted"
    parts = [m.what, f"Owner: {owner}; {accepted}.", f"By {clocks.in_words(m.due)}." if m.due else "No day is named."]
    if m.in_place:
        parts.append(f"In place since {clocks.in_words(m.in_place)}.")
    if m.seen_by or m.seen_on or m.seen_grade:
        how = f" ({wording.GRADE[m.seen_grade]})" if m.seen_grade else ""
        parts.append(
            f"Seen by {m.seen_by or 'nobody named'}{how}, {clocks.in_words(m.seen_on) or 'on a day not named'}."
        )
    if m.promised_before:
        parts.append(f"Promised for {m.promised_before} earlier placement{'s' if m.promised_before != 1 else ''}.")
    if m.agreed_on:
        role = ROLES[m.agreed_role].lower() if m.agreed_role else "role not known"
        parts.append(f"Agreed to by {m.agreed_by}, {role}, {clocks.in_words(m.agreed_on)}: {m.agreed_note}")
    return " ".join([*parts, f"This is {state}."])


def corrected(found: Sequence[Correction], checklist: Checklist, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Slips of the hand with what stands in their place; a worry that became milder is marked, whoever reads it sees both."""
    return [
        {
            "criterion": c.was.criterion,
            "name": checklist.criteria[c.was.criterion].name,
            "subject_name": names.get(c.was.subject, "somebody taken out since"),
            "was": _answer(c.was, checklist),
            "now": _answer(c.now, checklist),
            "reason": c.now.slip,
            "by": c.by,
            "at": clocks.written(c.now.recorded_at),
            "milder": c.milder,
        }
        for c in found
    ]


def _answer(a: Any, checklist: Checklist) -> str:
    source = source_of(a)
    who = ", ".join(part for part in (source.name, source.role, source.agency) if part) or "source not named"
    day = f", {clocks.in_words(a.on)}" if a.on else ""
    replaced = f"Why it took the place of an earlier answer: {a.reason}" if a.reason else ""
    notes = " ".join(text for text in (a.note, a.why, a.so_what, replaced) if text)
    said = value_in_words(checklist.criteria[a.criterion], a.value)
    return f"{said}: {who} ({wording.GRADE[a.grade]}){day}.{f' {notes}' if notes else ''}"
