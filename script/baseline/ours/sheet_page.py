"""A parent's sheet of H1, whose household has two children: for “sheet” or “bare”, milliseconds of processor time of one page.

The bare page is of an application that has a route and a template, and plain data in memory: no account, no case, no form.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Any

from flask import Flask, render_template, template_rendered
from markupsafe import Markup

sys.path.insert(1, str(Path(__file__).resolve().parent.parent))

from in_process import Inside, measuring, processor_ms

from wsgi import app

VIEWS = 20
_LINE = '<div class="cbc-ask'  # where a line begins
_BY_NAME = re.compile(
    r'<details class="cbc-fold cbc-line">.*?</summary>(.*?)</details>', re.DOTALL
)  # a line that may rest
_ENDS = '<div class="cbc-row cbc-more">'  # where the lines have ended
officer = Inside(app)
officer.sign_in(os.environ["CBC_DATA"])
sheet = officer.placement("DEMO-H1") + "/sheets/M"


def opened() -> tuple[str, dict[str, Any]]:
    """The page, and what its template was given."""
    given: list[dict[str, Any]] = []

    def note(_: Any, template: Any, context: dict[str, Any], **__: Any) -> None:
        if template.name == "conversations/sheet.html":
            given.append(context)

    with template_rendered.connected_to(note, app):
        status, page = officer.ask(sheet)
    assert status == 200, status
    return page, given[0]


def _box(field: Any) -> dict[str, Any]:
    words = field.label.text
    seen = getattr(
        words, "seen", words
    )  # the question of a number or a day is read out with its box, and seen above it
    shown = {"id": field.name, "label": seen, "heard": words[len(seen) :], "is_day": field.kind == "date"}
    return shown | {name: getattr(field, name, "") for name in ("rows", "unit", "width")}


def _picks(field: Any, one: dict[str, Any], words: str, worries: list[str], is_silent: bool) -> dict[str, Any]:
    held = one["held"].value if one["held"] and not is_silent else None
    options = [
        {
            "value": value,
            "label": label,
            "held": held == value,
            "look": ("cbc-pick__worry" if value in worries else "") + (" cbc-pick__know" if value == "unknown" else ""),
        }
        for value, label, _ in field.items
    ]
    return {
        "id": field.name, "short": one["about"] if is_silent else one["short"],
        "rest": "" if is_silent else one["about"][len(one["short"]) :], "words": (": " if one["about"] else "") + words, "options": options,
        "is_silent": is_silent or not one["about"], "type": "radio" if field.kind == "radios" else "checkbox",
    }  # fmt: skip


def _row(one: dict[str, Any], line: dict[str, Any], form: Any) -> dict[str, Any]:
    people = line["beside"]
    name, typed = one["row"].name, one["row"].is_typed
    whom = f", {one['short']}" if people else ""
    boxes = [f"{name}.{count}" for count in one["row"].criterion.counts] or ([name] if typed else [])
    return {
        "name": name, "seen": form[f"{name}.seen"].data, "boxes": [_box(form[b]) for b in boxes],
        "picks": [] if typed else [_picks(form[name], one, line["words"], one["worries"], False)],
        "known": [_picks(form[f"{name}.know"], one, line["words"], [], True)] if typed else [],
        "held": one["held"].words if one["held"] else "", "said": one["said"],
        "is_typed": typed, "is_open": typed and form.value_of(one["row"]) is not None,
        "whom": whom, "of": f", about {one['short']}" if people else "", "called": one["short"] if people else "",
        "named": f"{line['name']}{', ' + one['about'] if one['about'] else ''}",
        "notes": [_box(form[f"{name}.{word}"]) for word in ("note", "why", "so_what")], "slip": _box(form[f"{name}.slip"]),
    }  # fmt: skip


def _counts(line: dict[str, Any], form: Any) -> str:
    row = line["each"][0]["row"]
    alone = len(line["each"]) == 1 and not row.is_typed and form[row.name].kind == "radios"
    return "Counts" if alone else "A clear answer counts"


def lines_of(context: dict[str, Any]) -> list[dict[str, Any]]:
    """The lines of the sheet, in whichever group they stand."""
    return [line | {"rests": group.by_name and line["rests"]} for group in context["groups"] for line in group.lines]


def plain(page: str, context: dict[str, Any]) -> dict[str, Any]:
    """What the bare template is given: the lines as plain data, and the rest of the page as it is."""
    lines = {
        line["criterion"]: {
            "criterion": line["criterion"], "rests": line["rests"], "called": line["words"] if line["first"] else line["name"], "aloud": line["first"], "held": any(one["held"] for one in line["each"]), "later": line["prints_later"], "needed": line["before_keys"],
            "words": line["words"], "once": line["once"], "counts": _counts(line, context["form"]), "people": line["beside"],
            "choices": [item[1] for item in context["form"][line["each"][0]["row"].name].items] if line["beside"] else [],
            "rows": [_row(one, line, context["form"]) for one in line["each"]],
        }
        for line in lines_of(context)
    }  # fmt: skip
    lying, tail = _BY_NAME.sub(r"\1", page[: page.index(_ENDS)]), page[page.index(_ENDS) :]
    head, rest = lying[: lying.index(_LINE)], lying[lying.index(_LINE) :]
    parts = [{"before": "", "lines": []}]
    for piece in re.split(rf"(?={_LINE})", rest)[1:]:
        found = re.match(rf'{_LINE}[^"]*" id="line-(\w+)"', piece)
        assert found
        parts[-1]["lines"].append(lines[found[1]])
        after = re.search(r"(?:</div>\s*</details>\s*|<details.*|<h2.*)+$", piece, re.DOTALL)
        if after:
            parts.append({"before": Markup(after[0]), "lines": []})
    return {"head": Markup(head), "parts": parts, "tail": Markup(tail)}


def squeezed(page: str) -> str:
    """Without the spaces between one letter of the mark-up and the next, of which a reader sees nothing."""
    return re.sub(r"\s*([<>])\s*", r"\1", " ".join(page.split()))


page, context = opened()
given = plain(page, context)
bare = Flask("bare", template_folder=str(Path(__file__).parent / "templates"))
bare.jinja_env.trim_blocks = bare.jinja_env.lstrip_blocks = True
bare.add_url_rule("/", "page", lambda: render_template("bare_sheet.html", **given))
reader = Inside(bare)
ours, theirs = squeezed(page), squeezed(reader.ask("/")[1])
differs = next((at for at, (a, b) in enumerate(zip(ours, theirs, strict=False)) if a != b), -1)
same = ours == theirs
first = {
    "questions": len(lines_of(context)), "rows": len(context["form"].rows), "kilobytes": len(page.encode()) // 1000,
    "same": same, "differs": "" if same else [ours[differs - 60 : differs + 60], theirs[differs - 60 : differs + 60]],
}  # fmt: skip
measuring(
    first,
    lambda which: processor_ms({"sheet": lambda: officer.ask(sheet), "bare": lambda: reader.ask("/")}[which], VIEWS),
)
