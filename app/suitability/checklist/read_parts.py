"""The parts of a criterion, read from YAML: words, conditions, bands, counts, strengthenings, whom to ask, mitigations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from difflib import get_close_matches
from typing import Any, TypeVar

from app.suitability.casefile.codes import BASES, OPEN_EFFECTS, WORRYING_EFFECTS, Grade
from app.suitability.casefile.household import SERVICE_KINDS

from .condition import Condition, compile_condition
from .criterion import (
    Agency,
    AskedWhen,
    Band,
    Count,
    CountBand,
    Duty,
    OfferedMitigation,
    OpenIf,
    Setting,
    Stronger,
    WorryIf,
)
from .located_yaml import Located


def condition(entry: Located, key: str) -> Condition | None:
    return compile_condition(entry[key], entry, key) if entry.get(key) is not None else None


W = TypeVar("W", bound=str)


def word(entry: Located, key: str, allowed: Iterable[W], what: str) -> W:
    entry.need(key, str, what)
    word = optional_word(entry, key, allowed, what)
    assert word is not None
    return word


def optional_word(entry: Located, key: str, allowed: Iterable[W], what: str) -> W | None:
    value: str | None = entry.typed(key, str, what)
    words = list[Any](allowed)
    if value is not None and value not in words:
        near = get_close_matches(value, words, n=1)
        entry.refuse(
            f"“{value}” cannot be the “{key}” of {what}."
            + (f" Did you mean “{near[0]}”?" if near else f" It may be: {', '.join(words)}."),
            key,
        )
    return None if value is None else words[words.index(value)]


def grade(entry: Located, value: str, key: str) -> Grade:
    try:
        return Grade(value)
    except ValueError:
        entry.refuse(f"“{value}” is not an evidence grade. It may be: {', '.join(g.value for g in Grade)}.", key)


def day_written(entry: Located, value: str) -> None:
    try:
        date.fromisoformat(value)
    except ValueError:
        entry.refuse(f"“{value}” is not a date written YYYY-MM-DD.", "source_date")


def bands_of(entry: Located, what: str, settings: Mapping[str, Setting]) -> tuple[Band, ...]:
    bands = []
    for item in entry.typed("bands", list, what, []):
        item.only({"if", "over", "effect"}, "a band")
        over = setting_named(item, "over", settings)
        bands.append(Band(condition(item, "if"), over, word(item, "effect", WORRYING_EFFECTS, "a band")))
    if entry.get("answer") == "minutes" and not bands:
        entry.refuse(f"{what} is answered in minutes and has no band.", "answer")
    return tuple(bands)


def counts_of(entry: Located, what: str, answer: str, settings: Mapping[str, Setting]) -> dict[str, Count]:
    if answer != "counts":
        return {}
    found = {}
    for name, item in entry.need("counts", dict, what).items():
        item.only({"label", "means", "bands"}, f"count {name}")
        bands = []
        for band in item.typed("bands", list, f"count {name}", []):
            band.only({"if", "from", "effect"}, "a band of a count")
            least = setting_named(band, "from", settings)
            bands.append(
                CountBand(condition(band, "if"), least, word(band, "effect", WORRYING_EFFECTS, "a band of a count"))
            )
        means = word(item, "means", ("neutral", "worrying"), f"count {name}")
        if bands and means == "neutral":
            item.refuse(f"count “{name}” is neutral and has bands.", "bands")
        found[name] = Count(item.need("label", str, f"count {name}"), means, tuple(bands))
    return found


def setting_named(item: Located, key: str, settings: Mapping[str, Setting]) -> str:
    name: str = item.need(key, str, "a band")
    if name not in settings:
        near = get_close_matches(name, list(settings), n=1)
        item.refuse(f"there is no setting “{name}”." + (f" Did you mean “{near[0]}”?" if near else ""), key)
    return name


def travel_to(entry: Located, what: str, answer: str) -> tuple[str, ...]:
    kinds = tuple(entry.typed("travel_to", list, what, []))
    for kind in kinds:
        if kind not in SERVICE_KINDS:
            near = get_close_matches(str(kind), SERVICE_KINDS, n=1)
            entry.refuse(f"“{kind}” is not a service." + (f" Did you mean “{near[0]}”?" if near else ""), "travel_to")
    if kinds and answer != "minutes":
        entry.refuse("only an answer in minutes has a way (travel_to).", "travel_to")
    return kinds


def duty_of(entry: Located, what: str, settings: Mapping[str, Setting]) -> Duty | None:
    item = entry.typed("duty", dict, what)
    if item is None:
        return None
    item.only({"what", "owner", "days", "since", "with_record"}, "a duty")
    since = optional_word(item, "since", ("placement", "answer"), "a duty") or "placement"
    what, owner = item.need("what", str, "a duty"), item.need("owner", str, "a duty")
    return Duty(
        what, owner, setting_named(item, "days", settings), since, item.typed("with_record", bool, "a duty", False)
    )


def clear_at_when(entry: Located, what: str) -> tuple[tuple[Condition, Grade], ...]:
    found = []
    for item in entry.typed("clear_at_when", list, what, []):
        item.only({"if", "grade"}, "clear_at_when")
        when = condition(item, "if")
        assert when is not None
        found.append((when, grade(item, item.need("grade", str, "clear_at_when"), "grade")))
    return tuple(found)


def stronger_of(entry: Located, what: str) -> tuple[Stronger, ...]:
    found = []
    for item in entry.typed("stronger", list, what, []):
        item.only({"if", "worrying", "open", "basis", "because"}, "stronger")
        if "if" not in item:
            item.refuse("“stronger” says when (if).")
        when = condition(item, "if")
        assert when is not None
        found.append(
            Stronger(
                when,
                optional_word(item, "worrying", WORRYING_EFFECTS, "stronger"),
                optional_word(item, "open", OPEN_EFFECTS, "stronger"),
                optional_word(item, "basis", BASES, "stronger"),
                item.typed("because", str, "stronger", when.sentence),
            )
        )
    return tuple(found)


def worry_if(entry: Located, what: str) -> tuple[WorryIf, ...]:
    found = []
    for item in entry.typed("worry_if", list, what, []):
        item.only({"if", "effect", "says", "emergency"}, "worry_if")
        when = condition(item, "if")
        assert when is not None
        effect, says = word(item, "effect", WORRYING_EFFECTS, "worry_if"), item.need("says", str, "worry_if")
        found.append(WorryIf(when, effect, says, item.typed("emergency", str, "worry_if", "")))
    return tuple(found)


def open_if(entry: Located, what: str) -> tuple[OpenIf, ...]:
    found = []
    for item in entry.typed("open_if", list, what, []):
        item.only({"if", "says"}, "open_if")
        when = condition(item, "if")
        assert when is not None
        found.append(OpenIf(when, item.need("says", str, "open_if")))
    return tuple(found)


def agencies_named(entry: Located, what: str, agencies: Mapping[str, Agency], key: str) -> tuple[str, ...]:
    codes = tuple(entry.typed(key, list, what, []))
    for code in codes:
        if code not in agencies:
            near = get_close_matches(str(code), list(agencies), n=1)
            entry.refuse(f"“{code}” is not an agency." + (f" Did you mean “{near[0]}”?" if near else ""), key)
        if not agencies[code].known_as:
            entry.refuse(f"it is not said by which words “{code}” is known (known_as).", key)
    return codes


def day_of(entry: Located, what: str, answer: str) -> str:
    if answer != "date":
        if "day" in entry:
            entry.refuse("only an answer that is a date says whether its day has gone by or is to come.", "day")
        return ""
    return word(entry, "day", ("gone_by", "to_come"), what)


def mitigations_of(entry: Located, what: str) -> tuple[OfferedMitigation, ...]:
    found = []
    for item in entry.typed("mitigations", list, what, []):
        item.only({"what", "owner", "is_work"}, "a mitigation")
        found.append(
            OfferedMitigation(
                item.need("what", str, "a mitigation"),
                item.need("owner", str, "a mitigation"),
                item.typed("is_work", bool, "a mitigation", False),
            )
        )
    return tuple(found)


def asked_when(entry: Located, what: str, agencies: Mapping[str, Agency]) -> tuple[AskedWhen, ...]:
    found = []
    for item in entry.typed("asked_when", list, what, []):
        item.only({"if", "ask_of", "ask"}, "asked_when")
        if "if" not in item:
            item.refuse("“asked_when” says when (if).")
        when = condition(item, "if")
        assert when is not None
        ask_of = item.typed("ask_of", str, "asked_when", "")
        if ask_of and ask_of not in agencies:
            near = get_close_matches(ask_of, list(agencies), n=1)
            item.refuse(f"“{ask_of}” is not an agency." + (f" Did you mean “{near[0]}”?" if near else ""), "ask_of")
        found.append(AskedWhen(when, ask_of, item.typed("ask", str, "asked_when", "")))
    return tuple(found)
