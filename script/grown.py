"""An installation grown to a size: households in bulk, each a copy of one that went through the product itself, with ids of its own.

    .venv/bin/python script/grown.py FOLDER --households 5000 [--url postgresql+psycopg://…]

Each household has four assessments of ten answers and forty entries of the audit. One in ten is worked on, with the last of its assessments
a draft, handed in or returned; of each one assessment was decided, and has a record of 250 KB, and the others were withdrawn. An officer holds fifty households at every size, so
that what is theirs stays the same; what a safeguarding lead sees grows with the households. The search is filled by the product's own rebuild.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import random
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench_search import FIRST, LAST, STREETS
from grown_patterns import TREES, Pattern, copied, pattern_of

HELD, ASSESSMENTS, EVENTS = 50, 4, 40  # households an officer; then each a household
PASSWORD = "correct horse battery staple"
OFFICER, LEAD = "officer@grown.example", "lead@grown.example"
AT_ONCE = 500  # households in one transaction
TO_MOVE = 50  # one household in so many of those that were to be moved is still there
# The last assessment of a household: of a hundred households so many.
LAST_STATE = ("draft",) * 6 + ("submitted",) * 2 + ("returned",) * 2 + ("decided",) * 90
_OF_A_DECISION = ("record", "decision", "decision_finding", "decision_step")


def load(households: int, say: Callable[[str], object] = print) -> None:
    """Accounts, patterns and households, in an installation that is prepared and holds nothing yet."""
    from sqlalchemy import text

    from app.accounts import service as accounts
    from app.clocks import today
    from app.extensions import db
    from app.finding import rebuild
    from app.stock import summaries

    began = time.perf_counter()
    gc.disable()  # rows by the hundred thousand, and no circles among them
    people = _people(accounts, -(-households // HELD))
    patterns = [pattern_of(name, people) for name in TREES]
    say(f"patterns: {time.perf_counter() - began:.0f} s")
    chance = random.Random(22)
    for first in range(0, households, AT_ONCE):
        _some(range(first, min(first + AT_ONCE, households)), households, patterns, people, chance)
        say(f"{min(first + AT_ONCE, households):,} households: {time.perf_counter() - began:.0f} s")
    _without_patterns(patterns)
    rebuild.rebuild()
    say(f"the search: {time.perf_counter() - began:.0f} s")
    summaries.make(today())
    say(f"the counts: {time.perf_counter() - began:.0f} s")
    db.session.close()
    if (
        db.engine.dialect.name == "postgresql"
    ):  # it does so itself, a minute later; SQLite never does, and the product does not ask it to
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
    say(f"analysed: {time.perf_counter() - began:.0f} s")


# ---- who is there


def _people(accounts: Any, officers: int) -> dict[str, list[str]]:
    """Accounts by role; those who sign in have a password, the other officers none."""
    from sqlalchemy import insert

    from app.accounts.models import User
    from app.database import new_id, writing

    made: dict[str, list[str]] = {}
    for name, email, role in (("Olu Officer", OFFICER, "housing_officer"), ("Leah Lead", LEAD, "safeguarding_lead")):
        user_id, token = accounts.create_account(name, email, role)
        accounts.set_password(token, PASSWORD)
        made[role] = [getattr(user_id, "id", user_id)]
    others = [
        {"id": new_id(), "name": f"Officer {n}", "email": f"o{n}@grown.example", "role": "housing_officer", "active": True}
        for n in range(1, officers)
    ]  # fmt: skip
    if others:
        with writing() as session:
            session.execute(insert(User), others)
    made["housing_officer"] += [one["id"] for one in others]
    return made


def _without_patterns(patterns: Iterable[Pattern]) -> None:
    """The patterns are closed, and waited for by nobody: what they hold of the audit stays."""
    from sqlalchemy import update

    from app.cases.models import Case
    from app.clocks import today
    from app.database import writing
    from app.deadlines.models import ENDED, Clock

    ids = [pattern.case_id for pattern in patterns]
    with writing() as session:
        session.execute(update(Case).where(Case.id.in_(ids)).values(closed_on=today()))
        session.execute(update(Clock).where(Clock.case_id.in_(ids)).values(state=ENDED))


# ---- households


def _some(
    numbers: range, households: int, patterns: Sequence[Pattern], people: dict[str, list[str]], chance: random.Random
) -> None:
    """So many households, in one transaction: rows by table, then what the audit says of them."""
    from sqlalchemy import insert

    from app.audit import writing as audit
    from app.database import Base, writing

    rows: dict[str, list[dict[str, Any]]] = {}
    entries: list[dict[str, Any]] = []
    for number in numbers:
        pattern = patterns[number % len(patterns)]
        _household(number, households, pattern, people, chance, rows, entries)
    chance.shuffle(entries)
    entries.sort(key=lambda entry: entry["at"])
    with writing() as session:
        for table in Base.metadata.sorted_tables:
            if found := rows.get(table.name):
                session.execute(insert(table), found)
        for at in range(0, len(entries), 1000):
            audit.append(session.connection(), entries[at : at + 1000])


def _household(
    number: int, households: int, pattern: Pattern, people: dict[str, list[str]], chance: random.Random,
    rows: dict[str, list[dict[str, Any]]], entries: list[dict[str, Any]],
) -> None:  # fmt: skip
    from app.cases.models import folded_number
    from app.database import new_id, now
    from app.deadlines.models import key_of

    officers = people["housing_officer"]
    officer = officers[number // HELD]
    age = timedelta(days=1 + 360 * (households - number) // households, minutes=chance.randrange(1440))
    to = {key: new_id() for key in pattern.case_ids} | {officers[0]: officer}
    last = LAST_STATE[number % 100]
    states = ["withdrawn", "withdrawn", "withdrawn" if last == "decided" else "decided", last]
    main = 3 if last == "decided" else 2  # the one that was decided, and that the dates of the case are about
    to |= {key: new_id() for key in pattern.assessment_ids}
    surname = chance.choice(LAST)
    for kind in pattern.of_case:
        row = copied(kind, to)
        table = kind.table.name
        if table == "housing_case":
            row["reference"] = f"GROWN-{number:06d}"
            row["reference_folded"], row["number_folded"] = folded_number(row["reference"]), ""
            row["created_at"], row["changed_at"] = now() - age, now() - age / 2
            row["assigned_to"] = row["created_by"] = officer
        elif table == "case_member":
            row["name"] = f"{chance.choice(FIRST)} {surname}" if row["name"] else row["name"]
        elif table == "clock":
            row["id"] = key_of(row["case_id"], row["kind"], row["subject"])
            row["owner"] = officer if row["owner"] else row["owner"]
        _later(table, row, chance)
        rows.setdefault(table, []).append(row)
    for nth, state in enumerate(states):
        began = now() - age * (ASSESSMENTS - nth) / ASSESSMENTS
        own = to if nth == main else {**to, **{key: new_id() for key in pattern.assessment_ids}}
        _assessment(pattern, own, state, began, number * ASSESSMENTS + nth, rows, chance)
    entries += _entries(pattern, to, officer, people["safeguarding_lead"][0], age, chance)


def _later(table: str, row: dict[str, Any], chance: random.Random) -> None:
    """Days on which something is due: most are weeks ahead, and a few are to come this week, or past."""
    if table in ("clock", "decision_step") and row["due"] is not None:
        row["due"] += timedelta(days=chance.randint(-3, 180) if chance.random() < 0.3 else 180)


def _assessment(
    pattern: Pattern, to: dict[str, str], state: str, began: datetime, number: int,
    rows: dict[str, list[dict[str, Any]]], chance: random.Random,
) -> None:  # fmt: skip
    for kind in pattern.of_assessment:
        table = kind.table.name
        if table in _OF_A_DECISION and state != "decided":
            continue
        if table == "decision_step" and number // ASSESSMENTS % TO_MOVE:
            continue
        if table == "record":
            to = {**to, kind.values["number"]: f"R-{began.year}-{100_000 + number:07d}"}
        row = copied(kind, to)
        for name in ("created_at", "recorded_at", "submitted_at", "reviewed_at", "issued_at", "taken_at"):
            if row.get(name) is not None:
                row[name] = began
        if table == "unit":  # one in ten is a room of a hotel of ten: the hotels grow with the households
            street, hotel = STREETS[number % len(STREETS)], number // 100
            row["address"] = f"Room {number // 10 % 10 + 1}, {hotel + 1} {STREETS[hotel % len(STREETS)]} Road"
            row["address"] = row["address"] if number % 10 == 0 else f"{number} {street} Street"
        elif table == "assessment":
            row["state"] = {"returned": "draft"}.get(state, state)
            row["returned_note"] = "See the room first." if state == "returned" else ""
            if state == "draft":
                row["submitted_by"] = row["submitted_at"] = None
        elif table == "record":
            row["sha256"] = hashlib.sha256(row["body"]).hexdigest()
        _later(table, row, chance)
        rows.setdefault(table, []).append(row)


_LOOKS = ("case.viewed", "assessment.viewed", "chronology.viewed", "timeline.viewed")


def _entries(
    pattern: Pattern, to: dict[str, str], officer: str, lead: str, age: timedelta, chance: random.Random
) -> list[dict[str, Any]]:
    """Forty entries: those of the pattern, and looks."""
    from app.database import now

    case_id = to[pattern.case_id]
    made: list[dict[str, Any]] = []
    made += [parts.read(to) for parts in pattern.entries[:EVENTS]]
    version = made[0]["app_version"]
    while len(made) < EVENTS:
        who, role = (lead, "safeguarding_lead") if chance.random() < 0.05 else (officer, "housing_officer")
        made.append(
            {"actor_id": who, "actor_role": role, "action": chance.choice(_LOOKS), "object_type": "case", "object_id": case_id,
             "case_id": case_id, "request_id": "", "rule": "case.view", "app_version": version}
        )  # fmt: skip
    moments = sorted(now() - age * chance.random() for _ in made)
    return [{"detail": {}, **entry, "at": moment} for entry, moment in zip(made, moments, strict=True)]


# ---- an installation


def prepared(folder: Path, url: str = "") -> Any:
    """An installation that is ready and holds nothing, with the postcodes of ``build/`` where they are made already."""
    from app import create_app, install
    from app.settings import Settings

    folder.mkdir(parents=True, exist_ok=True)
    kept = ROOT / "build" / "gazetteer.sqlite"
    if kept.exists():
        (folder / "gazetteer.sqlite").symlink_to(kept)
    app = create_app(
        Settings(data=folder, database_url=url, council_name="Example Council", base_url="http://localhost")
    )
    with app.app_context():
        install.prepare(app, False, lambda line: None)
    return app


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--households", type=int, required=True)
    parser.add_argument("--url", default="")
    asked = parser.parse_args()
    app = prepared(asked.folder, asked.url)
    with app.app_context():
        load(asked.households)


if __name__ == "__main__":
    main()
