"""Districts that merge: before the day two councils, from it on one, by old boundaries and by new; a day is data, and replay keeps what was."""

from __future__ import annotations

import csv
import gzip
import sqlite3
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from app.assessments import judging
from app.assessments.models import Assessment
from app.database import writing
from app.extensions import db
from app.places import service
from app.places.districts import load
from app.places.districts.districts import Districts
from app.places.postcodes.gazetteer import Gazetteer
from app.places.postcodes.local import LocalPostcodes
from tests.conftest import Instance

from .real import real
from .test_districts import OTHER, OURS, THEIRS, at, drawn, square

MERGED = "E06000099"
BEFORE, DAY, AFTER = date(2027, 3, 31), date(2027, 4, 1), date(2027, 6, 1)
HEADER = "LADCD,SUCCESSORCD,SUCCESSORNM,FROM,SOURCE\n"
ORDER = "The Example (Structural Changes) Order 2026"
ROWS = f"{OURS},{MERGED},Example Unitary,2027-04-01,{ORDER}\n{THEIRS},{MERGED},Example Unitary,2027-04-01,{ORDER}\n"


def merging(folder: Path, target: Path, rows: str = ROWS) -> None:
    path = folder / "successors.csv"
    path.write_text(HEADER + rows, encoding="utf-8")
    assert load.load_successors(path, target, "2026-10-01").state == "active"


@pytest.fixture
def old_lines(tmp_path: Path) -> Districts:
    """Boundaries and authorities of before the day, and the change that is to come."""
    target = tmp_path / "districts.sqlite"
    load.load_districts(drawn(tmp_path), target)
    merging(tmp_path, target)
    return Districts(target)


@pytest.fixture
def new_lines(tmp_path: Path) -> Districts:
    """Boundaries that are drawn for the day after."""
    target = tmp_path / "districts.sqlite"
    features = [square(MERGED, "Example Unitary", 400_000, 420_000), square(OTHER, "Otherborough", 420_000, 430_000)]
    load.load_districts(drawn(tmp_path, features=features), target)
    merging(tmp_path, target)
    return Districts(target)


@pytest.mark.parametrize("council", [OURS, THEIRS, MERGED])
@pytest.mark.parametrize("code", [OURS, THEIRS, MERGED])
@pytest.mark.parametrize("lines", ["old_lines", "new_lines"])
@pytest.mark.parametrize("on", [DAY, AFTER])
def test_from_the_day_both_halves_are_ours_by_every_code_and_either_boundary(
    request: pytest.FixtureRequest, lines: str, council: str, code: str, on: date
) -> None:
    found: Districts = request.getfixturevalue(lines)
    for easting in (405_000, 409_990, 410_000, 410_010, 415_000):
        told = found.of(at(easting, code), council, on)
        assert (told.answer, told.code, told.name) == ("in", MERGED, "Example Unitary"), (easting, told)
    assert found.of(at(425_000, OTHER), council, on).answer == "out"
    assert found.of(at(419_990, code), council, on).answer == "near", "the outer line is still a line"


def test_before_the_day_they_are_two_councils(old_lines: Districts) -> None:
    for council, inside, outside in ((OURS, 405_000, 415_000), (THEIRS, 415_000, 405_000)):
        other = THEIRS if council == OURS else OURS
        assert old_lines.of(at(inside, council), council, BEFORE).answer == "in"
        told = old_lines.of(at(outside, other), council, BEFORE)
        assert (told.answer, told.code) == ("out", other)
        beyond = 410_010 if council == OURS else 409_990
        assert old_lines.of(at(beyond, other), council, BEFORE).answer == "near"


def test_a_code_that_is_still_to_come_says_which_halves_it_may_be(old_lines: Districts, new_lines: Districts) -> None:
    """Postcodes are loaded with the new code before its day: the boundary tells the half, where there is one."""
    target = old_lines.path
    load.load_districts(drawn(target.parent), target)  # the old lines again: both fixtures share the file
    assert old_lines.of(at(405_000, MERGED), OURS, BEFORE).answer == "in"
    assert old_lines.of(at(415_000, MERGED), OURS, BEFORE).code == THEIRS
    disagreeing = old_lines.of(at(425_000, MERGED), OURS, BEFORE)
    assert (disagreeing.answer, [c.code for c in disagreeing.candidates]) == ("cannot_tell", [OURS, THEIRS])


def test_new_lines_before_their_day_decide_nothing(new_lines: Districts) -> None:
    told = new_lines.of(at(405_000, MERGED), OURS, BEFORE)
    assert told.answer == "cannot_tell"
    assert "begins on 1 April 2027" in told.reason
    assert new_lines.of(at(405_000, OURS), OURS, BEFORE).method.startswith("code of the postcode")
    told = new_lines.of(at(405_000, MERGED), MERGED, BEFORE)
    assert (told.answer, "This council’s own district begins on 1 April 2027" in told.reason) == ("cannot_tell", True)


def test_a_list_of_authorities_that_is_ahead_of_the_day_waits_for_it(tmp_path: Path) -> None:
    """As reported: an authorities file that names the successor of both already, with the boundaries of before."""
    target = tmp_path / "districts.sqlite"
    load.load_districts(drawn(tmp_path), target)
    codes = tmp_path / "codes.csv"
    codes.write_text(
        "LADCD,LADNM,LADCD_ACTIVE,UTLACD,UTLANM\n"
        f"{OURS},Ourborough,{MERGED},{MERGED},Example Unitary\n{THEIRS},Theirborough,{MERGED},{MERGED},Example Unitary\n"
        f"{MERGED},Example Unitary,{MERGED},{MERGED},Example Unitary\n{OTHER},Otherborough,{OTHER},{OTHER},Otherborough\n",
        encoding="utf-8",
    )
    load.load_authorities(codes, target, "2026-06-01")
    undated = Districts(target)
    for council in (OURS, MERGED):
        told = undated.of(at(415_000, THEIRS), council, BEFORE)
        assert (told.answer, told.name) == ("in", "Example Unitary"), "a successor without a day is one already"
    merging(tmp_path, target)
    dated = Districts(target)
    assert dated.of(at(415_000, THEIRS), OURS, BEFORE).answer == "out"
    assert dated.of(at(415_000, THEIRS), OURS, DAY).answer == "in"


def test_what_cannot_be_a_succession_is_listed(tmp_path: Path) -> None:
    path = tmp_path / "successors.csv"
    path.write_text(
        HEADER
        + f"{OURS},{MERGED},Example Unitary,2027-04-01,{ORDER}\n{THEIRS},{THEIRS},X,2027-04-01,{ORDER}\nX1,{MERGED},X,2027-04-01,{ORDER}\n"
        + f"{THEIRS},{MERGED},X,April 2027,{ORDER}\n{THEIRS},{MERGED},X,2027-04-01,\n{OTHER},{MERGED},X,2027-04-01,{ORDER}\n"
        + f"{OTHER},E06000098,Y,2027-04-01,{ORDER}\n{OURS}\n",
        encoding="utf-8",
    )
    report = load.load_successors(path, tmp_path / "districts.sqlite", "2026-10-01")
    assert (report.rows, len(report.problems)) == (1, 6)
    said = " ".join(p.sentence for p in report.problems)
    for words in (
        "followed by itself",
        "not an authority’s code",
        "not a day",
        "source is missing",
        "two successors",
        "fewer cells",
    ):
        assert words in said


def test_a_quote_left_open_takes_no_district_along(tmp_path: Path) -> None:
    path = tmp_path / "successors.csv"
    first, second = ROWS.splitlines()
    path.write_text(HEADER + first.replace("Example Unitary", '"Example Unitary') + f"\n{second}\n", encoding="utf-8")
    report = load.load_successors(path, tmp_path / "districts.sqlite", "2026-10-01")
    assert (report.rows, [p.line for p in report.problems]) == (1, [2])
    assert "A quote is opened in this row and not closed." in report.problems[0].sentence


def test_a_file_of_an_earlier_version_is_read_and_takes_the_change(tmp_path: Path) -> None:
    target = tmp_path / "districts.sqlite"
    load.load_districts(drawn(tmp_path), target)
    with sqlite3.connect(target) as connection:
        connection.execute("DROP TABLE succession")
    connection.close()
    assert Districts(target).of(at(405_000), OURS).answer == "in"
    merging(tmp_path, target)
    assert Districts(target).of(at(415_000, THEIRS), OURS, DAY).answer == "in"


def test_the_day_decides_what_is_judged_and_a_confirmed_half_becomes_ours(instance: Instance, tmp_path: Path) -> None:
    """A placement whose authority a person confirmed as the neighbour: outside before the day, ours from it on."""
    _, assessment_id = instance.import_case("h2")
    council, neighbour = instance.settings.council_authority, "E08000029"
    rows = f"{council},{MERGED},Example Unitary,2027-04-01,{ORDER}\n{neighbour},{MERGED},Example Unitary,2027-04-01,{ORDER}\n"
    with instance.app.app_context():
        merging(tmp_path, instance.settings.districts, rows)
        with writing() as session:
            session.get_one(Assessment, assessment_id).authority = neighbour
        found = db.session.get_one(Assessment, assessment_id)
        before = judging.judge(found, BEFORE, council).file
        after = judging.judge(found, DAY, council).file
        assert (before.placement.authority, after.placement.authority) == (neighbour, council)
        assert before.on == BEFORE, "a record keeps the file it was judged on: what was outside then stays outside"
        assert service.authority_for(service.locate("B91 2JL"), council, BEFORE) == neighbour
        assert service.authority_for(service.locate("B91 2JL"), council, DAY) == council


def test_birmingham_and_solihull_as_one_by_the_boundaries_of_before(tmp_path: Path, gazetteer_file: Path) -> None:
    """Real lines and postcodes, an invented merger: both halves are in, and the line between them is gone."""
    target = tmp_path / "districts.sqlite"
    load.load_districts(real("boundaries/lad25_westmids.geojson"), target, day="2025-05-01")
    load.load_authorities(real("boundaries/la_all_codes.csv"), target, "2026-06-01")
    merging(tmp_path, target, ROWS.replace(OURS, "E08000025").replace(THEIRS, "E08000029"))
    districts, coder = Districts(target), LocalPostcodes(Gazetteer(gazetteer_file))
    with gzip.open(real("postcodes_westmids_lad.csv.gz"), "rt", encoding="utf-8") as stream:
        rows = [row for row in csv.DictReader(stream) if row["lad25cd"] in ("E08000025", "E08000029")]
    answers: Counter[tuple[str, str, str]] = Counter()
    for row in rows[::3]:
        place = coder.place(row["postcode"])
        for name, on in (("before", BEFORE), ("after", DAY)):
            answers[name, row["lad25cd"], districts.of(place, "E08000025", on).answer] += 1
    assert (
        answers["before", "E08000029", "in"]
        == answers["after", "E08000025", "out"]
        == answers["after", "E08000029", "out"]
        == 0
    )
    for half in ("E08000025", "E08000029"):
        share = answers["after", half, "in"] / sum(
            n for (when, code, _), n in answers.items() if when == "after" and code == half
        )
        assert share > 0.92, (half, answers)
    assert answers["after", "E08000025", "in"] > answers["before", "E08000025", "in"], "the line between is gone"
    districts.close()
    coder.gazetteer.close()
