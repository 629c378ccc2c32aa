"""Sentences the rules say with something of the case in them: which a council’s file gives, and with which placeholders."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from string import Formatter

from .located_yaml import Located

# By the name of the words, what is put in: each of these is in the sentence, and nothing else in braces.
SENTENCES: Mapping[str, frozenset[str]] = {
    "remedy_stop": frozenset(),
    "remedy_in_hand": frozenset(["offer"]),
    "remedy_work_seen": frozenset(["offer"]),
    "remedy_seen": frozenset(["offer"]),
    "remedy_senior": frozenset(),
    "remedy_senior_child_safety": frozenset(),
    "remedy_high": frozenset(["offer", "days"]),
    "remedy_medium": frozenset(["offer"]),
    "remedy_low": frozenset(),
    "remedy_open": frozenset(["needed"]),
    "remedy_open_agencies": frozenset(["needed", "agencies"]),
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
    "lacking_grade": frozenset(["said", "needed"]),
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
    "why_told_anyway": frozenset(),
    "why_told_of_safety": frozenset(),
    "why_asked_in_doubt": frozenset(["unknown"]),
    "why_baby": frozenset(["weeks"]),
    "why_stronger": frozenset(["because"]),
    "why_stronger_in_doubt": frozenset(["because"]),
    "why_not_less_than_unknown": frozenset(),
    "why_weaker": frozenset(["because"]),
    "why_seen_too_long_ago": frozenset(),
    "why_left_open": frozenset(),
    "why_measured_otherwise": frozenset(),
    "why_others_rest_on_it": frozenset(),
    "lacking_proof": frozenset(["needed"]),
    "row_named": frozenset(["name"]),
    "condition_answer": frozenset(["name"]),
    "condition_review": frozenset(["name"]),
    "ask_find_out_first": frozenset(["agency", "question", "unknown"]),
    "ask_escalate": frozenset(["agency", "at_silence"]),
    "ask_again": frozenset(["questions", "source"]),
    "saw_only_household": frozenset(["name", "person"]),
    "saw_impression": frozenset(),
    "saw_difference": frozenset(["accounts", "name"]),
    "saw_source": frozenset(["said", "source"]),
    "saw_undated_flight": frozenset(),
    "saw_treatment_said": frozenset(["name", "why"]),
    "saw_service_silent": frozenset(),
    "saw_service_unanswered": frozenset(),
    "saw_cot_not_clear": frozenset(["name"]),
    "saw_sofa_or_shared_bed": frozenset(),
    "saw_cold": frozenset(),
    "saw_moves": frozenset(["number"]),
    "saw_use_now": frozenset(["name"]),
    "saw_use_not_known": frozenset(["name"]),
    "saw_medicine_at_home": frozenset(["name"]),
    "saw_medicine_not_known": frozenset(["name"]),
    "saw_sleep_smoker": frozenset(),
    "saw_sleep_alcohol": frozenset(),
    "saw_sleep_drugs": frozenset(),
    "saw_sleep_born_early": frozenset(),
    "saw_sleep_low_weight": frozenset(),
    "saw_orders_not_confirmed": frozenset(),
    "saw_row_state": frozenset(["name", "state"]),
    "saw_addresses": frozenset(["months", "number"]),
    "saw_crossings": frozenset(["number"]),
    "saw_nobody_leads": frozenset(["number"]),
    "saw_silence": frozenset(["agency", "day", "question"]),
    "saw_accepted": frozenset(["domain", "names"]),
    "saw_high_in_domains": frozenset(["domains"]),
    "saw_not_in_place": frozenset(["name", "what", "why"]),
    "saw_owner_not_accepted": frozenset(),
    "saw_date_passed": frozenset(["day"]),
    "saw_promised_before": frozenset(["number"]),
    "saw_said_in_place": frozenset(["name", "what"]),
    "saw_said_done": frozenset(["day", "what"]),
    "saw_undeclared": frozenset(["number"]),
    "saw_not_seen": frozenset(),
    "saw_seen_not_told": frozenset(),
    "saw_seen_asleep_only": frozenset(),
    "saw_seen_with_one_adult": frozenset(),
    "saw_reassuring": frozenset(["day", "name"]),
    "saw_worrying": frozenset(["day", "name"]),
    "saw_earlier_child_removed": frozenset(),
    "saw_booked_late": frozenset(["name"]),
    "saw_contact_avoided": frozenset(["name"]),
    "saw_means": frozenset(["name"]),
    "saw_notice_refused": frozenset(),
    "saw_survivors_word": frozenset(["name"]),
    "saw_emergency": frozenset(["day", "nights"]),
    "saw_building_worries": frozenset(["days", "number"]),
    "saw_danger_child_alone": frozenset(),
    "saw_danger_overdose": frozenset(),
    "saw_danger_violence_now": frozenset(),
    "saw_danger_baby_cannot_be_woken": frozenset(),
    "saw_danger_medicine_swallowed": frozenset(),
}
# Of those that version 2026.4 has too, the ones into which something else was put: a grade by its code, which nobody reads now.
SENTENCES_2026_4: Mapping[str, frozenset[str]] = {
    "remedy_in_hand": frozenset(["offer", "grade"]),
    "remedy_open": frozenset(["grade"]),
    "remedy_open_agencies": frozenset(["grade", "agencies"]),
    "lacking_grade": frozenset(["said", "grade", "wanted"]),
}


def is_of_before(name: str, text: str) -> bool:
    """Is it a sentence as version 2026.4 had it, with what is no longer put in?"""
    try:
        put_in = {part[1] for part in Formatter().parse(text) if part[1] is not None}
    except ValueError:
        return False
    return name in SENTENCES_2026_4 and put_in == SENTENCES_2026_4[name]


def check_sentence(item: Located, name: str, text: str, by_code: bool = False) -> None:
    """Refuse a sentence without one of its placeholders, or with another.

    Args:
        by_code: of a file frozen with a version before 2026.5, whose sentences say a grade by its code.

    Raises:
        ChecklistError: with file, line and what was meant.
    """
    wanted = SENTENCES_2026_4.get(name, SENTENCES.get(name)) if by_code else SENTENCES.get(name)
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
