"""One criterion, read from YAML: every key checked, with file and line of any mistake."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields
from difflib import get_close_matches
from typing import Any

from app.suitability.casefile.codes import BASES, OPEN_EFFECTS, WORRYING_EFFECTS
from app.suitability.facts.computed_rows import COMPUTED

from .criterion import (
    ANSWERS,
    MEANINGS,
    SIGNS,
    SUBJECTS,
    Agency,
    Criterion,
    Option,
    Setting,
)
from .located_yaml import Located
from .read_parts import (
    agencies_named,
    asked_when,
    bands_of,
    clear_at_when,
    condition,
    counts_of,
    day_of,
    day_written,
    duty_of,
    grade,
    mitigations_of,
    open_if,
    optional_word,
    stronger_of,
    travel_to,
    word,
    worry_if,
)

# A criterion says in YAML what it is made of here, but for its file and line.
_CRITERION_KEYS = frozenset(f.name for f in fields(Criterion) if f.init) - {"domain", "line"}
_OPTION_KEYS = {
    "label", "means", "effect", "basis", "says", "condition", "due", "verify", "lower", "clear_at", "tells",
    "also", "leaves", "beside", "retired", "leaves_open", "leaves_open_if", "ended_by_seeing", "emergency",
    "instead_of",
}  # fmt: skip


def read_criterion(
    entry: Located, domain: str, settings: Mapping[str, Setting], agencies: Mapping[str, Agency]
) -> Criterion:
    what = f"criterion {entry.get('id', '')}".strip()
    entry.only(_CRITERION_KEYS, what)
    answer = word(entry, "answer", ANSWERS, what)
    subject = word(entry, "subject", SUBJECTS, what)
    worrying = optional_word(entry, "worrying", WORRYING_EFFECTS, what)
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
    day_written(entry, source_date)
    return Criterion(
        id=entry.need("id", str, what),
        domain=domain,
        name=entry.need("name", str, what),
        question=entry.need("question", str, what),
        help=entry.need("help", str, what),
        why=entry.typed("why", str, what, ""),
        so_what=entry.typed("so_what", str, what, ""),
        subject=subject,
        scope=word(entry, "scope", ("placement", "household"), what),
        applies_when=condition(entry, "applies_when"),
        answer=answer,
        options=options,
        bands=bands_of(entry, what, settings),
        counts=counts_of(entry, what, answer, settings),
        computed=computed,
        clear_at=grade(entry, entry.need("clear_at", str, what), "clear_at"),
        clear_at_when=clear_at_when(entry, what),
        min_sources=entry.typed("min_sources", int, what, 1),
        survivor_only=entry.typed("survivor_only", bool, what, False),
        survivors_word=entry.typed("survivors_word", bool, what, False),
        theirs_only=entry.typed("theirs_only", bool, what, False),
        answers_from=agencies_named(entry, what, agencies, "answers_from"),
        seen_at=grade(entry, entry.typed("seen_at", str, what, "E2"), "seen_at"),
        shelf_life=shelf_life,
        worrying=worrying,
        open=optional_word(entry, "open", OPEN_EFFECTS, what),
        under_one=optional_word(entry, "under_one", OPEN_EFFECTS, what),
        stronger=stronger_of(entry, what),
        worry_if=worry_if(entry, what),
        basis=word(entry, "basis", BASES, what),
        source=entry.need("source", str, what),
        source_date=source_date,
        verifiers=tuple(entry.need("verifiers", list, what)) if computed is None else (),
        ask_of=ask_of,
        ask=entry.typed("ask", str, what, ""),
        mitigations=mitigations_of(entry, what),
        in_words=entry.typed("in_words", bool, what, False),
        day=day_of(entry, what, answer),
        only_from=agencies_named(entry, what, agencies, "only_from"),
        not_from=agencies_named(entry, what, agencies, "not_from"),
        open_if=open_if(entry, what),
        sign=optional_word(entry, "sign", ("pull", "push"), what) or "",
        sign_of=optional_word(entry, "sign_of", SIGNS, what) or "",
        next_unit=entry.typed("next_unit", str, what, ""),
        no_place=entry.typed("no_place", str, what, ""),
        agency_when=condition(entry, "agency_when"),
        ask_person=entry.typed("ask_person", str, what, ""),
        asked_when=asked_when(entry, what, agencies),
        law_when=condition(entry, "law_when"),
        paperwork=entry.typed("paperwork", bool, what, False),
        ended_by_seeing=entry.typed("ended_by_seeing", bool, what, False),
        asked_first=entry.typed("asked_first", bool, what, False),
        travel_to=travel_to(entry, what, answer),
        duty=duty_of(entry, what, settings),
        weight=entry.typed("weight", int, what),
        first_night=entry.typed("first_night", bool, what, False),
        release=word(entry, "release", RELEASE_CLASSES, what),
        line=entry.line,
        **_of_a_parent(entry, what, computed),
    )


MOST_OF_A_PARENT = 25  # on one side of a sheet. Source: issue 17, item 3
_NUMBERED = re.compile(r"\b(?:(?:CS|SM|SA|IS|LS)\d{2}|E[0-4]s?)\b")


def _of_a_parent(entry: Located, what: str, computed: str | None) -> dict[str, Any]:
    """The question as a parent is asked it, and at which place of their sheet; both or neither."""
    words = entry.typed("parents_words", str, what, "")
    order = entry.typed("parents_order", int, what, 0)
    if bool(words) != ("parents_order" in entry):
        entry.refuse("a question in a parent’s words has its place on their sheet (parents_order), and no other has.")
    if not words:
        return {"parents_words": "", "parents_order": 0}
    if not 1 <= order <= MOST_OF_A_PARENT:
        entry.refuse(f"a place on a parent’s sheet is from 1 to {MOST_OF_A_PARENT}.", "parents_order")
    if _NUMBERED.search(words):
        entry.refuse("a parent is not asked in codes: say it in words.", "parents_words")
    if computed is not None:
        entry.refuse("what is worked out from facts is asked of nobody.", "parents_words")
    if any(entry.typed(name, bool, what, False) for name in ("survivors_word", "survivor_only", "asked_first")):
        entry.refuse("what is asked of somebody alone stands on no sheet that others may read.", "parents_words")
    return {"parents_words": words, "parents_order": order}


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
        means = word(value, "means", MEANINGS, f"option {code}")
        effect = optional_word(value, "effect", WORRYING_EFFECTS, f"option {code}")
        if means in ("worrying", "partly") and effect is None and worrying is None:
            value.refuse(f"option “{code}” is {means} and nothing maps it to an effect.", "means")
        if value.get("due", "move") != "move":
            value.refuse(f"option “{code}” may be due on “move” only; without it the council’s days count.", "due")
        if means == "clear_with_condition" and not value.get("condition"):
            value.refuse(f"option “{code}” makes a condition and does not say which.", "means")
        lower = []
        for item in value.typed("lower", list, f"option {code}", []):
            item.only({"if", "effect", "because"}, "lower")
            when = condition(item, "if")
            assert when is not None
            because = item.need("because", str, "lower")
            lower.append((when, word(item, "effect", WORRYING_EFFECTS, "lower"), because))
        options[code] = Option(
            code=code,
            label=value.need("label", str, f"option {code}"),
            means=means,
            effect=effect,
            basis=optional_word(value, "basis", BASES, f"option {code}"),
            says=value.typed("says", str, f"option {code}", ""),
            condition=value.typed("condition", str, f"option {code}", ""),
            due=value.typed("due", str, f"option {code}", ""),
            verify=value.typed("verify", bool, f"option {code}", False),
            lower=tuple(lower),
            clear_at=grade(value, value["clear_at"], "clear_at") if "clear_at" in value else None,
            fact_weight=value.typed("tells", int, f"option {code}", 0),
            also=tuple(value.typed("also", list, f"option {code}", [])),
            leaves=tuple(value.typed("leaves", list, f"option {code}", [])),
            beside=value.typed("beside", bool, f"option {code}", False),
            retired=value.typed("retired", bool, f"option {code}", False),
            leaves_open=value.typed("leaves_open", bool, f"option {code}", False),
            ended_by_seeing=value.typed("ended_by_seeing", bool, f"option {code}", False),
            emergency=value.typed("emergency", str, f"option {code}", ""),
            leaves_open_if=condition(value, "leaves_open_if"),
            instead_of=tuple(value.typed("instead_of", list, f"option {code}", [])),
        )
    for option in options.values():
        for code in option.instead_of:
            if code not in options or not options[code].retired:
                mapping.refuse(
                    f"“{option.code}” stands instead of “{code}”, which is no retired option of {what}.", option.code
                )
    if not any(o.means in ("clear", "clear_with_condition") for o in options.values()):
        mapping.refuse(f"no option of {what} is reassuring.")
    return options
