"""The administrator's page: what is due, what a file held, what nobody knew, a load taken back, a load under way."""

from __future__ import annotations

import os
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.audit.models import AuditEvent
from app.cases import protected
from app.clocks import today
from app.database import writing
from app.extensions import db
from app.places import due, loading, loads, progress, undo
from app.places.files import FileProblem
from app.places.models import DataLoad, ServicePlace
from tests.conftest import Instance

from .test_directory import hub, listed, load
from .test_importers import cqc_row, real, written


def rows_now() -> list[tuple[object, ...]]:
    """Every service as it is stored, but for the load it is of."""
    db.session.expire_all()
    names = [c.name for c in ServicePlace.__table__.columns]
    found = db.session.execute(select(ServicePlace.__table__).order_by(ServicePlace.source_ref)).all()
    return [tuple(str(value) for name, value in zip(names, row, strict=True) if name != "id") for row in found]


def back(instance: Instance, made: DataLoad) -> None:
    loading.take_back(instance.settings, made, "admin", protected.register())


def test_the_newest_load_is_taken_back_to_the_letter(either: Instance, tmp_path: Path) -> None:
    with either.app.app_context():
        load(either, "services", listed(tmp_path, *(hub(n) for n in range(1, 11))))
        before = rows_now()
        first = loads.recent()[0]
        load(either, "services", listed(tmp_path, hub(1, "B1 1BB"), *(hub(n) for n in range(2, 10)), hub(11)))
        assert rows_now() != before
        with pytest.raises(FileProblem, match="not the newest"):
            back(either, first)
        index = either.settings.services_index.read_bytes()
        back(either, loads.recent()[0])
        assert rows_now() == before
        assert [x.state for x in loads.recent()] == ["undone", "active"]
        assert either.settings.services_index.read_bytes() != index
        with pytest.raises(FileProblem, match="cannot be taken back"):  # one step of each data set is kept
            back(either, loads.recent()[0])
        load(either, "services", listed(tmp_path, *(hub(n) for n in range(1, 10))))
        assert len(rows_now()) == 10


def test_a_first_load_taken_back_leaves_nothing(instance: Instance, tmp_path: Path) -> None:
    with instance.app.app_context():
        load(instance, "services", listed(tmp_path, hub(1), hub(2)))
        back(instance, loads.recent()[0])
        assert rows_now() == []


def test_what_became_a_protected_place_does_not_come_back(instance: Instance, tmp_path: Path) -> None:
    with instance.app.app_context():
        load(instance, "services", listed(tmp_path, hub(1), *(hub(n, "B1 1BB") for n in range(2, 9))))
        load(instance, "services", listed(tmp_path, *(hub(n, "B1 1BD") for n in range(1, 9))))
        with writing() as session:
            protected.seal(session, instance.user("safeguarding_lead"), None, "refuge", "9 Hidden Row", "B14 7ET")
        back(instance, loads.recent()[0])
        assert "B147ET" not in str(rows_now())
        assert len(rows_now()) == 7


def test_boundaries_are_taken_back_as_a_file(instance: Instance, tmp_path: Path) -> None:
    names = "LADCD,LADNM,LADCD_ACTIVE,UTLACD,UTLANM\n" + "".join(
        f"E0800{n:04d},Place {n},E0800{n:04d},,\n" for n in range(25, 35)
    )
    with instance.app.app_context():
        for name, text in (("a.csv", names), ("b.csv", names.replace("Place 25", "Newer Place"))):
            made = written(tmp_path, name, text)
            loading.run(instance.settings, "authorities", made, "t", {"date": today().isoformat()})
        newest = loads.recent()[0]
        whole = instance.settings.districts.read_bytes()
        assert b"Newer Place" in whole
        back(instance, newest)
        assert b"Newer Place" not in instance.settings.districts.read_bytes()
        assert [x.state for x in loads.recent()] == ["undone", "active"]
    assert not list((instance.settings.data / "undo").iterdir())


def test_the_page_shows_what_nobody_knew_what_is_due_and_takes_a_load_back(
    instance: Instance, tmp_path: Path, administrator: FlaskClient, officer: FlaskClient
) -> None:
    header = real("samples/cqc_directory_header.txt").read_text(encoding="utf-8").strip().splitlines()[-1]
    rows = [cqc_row("A", "Hospital|Moon clinics", "1-1"), cqc_row("B", "Moon clinics", "1-2")]
    path = written(tmp_path, "16_September_2026_CQC_directory.csv", "\n".join([header, *rows]))
    with instance.app.app_context():
        load(instance, "cqc", path, dry_run=True)
        assert loads.recent() == []
    page = administrator.get("/data").text
    assert "Tried, and nothing changed" in page
    assert "Moon clinics" in page
    with instance.app.app_context():
        load(instance, "cqc", path)
    page = " ".join(administrator.get("/data").text.split())
    assert "Tried, and nothing changed" not in page
    assert "CQC service types: “Moon clinics”, 2 rows" in page
    assert "The edition of August 2026 is out." in page
    assert "Schools (GIAS)" in page
    taken = re.search(r"/data/([0-9a-f]+)/undo", page)
    assert taken is not None
    assert officer.post(taken[0]).status_code == 403
    assert "Taken back" in administrator.post(taken[0], follow_redirects=True).text
    assert "cannot be taken back" in administrator.post(taken[0], follow_redirects=True).text
    with instance.app.app_context():
        assert rows_now() == []
        assert "undo" in [
            e.detail.get("what") for e in db.session.scalars(select(AuditEvent)) if e.action == "data.loaded"
        ]


def test_a_load_under_way_is_shown_with_its_rows(instance: Instance, administrator: FlaskClient) -> None:
    data = instance.settings.data
    with progress.told(data, "schools", "edubasealldata20260916.csv", False) as telling:
        assert list(telling.counted(range(1000))) == list(range(1000))
        found = progress.running(data)
        assert found is not None
        assert 0 < found.rows <= 1000
        page = administrator.get("/data").text
        assert "A file is being loaded" in page
        assert "edubasealldata20260916.csv" in page
    assert progress.running(data) is None
    assert "is being loaded" not in administrator.get("/data").text
    (data / "loading.json").write_text(
        '{"kind": "x", "file_name": "x", "rows": 1, "since": "", "dry_run": false, "pid": 999999999}'
    )
    assert progress.running(data) is None, "the process that said so is gone"
    assert os.getpid()


@pytest.mark.parametrize(
    ("kind", "day", "state", "words"),
    [
        ("postcodes", "2025-11-01", "out", "The edition of August 2026 is out."),
        ("postcodes", "2026-08-01", "current", "The edition of November 2026 comes next."),
        ("postcodes", "2026-11-01", "current", "The edition of February 2027 comes next."),
        ("districts", "2025-05-01", "due", "The edition of May 2026 should be out."),
        ("schools", "2026-11-20", "current", "Look for the next from 20 December 2026."),
        ("schools", "2026-09-16", "due", "A newer one should be out: this one is of 16 September 2026."),
        ("cqc", "", "none", "Nothing of it is loaded."),
    ],
)
def test_which_file_is_due(kind: str, day: str, state: str, words: str) -> None:
    on = date(2026, 11, 29)
    found = {d.kind: d for d in due.of_each({kind: date.fromisoformat(day)} if day else {}, on)}
    assert (found[kind].state, found[kind].said) == (state, words)
    assert set(found) == set(loads.KINDS), "each data set has its line"
    later = {d.kind: d for d in due.of_each({"postcodes": date(2026, 8, 1)}, on + timedelta(days=30))}
    assert later["postcodes"].said == "The edition of November 2026 should be out."


def test_districts_that_merge_are_taken_back_with_the_lines_as_they_were(instance: Instance, tmp_path: Path) -> None:
    names = (
        "LADCD,LADNM,LADCD_ACTIVE,UTLACD,UTLANM\nE08000025,Ourborough,E08000025,,\nE08000029,Theirborough,E08000029,,\n"
    )
    rows = "LADCD,SUCCESSORCD,SUCCESSORNM,FROM,SOURCE\n" + "".join(
        f"{code},E06000099,Example Unitary,2027-04-01,An Order\n" for code in ("E08000025", "E08000029")
    )
    with instance.app.app_context():
        for kind, name, text in (("authorities", "a.csv", names), ("successors", "s.csv", rows)):
            loading.run(instance.settings, kind, written(tmp_path, name, text), "t", {"date": today().isoformat()})
        assert b"Example Unitary" in instance.settings.districts.read_bytes()
        merged, before = loads.recent()
        assert not undo.can_be_undone(instance.settings, before, [merged, before]), "the later of one file first"
        back(instance, merged)
        assert b"Example Unitary" not in instance.settings.districts.read_bytes()
        assert b"Ourborough" in instance.settings.districts.read_bytes()
        assert [x.state for x in loads.recent()] == ["undone", "active"]
