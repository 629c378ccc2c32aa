"""Measures a national directory loaded: 200,000 invented rows in the real shapes of ODS, GIAS and CQC, beside 5a7cdc1 on the same files."""

from __future__ import annotations

import csv
import json
import random
import shutil
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from baseline_trees import BASELINE, ROOT, NotCompared, Program, Tree, made
from bench_figures import say

TURNS = 3
ODS, GIAS, CQC = 80_000, 60_000, 60_000
NAME = "directory_load_vs_baseline"
_GIAS = (
    "URN,LA (code),LA (name),EstablishmentNumber,EstablishmentName,TypeOfEstablishment (name),EstablishmentStatus (name),OpenDate,CloseDate,"
    "PhaseOfEducation (name),StatutoryLowAge,StatutoryHighAge,NurseryProvision (name),Gender (name),SchoolCapacity,NumberOfPupils,Street,"
    "Locality,Address3,Town,County (name),Postcode,SchoolWebsite,TelephoneNum,GSSLACode (name),Easting,Northing,UPRN"
)
_CQC = (
    "Name,Also known as,Address,Postcode,Phone number,Service's website (if available),Service types,Date of latest check,"
    "Specialisms/services,Provider name,Local authority,Region,Location URL,CQC Location ID (for office use only),"
    "CQC Provider ID (for office use only)"
)
GIAS_HEADER, CQC_HEADER = _GIAS.split(","), _CQC.split(",")


def _postcodes(gazetteer: Path, many: int) -> list[tuple[str, int, int]]:
    """Postcodes of Great Britain in use with their points, by chance; the same at each run."""
    from app.places.postcodes.gazetteer import Gazetteer, unpacked_key
    from app.places.postcodes.postcode import display, from_number

    keys = [key for (key,) in sqlite3.connect(gazetteer).execute("SELECT key FROM postcode")]
    found, held = [], Gazetteer(gazetteer)
    for key in random.Random(19).sample(keys, many * 2):
        entry = held.find(from_number(unpacked_key(key)))
        if entry is not None and entry.easting is not None and entry.northing is not None and entry.live == 1:
            found.append((display(entry.postcode), entry.easting, entry.northing))
        if len(found) == many:
            break
    held.close()
    return found


def _ods(places: list[tuple[str, int, int]]) -> Iterator[list[str]]:
    for n, (postcode, _, _) in enumerate(places):
        row = [
            f"X{n:05d}",
            f"INVENTED PRACTICE {n}",
            "Y60",
            "QHL",
            f"{n % 300 + 1} INVENTED STREET",
            "",
            "TOWN",
            "",
            "WEST MIDLANDS",
            postcode,
        ]
        row += [
            "19740401",
            "",
            "A",
            "B",
            "15E",
            "20130401",
            "",
            f"0121{n:07d}",
            "",
            "",
            "",
            "0",
            "",
            "15E",
            "",
            "4",
            "",
        ]
        yield row


def _gias(places: list[tuple[str, int, int]]) -> Iterator[list[str]]:
    for n, (postcode, e, north) in enumerate(places):
        cells = {
            "URN": str(100000 + n), "EstablishmentName": f"Invented School {n}", "TypeOfEstablishment (name)": "Community school",
            "EstablishmentStatus (name)": "Open", "OpenDate": "01-09-1974", "PhaseOfEducation (name)": "Primary", "StatutoryLowAge": "4",
            "StatutoryHighAge": "11", "NurseryProvision (name)": "Has Nursery Classes", "Street": f"{n % 300 + 1} Invented Street",
            "Town": "Town", "Postcode": postcode, "TelephoneNum": f"121{n:07d}", "Easting": str(e), "Northing": str(north),
            "UPRN": str(100_000_000 + n),
        }  # fmt: skip
        yield [cells.get(name, "") for name in GIAS_HEADER]


def _cqc(places: list[tuple[str, int, int]]) -> Iterator[list[str]]:
    for n, (postcode, _, _) in enumerate(places):
        row = [
            f"Invented Hospital {n}",
            "",
            f"{n % 300 + 1} Invented Street, Town",
            postcode,
            f"0121{n:07d}",
            "",
            "Hospital",
            "09/Jan/2025 - 00:00",
        ]
        yield [
            *row,
            "Services for everyone|Caring for adults over 65 yrs",
            "Trust",
            "Birmingham",
            "West Midlands",
            "",
            f"1-{n}",
            f"1-{n}",
        ]


def files(folder: Path, gazetteer: Path) -> dict[str, str]:
    """The three files, by kind."""
    places = _postcodes(gazetteer, ODS)
    made_up = {
        "gp": ("epraccur.csv", [], _ods(places)),
        "schools": ("edubasealldata20260916.csv", [GIAS_HEADER], _gias(places[:GIAS])),
        "cqc": ("16_September_2026_CQC_directory.csv", [["note"] * 15] * 4 + [CQC_HEADER], _cqc(places[:CQC])),
    }
    for name, head, rows in made_up.values():
        with open(folder / name, "w", encoding="utf-8", newline="") as stream:
            quoting = csv.QUOTE_ALL if name == "epraccur.csv" else csv.QUOTE_MINIMAL
            csv.writer(stream, quoting=quoting).writerows([*head, *rows])
    return {kind: str(folder / name) for kind, (name, _, _) in made_up.items()}


def bare(listed: dict[str, str]) -> float:
    """Seconds of csv and executemany alone: every cell read, the first of each row written, nothing checked, nothing placed."""
    started = time.perf_counter()
    connection = sqlite3.connect(":memory:")
    for kind, path in listed.items():
        with open(path, encoding="utf-8", newline="") as stream:
            rows = [row for row in csv.reader(stream) if len(row) > 1]
        width = len(rows[-1])
        connection.execute(f"CREATE TABLE {kind} ({', '.join(f'c{n}' for n in range(width))})")
        connection.executemany(
            f"INSERT INTO {kind} VALUES ({', '.join('?' * width)})", [r for r in rows if len(r) == width]
        )
    connection.commit()
    connection.close()
    return time.perf_counter() - started


def compare(ours: Tree, theirs: Tree, gazetteer: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="cbc-directory-") as name:
        folder = Path(name)
        asked = json.dumps(files(folder, gazetteer))
        trees = []
        for tree in (ours, theirs):
            data = folder / f"data-{tree.name}"
            data.mkdir()
            shutil.copyfile(gazetteer, data / "gazetteer.sqlite")
            kept = tree._replace(data=data)
            kept.run("flask", "--app", "wsgi", "db", "upgrade")
            trees.append(kept)
        with Program(trees[0], "directory_load", core=True) as a, Program(trees[1], "directory_load", core=True) as b:
            pairs = [(a.ask(asked), b.ask(asked)) for _ in range(TURNS)]
        alone = bare(json.loads(asked))
    mine, base = statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs)
    ratio = statistics.median(a / b for a, b in pairs)
    say(
        f"a national directory loaded: ODS {ODS:,}, GIAS {GIAS:,}, CQC {CQC:,} rows",
        f"{mine:.1f} s",
        f"{ratio:.2f} x {BASELINE} ({base:.1f} s; {TURNS} pairs on one core); bare csv and executemany, nothing checked: {alone:.1f} s",
        name=NAME, figure=mine, unit="s", baseline=base, ratio=ratio, against=BASELINE,
    )  # fmt: skip


def directory() -> None:
    """Beside the baseline; where it cannot be made, says so."""
    from app.places.postcodes import build

    with tempfile.TemporaryDirectory(prefix="cbc-directory-") as name:
        try:
            theirs = made()
        except NotCompared as problem:
            say(NAME, "not compared", str(problem), name=NAME, against=BASELINE, reason=str(problem))
            return
        gazetteer = Path(name) / "gazetteer.sqlite"
        build.build(gazetteer)
        compare(Tree("ours", ROOT, Path(name)), theirs, gazetteer)


if __name__ == "__main__":
    directory()
