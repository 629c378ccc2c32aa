"""The checklists as pages a safeguarding lead can read and sign off: one a domain, and one of the council's settings."""

from __future__ import annotations

import re
from collections.abc import Iterable

from app.suitability.casefile import wording
from app.suitability.casefile.values import in_sentence

from .checklist import Checklist
from .criterion import Agency, Count, Criterion, Option, Setting

_SIGNS = {
    "means": "means (poverty shows here, and it says nothing of a parent’s care)",
    "harm": "harm (beside a worry here nothing is called means and not care)",
    "shortage": "shortage (of places to be had: a stop here says nothing of a parent’s care)",
}
_SUBJECTS = {
    "child": "each child",
    "adult": "each adult",
    "person": "each person",
    "unit": "the unit",
    "household": "the household",
}


def pages(checklist: Checklist) -> dict[str, str]:
    """File name to Markdown, for each domain and for the settings."""
    found = {}
    for domain, title in checklist.domain_titles.items():
        mine = [checklist.criteria[name] for name in checklist.order if checklist.criteria[name].domain == domain]
        parts = [
            f"# {title}\n",
            f"Version {checklist.version}, {len(mine)} criteria. Made from `checklists/{domain}.yaml`; do not edit here.\n",
            *([f"{note}\n"] if (note := edition_note(checklist, mine)) else []),
            *(_criterion(checklist, criterion) for criterion in mine),
        ]
        found[f"{domain}.md"] = "\n".join(parts)
    found["patterns.md"] = _patterns(checklist)
    found["settings.md"] = _settings(checklist)
    return {name: _with_names(checklist, text) for name, text in found.items()}


def edition_note(checklist: Checklist, criteria: Iterable[Criterion]) -> str:
    """Which edition of the Code of Guidance is meant, said once where any of these rests on it."""
    cited = any("Code of Guidance" in c.source for c in criteria)
    return checklist.words.get("code_of_guidance", "") if cited else ""


_LOOKED_AT = re.compile(r"(?<!# )\b((?:CS|SM|SA|IS|LS)\d\d)(?= is answered)")


def _with_names(checklist: Checklist, text: str) -> str:
    """The name of a question beside its number, where a condition looks at it."""
    return _LOOKED_AT.sub(lambda found: f"{found[1]} {in_sentence(checklist.criteria[found[1]].name)}", text)


def _criterion(checklist: Checklist, c: Criterion) -> str:
    lines = [f"## {c.id} {c.name}\n", f"**{c.question}**\n", f"{c.help}\n"]
    if c.why or c.so_what:
        lines.append(f"*{' '.join(part for part in (c.why, c.so_what) if part)}*\n")
    said = [
        ("Asked about", _SUBJECTS[c.subject]),
        ("Applies when", c.applies_when.sentence if c.applies_when else "always"),
    ]
    if c.computed is None:
        said.append(("Clear from", _clear(c)))
        if c.shelf_life:
            days = checklist.settings[f"shelf_life_{c.shelf_life}_days"].value
            said.append(("Reassurance lasts", f"{days} {'day' if days == 1 else 'days'}"))
        if c.in_words:
            said.append(("In words", "what exactly was said or seen is written down, or it is not clear"))
        if c.only_from:
            named = ", ".join(in_sentence(checklist.agencies[code].name) for code in c.only_from)
            said.append(("Reassurance counts only from", named))
        if c.not_from:
            named = ", ".join(in_sentence(checklist.agencies[code].name) for code in c.not_from)
            said.append(("Reassurance does not count from", named))
        if c.survivors_word:
            said.append(("A survivor’s word", "reassures as a professional’s does"))
        for o in c.open_if:
            said.append(("Open whatever is said", f"while {o.when.sentence}"))
        if c.survivor_only:
            said.append(
                ("Whose word", "the fear of the survivor, or of the child, stands; only who has it takes it back")
            )
        if c.travel_to:
            to = " or ".join(kind.replace("_", " ") for kind in c.travel_to)
            said.append(
                ("Also met", f"by a journey to {to} that was worked out or checked; a straight line never proves it")
            )
    else:
        said.append(("Answered", "from facts, never asked"))
    if c.worrying:
        said.append(("When worrying", wording.EFFECT_ASKS[c.worrying]))
    if c.open:
        said.append(("When not known", wording.EFFECT_ASKS[c.open]))
    if c.under_one:
        said.append(("When not known, with a child under 1", wording.EFFECT_ASKS[c.under_one]))
    for s in c.stronger:
        what = "; ".join(wording.EFFECT_ASKS[e] for e in (s.worrying, s.open) if e)
        said.append(("Stronger", f"{what}{_as(s.basis, c)}, when {s.when.sentence}"))
    for w in c.worry_if:
        said.append(("Worrying by itself", f"when {w.when.sentence}: {wording.EFFECT_ASKS[w.effect]}"))
    for b in c.bands:
        limit = checklist.settings[b.over].value
        when = f", when {b.when.sentence}" if b.when else ""
        said.append(("Worrying", f"over {limit} minutes{when}: {wording.EFFECT_ASKS[b.effect]}"))
    if c.verifiers:
        said.append(("Who can verify", ", ".join(c.verifiers)))
    if c.ask_of in checklist.agencies:
        said.append(("Ask", f"{checklist.agencies[c.ask_of].name}: “{c.ask or c.question}”"))
    if c.sign:
        said.append(("Distance", "near is good" if c.sign == "pull" else "near is not good"))
    if c.sign_of:
        said.append(("A sign of", _SIGNS[c.sign_of]))
    if c.asked_first:
        said.append(("Asked", "first, and of the person alone"))
    if c.parents_order:
        said.append((f"A parent is asked, at place {c.parents_order}", f"“{c.parents_words}”"))
    for a in c.asked_when:
        whom = checklist.agencies[a.ask_of or c.ask_of].name
        said.append((f"Where {a.when.sentence}", f"{whom}: “{a.ask or c.ask}”"))
    if c.agency_when is not None:
        said.append(("An agency hears of it only when it is known that", c.agency_when.sentence))
        said.append(("Until then the person is asked", f"“{c.ask_person or c.question}”"))
    if c.law_when is not None:
        said.append(("Law only where", f"{c.law_when.sentence}; elsewhere policy"))
    if c.next_unit:
        said.append(("Another unit has", in_sentence(c.next_unit)))
    if c.no_place:
        said.append(("Another place", in_sentence(c.no_place).rstrip(".")))
    for m in c.mitigations:
        said.append(("Could be lifted by", f"{in_sentence(m.what)} ({m.owner})"))
    if c.ended_by_seeing:
        said.append(("Ended", "only by the work done and seen; nobody accepts it instead"))
    if c.paperwork:
        said.append(("Kind", "the council’s own paper; it says nothing of a child’s day"))
    said.append(("Basis", f"{wording.BASIS[c.basis]}. {c.source} ({c.source_date})"))
    if c.duty is not None:
        days = checklist.settings[c.duty.days].value
        said.append(
            (
                "Duty",
                f"{in_sentence(c.duty.what)}, by {c.duty.owner}, within {days} {'day' if days == 1 else 'days'}; it never changes the outcome",
            )
        )
    if c.first_night:
        said.append(("First night", "must be known before keys are given"))
    weight = c.weight or checklist.settings[f"weight_{c.worrying or 'low'}"].value
    said.append(("Weight in the range", f"{weight}; it decides nothing"))
    said.append(("Released as", c.release.replace("_", " ")))
    lines += [f"- {label}: {text}." for label, text in said]
    if c.options:
        lines += [
            "",
            "| answer | counts as |",
            "|---|---|",
            *(f"| {o.label} | {_option(o, c)} |" for o in c.options.values()),
        ]
    if c.counts:
        lines += [
            "",
            "| number | counts as |",
            "|---|---|",
            *(f"| {n.label} | {_count(checklist, n)} |" for n in c.counts.values()),
        ]
    return "\n".join(lines) + "\n"


def _count(checklist: Checklist, n: Count) -> str:
    if not n.bands:
        return n.means
    return "; ".join(
        f"from {checklist.settings[b.least].value}{f' when {b.when.sentence}' if b.when else ''}: {wording.EFFECT_ASKS[b.effect]}"
        for b in n.bands
    )


def _patterns(checklist: Checklist) -> str:
    """The patterns as a page: each prompts or carries an effect, and none concludes anything about a person."""
    lines = [
        "# Patterns\n",
        f"Version {checklist.version}, {len(checklist.patterns)} patterns. The words are from `checklists/patterns.yaml`; do not edit here.\n",
        "Policy, not law. A pattern looks at answers and events together. It prompts; where it carries an effect that "
        "effect is lifted as any other, and a reason given closes a prompt but lifts nothing.\n",
    ]
    for p in checklist.patterns.values():
        lines += [
            f"## {p.id} {p.name}\n",
            f"**{p.prompt}**\n",
            f"What reviews have found: {p.rationale}\n",
            f"- Looks for: {p.when}.",
            f"- Next: {p.step}",
            f"- Whose step: {p.owner}.",
            *([f"- What ends it: {p.remedy}"] if p.remedy else []),
            f"- Source: {p.source} ({p.source_date}).",
            *(
                f"- Setting `{name}`, now {setting.value}: {setting.says}."
                for name, setting in checklist.settings.items()
                if name.startswith(f"{p.id.lower()}_")
            ),
            "",
        ]
    return "\n".join(lines)


def _clear(c: Criterion) -> str:
    text = f"{c.clear_at.value}, {wording.GRADE[c.clear_at]}"
    if c.min_sources > 1:
        text += f", from {c.min_sources} different agencies"
    for when, grade in c.clear_at_when:
        text += f"; from {grade.value} when {when.sentence}"
    return text


def _as(basis: str | None, c: Criterion) -> str:
    """The basis of a part of a criterion, where it is not the criterion's own."""
    return f" ({wording.BASIS[basis].lower()})" if basis is not None and basis != c.basis else ""


def _option(o: Option, c: Criterion) -> str:
    text = o.means.replace("_", " ")
    if o.clear_at is not None:
        text += f", from {o.clear_at.value}"
    if o.effect:
        text += f" ({wording.EFFECT_ASKS[o.effect]})"
    text += _as(o.basis, c)
    if o.condition:
        text += f": {in_sentence(o.condition)}"
    if o.ended_by_seeing:
        text += "; ended only by what is in place and seen"
    if o.leaves_open:
        text += "; and the question stays open"
    if o.leaves_open_if is not None:
        text += f"; and the question stays open when {o.leaves_open_if.sentence}"
    if o.beside:
        text += "; may stand beside others"
    if o.emergency:
        text += "; closes the emergency route here"
    if o.retired:
        text += "; no longer offered"
    for when, lower, _ in o.lower:
        text += f"; {wording.EFFECT_ASKS[lower]} when {when.sentence}"
    return text


def _source(setting: Setting) -> str:
    return f"[{setting.source}]({setting.href})" if setting.href else setting.source


def _settings(checklist: Checklist) -> str:
    rows = [
        f"| `{name}` | {_value(s)} | {s.says} | {s.owner} | {_source(s)} | {s.checked} |"
        for name, s in checklist.settings.items()
    ]
    agencies = [
        f"| {a.name} | {a.question} | {_must(a)} | {a.ground} | {a.tonight} | {a.planned} | {a.at_silence} | {a.owner} | {a.source} | {a.checked} |"
        for a in checklist.agencies.values()
    ]
    return "\n".join(
        [
            "# What a council may change\n",
            f"Version {checklist.version}. Made from `checklists/council.yaml`; do not edit here.\n",
            "| setting | value | what it says | owner | source | last checked |",
            "|---|---|---|---|---|---|",
            *rows,
            "",
            "## Whom to ask\n",
            "| agency | the exact question | must be asked | ground | tonight | planned | silence means | owner | source | last checked |",
            "|---|---|---|---|---|---|---|---|---|---|",
            *agencies,
            "",
            "## Words, routes and telephone numbers\n",
            "| words | what they say | owner | source | last checked |",
            "|---|---|---|---|---|",
            *(f"| `{w.name}` | {w.text} | {w.owner} | {w.source} | {w.checked} |" for w in checklist.wordings.values()),
            "",
        ]
    )


def _value(s: Setting) -> str:
    return "; ".join([str(s.value), *(f"from {day.isoformat()} {value}" for day, value in s.dated)])


def _must(a: Agency) -> str:
    if not a.must_ask:
        return "when a question needs it"
    return "always" if a.must_ask_when is None else f"when {a.must_ask_when.sentence}"
