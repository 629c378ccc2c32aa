"""What a record’s data become on paper: people side by side, a sentence said once, each question once. Nothing is added to it.

Works on the frozen JSON alone; every function takes and gives text, lists and maps.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from app import clocks
from app.suitability.casefile.values import in_sentence
from app.suitability.judgement.follows import STRONG

from . import annex, photographs
from .once import Once, parted, people, together

NOT_ASKED = "not asked"
SIDE_BY_SIDE = 4  # people in one table: more would be columns of a word a line


# What page one says of each person already.
_ON_PAGE_ONE = re.compile(r"(?:Born|Due) .*|Date of birth not known\.|Due date not known\.")
_DAY_OR_COLON = re.compile(r": |, \d| on \d")


class Grid(NamedTuple):
    """Several people or units side by side: what each is called, of each fact what is said of each, and what nobody was asked."""

    heads: list[str]
    rows: list[tuple[str, list[str]]]
    not_asked: list[str]


def of_label(line: str) -> tuple[str, str]:
    """“Lift: no.” as its label and what is said; a line without a label has an empty one."""
    label, colon, said = line.partition(": ")
    return (label, said.removesuffix(".")) if colon else ("", line.removesuffix("."))


def grids(entries: Sequence[Mapping[str, Any]]) -> list[Grid]:
    """People or units side by side, a few at a time, each fact named once a table."""
    return [_grid(entries[at : at + SIDE_BY_SIDE]) for at in range(0, len(entries), SIDE_BY_SIDE)]


def _grid(entries: Sequence[Mapping[str, Any]]) -> Grid:
    rows: dict[str, list[list[str]]] = {}
    for at, entry in enumerate(entries):
        for line in entry["lines"]:
            if not _ON_PAGE_ONE.fullmatch(line):
                label, said = of_label(line)
                rows.setdefault(label, [[] for _ in entries])[at].append(said)
    silent = [
        label for label, cells in rows.items() if label and {said for cell in cells for said in cell} == {NOT_ASKED}
    ]
    return Grid(
        [entry["name"] or "The first unit" for entry in entries],
        [
            (label or "As told", ["; ".join(cell) for cell in cells])
            for label, cells in rows.items()
            if label not in silent
        ],
        silent,
    )


def in_a_paragraph(lines: Sequence[str]) -> dict[str, Any]:
    """Facts of one thing in a row, and what nobody asked together at the end."""
    told = [of_label(line) for line in lines]
    return {
        "said": [(label, said) for label, said in told if said != NOT_ASKED],
        "not_asked": [label for label, said in told if said == NOT_ASKED and label],
    }


def told(parts: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What was written down: a table where there are several of a kind, else a paragraph."""
    return [
        {"title": part["title"], "grids": grids(part["entries"]), "one": []}
        if len(part["entries"]) > 1
        else {
            "title": part["title"],
            "grids": [],
            "one": [in_a_paragraph(e["lines"]) | {"name": e["name"]} for e in part["entries"]],
        }
        for part in parts
    ]


# ---- concerns


class Concerns(NamedTuple):
    """``findings`` and ``patterns``, each with what is ``told`` and its ``answer`` as ``Once.of`` gives them; ``once`` holds their notes.

    ``come_together``: is any pattern among them such that it stops the place or is high?
    """

    findings: list[dict[str, Any]]
    patterns: list[dict[str, Any]]
    once: Once
    come_together: bool


def concerns(record: Mapping[str, Any], said_later: Sequence[str] = ()) -> Concerns:
    """What stops or is high, and what comes together, with what answers each; a sentence of several stands once.

    Args:
        said_later: sentences of the annex: one that stands here too has its letter from here.
    """
    worries = together(
        (f for f in record["findings_shown"] if f["effect"] != "hold"),
        ("name", "effect", "effect_words", "why", "remedy", "owner", "basis_words"),
    )
    said = [why for w in worries for why in w["why"]]
    # What a pattern saw and a finding above it says already is not said again.
    seen = [
        p | {"facts": [fact for fact in p["facts"] if not any(fact.rstrip(".") in why for why in said)]}
        for p in _alike(record)
    ]
    told = [[*w["why"]] for w in worries] + [[*parted(p["prompt"]), *p["facts"]] for p in seen]
    answers = [parted(w["remedy"]) for w in worries] + [[*parted(p["step"]), *parted(p["remedy"])] for p in seen]
    once = Once([*told, *answers, said_later])
    laid = [
        row | {"told": once.of(what), "answer": once.of(answer)}
        for row, what, answer in zip([*worries, *seen], told, answers, strict=True)
    ]
    strong = any(p["effect"] in STRONG for p in record["result"].get("patterns", ()))
    return Concerns(laid[: len(worries)], laid[len(worries) :], once, strong)


def _alike(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Patterns that say the same of the same people as one, with the facts of each."""
    alike = ("name", "effect_words", "prompt", "step", "owner", "remedy", "answers", "facts")
    found = together(record["patterns_shown"], alike)
    merged: dict[str, dict[str, Any]] = {}
    for p in found:
        one = merged.setdefault(repr([p[name] for name in alike[:-1]] + p["about"]), p | {"facts": []})
        one["facts"] += [fact for fact in p["facts"] if fact not in one["facts"]]
    return list(merged.values())


# ---- the whole


# What is attached as data and never drawn, or drawn in another shape: the largest parts of a record.
_DATA_ALONE = ("case_file", "checklist_files", "open_questions", "pieces", "result", "settings")


def on_paper(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record without what is only attached to it, so that nothing is made ready to be drawn for nothing."""
    placement, result = record["case_file"]["placement"], record["result"]
    return {
        **{name: value for name, value in record.items() if name not in _DATA_ALONE},
        "photographs": photographs.without(record.get("photographs", ())),
        "case_file": {
            "household": {"reference": record["case_file"]["household"]["reference"]},
            "placement": {name: placement[name] for name in ("address", "postcode") if name in placement},
        },
        "result": {
            "checklist_version": result["checklist_version"],
            "patterns": [{"effect": p["effect"]} for p in result.get("patterns", ())],
        },
    }


def whole(record: Mapping[str, Any]) -> dict[str, Any]:
    """Everything that the template of today's format draws beside the record itself."""
    rows = annex.rows_of(record)
    worries = concerns(record, [why for domain in rows for q in domain["questions"] for why in q["why"]])
    return {
        "told": told(record["told"]),
        "concerns": worries,
        "lapses": lapses(record["rests_on"]),
        "agencies": agencies(record),
        "grounds": grounds(record["agencies"]),
        "services": services(record["places"]),
        "annex": annex.annex(rows, worries.once),
        "since": kinds(record.get("issue", {}).get("since", ())),
    }


def kinds(since: Sequence[str]) -> list[str]:
    """What happened since a decision, by its kind, oldest first: what a sentence says before its day or colon; how often, if more than once."""
    found = Counter(_DAY_OR_COLON.split(said, maxsplit=1)[0] for said in since)
    return [f"{in_sentence(kind)} ({often} times)" if often > 1 else in_sentence(kind) for kind, often in found.items()]


def lapses(rests_on: Sequence[Mapping[str, Any]]) -> list[tuple[str, list[str]]]:
    """What the outcome rests on, by the day on which it lapses."""
    found: dict[str, list[str]] = {}
    for one in sorted(rests_on, key=lambda one: one["lapses_on"] or "9"):
        day = clocks.text_in_words(one["lapses_on"] or "") or "never by itself"
        about = "".join(f" ({name})" for name in people([one["subject_name"]]))
        found.setdefault(day, []).append(f"{in_sentence(one['name'])}{about}")
    return list(found.items())


def agencies(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each agency with what is open of it, one name for all it is about; what page one asks is not asked again here."""
    here = set(record["page_one"]["asked_here"])
    found = []
    for agency in record["agencies"]:
        asked = [
            {**put, "question": "", "words": f"see page one: {put['words']}"}
            if agency["name"] in here and put["state"] not in ("answered", "partly")
            else put
            for put in agency["asked"]
        ]
        opened = [_of_whom(q) for q in together(agency["open"], ("name", "first"))]
        first, later = ([q for q in opened if q["first"] is wanted] for wanted in (True, False))
        found.append({**agency, "asked": asked, "first": first, "later": later})
    return found


def _of_whom(q: dict[str, Any]) -> dict[str, Any]:
    """What is open, with the people or units it is about; that it is about the only unit or the household goes without saying."""
    return q | {"about": people(q["about"])}


_ON_FOOT = "Estimate, not a route: "
_STRAIGHT = " in a straight line"


def services(places: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The services and how far they are; what the heads of the columns say is not said in each row."""
    return [
        {
            **s,
            "straight": s["straight"].replace(_STRAIGHT, ""),
            "walk": s["walk"].removeprefix(_ON_FOOT),
            "against": [said.removesuffix(".").replace(". To be settled", ", to be settled") for said in s["against"]],
        }
        for s in places["services"]
    ]


def grounds(listed: Sequence[Mapping[str, Any]]) -> list[tuple[str, list[str]]]:
    """Every ground once, with the agencies that are asked on it."""
    found: dict[str, list[str]] = {}
    for agency in listed:
        for put in agency["asked"]:
            names = found.setdefault(put["ground"], [])
            if agency["name"] not in names:
                names.append(agency["name"])
    return list(found.items())
