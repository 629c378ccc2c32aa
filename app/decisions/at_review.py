"""What a safeguarding lead weighs before signing: what one voice alone says, who is silent, and what changed since it was returned."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from app import clocks
from app.assessments import answers
from app.assessments.judging import Judged
from app.assessments.models import Assessment
from app.audit import service as audit
from app.suitability.casefile.answers import UNKNOWN
from app.suitability.casefile.codes import Grade
from app.suitability.casefile.values import in_sentence
from app.suitability.reading.case_file import CaseFile
from forms.answers import value_in_words

from .told import treatment_in_words

_HEARD = (Grade.E0, Grade.E1, Grade.E1S)
_SILENT = {
    "waiting": "not answered yet",
    "silent": "not answered in its time",
    "partly": "answered in part",
    "refused": "refused to answer",
}
NAMED = 6  # as many as somebody weighs at once; the others are counted


class Voice(NamedTuple):
    """One answer nobody else has given, and that nobody who can know has confirmed."""

    name: str
    about: str
    said: str
    who: str


def one_voice(judged: Judged, names: dict[str, str]) -> list[Voice]:
    """What was only said, by one person: of what was heard, seen or written by somebody else nothing stands here."""
    found = []
    for row in judged.result.rows:
        told = [
            a
            for a in answers.standing(answers.of_row(judged.answers, row.criterion, row.subject))
            if a.value != UNKNOWN
        ]
        people = {(a.source_name, a.source_role, a.source_agency) for a in told}
        if len(people) != 1 or any(a.grade not in _HEARD for a in told):
            continue
        criterion, last = judged.checklist.criteria[row.criterion], told[-1]
        who = last.source_name or last.source_role or last.source_agency or "nobody named"
        said = last.note or value_in_words(criterion, last.value)
        found.append(Voice(criterion.name, names[row.subject], said if said[-1:] in '.!?”’"' else f"{said}.", who))
    return found


def silent(judged: Judged) -> list[str]:
    """Who was asked and has not answered, not in full, or refused, each with since when; of several questions each state."""
    found: dict[str, list[str]] = {}
    for p in judged.following.pieces:
        if p.state in _SILENT:
            since = f", asked on {clocks.iso_in_words(p.asked_on)}" if p.asked_on else ""
            found.setdefault(p.name, []).append(f"{_SILENT[p.state]}{since}")
    return [f"{name}: {', and '.join(dict.fromkeys(said))}" for name, said in found.items()]


def not_asked(judged: Judged) -> list[str]:
    """Whom nobody has asked."""
    return list(dict.fromkeys(p.name for p in judged.following.pieces if p.state == "not_asked"))


def ranges(judged: Judged) -> str:
    """How much of each subject is clear, of a hundred: what is sure, to what may still prove clear. No outcome is computed from it."""
    titles = judged.checklist.domain_titles
    return "; ".join(f"{in_sentence(titles[s.domain])} {s.low} to {s.high}" for s in judged.result.scores)


def tonight(file: CaseFile) -> str:
    """Where the family are now, as written down; empty where nobody has."""
    now = [a for a in file.household.addresses if a.kind == "current"]
    said = [
        f"{', '.join(part for part in (a.address, a.postcode) if part)}"
        f"{', until ' + clocks.in_words(a.moved_out) if a.moved_out else ''}"
        for a in now
    ]
    return "; ".join(said)


def of_adults(file: CaseFile, names: Mapping[str, str]) -> dict[str, str]:
    """Of each adult whom it is known of: treatment, and the last release from custody. What nobody said is not there."""
    found: dict[str, list[str]] = {}
    for m in file.household.adults():
        if m.treatment is not None:
            found.setdefault(names[m.key], []).append(in_sentence(treatment_in_words(m.treatment)).rstrip("."))
    releases = [e for e in file.household.events if e.kind == "release" and e.who]
    for e in sorted(releases, key=lambda e: e.on)[::-1]:
        said = found.setdefault(names[e.who or ""], [])
        if not any(words.startswith("released") for words in said):
            said.append(f"released from custody {clocks.in_words(e.on)}")
    return {name: "; ".join(said) for name, said in found.items()}


def changed_since_returned(judged: Judged, assessment: Assessment, names: dict[str, str]) -> list[str]:
    """The questions answered since it was last returned, by name; empty where it was not, or nothing was."""
    returned = audit.last(assessment.case_id, "assessment.returned", assessment.id)
    if returned is None:
        return []
    return list(
        dict.fromkeys(
            f"{judged.checklist.criteria[a.criterion].name} ({names[a.subject]})"
            for a in judged.answers
            if a.recorded_at > returned and a.subject in names
        )
    )
