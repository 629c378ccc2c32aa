"""The words of the patterns, read from YAML: what each prompts, why, and whose next step it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from .located_yaml import Located

PATTERNS: tuple[str, ...] = tuple(f"P{number:02}" for number in range(1, 28))


# Those that may carry an effect of their own, which a sentence of theirs ends; a row, or a reason, ends the others.
WITH_REMEDY = frozenset(["P04", "P07", "P09", "P10", "P11", "P12", "P13", "P15", "P19", "P25"])


@dataclass(frozen=True, slots=True)
class PatternText:
    """One pattern as its reader meets it. ``prompt`` never concludes anything about a person."""

    id: str
    name: str
    when: str
    prompt: str
    rationale: str
    step: str
    remedy: str  # what ends an effect of its own; empty where it carries none
    owner: str
    source: str
    source_date: str
    line: int


_KEYS = {"id", "name", "when", "prompt", "rationale", "step", "owner", "source", "source_date"}


def read_patterns(
    top: Located, known: tuple[str, ...], remedies_before: Mapping[str, str] | None = None
) -> Mapping[str, PatternText]:
    """Every pattern that is worked out has its words, and every entry belongs to one.

    Args:
        remedies_before: of a file of a version before 2026.4, which does not say them: the remedies as they were then.
    Raises:
        ChecklistError: with file, line and what was meant.
    """
    top.only({"version", "title", "patterns"}, "the pattern file")
    found: dict[str, PatternText] = {}
    for entry in top.need("patterns", list, "the pattern file"):
        if not isinstance(entry, Located):
            top.refuse("each pattern is a mapping.", "patterns")
        what = f"pattern {entry.get('id', '')}".strip()
        entry.only(_KEYS if remedies_before is not None else {*_KEYS, "remedy"}, what)
        texts = {key: entry.need(key, str, what) for key in sorted(_KEYS)}
        if texts["id"] not in known:
            near = get_close_matches(texts["id"], known, n=1)
            entry.refuse(f"nothing works out “{texts['id']}”." + (f" Did you mean “{near[0]}”?" if near else ""), "id")
        if texts["id"] in found:
            entry.refuse(f"{texts['id']} is defined twice.", "id")
        try:
            date.fromisoformat(texts["source_date"])
        except ValueError:
            entry.refuse(f"“{texts['source_date']}” is not a date written YYYY-MM-DD.", "source_date")
        remedy = _remedy(entry, what) if remedies_before is None else remedies_before.get(texts["id"], "")
        found[texts["id"]] = PatternText(**texts, remedy=remedy, line=entry.line)
    missing = [name for name in known if name not in found]
    if missing:
        top.refuse(f"{missing[0]} is worked out and has no words.", "patterns")
    return found


def _remedy(entry: Located, what: str) -> str:
    if entry["id"] not in WITH_REMEDY:
        if "remedy" in entry:
            entry.refuse(f"{what} carries no effect of its own, so it has no remedy.", "remedy")
        return ""
    remedy: str = entry.need("remedy", str, what)
    if not remedy.strip():
        entry.refuse(f"the remedy of {what} is empty.", "remedy")
    return remedy
