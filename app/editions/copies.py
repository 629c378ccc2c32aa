"""A copy as data: what is released to one reader, in the parts in which it is printed. It is what its PDF is drawn from and carries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from app import clocks
from app.records import canonical
from app.suitability.casefile.spelling import folded

from . import languages, release, trail
from .pieces import PARTS, PLACED, pieces
from .release import Chosen, NotAllowed, Withheld
from .table import Reader, Table


class Copy(NamedTuple):
    """``body`` holds what is released and nothing else; ``withheld`` is for whoever makes it, and never leaves."""

    body: dict[str, Any]
    withheld: list[Withheld]


class Made(NamedTuple):
    """Which copy it is: its number, when it was made, and what the council’s agencies and officers are called, to their codes.

    ``head``: of the audit when it was made, empty where nothing is kept; ``trail``: for internal audit alone.
    """

    number: str
    at: str
    owners: Mapping[str, str]
    head: Mapping[str, Any] = {}
    trail: trail.Trail | None = None


def copy_for(record: Mapping[str, Any], table: Table, code: str, chosen: Chosen, made: Made) -> Copy:
    """The copy of a record for one reader.

    Raises:
        NotAllowed: there is no such reader, it is not said whom it is about, or something was opened that may not be.
    """
    reader = table.readers.get(code)
    if reader is None:
        raise NotAllowed("There is no copy for such a reader.")
    _check_about(record, reader, chosen)
    so = release.circumstances(record, chosen.about, reader)
    table = release.with_opened(table, code, chosen, so)
    found = pieces(record, table, made.owners)
    if made.trail is not None:
        found += trail.pieces(record, made.trail)
    names = release.everybody(record)
    given = release.release(table, reader, found, chosen, so, names)
    parts = given.parts
    title, by = (_first(parts.pop(name, [])) for name in ("head", "by"))
    if chosen.words:
        parts.setdefault("why", []).insert(0, _words(chosen.words))
    body = {
        "format": canonical.EDITION,
        "number": made.number,
        "issued_at": made.at,
        "made_on": clocks.in_words(clocks.local(datetime.fromisoformat(made.at)).date()),
        "decided_at": record["decision"]["reviewed_at"],
        "council": record["council"],
        "demo": record["demo"],
        "reader": code,
        "called": reader.called,
        "family": reader.family,
        "title": title,
        "by": by,
        "reference": _reference(record, table, reader, so),
        "children": _children(record, parts),
        "left_out": table.left_out,
        "released_by": {"source": table.source, "checked": table.checked},
        "map": _map(record, given.marks, table, reader, so),
    }
    if parts.get("pictures") and not reader.family:
        body["photographs"] = _photographs(record, parts["pictures"])
    if made.head:
        body["audit"] = dict(made.head)
    if reader.family:
        body |= _family(record, parts, chosen, decided=bool(title))
        if made.head:
            body["witness"] = body["words"]["witness"].format(**made.head)
    else:
        body["parts"] = [_part(code, title, parts[code]) for code, title in PARTS.items() if parts.get(code)]
    return Copy(body, given.withheld)


def _check_about(record: Mapping[str, Any], reader: Reader, chosen: Chosen) -> None:
    kinds = {
        m["key"]: "adult" if m["kind"] == "adult" else "child" for m in record["case_file"]["household"]["members"]
    }
    if any(kinds.get(key) != reader.about for key in chosen.about):
        raise NotAllowed("This copy cannot be about them.")
    if reader.about and not chosen.about and reader.code != "other_parent":
        raise NotAllowed("Say whom of the household this copy is about.")
    if reader.family and len(chosen.about) > 1:
        raise NotAllowed("A parent’s copy is for one person.")


# What the columns of a part are called, where it is a table of three.
_HEADS = {
    "where": ("When", "Where", ""),
    "ring": ("For", "Whom", "Number"),
    "conditions": ("Who", "What", "By"),
    "happened": ("What", "How it went", "Day"),
    "far": ("Service", "From the place, in a straight line and on foot", ""),
    "signed": ("What", "Who", "When"),
    "trail": ("Entry of the audit", "What", "By whom, and when"),
    "seen": ("Who", "What, and how often", "When last"),
    "versions": ("What", "Version or hash", ""),
}


def _part(code: str, title: str, rows: list[dict[str, str]]) -> dict[str, Any]:
    """A part as it is printed: people together, questions nobody answered by agency, else row by row."""
    part: dict[str, Any] = {"code": code, "title": title}
    if code == "family":
        people: dict[str, list[dict[str, str]]] = {}
        for row in rows:
            people.setdefault(row["about"] or "The household", []).append(row)
        told = [{"about": about, "rows": [row for row in said if row["text"]]} for about, said in people.items()]
        return part | {"people": told}
    if code == "open":
        groups: dict[str, list[str]] = {}
        for row in rows:
            groups.setdefault(row["label"], []).append(
                f"{row['text']} ({row['about']})" if row["about"] else row["text"]
            )
        return part | {"groups": [{"label": label, "texts": texts} for label, texts in groups.items()]}
    return part | {"rows": rows, "heads": list(_HEADS.get(code, ()))}


def _first(rows: list[dict[str, str]]) -> str:
    return rows[0]["text"] if rows else ""


def _words(said: str) -> dict[str, str]:
    return {"item": "reader_words", "about": "", "label": "", "text": said, "by": "", "effect": "", "code": ""}


def _reference(record: Mapping[str, Any], table: Table, reader: Reader, so: tuple[str, ...]) -> str:
    whole = table.items["reference"].for_(reader.code, so).level == "whole"
    return str(record["case_file"]["household"]["reference"]) if whole else ""


def _children(record: Mapping[str, Any], parts: Mapping[str, list[dict[str, str]]]) -> list[dict[str, str]]:
    """The children whose names are released, with their ages where those are."""
    ages = {c["name"]: c["age"] for c in record["children"]}
    born = {row["about"] for row in parts.get("family", ()) if row["item"] == "born"}
    seen = dict.fromkeys(row["about"] for row in parts.get("family", ()) if row["about"] in ages)
    return [{"name": name, "age": ages[name] if name in born else ""} for name in seen]


def _map(
    record: Mapping[str, Any], marks: tuple[str, ...], table: Table, reader: Reader, so: tuple[str, ...]
) -> dict[str, Any] | None:
    """The spots of what is released; none where the address itself is not given whole."""
    if not marks or table.items["placement_address"].for_(reader.code, so).level != "whole":
        return None
    spots = record["places"]["spots"]
    shown = list(spots[:1]) + [spot for spot in spots[1:] if spot["mark"] in marks]
    return {"spots": shown, "edge": record["places"].get("edge", [])} if len(shown) > 1 else None


def _photographs(record: Mapping[str, Any], rows: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """The small picture of each row that is released, in their order, with the hash of the one that is kept."""
    small = {p["sha256"]: p["small"] for p in record["photographs"]}
    return [{"sha256": row["photograph"], "small": small[row["photograph"]]} for row in rows]


def _family(
    record: Mapping[str, Any], parts: Mapping[str, list[dict[str, str]]], chosen: Chosen, decided: bool
) -> dict[str, Any]:
    """A parent’s copy: in plain words, in their language where people have translated it."""
    person: Mapping[str, Any] = next(
        (m for m in record["case_file"]["household"]["members"] if m["key"] in chosen.about), {}
    )
    words, untranslated = languages.words_for(person.get("language") or "", languages.read())
    outcome = record["decision"]["outcome"]
    days = record["settings"].get("review_request_days", 21)
    issued = clocks.local(datetime.fromisoformat(record["decision"]["reviewed_at"])).date()
    rights = [
        words[key].format(
            days=days, issued=clocks.in_words(issued), last=clocks.in_words(issued + timedelta(days=days - 1))
        )
        for key in ("rights_1", "rights_2", "rights_3", "rights_4")
    ]
    place = record["case_file"]["placement"]
    stay = [f"From {clocks.text_in_words(place['starts'])}"] if place.get("starts") else []
    stay += [f"for {place['nights']} nights"] if place.get("nights") else []
    told = outcome in PLACED and any(row["item"] == "place_facts" for row in parts.get("where", ()))
    return {
        "language": folded(person.get("language") or ""),
        "words": {key: said for key, said in words.items() if not key.startswith(languages.FOUND)},
        "untranslated": untranslated,
        "interpreter": bool(person.get("interpreter_needed")),
        "plain_title": words[f"title_{outcome}"] if decided else "",
        "plain_lead": words[f"lead_{outcome}"] if decided else "",
        "rights": rights if decided else rights[-1:],
        "data": [words[f"data_{n}"] for n in range(1, 5)],
        "stay": ", ".join(stay) if told else "",
        "placed": outcome in PLACED,
        "where": [row for row in parts.get("where", ()) if row["item"] == "placement_address"],
        "why": parts.get("why", []),
        "wrong": [
            {"about": row["about"], "text": words.get(languages.FOUND + row["code"]) or row["label"]}
            for row in parts.get("concerns", ())
            if row["item"] == "room"
        ],
        "held": [row for row in parts.get("family", ()) if row["text"] and row["item"] != "outcome"],
        "health": [row for row in parts.get("happened", ()) if row["item"] == "child_health"],
        "mend": parts.get("conditions", []),
        "ring": parts.get("ring", []),
        "far": parts.get("far", []),
    }
