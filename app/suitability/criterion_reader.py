"""One criterion, read from YAML: every key checked, with file and line of any mistake."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date
from difflib import get_close_matches

from .computed import COMPUTED
from .conditions import Condition, compile_condition
from .criterion import (
    ANSWERS,
    BASES,
    MEANINGS,
    OPEN_EFFECTS,
    SUBJECTS,
    WORRYING_EFFECTS,
    Agency,
    Band,
    Count,
    CountBand,
    Criterion,
    Duty,
    OfferedMitigation,
    OpenIf,
    Option,
    Setting,
    Stronger,
    WorryIf,
)
from .evidence import Grade
from .household import SERVICE_KINDS
from .located import Located

# A criterion says in YAML what it is made of here, but for its file and line.
_CRITERION_KEYS = frozenset(f.name for f in fields(Criterion) if f.init) - {"domain", "line"}
_OPTION_KEYS = {"label", "means", "effect", "basis", "says", "condition", "due", "verify", "lower", "clear_at", "tells"}


def read_criterion(
    entry: Located, domain: str, settings: Mapping[str, Setting], agencies: Mapping[str, Agency]
) -> Criterion:
    what = f"criterion {entry.get('id', '')}".strip()
    entry.only(_CRITERION_KEYS, what)
    answer = _word(entry, "answer", ANSWERS, what)
    subject = _word(entry, "subject", SUBJECTS, what)
    worrying = _optional_word(entry, "worrying", WORRYING_EFFECTS, what)
    computed = entry.typed("computed", str, what)
    if (answer == "computed") != (computed is not None):
        entry.refuse("an answer that is computed names what computes it, and no other does.", "answer")
    if computed is not None and computed not in COMPUTED:
        near = get_close_matches(computed, list(COMPUTED), n=1)
        entry.refuse(f"nothing computes “{computed}”." + (f" Did you mean “{near[0]}”?" if near else ""), "computed")
    options = _options(entry, what, answer, worrying)
    shelf_life = entry.typed("shelf_life", str, what)
    if shelf_life is not None and f"shelf_life_{shelf_life}_days" not in settings:
        entry.refuse(f"there is no setting “shelf_life_{shelf_life}_days”.", "shelf_life")
    ask_of = entry.typed("ask_of", str, what, "")
    if ask_of and ask_of not in agencies:
        near = get_close_matches(ask_of, list(agencies), n=1)
        entry.refuse(f"“{ask_of}” is not an agency." + (f" Did you mean “{near[0]}”?" if near else ""), "ask_of")
    if entry.get("open") is not None and not ask_of:
        entry.refuse("a criterion that can be open says whom to ask (ask_of).")
    source_date = entry.need("source_date", str, what)
    _day(entry, source_date)
    return Criterion(
        id=entry.need("id", str, what),
        domain=domain,
        name=entry.need("name", str, what),
        question=entry.need("question", str, what),
        help=entry.need("help", str, what),
        why=entry.typed("why", str, what, ""),
        so_what=entry.typed("so_what", str, what, ""),
        subject=subject,
        scope=_word(entry, "scope", ("placement", "household"), what),
        applies_when=_condition(entry, "applies_when"),
        answer=answer,
        options=options,
        bands=_bands(entry, what, settings),
        counts=_counts(entry, what, answer, settings),
        computed=computed,
        clear_at=_grade(entry, entry.need("clear_at", str, what), "clear_at"),
        clear_at_when=_clear_at_when(entry, what),
        min_sources=entry.typed("min_sources", int, what, 1),
        survivor_only=entry.typed("survivor_only", bool, what, False),
        survivors_word=entry.typed("survivors_word", bool, what, False),
        theirs_only=entry.typed("theirs_only", bool, what, False),
        answers_from=_from(entry, what, agencies, "answers_from"),
        seen_at=_grade(entry, entry.typed("seen_at", str, what, "E2"), "seen_at"),
        shelf_life=shelf_life,
        worrying=worrying,
        open=_optional_word(entry, "open", OPEN_EFFECTS, what),
        under_one=_optional_word(entry, "under_one", OPEN_EFFECTS, what),
        stronger=_stronger(entry, what),
        worry_if=_worry_if(entry, what),
        basis=_word(entry, "basis", BASES, what),
        source=entry.need("source", str, what),
        source_date=source_date,
        verifiers=tuple(entry.need("verifiers", list, what)) if computed is None else (),
        ask_of=ask_of,
        ask=entry.typed("ask", str, what, ""),
        mitigations=_mitigations(entry, what),
        in_words=entry.typed("in_words", bool, what, False),
        day=_day_of(entry, what, answer),
        only_from=_from(entry, what, agencies, "only_from"),
        not_from=_from(entry, what, agencies, "not_from"),
        open_if=_open_if(entry, what),
        sign=_optional_word(entry, "sign", ("pull", "push"), what) or "",
        next_unit=entry.typed("next_unit", str, what, ""),
        travel_to=_travel_to(entry, what, answer),
        duty=_duty(entry, what, settings),
        weight=entry.typed("weight", int, what),
        first_night=entry.typed("first_night", bool, what, False),
        release=_word(entry, "release", RELEASE_CLASSES, what),
        line=entry.line,
    )


# Who may see it is decided edition by edition (safeguarding.md section 5); the class says what kind of matter it is.
RELEASE_CLASSES = (
    "placement",
    "child_safety",
    "child_health",
    "adult_health",
    "treatment",
    "treatment_detail",
    "under_enquiry",
    "police",
    "other_residents",
    "survivor",
    "location",
    "agencies",
    "means",
    "disagreement",
    "childs_words",
    "law",
)


def _condition(entry: Located, key: str) -> Condition | None:
    return compile_condition(entry[key], entry, key) if entry.get(key) is not None else None


def _word(entry: Located, key: str, allowed: Iterable[str], what: str) -> str:
    entry.need(key, str, what)
    word = _optional_word(entry, key, allowed, what)
    assert word is not None
    return word


def _optional_word(entry: Located, key: str, allowed: Iterable[str], what: str) -> str | None:
    value: str | None = entry.typed(key, str, what)
    words = list(allowed)
    if value is not None and value not in words:
        near = get_close_matches(value, words, n=1)
        entry.refuse(
            f"“{value}” cannot be the “{key}” of {what}."
            + (f" Did you mean “{near[0]}”?" if near else f" It may be: {', '.join(words)}."),
            key,
        )
    return value


def _grade(entry: Located, value: str, key: str) -> Grade:
    try:
        return Grade(value)
    except ValueError:
        entry.refuse(f"“{value}” is not an evidence grade. It may be: {', '.join(g.value for g in Grade)}.", key)


def _day(entry: Located, value: str) -> None:
    try:
        date.fromisoformat(value)
    except ValueError:
        entry.refuse(f"“{value}” is not a date written YYYY-MM-DD.", "source_date")


def _options(entry: Located, what: str, answer: str, worrying: str | None) -> dict[str, Option]:
    if answer in ("minutes", "counts", "date", "computed"):
        if "options" in entry and answer != "counts":
            entry.refuse(f"an answer in {answer} has no options.", "options")
        return {}
    mapping = entry.need("options", dict, what)
    options: dict[str, Option] = {}
    for code, value in mapping.items():
        if not isinstance(value, Located):
            mapping.refuse(f"option “{code}” is a mapping.", code)
        value.only(_OPTION_KEYS, f"option {code}")
        means = _word(value, "means", MEANINGS, f"option {code}")
        effect = _optional_word(value, "effect", WORRYING_EFFECTS, f"option {code}")
        if means in ("worrying", "partly") and effect is None and worrying is None:
            value.refuse(f"option “{code}” is {means} and nothing maps it to an effect.", "means")
        if value.get("due", "move") != "move":
            value.refuse(f"option “{code}” may be due on “move” only; without it the council’s days count.", "due")
        if means == "clear_with_condition" and not value.get("condition"):
            value.refuse(f"option “{code}” makes a condition and does not say which.", "means")
        lower = []
        for item in value.typed("lower", list, f"option {code}", []):
            item.only({"if", "effect", "because"}, "lower")
            when = _condition(item, "if")
            assert when is not None
            because = item.need("because", str, "lower")
            lower.append((when, _word(item, "effect", WORRYING_EFFECTS, "lower"), because))
        options[code] = Option(
            code,
            value.need("label", str, f"option {code}"),
            means,
            effect,
            _optional_word(value, "basis", BASES, f"option {code}"),
            value.typed("says", str, f"option {code}", ""),
            value.typed("condition", str, f"option {code}", ""),
            value.typed("due", str, f"option {code}", ""),
            value.typed("verify", bool, f"option {code}", False),
            tuple(lower),
            _grade(value, value["clear_at"], "clear_at") if "clear_at" in value else None,
            value.typed("tells", int, f"option {code}", 0),
        )
    if not any(o.means in ("clear", "clear_with_condition") for o in options.values()):
        mapping.refuse(f"no option of {what} is reassuring.")
    return options


def _bands(entry: Located, what: str, settings: Mapping[str, Setting]) -> tuple[Band, ...]:
    bands = []
    for item in entry.typed("bands", list, what, []):
        item.only({"if", "over", "effect"}, "a band")
        over = _setting(item, "over", settings)
        bands.append(Band(_condition(item, "if"), over, _word(item, "effect", WORRYING_EFFECTS, "a band")))
    if entry.get("answer") == "minutes" and not bands:
        entry.refuse(f"{what} is answered in minutes and has no band.", "answer")
    return tuple(bands)


def _counts(entry: Located, what: str, answer: str, settings: Mapping[str, Setting]) -> dict[str, Count]:
    if answer != "counts":
        return {}
    found = {}
    for name, item in entry.need("counts", dict, what).items():
        item.only({"label", "means", "bands"}, f"count {name}")
        bands = []
        for band in item.typed("bands", list, f"count {name}", []):
            band.only({"if", "from", "effect"}, "a band of a count")
            least = _setting(band, "from", settings)
            bands.append(
                CountBand(_condition(band, "if"), least, _word(band, "effect", WORRYING_EFFECTS, "a band of a count"))
            )
        means = _word(item, "means", ("neutral", "worrying"), f"count {name}")
        if bands and means == "neutral":
            item.refuse(f"count “{name}” is neutral and has bands.", "bands")
        found[name] = Count(item.need("label", str, f"count {name}"), means, tuple(bands))
    return found


def _setting(item: Located, key: str, settings: Mapping[str, Setting]) -> str:
    name: str = item.need(key, str, "a band")
    if name not in settings:
        near = get_close_matches(name, list(settings), n=1)
        item.refuse(f"there is no setting “{name}”." + (f" Did you mean “{near[0]}”?" if near else ""), key)
    return name


def _travel_to(entry: Located, what: str, answer: str) -> tuple[str, ...]:
    kinds = tuple(entry.typed("travel_to", list, what, []))
    for kind in kinds:
        if kind not in SERVICE_KINDS:
            near = get_close_matches(str(kind), SERVICE_KINDS, n=1)
            entry.refuse(f"“{kind}” is not a service." + (f" Did you mean “{near[0]}”?" if near else ""), "travel_to")
    if kinds and answer != "minutes":
        entry.refuse("only an answer in minutes has a way (travel_to).", "travel_to")
    return kinds


def _duty(entry: Located, what: str, settings: Mapping[str, Setting]) -> Duty | None:
    item = entry.typed("duty", dict, what)
    if item is None:
        return None
    item.only({"what", "owner", "days", "since", "with_record"}, "a duty")
    since = _optional_word(item, "since", ("placement", "answer"), "a duty") or "placement"
    what, owner = item.need("what", str, "a duty"), item.need("owner", str, "a duty")
    return Duty(what, owner, _setting(item, "days", settings), since, item.typed("with_record", bool, "a duty", False))


def _clear_at_when(entry: Located, what: str) -> tuple[tuple[Condition, Grade], ...]:
    found = []
    for item in entry.typed("clear_at_when", list, what, []):
        item.only({"if", "grade"}, "clear_at_when")
        when = _condition(item, "if")
        assert when is not None
        found.append((when, _grade(item, item.need("grade", str, "clear_at_when"), "grade")))
    return tuple(found)


def _stronger(entry: Located, what: str) -> tuple[Stronger, ...]:
    found = []
    for item in entry.typed("stronger", list, what, []):
        item.only({"if", "worrying", "open", "basis", "because"}, "stronger")
        if "if" not in item:
            item.refuse("“stronger” says when (if).")
        when = _condition(item, "if")
        assert when is not None
        found.append(
            Stronger(
                when,
                _optional_word(item, "worrying", WORRYING_EFFECTS, "stronger"),
                _optional_word(item, "open", OPEN_EFFECTS, "stronger"),
                _optional_word(item, "basis", BASES, "stronger"),
                item.typed("because", str, "stronger", when.sentence),
            )
        )
    return tuple(found)


def _worry_if(entry: Located, what: str) -> tuple[WorryIf, ...]:
    found = []
    for item in entry.typed("worry_if", list, what, []):
        item.only({"if", "effect", "says"}, "worry_if")
        when = _condition(item, "if")
        assert when is not None
        found.append(
            WorryIf(when, _word(item, "effect", WORRYING_EFFECTS, "worry_if"), item.need("says", str, "worry_if"))
        )
    return tuple(found)


def _open_if(entry: Located, what: str) -> tuple[OpenIf, ...]:
    found = []
    for item in entry.typed("open_if", list, what, []):
        item.only({"if", "says"}, "open_if")
        when = _condition(item, "if")
        assert when is not None
        found.append(OpenIf(when, item.need("says", str, "open_if")))
    return tuple(found)


def _from(entry: Located, what: str, agencies: Mapping[str, Agency], key: str) -> tuple[str, ...]:
    codes = tuple(entry.typed(key, list, what, []))
    for code in codes:
        if code not in agencies:
            near = get_close_matches(str(code), list(agencies), n=1)
            entry.refuse(f"“{code}” is not an agency." + (f" Did you mean “{near[0]}”?" if near else ""), key)
        if not agencies[code].known_as:
            entry.refuse(f"it is not said by which words “{code}” is known (known_as).", key)
    return codes


def _day_of(entry: Located, what: str, answer: str) -> str:
    if answer != "date":
        if "day" in entry:
            entry.refuse("only an answer that is a date says whether its day has gone by or is to come.", "day")
        return ""
    return _word(entry, "day", ("gone_by", "to_come"), what)


def _mitigations(entry: Located, what: str) -> tuple[OfferedMitigation, ...]:
    found = []
    for item in entry.typed("mitigations", list, what, []):
        item.only({"what", "owner"}, "a mitigation")
        found.append(OfferedMitigation(item.need("what", str, "a mitigation"), item.need("owner", str, "a mitigation")))
    return tuple(found)
