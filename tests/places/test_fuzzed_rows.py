"""Files with anything in them: every importer ends with a sentence or a whole load, and what served before serves until then.

Hypothesis draws cells, the damage of a file and where both go; rows are made of good ones. The ordinary run has some files of each
importer, ``--deep`` 20,000 rows of each.
"""

from __future__ import annotations

import csv
import json
import random
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import select

from app.clocks import today
from app.extensions import db
from app.places.directory import directory, nearest
from app.places.files import FileProblem
from app.places.models import DataLoad, ServicePlace
from app.places.postcodes import load as postcode_load
from app.places.postcodes.gazetteer import Gazetteer
from tests.conftest import Instance

from .fuzzed import FILES, HEADERS, PLANS, Plan, as_csv, good, listed, spoilt
from .test_directory import NUMBERS, load
from .test_postcode_load import HEADERS as DIRECTORIES
from .test_postcode_load import small


def stored(kind: str) -> dict[str, tuple[Any, ...]]:
    """What serves of one list."""
    found = db.session.execute(select(*ServicePlace.__table__.columns).where(ServicePlace.source == kind))
    return {row.source_ref: tuple(map(repr, row)) for row in found}


def every(kinds: Sequence[str]) -> Callable[..., Any]:
    return pytest.mark.parametrize("kind", kinds)


def check_services(kind: str, instance: Instance, folder: Path, files: int, rows: int) -> dict[str, int]:
    """Load so many fuzzed files of so many rows; how each ended, by count."""
    ended: dict[str, int] = {}
    path = folder / FILES[kind]

    @settings(
        max_examples=files, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(plan=PLANS)
    def one(plan: Plan) -> None:
        before, index = stored(kind), instance.settings.services_index.read_bytes()
        path.write_bytes(listed(kind, plan, rows))
        try:
            report = load(instance, kind, path)
            state = report.state
        except FileProblem:
            state = "no such file"
        db.session.expire_all()
        ended[state] = ended.get(state, 0) + 1
        ended["rows"] = ended.get("rows", 0) + rows
        after = stored(kind)
        if state != "active":
            assert after == before, "the old data serves"
            assert instance.settings.services_index.read_bytes() == index
            return
        newest = db.session.scalars(select(DataLoad).where(DataLoad.kind == kind, DataLoad.state == "active")).one()
        new = db.session.scalars(select(ServicePlace).where(ServicePlace.load_id == newest.id)).all()
        assert len(new) == report.counts["in the file"], "all of it"
        assert set(before) <= set(after), "nothing that was listed is lost"
        shown = directory.by_ids([found.id for found in new[:40]], NUMBERS, today())
        said = json.dumps([entry._asdict() for entry in shown], default=str, ensure_ascii=False)
        said += "".join(p.sentence for p in report.problems) + json.dumps(
            [f.source_ref for f in new], ensure_ascii=False
        )
        assert "\0" not in said
        assert "\\u0000" not in said
        said.encode("utf-8")  # what is stored can be told
        nearest.Index(instance.settings.services_index)

    with instance.app.app_context():
        path.write_bytes(listed(kind, Plan(["x"], 1, 0, "utf-8", "\r\n", ""), rows))
        assert load(instance, kind, path).state == "active"
        one()
    return ended


SERVICES = list(FILES)


@pytest.mark.parametrize(
    ("kind", "column", "said", "words"),
    [
        ("schools", 4, "nan", ""),
        ("schools", 5, "1e999", ""),
        ("schools", 10, "1e308", ""),
        ("services", 4, "1e308", "in the sea or outside Great Britain"),
        ("services", 1, "Hub\0A", ""),
        ("services", 1, "ﷺ" * 220, ""),
        ("services", 9, "x" * 3000, "more than 200 characters"),
    ],
)
def test_what_was_found_by_it(either: Instance, tmp_path: Path, kind: str, column: int, said: str, words: str) -> None:
    """Each ended with a traceback, or would have on PostgreSQL."""
    rows = [good(kind, number) for number in range(60)]  # a nought byte near the front is no text, and refused
    rows[57][column] = said
    path = tmp_path / FILES[kind]
    with open(path, "w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([*HEADERS[kind], *rows])
    with either.app.app_context():
        report = load(either, kind, path)
        assert report.state == "active"
        assert [words in problem.sentence for problem in report.problems] == ([True] if words else [])
        left_out = words.startswith("more than")
        assert len(stored(kind)) == 60 - left_out


@every(SERVICES)
def test_a_file_of_services_with_anything_in_it(kind: str, instance: Instance, tmp_path: Path) -> None:
    assert check_services(kind, instance, tmp_path, files=12, rows=40)["rows"] >= 480


@pytest.mark.deep
@every(SERVICES)
def test_twenty_thousand_rows_of_services(
    kind: str, either: Instance, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ended = check_services(kind, either, tmp_path, files=200, rows=100)
    with capsys.disabled():
        print(f"\n{kind}, {either.engine}: {ended}")
    assert ended["rows"] >= 20_000
    assert ended.get("active", 0) >= 5


def code(number: int) -> str:
    """As ``small`` has them."""
    return f"B1 {1 + number // 20}{'AEQUY'[number // 4 % 5]}{'ABDEF'[number % 4]}"


def postcodes(kind: str, folder: Path, plan: Plan, rows: int) -> Path:
    """A file of postcodes of a layout."""
    rng = random.Random(plan.seed)
    if kind == "code_point":
        made = [
            [code(n), "10", str(406000 + n), "286000", "E92000001", "", "", "", "E08000025", "E05"] for n in range(rows)
        ]
        path = folder / "codepo_gb.zip"
        inside = {
            "Data/CSV/b.csv": as_csv(spoilt(made, plan, rng), plan, rng),
            "Doc/metadata.txt": b"VERSION NUMBER: 2026.4.0\nCOPYRIGHT DATE: 20261101\n",
        }
    else:
        names = DIRECTORIES[kind].split(",")
        values = {
            "pcds": "",
            "oseast1m": "",
            "east1m": "",
            "oslaua": "E08000025",
            f"lad{kind[2:]}cd": "E08000025",
            "osgrdind": "1",
            "gridind": "1",
        }
        made = []
        for n in range(rows):
            point = {
                "pcds": code(n),
                "oseast1m": str(406000 + n),
                "east1m": str(406000 + n),
                "osnrth1m": "286000",
                "north1m": "286000",
            }
            made.append([{**values, **point}.get(name, "") for name in names])
        head = spoilt([names], plan, rng) if plan.damage == "header" else [names]
        path = folder / f"ONSPD_AUG_{kind}.zip"
        inside = {f"Data/ONSPD_AUG_{kind}_UK.csv": as_csv([*head, *spoilt(made, plan, rng)], plan, rng)}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, found in inside.items():
            packed.writestr(name, found)
    return path


def check_postcodes(kind: str, folder: Path, files: int, rows: int) -> dict[str, int]:
    ended: dict[str, int] = {}
    target = small(folder, rows)

    @settings(
        max_examples=files, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(plan=PLANS)
    def one(plan: Plan) -> None:
        before = target.read_bytes()
        try:
            report = postcode_load.load(postcodes(kind, folder, plan, rows), target)
            state = report.state
        except FileProblem:
            state = "no such file"
        ended[state] = ended.get(state, 0) + 1
        ended["rows"] = ended.get("rows", 0) + rows
        if state != "active":
            assert target.read_bytes() == before, "the old data serves"
        found = Gazetteer(target)
        kept = found.columns()
        assert len(kept) == int(found.about()["rows"])
        assert found.find("B11AA") is not None, "what was listed is still known"
        found.close()
        assert [file.name for file in folder.iterdir() if file.suffix == ".building"] == []

    one()
    return ended


LAYOUTS = ["code_point", "2024", "2025", "2026"]


@every(LAYOUTS)
def test_a_file_of_postcodes_with_anything_in_it(kind: str, tmp_path: Path) -> None:
    assert check_postcodes(kind, tmp_path, files=10, rows=80)["rows"] >= 800


@pytest.mark.deep
@every(LAYOUTS)
def test_twenty_thousand_rows_of_postcodes(kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ended = check_postcodes(kind, tmp_path, files=200, rows=100)
    with capsys.disabled():
        print(f"\n{kind}: {ended}")
    assert ended["rows"] >= 20_000
    assert ended.get("active", 0) >= 5
