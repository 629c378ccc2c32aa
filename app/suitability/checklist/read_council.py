"""What a council may change: settings with owner, source and date, words, and whom to ask."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from difflib import get_close_matches
from typing import Any

from app.suitability.casefile.settings import NEEDED

from .condition import compile_condition
from .criterion import Agency, Setting, Wording
from .located_yaml import Located, fill
from .sentences import SENTENCES, check_sentence, is_of_before

# Settings and words that rules look for by name; a council's file without one of them is refused, never guessed.
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
    top: Located, amended: bool = True, words_before: Mapping[str, str] | None = None
) -> tuple[dict[str, Setting], dict[str, Wording], dict[str, Agency]]:
    """Settings, words and agencies of a council.

    Args:
        amended: False for a council's file as it was frozen with a version before 2026.2: what it does not say has the
            meaning it had then.
        words_before: of a file frozen with a version before 2026.5: the sentences it does not say, as they were then.
    Raises:
        ChecklistError: with file, line and what was meant.
    """
    top.only({"settings", "words", "agencies"}, "the council file")
    settings = {} if amended else dict(_BEFORE)
    for name, item in top.need("settings", dict, "the council file").items():
        item.only({"value", "values", "says", "owner", "source", "href", "checked"}, f"setting {name}")
        value = item.need("value", int, f"setting {name}")
        if value < 0:
            item.refuse(f"setting {name} is below nothing.", "value")
        says = item.need("says", str, f"setting {name}")
        settings[name] = Setting(
            name=name,
            value=value,
            says=says,
            **_vouched(item, f"setting {name}"),
            href=_href(item, name),
            dated=_dated(item, name),
        )
    for name in sorted(NEEDED - settings.keys()):
        near = get_close_matches(name, sorted(settings.keys() - NEEDED), n=1)
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
            telephone=item.typed("telephone", str, f"agency {code}", ""),
            do_not_say=item.typed("do_not_say", str, f"agency {code}", ""),
            must_ask=when is not None,
            must_ask_when=compile_condition(when, item, "must_ask_when") if isinstance(when, Located) else None,
            line=item.line,
            **_vouched(item, f"agency {code}"),
            **texts,
        )
    wordings, of_before = {}, []
    for name, item in top.need("words", dict, "the council file").items():
        if not isinstance(item, Located):
            top["words"].refuse(f"the words “{name}” say their text, owner, source and when they were checked.", name)
        item.only({"text", "owner", "source", "checked"}, f"the words {name}")
        text = item.need("text", str, f"the words {name}")
        if not text.strip():
            item.refuse(f"the words “{name}” are empty.", "text")
        if words_before is None and is_of_before(name, text):
            of_before.append(name)
        else:
            check_sentence(item, name, text, by_code=words_before is not None)
        wordings[name] = Wording(name, text, **_vouched(item, f"the words {name}"))
    if not amended:
        wordings = {**{name: replace(wordings[old], name=name) for name, old in _BEFORE_WORDS.items()}, **wordings}
    for name, said in (words_before or {}).items():
        if name not in wordings:
            wordings[name] = Wording(name, said, "nobody", "the code of earlier versions", "2026-11-29")
    # All at once: whoever takes a new version over with a file of their own mends it in one go.
    wrong = [
        f"these words {what}: {', '.join(f'“{name}”' for name in sorted(names))}."
        for what, names in (
            ("are missing", NEEDED_WORDS - wordings.keys()),
            ("still put in a grade by its code, as before version 2026.5", of_before),
        )
        if names
    ]
    if wrong:
        top.refuse(f"{' '.join(wrong)} The file that came with this version has them.", "words")
    return settings, wordings, agencies


def _href(item: Located, name: str) -> str:
    """Where the source of a setting can be read, if it has an address."""
    address: str = item.typed("href", str, f"setting {name}", "")
    if address and not re.fullmatch(r"https://[a-z0-9.-]+\.[a-z]{2,}/\S*", address):
        item.refuse(f"“{address}” is not an address that begins with https://.", "href")
    return address


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
_AGENCY_KEYS = {
    *_AGENCY_TEXTS, "route", "must_ask_when", "known_as", "known_else", "telephone", "do_not_say", "owner", "source", "checked",
}  # fmt: skip
