"""Units from a file of a housing system: said first, refused whole, never over what somebody saw."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from click.testing import Result
from sqlalchemy import func, select

from app.cases import protected
from app.clocks import today
from app.database import writing
from app.extensions import db
from app.properties import from_file
from app.properties.register import RegisterBuilding, RegisterEvidence, RegisterUnit
from tests.conftest import Instance

from .test_register import evidence

HEAD = "ref,door,address,postcode,kind,floor,lift,shares\n"
ROWS = (
    "U1,Flat 1,20 Invented Row,B14 7ET,nightly paid,ground,yes,none\n"
    "U2,Flat 2,20 Invented Row,B147ET,Hotel,2,,Kitchen;Corridor or stairs\n"
    "U3,,21 Invented Row,B14 7ET,house_or_flat,,no,\n"
)


def run(instance: Instance, path: Path, *words: str) -> Result:
    return instance.app.test_cli_runner().invoke(args=["properties", "import", str(path), *words])


def file(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "units.csv"
    path.write_bytes(text.encode(encoding))
    return path


def figures(result: Result) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(result.output.strip().splitlines()[-1])
    return found


def units(instance: Instance) -> dict[str, str]:
    with instance.app.app_context():
        return {u.address: u.id for u in db.session.scalars(select(RegisterUnit))}


WRITE = ("--write", "--as", "senior_officer@test.example", "--source", "Northgate, 30 November")


def test_it_says_first_what_it_would_do_and_writes_nothing(either: Instance, tmp_path: Path) -> None:
    path = file(tmp_path, HEAD + ROWS)
    said = run(either, path)
    assert said.exit_code == 0, said.output
    assert "3 units would be added in 2 new buildings, 0 would be changed, 0 stay as they are." in said.output
    assert units(either) == {}
    written = run(either, path, *WRITE)
    assert figures(written)["written"] is True
    assert set(units(either)) == {"Flat 1, 20 Invented Row", "Flat 2, 20 Invented Row", "21 Invented Row"}
    again = figures(run(either, path, *WRITE))
    assert (again["added"], again["changed"], again["same"]) == (0, 0, 3), "twice is once"
    page = either.client("housing_officer").get(f"/properties/units/{units(either)['Flat 2, 20 Invented Row']}").text
    assert (
        "Carried over from the housing system: Northgate, 30 November; who established it is not known, today" in page
    )
    assert "Kitchen, Corridor or stairs" in page
    assert "never seen by an officer" in page, "a file is no inspection"
    changed = run(either, file(tmp_path, HEAD + ROWS.replace("B147ET,Hotel,2", "B147ET,Hotel,3")), *WRITE)
    assert (figures(changed)["changed"], figures(changed)["same"]) == (1, 2)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("U9,Flat 9,20 Invented Row,B14 7E,hotel,1,yes,", "Line 5, column “postcode”: “B14 7E” is not a postcode."),
        ("U9,Flat 9,20 Invented Row,,hotel,1,yes,", "Line 5, column “postcode”: A unit needs a postcode."),
        ("U9,Flat 9,,B14 7ET,hotel,1,yes,", "Line 5, column “address”: A unit needs an address."),
        ("U9,Flat 9,20 Invented Row,B14 7ET,castle,1,yes,", "Line 5, column “kind”: “castle” is none of: Nightly paid flat or house,"),
        ("U9,Flat 9,20 Invented Row,B14 7ET,hotel,first,yes,", "Line 5, column “floor”: “first” is no whole number from -5 to 100."),
        ("U9,Flat 9,20 Invented Row,B14 7ET,hotel,1,maybe,", "Line 5, column “lift”: “maybe” is neither yes, no nor unknown."),
        ("U9,Flat 9,20 Invented Row,B14 7ET,hotel,1,yes,garden", "Line 5, column “shares”: “garden” is none of:"),
        ("U1,Flat 9,20 Invented Row,B14 7ET,hotel,1,yes,", "Line 5, column “ref”: “U1” stands in line 2 already."),
        ("U9,FLAT 1,20 invented row,B14 7ET,hotel,1,yes,", "Line 5, column “door”: This unit stands in line 2 already."),
        ("U9,Flat 9,20 Invented Row,B14 7ET,refuge,1,yes,", "Line 5, column “address”: This looks like a refuge."),
        (f"U9,{'x' * 61},20 Invented Row,B14 7ET,hotel,1,yes,", "Line 5, column “door”: It has 61 characters. 60 is the most."),
        ("U9,Flat 9,20 Invented Row", "Line 5: This row has 3 cells instead of 8."),
        ('U9,"Flat 9,20 Invented Row,B14 7ET,hotel,1,yes,', "Line 5: A quote is opened in this row and not closed."),
    ],
)  # fmt: skip
def test_one_bad_row_refuses_the_file_and_is_named(instance: Instance, tmp_path: Path, row: str, said: str) -> None:
    path = file(tmp_path, f"{HEAD}{ROWS}{row}\n")
    found = run(instance, path, *WRITE)
    assert found.exit_code == 1
    assert said in found.output
    assert "1 row cannot be taken, so nothing was written." in found.output
    assert units(instance) == {}
    without = run(instance, path, *WRITE, "--without-bad-rows")
    assert without.exit_code == 0
    assert said in without.output, "which row is left out is said then too"
    assert len(units(instance)) == 3


def test_what_somebody_saw_stands_beside_what_the_file_says(instance: Instance, tmp_path: Path) -> None:
    run(instance, file(tmp_path, HEAD + ROWS), *WRITE)
    unit_id = units(instance)["Flat 1, 20 Invented Row"]
    evidence(instance, unit_id, kind="facts", facts={"lift": False})
    said = run(instance, file(tmp_path, HEAD + ROWS), *WRITE)
    assert "Line 2: the file says lift: Yes. Seen by O. Officer, " in said.output
    assert "Both are kept." in said.output
    page = instance.client("housing_officer").get(f"/properties/units/{unit_id}").text
    assert page.count("Another says otherwise") == 2


def test_a_number_that_is_another_unit_in_the_register_is_a_question(instance: Instance, tmp_path: Path) -> None:
    run(instance, file(tmp_path, HEAD + ROWS), *WRITE)
    moved = run(
        instance, file(tmp_path, HEAD + ROWS.replace("U1,Flat 1", "U2,Flat 1").replace("U2,Flat 2", "U1,Flat 2"))
    )
    assert moved.output.count("is another unit in the register. Which of the two is right?") == 2
    other = run(instance, file(tmp_path, HEAD + ROWS.replace("U1,", "U77,")))
    assert "This unit is “U1” in the register, and “U77” here. Which is right?" in other.output


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252"])
def test_the_letters_of_any_spreadsheet_are_read(instance: Instance, tmp_path: Path, encoding: str) -> None:
    run(instance, file(tmp_path, HEAD + "U1,Flat 1,20 Café Row,B14 7ET,hotel,1,yes,none\n", encoding), *WRITE)
    assert set(units(instance)) == {"Flat 1, 20 Café Row"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "units.csv is empty."),
        ("ref,door\nU1,Flat 1\n", "no column for the address was found"),
        ("PK\x03\x04rubbish", "cut off or damaged"),
        ("address,postcode\0,", "is not text"),
    ],
)
def test_what_is_no_table_is_said(instance: Instance, tmp_path: Path, text: str, said: str) -> None:
    found = run(instance, file(tmp_path, text))
    assert found.exit_code == 1
    assert said in found.output


def test_nobody_writes_without_a_name_and_nothing_is_of_tomorrow(instance: Instance, tmp_path: Path) -> None:
    path = file(tmp_path, HEAD + ROWS)
    assert "in whose name it is written" in run(instance, path, "--write").output
    late = (today() + timedelta(days=1)).isoformat()
    assert "dated in the future" in run(instance, path, *WRITE, "--date", late).output
    assert units(instance) == {}


def test_a_refuge_is_not_in_the_register_whoever_brings_it(instance: Instance, tmp_path: Path) -> None:
    case_id, _ = instance.import_case("h1")
    run(instance, file(tmp_path, HEAD + ROWS), *WRITE)
    client, unit_id = instance.client("safeguarding_lead"), units(instance)["21 Invented Row"]
    assert client.get(f"/properties/units/{unit_id}").status_code == 200
    with instance.app.app_context(), writing() as session:
        protected.seal(session, instance.user("senior_officer"), case_id, "refuge", "1 Secret Row", "B14 7ET")
    assert client.get(f"/properties/units/{unit_id}").status_code == 404
    assert "Invented Row" not in client.get("/properties").text
    added = client.post("/properties/new", data={"address": "1 Other Row", "postcode": "B14 7ET"})
    assert added.status_code == 422
    assert "not for this register" in added.text
    assert (
        "column “address”: This address is not for this register." in run(instance, file(tmp_path, HEAD + ROWS)).output
    )


def test_of_fifty_thousand_units_one_bad_row_is_found(either: Instance, tmp_path: Path) -> None:
    instance, began = either, monotonic()
    text = HEAD + "".join(
        f"R{n},Flat {n % 50},{n // 50} Invented Row,B14 7ET,hotel,{n % 9},yes,none\n" for n in range(50_000)
    )
    bad = text.replace("R31415,Flat 15,628 Invented Row,B14 7ET", "R31415,Flat 15,628 Invented Row,B14")
    refused = run(instance, file(tmp_path, bad), *WRITE)
    refused_in, began = monotonic() - began, monotonic()
    assert refused.exit_code == 1
    assert "Line 31,417, column “postcode”" in refused.output
    assert refused.output.count("Line ") == 1
    with instance.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(RegisterUnit)) == 0
    run(instance, file(tmp_path, bad), *WRITE, "--without-bad-rows")
    print(f"\n{instance.engine}: refused in {refused_in:.1f} s, loaded without it in {monotonic() - began:.1f} s")
    with instance.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(RegisterUnit)) == 49_999
        assert db.session.scalar(select(func.count()).select_from(RegisterBuilding)) == 1_000
        assert db.session.scalar(select(func.count()).select_from(RegisterEvidence)) == 49_999


def test_reading_alone_keeps_what_a_cell_says_and_nothing_it_does_not(tmp_path: Path) -> None:
    found = from_file.read(file(tmp_path, HEAD + ROWS), lambda said: False)
    assert found.wrong == []
    assert [dict(row.facts) for row in found.rows] == [
        {"kind": "nightly_paid", "floor": 0, "lift": True, "shares": []}
        if n == 0
        else {"kind": "hotel", "floor": 2, "shares": ["cooking", "corridor"]}
        if n == 1
        else {"kind": "house_or_flat", "lift": False}
        for n in range(3)
    ]
