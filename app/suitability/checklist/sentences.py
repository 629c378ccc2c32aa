"""Sentences the rules say with something of the case in them: which a council’s file gives, and with which placeholders."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from string import Formatter

from .located_yaml import Located

# By the name of the words, what is put in: each of these is in the sentence, and nothing else in braces.
SENTENCES: Mapping[str, frozenset[str]] = {
    "remedy_stop": frozenset(),
    "remedy_in_hand": frozenset(["offer", "grade"]),
    "remedy_work_seen": frozenset(["offer"]),
    "remedy_seen": frozenset(["offer"]),
    "remedy_senior": frozenset(),
    "remedy_senior_child_safety": frozenset(),
    "remedy_high": frozenset(["offer", "days"]),
    "remedy_medium": frozenset(["offer"]),
    "remedy_low": frozenset(),
    "remedy_open": frozenset(["grade"]),
    "remedy_open_agencies": frozenset(["grade", "agencies"]),
    "remedy_facts": frozenset(),
    "remedy_prompt": frozenset(),
    "offer_unnamed": frozenset(),
    "offer_pattern": frozenset(),
    "lacking_unasked": frozenset(),
    "lacking_unknown": frozenset(),
    "lacking_rest_unknown": frozenset(),
    "lacking_day_to_come": frozenset(),
    "lacking_name": frozenset(),
    "lacking_source": frozenset(),
    "lacking_grade": frozenset(["said", "grade", "wanted"]),
    "lacking_words": frozenset(),
    "lacking_stale": frozenset(["days"]),
    "lacking_numbers": frozenset(["numbers"]),
    "lacking_agencies": frozenset(["heard", "wanted"]),
    "way_stopped": frozenset(["stops", "then"]),
    "way_then_nowhere": frozenset(),
    "way_then_elsewhere": frozenset(),
    "way_then_tonight": frozenset(),
    "way_not_found": frozenset(["remains"]),
    "way_found": frozenset(),
    "way_conditions": frozenset(),
    "way_clear": frozenset(),
    "step_place": frozenset(),
    "step_unit": frozenset(["wanted"]),
    "step_elsewhere": frozenset(),
    "step_review": frozenset(),
    "step_ask": frozenset(["agency", "question"]),
    "step_ask_family": frozenset(["question"]),
}


def check_sentence(item: Located, name: str, text: str) -> None:
    """Refuse a sentence without one of its placeholders, or with another.

    Raises:
        ChecklistError: with file, line and what was meant.
    """
    wanted = SENTENCES.get(name)
    if wanted is None:
        return
    try:
        parts = [part for part in Formatter().parse(text) if part[1] is not None]
    except ValueError:
        item.refuse(f"a brace in the words “{name}” is not closed.", "text")
    for _, placeholder, layout, conversion in parts:
        if placeholder not in wanted or layout or conversion:
            near = get_close_matches(str(placeholder), sorted(wanted), n=1)
            said = f"nothing is put in for “{{{placeholder}}}” in the words “{name}”."
            item.refuse(said + (f" Did you mean “{{{near[0]}}}”?" if near else ""), "text")
    for placeholder in sorted(wanted - {part[1] for part in parts}):
        item.refuse(f"the words “{name}” must say “{{{placeholder}}}”.", "text")
