"""Answers of a parent of H1 saved line by line, as the page's JavaScript sends them: for each set asked, milliseconds of processor time of one.

The share of the sheet's own page is counted in: it is opened once for the answers of a set.
"""

from __future__ import annotations

import itertools
import json
import os
import re
import sys
from pathlib import Path

sys.path.insert(1, str(Path(__file__).resolve().parent.parent))

from in_process import Inside, hidden, kept, measuring, processor_ms

from app.clocks import today
from app.extensions import db
from wsgi import app

# As in sheet.js: who is speaking goes with every line.
_LINE = ("seen", "note", "why", "so_what", "slip")
officer = Inside(app)
officer.sign_in(os.environ["CBC_DATA"])
sheet = officer.placement("DEMO-H1") + "/sheets/M"
turn = itertools.count(1)


def close() -> None:
    with app.app_context():
        db.engine.dispose()


def offered() -> dict[str, list[str]]:
    """Each row of which one of several is chosen, with what there is to choose."""
    found: dict[str, list[str]] = {}
    box = r'<input type="(?:radio|checkbox)" name="([A-Z]{2}\d\d-\w+)" value="(\w+)"'
    for row, value in re.findall(box, officer.ask(sheet)[1]):
        found.setdefault(row, []).append(value)
    return found


def save(answers: list[tuple[str, str]]) -> None:
    status, page = officer.ask(sheet)
    assert status == 200, status
    unseen, day, name = hidden(page), today(), f"Marta {next(turn)}"
    source = [
        ("csrf_token", unseen["csrf_token"]), ("key", unseen["key"]), ("alone", ""), ("person", name),
        ("role", ""), ("how", "face_to_face"), ("on-day", str(day.day)), ("on-month", str(day.month)),
        ("on-year", str(day.year)), ("grade", "E1"),
    ]  # fmt: skip
    for row, value in answers:
        boxes = [(f"{row}.{word}", unseen.get(f"{row}.{word}", "")) for word in _LINE]
        status, told = officer.ask(sheet + "/lines", [*source, (row, value), *boxes])
        assert status == 200, told


def measured(asked: str) -> float:
    answers = [(row, value) for row, value in json.loads(asked)]
    give_back()
    return processor_ms(lambda: save(answers), 1) / len(answers)


first, give_back = offered(), kept(close, os.environ["CBC_DATA"])
measuring(first, measured)
