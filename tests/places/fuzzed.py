"""Good rows of every importer as its publisher writes them, and files of them that were spoilt as hypothesis plans it."""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Sequence
from typing import Any, NamedTuple

from hypothesis import strategies as st

from app.clocks import today

from .test_open_referral import PLACE, WHOLE
from .test_services_file import service

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
