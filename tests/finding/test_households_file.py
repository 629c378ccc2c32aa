"""Families from a file of a housing system: said first, drafts only, never merged, and what may be there already is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from sqlalchemy import select

from app.assessments.models import Assessment
from app.cases.models import Case
from app.extensions import db
from tests.conftest import Instance

HEAD = "household,name,kind,born,due,address,postcode\n"
ROWS = (
    "TN-1,Ada Invented,adult,14/02/1994,,9 Before Road,B14 7ET\n"
    "TN-1,Ben Invented,child,2022-03-05,,,\n"
    "TN-1,Child to come,unborn,,2027-02-01,,\n"
    "TN-2,Cleo Othername,adult,,,,\n"
)
OFFICER = ("--officer", "housing_officer@test.example")


def run(instance: Instance, folder: Path, text: str, *words: str) -> Result:
    path = folder / "families.csv"
    path.write_text(text, encoding="utf-8")
    return instance.app.test_cli_runner().invoke(args=["households", "import", str(path), *OFFICER, *words])


def figures(result: Result) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(result.output.strip().splitlines()[-1])
    return found


def cases(instance: Instance) -> dict[str, list[tuple[str, str]]]:
    with instance.app.app_context():
        found = db.session.scalars(select(Case)).unique().all()
        return {case.council_number: [(m.name, m.kind) for m in case.members] for case in found}


def test_it_says_first_what_it_would_open_and_then_opens_drafts(either: Instance, tmp_path: Path) -> None:
    said = run(either, tmp_path, HEAD + ROWS)
    assert said.exit_code == 0, said.output
    assert "2 cases would be opened; 0 have one" in said.output
    assert cases(either) == {}
    assert figures(run(either, tmp_path, HEAD + ROWS, "--write")) == {
        "made": 2, "there": 0, "alike": 0, "wrong": 0, "written": True,
    }  # fmt: skip
    assert cases(either) == {
        "TN-1": [("Ada Invented", "adult"), ("Ben Invented", "child"), ("Child to come", "unborn")],
        "TN-2": [("Cleo Othername", "adult")],
    }
    with either.app.app_context():
        assert db.session.scalars(select(Assessment)).all() == []
        one = db.session.scalars(select(Case).where(Case.council_number == "TN-1")).unique().one()
        assert [(a.kind, a.address, a.postcode) for a in one.addresses] == [("current", "9 Before Road", "B14 7ET")]
        assert one.assigned_to == either.user("housing_officer").id
        unknown = db.session.scalars(select(Case).where(Case.council_number == "TN-2")).unique().one()
        assert unknown.members[0].born is None, "what the file does not say is not known"
    again = run(either, tmp_path, HEAD + ROWS, "--write")
    assert "has this number already. Nothing is changed in it." in again.output
    assert figures(again)["made"] == 0
    assert len(cases(either)) == 2


def test_a_family_that_may_be_there_is_named_and_left_out_and_never_merged(instance: Instance, tmp_path: Path) -> None:
    run(instance, tmp_path, HEAD + ROWS, "--write")
    before = cases(instance)
    renamed = HEAD + ROWS.replace("TN-1", "TN-9").replace("TN-2", "TN-8").replace("Cleo Othername", "Dora Elsewhere")
    said = run(instance, tmp_path, renamed, "--write")
    assert "household TN-9: may be the family of case TN-1. Ada Invented: Ada Invented has the same name" in said.output
    assert set(cases(instance)) == {"TN-1", "TN-2", "TN-8"}
    assert cases(instance)["TN-1"] == before["TN-1"]
    run(instance, tmp_path, renamed, "--write", "--also-alike")
    assert set(cases(instance)) == {"TN-1", "TN-2", "TN-8", "TN-9"}


def test_of_a_case_that_the_officer_may_not_see_nothing_is_said(instance: Instance, tmp_path: Path) -> None:
    run(instance, tmp_path, HEAD + ROWS, "--write")
    path = tmp_path / "families.csv"
    path.write_text(HEAD + ROWS.replace("TN-1", "TN-7").replace("TN-2", "TN-6"), encoding="utf-8")
    words = ["households", "import", str(path), "--officer", "other_officer@test.example"]
    said = instance.app.test_cli_runner().invoke(args=words).output
    assert "may be the family of" not in said
    assert figures(instance.app.test_cli_runner().invoke(args=words))["alike"] == 0


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("TN-3,,adult,,,,", "Line 6, column “name”: A person needs a name."),
        ("TN-3,Eve,baby,,,,", "Line 6, column “kind”: “baby” is none of: adult, child, unborn."),
        ("TN-3,Eve,adult,31/06/1990,,,", "Line 6, column “born”: “31/06/1990” is no day."),
        ("TN-3,Eve,child,2031-01-01,,,", "is still to come"),
        (",Eve,adult,,,,", "Line 6, column “household”: Of which household"),
        ("TN-3,Eve,adult,,,1 Road,B14 7E", "Line 6, column “postcode”: “B14 7E” is not a postcode."),
        ("TN-1,Eve,adult,1890-01-01,,,", "column “born”: This cannot be right"),
    ],
)
def test_one_bad_row_refuses_the_file_and_with_it_out_its_whole_family(
    instance: Instance, tmp_path: Path, row: str, said: str
) -> None:
    found = run(instance, tmp_path, f"{HEAD}{ROWS}{row}\n", "--write")
    assert found.exit_code == 1
    assert said in found.output
    assert cases(instance) == {}
    found = run(instance, tmp_path, f"{HEAD}{ROWS}{row}\n", "--write", "--without-bad-rows")
    assert said in found.output
    left = {"TN-2"} if row.startswith("TN-1") else {"TN-1", "TN-2"}
    assert set(cases(instance)) == left, "half a family is another family"


def test_an_auditor_opens_no_cases(instance: Instance, tmp_path: Path) -> None:
    path = tmp_path / "families.csv"
    path.write_text(HEAD + ROWS, encoding="utf-8")
    words = ["households", "import", str(path), "--officer", "auditor@test.example", "--write"]
    said = instance.app.test_cli_runner().invoke(args=words)
    assert said.exit_code == 1
    assert "may open cases" in said.output
