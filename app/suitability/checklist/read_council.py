"""What a council may change: settings with owner, source and date, words, and whom to ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any

from .condition import compile_condition
from .criterion import Agency, Setting, Wording
from .located_yaml import Located, fill
from .sentences import SENTENCES, check_sentence

# Settings and words that rules look for by name; a council's file without one of them is refused, never guessed.
NEEDED_SETTINGS = frozenset(
    [
        "arrive_minutes",
        "bed_and_breakfast_nights",
        "bed_and_breakfast_warning_night",
        "chaser_days",
        "condition_days",
        "directory_stale_days",
        "districts_stale_days",
        "emergency_cot_under_years",
        "emergency_nights",
        "emergency_told_under_years",
        "heard_days",
        "hmo_one_child_cm2",
        "hmo_one_person_cm2",
        "hmo_two_persons_cm2",
        "host_notice_days",
        "last_seen_days",
        "last_seen_days_under_1",
        "long_stay_nights",
        "longest_route_percent_of_straight_line",
        "electrical_record_months",
        "enquiry_silent_days",
        "gas_record_months",
        "gazetteer_stale_days",
        "mobile_from_days",
        "birth_plan_weeks",
        "moves_window_months",
        "next_look_days",
        "next_look_days_soon",
        "pregnancy_asked_from_years",
        "plan_days",
        "plan_days_baby",
        "pregnancy_asked_to_years",
        "p01_misses",
        "p01_said_only",
        "p01_window_days",
        "p01_young_misses",
        "p01_young_window_days",
        "p01_young_years",
        "p02_cancelled",
        "p02_no_access",
        "p02_window_days",
        "p03_move_days",
        "p04_percent",
        "p04_reassuring",
        "p07_window_days",
        "p09_moves",
        "p09_window_days",
        "p12_addresses",
        "p12_crossings",
        "p12_young_years",
        "p13_agencies",
        "p14_silent",
        "p15_domains",
        "p15_high",
        "p15_medium",
        "p16_promised",
        "p17_said",
        "p18_sources",
        "p20_days",
        "p25_uses",
        "p25_window_days",
        "p26_files",
        "p26_window_days",
        "pram_metres_per_minute",
        "protected_metres",
        "route_percent_of_straight_line",
        "school_walk_metres_from_8",
        "school_walk_metres_under_8",
        "service_checked_days",
        "share_days",
        "shelf_life_baby_days",
        "unborn_counts_weeks",
        "walking_metres_per_minute",
        "weight_high",
        "weight_low",
        "weight_medium",
        "weight_senior",
        "weight_stop",
        "weight_stop_until",
    ]
)
NEEDED_WORDS = frozenset(
    [
        "danger",
        "front_door",
        "emergency_closed",
        "no_other_placement_tonight",
        "no_other_placement_tonight_baby",
        "route_none",
        "route_lead_professional",
        "route_front_door",
        "route_refer_now",
        "route_999",
        *SENTENCES,
    ]
)


def _vouched(item: Located, what: str) -> dict[str, str]:
    """Who owns it, where it comes from, and when it was last checked."""
    found = {key: str(item.need(key, str, what)) for key in ("owner", "source", "checked")}
    try:
        date.fromisoformat(found["checked"])
    except ValueError:
        item.refuse(f"“{found['checked']}” is not a date written YYYY-MM-DD.", "checked")
    for key in ("owner", "source"):
        if not found[key].strip():
            item.refuse(f"“{key}” of {what} is empty.", key)
    return found


def read_council(
    top: Located, amended: bool = True, words_before: Mapping[str, str] = MappingProxyType({})
) -> tuple[dict[str, Setting], dict[str, Wording], dict[str, Agency]]:
    """Settings, words and agencies of a council.

    Args:
        amended: False for a council's file as it was frozen with a version before 2026.2: what it does not say has the
            meaning it had then.
        words_before: sentences that a file frozen with an earlier version does not say, as they were then.
    Raises:
        ChecklistError: with file, line and what was meant.
    """
    top.only({"settings", "words", "agencies"}, "the council file")
    settings = {} if amended else dict(_BEFORE)
    for name, item in top.need("settings", dict, "the council file").items():
        item.only({"value", "values", "says", "owner", "source", "checked"}, f"setting {name}")
        value = item.need("value", int, f"setting {name}")
        if value < 0:
            item.refuse(f"setting {name} is below nothing.", "value")
        says = item.need("says", str, f"setting {name}")
        settings[name] = Setting(
            name=name, value=value, says=says, **_vouched(item, f"setting {name}"), dated=_dated(item, name)
        )
    for name in sorted(NEEDED_SETTINGS - settings.keys()):
        near = get_close_matches(name, sorted(settings.keys() - NEEDED_SETTINGS), n=1)
        top.refuse(f"the setting “{name}” is missing." + (f" Is “{near[0]}” meant?" if near else ""), "settings")
    numbers = {name: setting.value for name, setting in settings.items()}
    fill(top.get("agencies"), numbers)
    agencies = {}
    for code, item in top.need("agencies", dict, "the council file").items():
        item.only(_AGENCY_KEYS, f"agency {code}")
        texts: dict[str, Any] = {k: item.need(k, str, f"agency {code}") for k in _AGENCY_TEXTS}
        when = item.get("must_ask_when")
        if isinstance(when, str) and when != "always":
            near = get_close_matches(when, ["always"], n=1)
            item.refuse("“must_ask_when” is “always” or a condition." + (" Did you mean “always”?" if near else ""))
        agencies[code] = Agency(
            code=code,
            route=item.typed("route", str, f"agency {code}", ""),
            known_as=tuple(item.typed("known_as", list, f"agency {code}", [])),
            known_else=tuple(item.typed("known_else", list, f"agency {code}", [])),
            must_ask=when is not None,
            must_ask_when=compile_condition(when, item, "must_ask_when") if isinstance(when, Located) else None,
            line=item.line,
            **_vouched(item, f"agency {code}"),
            **texts,
        )
    wordings = {}
    for name, item in top.need("words", dict, "the council file").items():
        if not isinstance(item, Located):
            top["words"].refuse(f"the words “{name}” say their text, owner, source and when they were checked.", name)
        item.only({"text", "owner", "source", "checked"}, f"the words {name}")
        text = item.need("text", str, f"the words {name}")
        if not text.strip():
            item.refuse(f"the words “{name}” are empty.", "text")
        check_sentence(item, name, text)
        wordings[name] = Wording(name, text, **_vouched(item, f"the words {name}"))
    if not amended:
        wordings = {**{name: replace(wordings[old], name=name) for name, old in _BEFORE_WORDS.items()}, **wordings}
    for name in words_before.keys() - wordings.keys():
        wordings[name] = Wording(name, words_before[name], "nobody", "the code of earlier versions", "2026-11-29")
    for name in sorted(NEEDED_WORDS - wordings.keys()):
        top.refuse(f"the words “{name}” are missing.", "words")
    return settings, wordings, agencies


def _dated(item: Located, name: str) -> tuple[tuple[date, int], ...]:
    """Values that begin on a date, in the order of their days."""
    found = {}
    for day, value in item.typed("values", dict, f"setting {name}", {}).items():
        try:
            start = date.fromisoformat(day)
        except ValueError:
            item["values"].refuse(f"“{day}” is not a date written YYYY-MM-DD.", day)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            item["values"].refuse(f"the value of setting {name} from {day} should be a whole number.", day)
        found[start] = value
    return tuple(sorted(found.items()))


def _was(name: str, value: int, says: str) -> Setting:
    return Setting(
        name=name,
        value=value,
        says=says,
        owner="nobody",
        source="before the amendments of November 2026",
        checked="2026-11-28",
    )


# What a council's file of an earlier version does not say, with the meaning it had when records were issued on it.
_BEFORE = {
    "plan_days": _was("plan_days", 36_500, "A plan had no latest day"),
    "plan_days_baby": _was("plan_days_baby", 36_500, "A plan had no latest day"),
    "pregnancy_asked_to_years": _was("pregnancy_asked_to_years", 200, "Women of every age were asked"),
}
_BEFORE_WORDS = {
    "no_other_placement_tonight_baby": "no_other_placement_tonight",
    "emergency_closed": "no_other_placement_tonight",  # nothing closed it then
}

_AGENCY_TEXTS = ("name", "question", "ground", "tonight", "planned", "at_silence")
_AGENCY_KEYS = {*_AGENCY_TEXTS, "route", "must_ask_when", "known_as", "known_else", "owner", "source", "checked"}
