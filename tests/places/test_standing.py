"""A day in a file is a day: open until it, closed after it, on the day somebody asks; every reader of services."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from app.clocks import today
from app.places.directory import standing
from app.places.directory.importers import childcare, council_list, cqc, ods, pharmacy_list, schools
from app.places.directory.importers.days import day_in
from app.places.directory.importers.found import Reader

from .test_importers import LIST, PHARMACIES, SCHOOL, ods_row, read, register, written

ON = date(2026, 11, 29)
BEFORE, AFTER = date(2026, 8, 31), date(2027, 8, 31)


@pytest.mark.parametrize(
    ("listed", "opens", "closes", "is_"),
    [
        ("open", None, None, "open"),
        ("closing", None, AFTER, "closing"),  # Open, but proposed to close
        ("open", None, AFTER, "closing"),
        ("closing", None, None, "closing"),
        ("open", None, ON, "closing"),  # its last day
        ("open", None, ON - timedelta(days=1), "closed"),
        ("closing", None, BEFORE, "closed"),
        ("unconfirmed", None, BEFORE, "closed"),
        ("closed", None, AFTER, "closed"),  # the list calls it closed
        ("closed", None, None, "closed"),
        ("open", AFTER, None, "unconfirmed"),
        ("open", ON, None, "open"),
        ("unconfirmed", BEFORE, None, "unconfirmed"),  # was to open; nobody says that it did
    ],
)
def test_the_day_of_use_decides(listed: str, opens: date | None, closes: date | None, is_: str) -> None:
    assert standing.on_day(listed, opens, closes, ON) == is_
    assert bool(standing.why_not(listed, opens, closes, ON)) is (is_ not in standing.IN_USE)


def test_what_is_said_of_it() -> None:
    assert standing.closes_in_words("closing", AFTER) == "It closes on 31 August 2027."
    assert standing.why_not("open", None, BEFORE, ON) == "It closed on 31 August 2026."
    assert standing.why_not("closed", None, None, ON, "A and B") == "It is closed. A and B took its place."
    assert standing.why_not("open", AFTER, None, ON) == "It opens on 31 August 2027."


@pytest.mark.parametrize(
    ("said", "is_"),
    [
        ("20270831", AFTER), ("31-08-2027", AFTER), ("2027-08-31", AFTER), ("31/08/2027", AFTER), ("31/Aug/2027 - 00:00", AFTER),
        ("31 August 2027", AFTER), ("2027-08-31T00:00:00Z", AFTER), ("31/06/2027", None), ("August 2027", None), ("00000000", None), ("n/a", None),
    ],
)  # fmt: skip
def test_days_are_read_as_publishers_write_them(said: str, is_: date | None) -> None:
    assert day_in(said) == is_


def _gias(folder: Path, closes: str) -> Path:
    return register(
        folder, {**SCHOOL, "EstablishmentStatus (name)": "Open, but proposed to close", "CloseDate": closes}
    )


def _ods(folder: Path, name: str, closes: str) -> Path:
    return written(folder, name, ods_row(**{"0": "FXX01", "11": closes.replace("-", ""), "13": "1"}))


def _cqc(folder: Path, closes: str) -> Path:
    head = "Name,Address,Postcode,Service types,Location HSCA End Date,CQC Location ID"
    return written(
        folder,
        "CQC_directory.csv",
        f"{head}\nRecovery,1 Street,B14 7ET,Community services - Substance abuse,{closes},1-1\n",
    )


def _childcare(folder: Path, closes: str) -> Path:
    head = "Provider URN,Provider name,Provider type,Provider status,Postcode,Date of closure"
    return written(
        folder, "childcare.csv", f"{head}\nEY1,Nursery,Childcare on non-domestic premises,Active,B14 7ET,{closes}\n"
    )


def _list(folder: Path, closes: str) -> Path:
    row = f"family_hub,Hub,1 Street,B14 7ET,,,,H1,2026-11-01,{closes}\n"
    return written(folder, "services.csv", LIST.strip() + ",closes_on\n" + row)


def _pharmacy(folder: Path, closes: str) -> Path:
    row = f"FXX01,CHEMIST,X LTD,1 HIGH ST,,B14 7ET,Community,,,,,,,,{closes}\n"
    return written(folder, "consol_pharmacy_list.csv", PHARMACIES.strip() + ",CLOSING_DATE\n" + row)


EVERY: dict[str, tuple[Reader, Callable[[Path, str], Path]]] = {
    "schools": (schools.read, _gias),
    "gp": (ods.read_gp, lambda folder, closes: _ods(folder, "epraccur.csv", closes)),
    "pharmacies": (ods.read_pharmacies, lambda folder, closes: _ods(folder, "edispensary.csv", closes)),
    "cqc": (cqc.read, _cqc),
    "childcare": (childcare.read, _childcare),
    "services": (council_list.read, _list),
    "pharmacy_hours": (pharmacy_list.read, _pharmacy),
}


@pytest.mark.parametrize("kind", EVERY)
def test_every_reader_takes_the_day_as_a_day(tmp_path: Path, kind: str) -> None:
    reader, make = EVERY[kind]
    for closes, is_ in ((AFTER, "closing"), (ON, "closing"), (BEFORE, "closed")):
        found, said = read(reader, make(tmp_path, closes.isoformat()))
        assert said == []
        assert found[0].closes_on == closes
        assert standing.on_day(found[0].status, found[0].opens_on, found[0].closes_on, ON) == is_, (kind, closes)


@pytest.mark.parametrize("kind", EVERY)
def test_a_day_that_cannot_be_read_is_named_and_nobody_relies_on_it(tmp_path: Path, kind: str) -> None:
    reader, make = EVERY[kind]
    found, said = read(reader, make(tmp_path, "2027-06-31"))
    assert standing.on_day(found[0].status, None, found[0].closes_on, today()) == "unconfirmed"
    assert len(said) == 1
    assert "is no day, so it is not known when it closes" in said[0]
