"""The same answers of H1 on the question pages of this commit, each opened and sent: milliseconds of processor time of one."""

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

officer = Inside(app)
officer.sign_in(os.environ["CBC_DATA"])
placement = officer.placement("DEMO-H1")
turn = itertools.count(1)


def close() -> None:
    with app.app_context():
        db.engine.dispose()


# Boxes of the form that stay empty.
_EMPTY = ("source_agency", "note", "why", "so_what", "reason")


def offered() -> dict[str, list[str]]:
    """Each question of which one of several is chosen, with what there is to choose."""
    found = {}
    listed = set(re.findall(r"/questions/([A-Z]{2}\d\d)/(\w+)", officer.ask(placement)[1]))
    for criterion, subject in sorted(listed):
        page = officer.ask(f"{placement}/questions/{criterion}/{subject}")[1]
        found[f"{criterion}-{subject}"] = re.findall(r'name="value"\s+type="(?:radio|checkbox)"\s+value="(\w+)"', page)
    return found


def save(row: str, value: str, name: str) -> None:
    address, day = f"{placement}/questions/{row.replace('-', '/')}", today()
    status, page = officer.ask(address)
    assert status == 200, status
    unseen = hidden(page)
    fields = [
        ("csrf_token", unseen["csrf_token"]), ("seen", unseen["seen"]), ("value", value), ("not_known", ""),
        ("grade", "E1"), ("source_name", name), ("source_role", ""), ("on-day", str(day.day)),
        ("on-month", str(day.month)), ("on-year", str(day.year)), *((box, "") for box in _EMPTY),
    ]  # fmt: skip
    status, told = officer.ask(address, fields)
    assert status == 302, re.findall(r'href="#[^"]+">([^<]+)', told)


def measured(asked: str) -> float:
    answers, name = json.loads(asked), f"Marta {next(turn)}"
    give_back()
    return processor_ms(lambda: [save(row, value, name) for row, value in answers], 1) / len(answers)


first, give_back = offered(), kept(close, os.environ["CBC_DATA"])
measuring(first, measured)
