"""Postcode files of every layout: read whole or refused with a sentence, compared, and swapped in with nothing half-loaded."""

from __future__ import annotations

import csv
import gzip
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from app.places import files
from app.places.files import FileProblem
from app.places.postcodes import build, load
from app.places.postcodes import files as postcode_files
from app.places.postcodes import postcode as text
from app.places.postcodes.columns import LIVE, TERMINATED, Columns, Dataset
from app.places.postcodes.gazetteer import Gazetteer

from .real import real

HEADERS = {
    "2024": "pcd,pcd2,pcds,dointr,doterm,oscty,ced,oslaua,osward,parish,usertype,oseast1m,osnrth1m,osgrdind,oshlthau,nhser,ctry,rgn,lat,long",
    "2025": "pcd7,pcd8,pcds,dointr,doterm,usrtypind,east1m,north1m,gridind,oa21cd,cty25cd,ced25cd,lad25cd,wd25cd,nhser24cd,lat,long,lep21cd1",
    "2026": "pcd7,pcd8,pcds,dointr,doterm,usrtypind,east1m,north1m,gridind,oa21cd,cty26cd,ced25cd,lad26cd,wd26cd,nhser24cd,lat,long,lep21cd1,icb26cd",
}  # fmt: skip
ROWS = [
    ("B1 1AA", "", "E08000025", "406649", "286530", "1"),
    ("B1 1AB", "202001", "E08000025", "406700", "286600", "1"),
    ("B1 1AD", "", "E08000025", "406800", "286700", "6"),
    ("B1 1AE", "", "", "", "", "9"),
    ("BT1 1AA", "", "N09000003", "333000", "374000", "1"),
]
CELLS = {
    "pcds": 0, "doterm": 1, "oslaua": 2, "lad25cd": 2, "lad26cd": 2, "oseast1m": 3, "east1m": 3, "osnrth1m": 4,
    "north1m": 4, "osgrdind": 5, "gridind": 5,
}  # fmt: skip


def directory(folder: Path, year: str, rows: list[tuple[str, ...]] = ROWS, header: str = "") -> Path:
    """An ONSPD zip of one year's layout."""
    path = folder / f"ONSPD_AUG_{year}.zip"
    names = (header or HEADERS[year]).split(",")
    lines = [",".join(names)] + [",".join(row[CELLS[n]] if n in CELLS else "" for n in names) for row in rows]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(f"Data/ONSPD_AUG_{year}_UK.csv", "\r\n".join(lines) + "\r\n")
        packed.writestr("Documents/readme.txt", "invented")
    return path


def small(folder: Path, count: int = 40) -> Path:
    """A gazetteer of a few postcodes in a row, 100 m apart, to load over."""
    rows = Columns()
    rows.datasets.append(Dataset("An older directory", "2024-02-01"))
    for at in range(count):
        code = f"B1{1 + at // 20}{'AEQUY'[at // 4 % 5]}{'ABDEF'[at % 4]}"
        rows.add(text.as_number(code), 406_000 + 100 * at, 286_000, "E08000025", LIVE, 10)
    target = folder / "gazetteer.sqlite"
    build.build(target, rows)
    return target


@pytest.mark.parametrize("year", ["2024", "2025", "2026"])
def test_a_directory_of_each_years_layout_is_read(tmp_path: Path, year: str) -> None:
    found = postcode_files.read(directory(tmp_path, year))
    assert found.dataset.data_date == f"{year}-08-01"
    assert len(found.rows) == 4
    assert found.left_out == {"Northern Ireland": 1}
    assert list(found.rows.live) == [LIVE, TERMINATED, LIVE, LIVE]
    assert list(found.rows.grade) == [10, 10, 60, 90]
    assert found.matched["authority"] == {"2024": "oslaua", "2025": "lad25cd", "2026": "lad26cd"}[year]


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (HEADERS["2025"].replace("lad25cd", "district"), "no column for the authority"),
        (HEADERS["2025"].replace("wd25cd", "lad24cd"), "two columns could be the authority: lad25cd and lad24cd"),
        (HEADERS["2025"].replace("gridind", "quality"), "no column for the quality"),
    ],
)
def test_a_column_that_is_missing_or_double_is_refused_by_name(tmp_path: Path, header: str, words: str) -> None:
    path = directory(tmp_path, "2025", header=header)
    with pytest.raises(FileProblem, match="column") as told:
        postcode_files.read(path)
    assert words in str(told.value).replace("lad24cd and lad25cd", "lad25cd and lad24cd")


def test_rows_that_cannot_be_right_are_named_and_the_rest_is_read(tmp_path: Path) -> None:
    rows = [
        *ROWS,
        ("B1 1AA", "", "E08000025", "406649", "286530", "1"),
        ("B1O 1AA", "", "E08000025", "406649", "286530", "1"),
        ("B1 1AF", "", "E08000025", "4066490", "286530", "1"),
        ("B1 1AG", "", "E08000025", "east", "286530", "1"),
    ]
    found = postcode_files.read(directory(tmp_path, "2025", rows))
    assert len(found.rows) == 4
    said = {p.line: p.sentence for p in found.problems}
    assert "twice" in said[7]
    assert "B10 1AA" in said[8]
    assert "not a point in Great Britain" in said[9]
    assert "not a point in Great Britain" in said[10]


def test_a_column_of_something_else_is_not_taken_for_authorities(tmp_path: Path) -> None:
    """Each row has a code of its own: more than a column holds."""
    rows = [
        (f"B{1 + n // 400 % 99} {n // 4000 % 10}{'ABDEFGHJLN'[n // 40 % 10]}{'ABDEFGHJLNPQRSTUWXYZ'[n % 20]}", "", f"X{n}", "406649", "286530", "1")
        for n in range(40_000)
    ]  # fmt: skip
    with pytest.raises(FileProblem, match="more than 5,000 authorities"):
        postcode_files.read(directory(tmp_path, "2025", rows))


def truncated(folder: Path) -> Path:
    whole = directory(folder, "2025")
    cut = folder / "ONSPD_MAY_2025.zip"
    cut.write_bytes(whole.read_bytes()[:-200])
    return cut


def damaged(folder: Path) -> Path:
    whole = bytearray(directory(folder, "2025", ROWS * 200).read_bytes())
    whole[120:160] = b"\0" * 40
    cut = folder / "ONSPD_FEB_2025.zip"
    cut.write_bytes(bytes(whole))
    return cut


def bomb(folder: Path) -> Path:
    path = folder / "ONSPD_NOV_2024.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("Data/ONSPD_NOV_2024_UK.csv", b"0" * 400_000_000)
    return path


def enormous(folder: Path) -> Path:
    path = folder / "ONSPD_NOV_2023_UK.csv"
    with open(path, "wb") as stream:
        stream.truncate(4 * 1024**3)
    return path


def climbing(folder: Path) -> Path:
    path = folder / "ONSPD_NOV_2022.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("../../Data/ONSPD_NOV_2022_UK.csv", "a")
    return path


def latin(folder: Path) -> Path:
    path = folder / "ONSPD_NOV_2021_UK.csv"
    path.write_bytes(b"\xef\xbb\xbf" + HEADERS["2025"].encode() + b"\nB1 1AA,Caf\xe9\n")
    return path


def spreadsheet(folder: Path) -> Path:
    path = folder / "ONSPD_NOV_2020_UK.csv"
    path.write_bytes(b"\xd0\xcf\x11\xe0\0\0\0\0" * 100)
    return path


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (truncated, "cut off or damaged"),
        (damaged, "cut off or damaged"),
        (bomb, "times its size"),
        (enormous, "more than any file of this kind"),
        (climbing, "leads outside"),
        (latin, "says that it is UTF-8 and is not"),
        (spreadsheet, "is not text"),
        (lambda folder: folder / "gone.zip", "is not there"),
    ],
)
def test_a_file_that_cannot_be_trusted_is_refused_and_the_old_data_serves(
    tmp_path: Path, make: Callable[[Path], Path], words: str
) -> None:
    target = small(tmp_path)
    before = target.read_bytes()
    with pytest.raises(FileProblem) as told:
        load.load(make(tmp_path), target)
    assert words in str(told.value)
    assert target.read_bytes() == before


def given(folder: Path, count: int, swap: bool = False, shift: int = 0, grade: str = "1") -> Path:
    rows = []
    for at in range(count):
        code = f"B1 {1 + at // 20}{'AEQUY'[at // 4 % 5]}{'ABDEF'[at % 4]}"
        e, n = str(406_000 + 100 * at + shift), "286000"
        rows.append((code, "", "E08000025", *((n, e) if swap else (e, n)), grade))
    return directory(folder, "2026", rows)


@pytest.mark.parametrize(
    ("count", "state"), [(40, "active"), (32, "active"), (31, "held"), (20, "held"), (19, "refused"), (0, "refused")]
)
def test_a_file_with_fewer_rows_is_held_and_with_half_refused(tmp_path: Path, count: int, state: str) -> None:
    target = small(tmp_path)
    before = target.read_bytes()
    report = load.load(given(tmp_path, count), target)
    assert report.state == state
    assert (target.read_bytes() != before) == (state == "active")
    if state == "held":
        assert load.load(given(tmp_path, count), target, approved=True).state == "active"
    if state == "refused":
        assert load.load(given(tmp_path, count), target, approved=True).state == "refused"


def test_swapped_coordinates_are_seen_and_refused(tmp_path: Path) -> None:
    report = load.load(given(tmp_path, 40, swap=True), small(tmp_path))
    assert report.state == "refused"
    assert "look swapped" in report.why


def test_a_dry_run_says_everything_and_changes_nothing(tmp_path: Path) -> None:
    target = small(tmp_path)
    before = target.read_bytes()
    report = load.load(given(tmp_path, 38, shift=5), target, dry_run=True)
    assert report.counts["changed"] == 38
    assert report.counts["no longer listed"] == 2
    assert target.read_bytes() == before


def test_what_is_no_longer_listed_stays_labelled_with_its_own_source(tmp_path: Path) -> None:
    target = small(tmp_path)
    load.load(given(tmp_path, 39, shift=5), target)
    found = Gazetteer(target)
    last, first = found.find("B12YE"), found.find("B11AA")
    found.close()
    assert last is not None
    assert last.live == TERMINATED
    assert last.dataset.name == "An older directory"
    assert first is not None
    assert (first.easting, first.dataset.data_date) == (406_005, "2026-08-01")


def test_an_open_gazetteer_takes_up_what_was_swapped_in(tmp_path: Path) -> None:
    target = small(tmp_path)
    found = Gazetteer(target)
    assert found.find("B11AA")
    load.load(given(tmp_path, 40, shift=7), target)
    entry = found.find("B11AA")
    assert entry is not None
    assert entry.easting == 406_007
    found.close()


def test_the_real_sample_is_loaded_over_its_areas(tmp_path: Path, gazetteer_file: Path) -> None:
    sample = real("codepoint-open/codepo_gb_west-midlands-sample.zip")
    read = postcode_files.read(sample)
    assert len(read.rows) == 95_018
    assert read.dataset == Dataset("OS Code-Point Open 2025.2.0", "2025-04-22")
    target = tmp_path / "gazetteer.sqlite"
    shutil.copy(gazetteer_file, target)
    assert load.load(sample, target, dry_run=True).state == "refused", "five areas are not Great Britain"
    report = load.load(sample, target, areas=frozenset(["B", "CV", "DY", "WS", "WV"]))
    assert (report.state, report.rows) == ("active", 95_018)
    assert "older than what is there" in report.problems[0].sentence
    found = Gazetteer(target)
    inside, outside = found.find("B147ET"), found.find("SW1A1AA")
    assert inside is not None
    assert outside is not None
    assert inside.dataset.name == "OS Code-Point Open 2025.2.0"
    assert outside.dataset.name == "ONS Postcode Directory, November 2025"
    found.close()


def test_the_real_points_and_quality_are_those_of_the_data_package(gazetteer_file: Path) -> None:
    """Code-Point Open of September 2025 against the gazetteer: every live postcode is there, PQI 90 has no point."""
    with gzip.open(real("codepoint-open-2025/wv.csv.gz"), "rt", encoding="utf-8") as stream:
        rows = [row for row in csv.reader(stream) if row and row[0] != "postcode"]
    assert len(rows) == 10_602
    found = Gazetteer(gazetteer_file)
    entries = [(row, found.find(text.normalise(row[0]))) for row in rows]
    found.close()
    assert [row[0] for row, entry in entries if entry is None or entry.live != LIVE] == []
    none = [entry for row, entry in entries if row[1] == "90" and entry is not None]
    assert len(none) == 137
    assert all(entry.easting is None for entry in none)


def test_a_zip_is_never_read_past_what_it_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = directory(tmp_path, "2025", ROWS * 100)
    with pytest.raises(FileProblem, match="more than is allowed"):
        files.read_bytes(path, "Data/ONSPD_AUG_2025_UK.csv", 1000)


def test_single_rows_with_east_and_north_swapped_or_in_the_sea_are_named_and_left_out(tmp_path: Path) -> None:
    target = small(tmp_path)
    rows = [("B1 1AA", "", "E08000025", "286000", "406000", "1")]  # swapped
    rows += [("B1 1AB", "", "E08000025", "20000", "20000", "1")]  # in the Atlantic
    rows += [("B1 1ZZ", "", "E08000025", "286100", "406200", "1")]  # new, swapped
    rows += [("B1 1ZY", "", "E08000025", "30000", "30000", "1")]  # new, in the sea
    rows += [(f"B1 1A{c}", "", "E08000025", str(406_000 + 100 * at), "286000", "1") for at, c in ((2, "D"), (3, "E"))]
    rows += [
        (text.display(f"B1{1 + at // 20}{'AEQUY'[at // 4 % 5]}{'ABDEF'[at % 4]}"), "", "E08000025", str(406_000 + 100 * at), "286000", "1")
        for at in range(4, 40)
    ]  # fmt: skip
    report = load.load(directory(tmp_path, "2026", rows), target)
    assert report.state == "active"
    said = " ".join(p.sentence for p in report.problems)
    assert said.count("are swapped") == 2
    assert said.count("in the sea") == 2
    for named in ("B1 1AA", "B1 1AB", "B1 1ZZ", "B1 1ZY"):
        assert named in said
    assert report.counts["left out: a point that cannot be right"] == 4
    found = Gazetteer(target)
    kept, new = found.find("B11AA"), found.find("B11ZZ")
    found.close()
    assert kept is not None
    assert (kept.easting, kept.live) == (406_000, LIVE), "what was there still serves"
    assert new is None


def test_a_file_dated_in_the_future_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match="still to come"):
        load.load(given(tmp_path, 40), small(tmp_path), date_="2099-01-01")


def test_what_unpacks_beyond_reason_is_stopped_while_it_does(tmp_path: Path) -> None:
    bomb = tmp_path / "ONSPD_NOV_2024_UK.csv.gz"
    with gzip.open(bomb, "wb") as stream:
        for _ in range(200):
            stream.write(b"0" * 1_000_000)
    with pytest.raises(FileProblem, match="unpacks to more than is allowed"):
        postcode_files.read(bomb)
    line = tmp_path / "ONSPD_NOV_2025_UK.csv"
    line.write_bytes(b"pcds" + b"," * 3_000_000)
    with pytest.raises(FileProblem, match="a line of more than"):
        postcode_files.read(line)
    with pytest.raises(FileProblem, match="is not there"):
        files.digest(tmp_path)
