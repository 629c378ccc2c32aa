"""Loads asked for on the page: a file of one folder, looked at and loaded by a job, once, by an administrator only."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app import jobs
from app.audit.models import AuditEvent
from app.database import writing
from app.extensions import db
from app.jobs.models import Job
from app.places import asked, loading, loads
from app.places.files import FileProblem
from app.places.models import DataLoad
from app.places.postcodes.gazetteer import GazetteerProblem
from app.places.views import LOAD_DATA
from tests.conftest import ROLES, Instance

from .test_directory import hub, listed, names


def put(instance: Instance, folder: Path, *rows: str, name: str = "services.csv") -> Path:
    """A file where the operator puts it."""
    target = instance.settings.files_to_load
    target.mkdir(exist_ok=True)
    return Path(shutil.move(listed(folder, *rows, name=name), target / name))


def sent(what: str, **more: str) -> dict[str, str]:
    day = {"day-day": "1", "day-month": "11", "day-year": "2026"}
    return {"file": "services.csv", "kind": "services", "owner": "Early years team", "what": what, **day, **more}


def work(instance: Instance) -> None:
    """What the worker does with what was queued."""
    with instance.app.app_context():
        for subject in db.session.scalars(select(Job.subject).where(Job.name == LOAD_DATA, Job.state == "waiting")):
            jobs.run(LOAD_DATA, subject)


def last(instance: Instance) -> asked.LoadAsked:
    return asked.newest(instance.settings)[0]


def test_a_file_of_the_folder_is_looked_at_and_loaded(
    either: Instance, administrator: FlaskClient, tmp_path: Path
) -> None:
    put(either, tmp_path, *(hub(n) for n in range(1, 6)))
    page = administrator.get("/data/load").text
    assert "services.csv" in page
    assert "the council’s own list" in page.casefold()
    assert administrator.post("/data/load", data=sent("look")).location == "/data"
    assert "It waits for its turn." in administrator.get("/data").text
    assert administrator.post("/data/load", data=sent("load")).status_code == 422, "one at a time"
    work(either)
    page = administrator.get("/data").text
    assert "Tried, and nothing changed" in page
    with either.app.app_context():
        assert names(either) == []
    assert administrator.post("/data/load", data=sent("load")).location == "/data"
    work(either)
    work(either)  # a job that is handed over twice is done once
    with either.app.app_context():
        assert names(either) == [f"Hub {n}" for n in range(1, 6)]
        made = db.session.scalars(select(DataLoad)).one()
        assert (made.state, made.loaded_by, made.owner) == ("active", "Administrator", "Early years team")
        told = [e.detail for e in db.session.scalars(select(AuditEvent).where(AuditEvent.action == "data.loaded"))]
    assert told == [{"what": "asked to look"}, {"what": "asked to load"}, {"state": "active", "rows": 5}]
    page = administrator.get("/data").text
    assert "to be loaded, asked by Administrator" in page
    assert "Take this load back" in page


def test_a_short_file_is_held_and_a_wrong_one_said(
    instance: Instance, administrator: FlaskClient, tmp_path: Path
) -> None:
    for rows, day in ((10, "1"), (7, "2")):
        put(instance, tmp_path, *(hub(n) for n in range(rows)))
        administrator.post("/data/load", data=sent("load", **{"day-day": day}))
        work(instance)
    assert (last(instance).state, "waits until an administrator approves" in last(instance).said) == ("done", True)
    with instance.app.app_context():
        assert [found.state for found in loads.recent()] == ["held", "active"]
    put(instance, tmp_path, name="services.csv").write_bytes(b"PK\x03\x04 is no zip")
    administrator.post("/data/load", data=sent("load"))
    work(instance)
    assert last(instance).state == "failed"
    assert "cut off or damaged" in administrator.get("/data").text
    with instance.app.app_context():
        assert len(names(instance)) == 10, "what was there serves"


def test_only_files_of_the_folder_by_their_own_name(
    instance: Instance, administrator: FlaskClient, tmp_path: Path
) -> None:
    assert "no file in the folder" in administrator.get("/data/load").text
    assert administrator.post("/data/load", data=sent("load")).status_code == 422
    put(instance, tmp_path, hub(1))
    outside = listed(tmp_path, hub(2), name="outside.csv")
    folder = instance.settings.files_to_load
    (folder / "link.csv").symlink_to(outside)
    (folder / "folder.csv").mkdir()
    for name in (".hidden.csv", "._services.csv", "~lock.csv", "settings.env", "a.sqlite"):
        (folder / name).write_text("x", encoding="utf-8")
    assert [f.name for f in asked.files(instance.settings)] == ["services.csv"]
    for name in ("link.csv", "../outside.csv", str(outside), "settings.env", "", "../settings.env"):
        answer = administrator.post("/data/load", data=sent("load", file=name))
        assert answer.status_code == 422, name
    for wrong in ({"kind": "nothing"}, {"day-year": "2999"}, {"day-month": "13"}):
        assert administrator.post("/data/load", data=sent("load", **wrong)).status_code == 422
    assert asked.newest(instance.settings) == []
    with instance.app.app_context():
        asked_of = asked.ask(instance.settings, "services", "services.csv", {}, False, "A")
        (folder / "services.csv").unlink()
        assert asked.do(instance.settings, asked_of, lambda said: False) is None
        with pytest.raises(FileProblem, match="not in the folder any more"):
            asked.ask(instance.settings, "services", "services.csv", {}, False, "A")
    assert "not in the folder any more" in last(instance).said


@pytest.mark.parametrize("role", [role for role in ROLES if role != "administrator"])
def test_nobody_else_loads_anything(instance: Instance, role: str, tmp_path: Path) -> None:
    put(instance, tmp_path, hub(1))
    client = instance.client(role)
    assert {client.get("/data/load").status_code, client.post("/data/load", data=sent("load")).status_code} <= {
        403,
        404,
    }
    assert asked.newest(instance.settings) == []


def test_without_its_token_nothing_is_asked_for(instance: Instance, administrator: FlaskClient, tmp_path: Path) -> None:
    put(instance, tmp_path, hub(1))
    instance.app.config["WTF_CSRF_ENABLED"] = True
    assert administrator.post("/data/load", data=sent("load")).status_code in (400, 403, 422)
    assert asked.newest(instance.settings) == []


def test_what_was_cut_off_is_not_begun_again(instance: Instance, tmp_path: Path) -> None:
    put(instance, tmp_path, hub(1))
    with instance.app.app_context():
        made = asked.ask(instance.settings, "services", "services.csv", {"date": "2026-11-01"}, False, "A")
        asked._write(instance.settings, last(instance)._replace(state="begun", pid=os.getpid()))
        assert asked.under_way(instance.settings)
        assert asked.do(instance.settings, made, lambda said: False) is None
        assert last(instance).state == "begun", "it runs still"
        asked._write(instance.settings, last(instance)._replace(pid=2**22 + 1))
        assert not asked.under_way(instance.settings)
        assert asked.do(instance.settings, made, lambda said: False) is None
        assert (last(instance).state, "cut off" in last(instance).said) == ("failed", True)
        assert names(instance) == []


@pytest.mark.parametrize("fault", [GazetteerProblem("The postcode data is damaged."), RuntimeError("secret words")])
def test_a_fault_is_said_and_what_it_says_is_not(
    instance: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    put(instance, tmp_path, hub(1))

    def broken(*args: object, **kw: object) -> None:
        raise fault

    monkeypatch.setattr(loading, "run", broken)
    with instance.app.app_context():
        made = asked.ask(instance.settings, "services", "services.csv", {}, False, "A")
        with writing() as session:
            jobs.enqueue(session, LOAD_DATA, made)
        jobs.run(LOAD_DATA, made)
    assert last(instance).state == "failed"
    assert "secret words" not in last(instance).said
