"""Files with anything in them: every importer ends with a sentence or a whole load, and what served before serves until then.

Hypothesis draws cells, the damage of a file and where both go; rows are made of good ones. The ordinary run has some files of each
importer, ``--deep`` 20,000 rows of each.
"""

from __future__ import annotations

import csv
import io
import json
import random
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.clocks import today
from app.extensions import db
from app.places.directory import directory, nearest
from app.places.files import FileProblem
from app.places.models import DataLoad, ServicePlace
from app.places.postcodes import load as postcode_load
from app.places.postcodes.gazetteer import Gazetteer
from tests.conftest import Instance

from .test_directory import NUMBERS, load
from .test_importers import service
from .test_open_referral import PLACE, WHOLE
from .test_postcode_load import HEADERS as DIRECTORIES
from .test_postcode_load import small

Row = list[str]
# What broke readers of such files before, here or elsewhere; hypothesis adds what it thinks of.
ODD = [
    "", " ", "nan", "inf", "-1", "1e308", "1e999", "0", "²", "٣", "99999999999999999999", "2026-02-30", "00/00/0000", "9999-12-31", "0001-01-01",
    "29/Feb/2025 - 00:00", '"', '"open', 'a"b', "a,b", "a\nb", "a\r\nb", "a\0b", "\ufeff", "\u202eabc", "\ud83d\ude00", "ﷺ" * 220, "x" * 5000, "=1+1", "'", "B14 7ET",
    "b147et", "BT1 1AA", "GIR 0AA", "JE2 3AB", "A2 1ST", "B1 1BB, B14 7ET", "closed", "REDACTED", "Women’s Refuge", "24:00-24:00", "09:00-",
    "mon-fri 9-5", "A|B||C", "supervised_consumption=maybe;;=", "null", "None", "[]", "{}", "-0.0", "406649.5", "286530,9", "1_000", "1e5",
]  # fmt: skip
ENCODINGS = ["utf-8", "utf-8-sig", "cp1252", "utf-16", "latin-1"]


class Plan(NamedTuple):
    """What hypothesis chose of one file."""

    cells: list[str]
    seed: int
    share: int  # of cells replaced, in 1,000
    encoding: str
    ends: str
    damage: str


PLANS = st.builds(
    Plan,
    cells=st.lists(st.one_of(st.sampled_from(ODD), st.text(max_size=30)), min_size=3, max_size=12),
    seed=st.integers(0, 2**32),
    share=st.sampled_from([0, 3, 30, 300]),
    encoding=st.sampled_from([*["utf-8"] * 4, *ENCODINGS]),
    ends=st.sampled_from(["\r\n", "\r\n", "\n", "\r"]),
    damage=st.sampled_from([*[""] * 8, "cut", "bytes", "unquoted", "header"]),
)


def good(kind: str, number: int) -> Row:
    """One row as its publisher writes it."""
    code, postcode = f"F{number:05d}", ("B14 7ET", "B3 3DQ", "B1 1BB")[number % 3]
    match kind:
        case "gp" | "pharmacies":
            row = [code, f"INVENTED {number}", "Y60", "QHL", "1 HIGH STREET", "", "BIRMINGHAM", "", "", postcode, "19740401", "", "A",
                   "1", "15E", "20200401", "", "0121 4960000", "", "", "", "0", "", "15E", "", "4", ""]  # fmt: skip
        case "schools":
            row = [str(100000 + number), f"Invented School {number}", "Open", "Primary", "4", "11", "1 Street", "", "Birmingham", postcode,
                   "", "", "100070000001", "", "01214960000", "Has Nursery Classes"]  # fmt: skip
        case "cqc":
            row = [f"Invented {number}", "", "1 Street, Birmingham", postcode, "0121 496 0000", "", "Hospital", "09/Jan/2018 - 00:00",
                   "Maternity and midwifery services", "Invented Trust", "Birmingham", "West Midlands", "", f"1-{number}", "1-1"]  # fmt: skip
        case "childcare":
            row = [
                f"EY{number}",
                f"Nursery {number}",
                "Childcare on non-domestic premises",
                "Active",
                "1 Street",
                "",
                "",
                "Birmingham",
                postcode,
            ]
        case "pharmacy_hours":
            row = [
                code,
                f"CHEMIST {number}",
                "CHEMIST LTD",
                "1 STREET",
                "",
                "",
                "BIRMINGHAM",
                postcode,
                "Community",
                *["09:00-17:00"] * 6,
                "Closed",
            ]
        case _:
            point = ["407796", "281594"] if postcode == "B14 7ET" else ["", ""]
            row = ["family_hub", f"Hub {number}", "1 Street", postcode, *point, "nursery_classes=yes", "mon-fri 09:00-17:00",
                   "0121 496 0000", f"H{number}", today().isoformat(), "Early years"]  # fmt: skip
    return row


HEADERS: dict[str, list[Row]] = {
    "gp": [],
    "pharmacies": [],
    "schools": [[
        "URN", "EstablishmentName", "EstablishmentStatus (name)", "PhaseOfEducation (name)", "StatutoryLowAge", "StatutoryHighAge", "Street",
        "Locality", "Town", "Postcode", "Easting", "Northing", "UPRN", "CloseDate", "TelephoneNum", "NurseryProvision (name)",
    ]],
    "cqc": [["CQC Locations data"], [], ["This data was produced on 16 September 2026"], [], [
        "Name", "Also known as", "Address", "Postcode", "Phone number", "Service's website (if available)", "Service types",
        "Date of latest check", "Specialisms/services", "Provider name", "Local authority", "Region", "Location URL",
        "CQC Location ID (for office use only)", "CQC Provider ID (for office use only)",
    ]],
    "childcare": [[
        "Provider URN", "Provider name", "Provider type", "Provider status", "Provider address line 1", "Provider address line 2",
        "Provider address line 3", "Provider town", "Postcode",
    ]],
    "pharmacy_hours": [[
        "PHARMACY_ODS_CODE_F_CODE", "PHARMACY_TRADING_NAME", "ORGANISATION_NAME", "ADDRESS_FIELD_1", "ADDRESS_FIELD_2", "ADDRESS_FIELD_3",
        "ADDRESS_FIELD_4", "POST_CODE", "CONTRACT_TYPE",
        *(f"PHARMACY_OPENING_HOURS_{day}" for day in ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")),
    ]],
    "services": [["kind", "name", "address", "postcode", "easting", "northing", "services", "hours", "phone", "ref", "checked_on", "owner"]],
}  # fmt: skip
FILES = {
    "gp": "epraccur.csv", "pharmacies": "edispensary.csv", "schools": "edubasealldata20261101.csv", "cqc": "01_November_2026_CQC_directory.csv",
    "childcare": "childcare.csv", "pharmacy_hours": "consol_pharmacy_list.csv", "services": "services.csv", "open_referral": "feed.json",
}  # fmt: skip


def spoilt(rows: list[Row], plan: Plan, rng: random.Random) -> list[Row]:
    """Cells replaced, rows shortened, lengthened and said twice, as often as the plan has it."""
    made = []
    for row in rows:
        cells = [rng.choice(plan.cells) if rng.randrange(1000) < plan.share else cell for cell in row]
        dice = rng.randrange(1000)
        if dice < plan.share // 3:
            cells = cells[: rng.randrange(len(cells) + 1)]
        elif dice < plan.share // 2:
            cells += [rng.choice(plan.cells)]
        made += [cells, cells] if dice > 1000 - plan.share // 10 else [cells]
    return made


def as_csv(rows: Sequence[Row], plan: Plan, rng: random.Random) -> bytes:
    out = io.StringIO(newline="")
    if plan.damage == "unquoted":
        out.write(plan.ends.join(",".join(row) for row in rows))
    else:
        csv.writer(out, lineterminator=plan.ends).writerows(rows)
    return damaged(out.getvalue().encode(plan.encoding, "replace"), plan, rng)


def damaged(found: bytes, plan: Plan, rng: random.Random) -> bytes:
    if plan.damage == "cut":
        return found[: rng.randrange(len(found) + 1)]
    if plan.damage == "bytes":
        spoiled = bytearray(found)
        for _ in range(20):
            spoiled[rng.randrange(len(spoiled))] = rng.randrange(256)
        return bytes(spoiled)
    return found


def listed(kind: str, plan: Plan, rows: int) -> bytes:
    """A file of services of a kind."""
    rng = random.Random(plan.seed)
    if kind == "open_referral":
        return damaged(json.dumps(feed(plan, rng, rows)).encode(), plan, rng)
    header = HEADERS[kind]
    head = spoilt(header, plan, rng) if plan.damage == "header" else header
    return as_csv([*head, *spoilt([good(kind, n) for n in range(rows)], plan, rng)], plan, rng)


def feed(plan: Plan, rng: random.Random, rows: int) -> dict[str, Any]:
    """A feed whose values, at any depth, may be anything JSON has."""
    odd: list[Any] = [
        *plan.cells,
        None,
        True,
        7,
        -1,
        1e308,
        float("nan"),
        10**30,
        [],
        {},
        [[]],
        [None],
        {"id": {}},
        "\ud800",
        ["MO"],
    ]

    def stirred(value: Any) -> Any:
        if rng.randrange(1000) < plan.share // 2:
            return rng.choice(odd)
        if isinstance(value, dict):
            return {k: stirred(v) for k, v in value.items() if rng.randrange(1000) >= plan.share // 8}
        return [stirred(v) for v in value] if isinstance(value, list) else value

    kinds = (service(phones=[{"number": "0121 496 0000"}]), WHOLE)
    told = [
        kinds[n % 2] | {"id": f"s{n}", "attributes": [{"taxonomy_term": {"name": "Childcare"}}]} for n in range(rows)
    ]
    return stirred({"contents": told, "service_at_locations": [PLACE], "notes": ["Read on a Monday."]}) if plan.damage == "header" else {
        "contents": [stirred(one) for one in told], "service_at_locations": [stirred(PLACE)], "notes": []
    }  # fmt: skip


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
