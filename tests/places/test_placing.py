"""Services placed a thousand at a time: the same rows, and the same sentences in the same order, as one by one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.places.directory import load
from app.places.directory.importers import found as importers
from app.places.directory.importers.found import Found, Problems, is_refuge
from app.places.files import RowProblem
from app.places.loads import Report
from app.places.postcodes.gazetteer import Gazetteer
from app.places.postcodes.geocoder import Postcodes
from app.places.postcodes.postcode import in_text
from app.suitability.casefile.spelling import folded

from .real import real

KEPT = ["B147ET", "B11BB", "B912JL", "BT11AA", "GIR0AA", "BF11AA", "ZE10AA", "B991ZZ", "B149ZZ", "E161AA", "IM11AA", "BX11LT"]  # fmt: skip


@pytest.fixture(scope="module")
def coder(gazetteer_file: Path) -> Iterator[Postcodes]:
    made = Postcodes(Gazetteer(gazetteer_file))
    yield made
    made.gazetteer.close()


def told(problems: Problems) -> Iterator[Found]:
    """Rows of every kind that is placed or named, with what a reader names between them."""
    addresses = {"": "1 Made-up Street", "two": "1 Made-up Street, B15 2GW", "in text": "Unit 3, B14 7ET, Birmingham"}
    line = 1
    for number, postcode in enumerate([*KEPT, "b14  7et", "nonsense", "", "B14 7ET, B15 2GW"]):
        for address in addresses.values():
            for point in (None, (407796.0, 281594.0), (281594.0, 407796.0), (1.0, 1.0)):
                line += 1
                if line % 5 == 0:
                    problems.append(RowProblem(line, "The reader left this row out."))
                    continue
                ref = f"R{line % 97}"  # some are in the file twice
                name = (
                    ("A Refuge", "Secret House", "A hub\0 with a nought")[line % 3]
                    if line % 11 == 0
                    else f"Hub {number}"
                )
                yield Found(
                    line=line, ref=ref, kind="family_hub", name=name, address=address, postcode=postcode, point=point
                )
    problems.append(RowProblem(line + 1, "The last row was cut off."))


def rows_and_problems(coder: Postcodes) -> tuple[dict[str, Any], list[RowProblem]]:
    report = Report("services", "f", "0" * 64, "s", date(2026, 11, 1))
    rows = load.rows_of(told(report.problems), coder, lambda said: "Secret" in said, report)
    return rows, list(report.problems)


def test_how_many_are_placed_at_once_changes_nothing(coder: Postcodes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "_AT_ONCE", 1)
    rows, problems = rows_and_problems(coder)
    assert len(rows) > 60
    lines = [p.line for p in problems]
    assert lines == sorted(lines), "what is wrong is named in the order of the file"
    said = " ".join(p.sentence for p in problems)
    for words in (
        "in the file twice",
        "looks like a refuge",
        "may not be in",
        "The reader left",
        "two different",
        "cut off",
        "swapped",
    ):
        assert words in said
    for at_once in (2, 7, 64, 1000):
        monkeypatch.setattr(load, "_AT_ONCE", at_once)
        assert rows_and_problems(coder) == (rows, problems), at_once


def test_many_postcodes_at_once_are_each_as_asked_for_alone(coder: Postcodes) -> None:
    written = real("services_known_sample.csv").read_text(encoding="utf-8")
    codes = {*KEPT, *in_text(written)}
    found = coder.metres(codes)
    assert set(found) == codes
    for code in codes:
        assert found[code] == coder.place(code)._replace(latitude=None, longitude=None), code
    assert {"postcode", "none"} <= {place.precision for place in found.values()}
    assert coder.metres([]) == {}


@given(st.text(st.sampled_from("REFUGESAFHOUé'`’ -s\u200b&"), max_size=16))
@example("Ref'uge")
@example("safe`houses")
@example("Réfuge")
@example("SAFE HOUSE")
@settings(max_examples=300, deadline=None)
def test_what_is_passed_over_quickly_is_no_refuge(said: str) -> None:
    assert is_refuge(said) is bool(importers._REFUGE.search(folded(said)))
