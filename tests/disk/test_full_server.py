"""The service as a council starts it, on a disk that is really full: read, signed in to, restarted, and whole afterwards."""

from __future__ import annotations

import http.cookiejar
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.extensions import db
from app.settings import ROOT
from tests.conftest import copy_of, running_from

from .test_read_only import room_of, sign_in, stored
from .test_spool import fill, small

__all__ = ["small"]  # a fixture

pytestmark = pytest.mark.full_disk
PASSWORD = "correct horse battery staple"


class Browser:
    """Keeps cookies, follows where it is led, and knows the token of the page it saw."""

    def __init__(self, address: str) -> None:
        self.address, self.page = address, ""
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def get(self, path: str) -> int:
        return self._open(urllib.request.Request(self.address + path))

    def post(self, path: str, **typed: str) -> int:
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.page)
        assert token, self.page
        body = urllib.parse.urlencode({**typed, "csrf_token": token[1]}).encode()
        return self._open(urllib.request.Request(self.address + path, body))

    def sign_in(self, role: str) -> int:
        assert self.get("/sign-in") == 200
        return self.post("/sign-in", email=f"{role}@test.example", password=PASSWORD)

    def _open(self, request: urllib.request.Request) -> int:
        try:
            with self._opener.open(request, timeout=30) as answer:
                self.page = answer.read().decode()
                return int(answer.status)
        except urllib.error.HTTPError as refused:
            self.page = refused.read().decode()
            return refused.code


class Served:
    """script/server over a folder of its own file system."""

    def __init__(self, data: Path, out: Path) -> None:
        self.data, self.out = data, out
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            self.port = int(found.getsockname()[1])
        self.address = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> str:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("CBC_")}
        command = [str(ROOT / "script/server"), "--port", str(self.port), "--data", str(self.data)]
        with open(self.out, "wb") as stream:
            self.process = subprocess.Popen(
                command, stdout=stream, stderr=stream, env=environment, start_new_session=True
            )
        assert within(90, lambda: "is ready" in self.said() or self.process.poll() is not None)  # type: ignore[union-attr]
        assert self.process.poll() is None, self.said()
        return self.said()

    def said(self) -> str:
        return self.out.read_text(encoding="utf-8")

    def ready(self) -> dict[str, Any]:
        browser = Browser(self.address)
        code = browser.get("/readyz")
        found: dict[str, Any] = json.loads(browser.page)
        return {**found, "code": code}

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(20)

    def audit(self, action: str) -> list[tuple[str, str, str | None]]:
        """(actor, case, spooled), in order."""
        connection = sqlite3.connect(f"file:{self.data / 'case-by-case.sqlite'}?mode=ro", uri=True)
        try:
            asked = "SELECT actor_id, case_id, spooled FROM audit_event WHERE action = ? ORDER BY seq"
            return connection.execute(asked, (action,)).fetchall()
        finally:
            connection.close()


def within(seconds: float, found: Callable[[], bool]) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found():
            return True
        time.sleep(0.2)
    return False


@pytest.fixture
def on_its_own_disk(sqlite_template: Path, tmp_path: Path) -> Iterator[tuple[Served, str]]:
    """A service on a file system of 64 MB, and a case in it."""
    disk = tmp_path / "disk"
    disk.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "none", disk], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("this machine lets nobody mount a small file system")
    served = Served(disk / "instance", tmp_path / "said.txt")
    try:
        shutil.copytree(sqlite_template, served.data, symlinks=True)
        (served.data / "settings.env").write_text(
            "CBC_DISK_READ_ONLY_MB=5\nCBC_DISK_RESERVE_MB=24\nCBC_OPERATOR_CONTACT=the service desk, 0121 496 0000\n", encoding="utf-8"
        )  # fmt: skip
        with running_from(served.data, "", "sqlite") as instance:
            case_id, _ = instance.import_case("h2")
        yield served, case_id
    finally:
        served.stop()
        subprocess.run(["umount", "--lazy", disk], check=True)


def test_a_disk_that_is_full_under_a_running_service(on_its_own_disk: tuple[Served, str]) -> None:
    served, case_id = on_its_own_disk
    said = served.start()
    assert "MB of free disk" in said, "a small disk is a warning and no stop"
    officer, lead = Browser(served.address), Browser(served.address)
    assert officer.sign_in("housing_officer") == 200
    assert officer.get(f"/cases/{case_id}") == 200
    before = len(served.audit("case.viewed"))
    filler = fill(served.data.parent)
    for _ in range(30):
        assert officer.get(f"/cases/{case_id}") == 200
    assert "Read only since" in officer.page
    assert "Ring the service desk, 0121 496 0000." in officer.page
    assert len(served.audit("case.viewed")) == before, "the database takes nothing"
    # Somebody comes in, on a disk without one free byte.
    assert lead.sign_in("safeguarding_lead") == 200
    for _ in range(10):
        assert lead.get(f"/cases/{case_id}") == 200
    assert officer.get(f"/cases/{case_id}/members/new") == 200
    assert officer.post(f"/cases/{case_id}/members/new", name="Typed name", version="1") == 503
    assert "Typed name" in officer.page
    ready = served.ready()
    assert (ready["code"], ready["status"]) == (200, "read only")
    # Stopped and started again on the full disk.
    served.stop()
    assert "Nothing has been saved since" in served.start()
    assert officer.get(f"/cases/{case_id}") == 200, "the session outlives it"
    assert "Read only since" in officer.page
    filler.unlink()
    assert within(40, lambda: served.ready()["checks"]["writable"])
    found = served.audit("case.viewed")[before:]
    assert len(found) == 30 + 10 + 1 + 1
    assert all(spooled for _, _, spooled in found)
    assert len({spooled for _, _, spooled in found}) == len(found)
    assert {case for _, case, _ in found} == {case_id}
    assert len(served.audit("disk.read_only")) == len(served.audit("disk.writable")) == 1
    assert len(served.audit("account.signed_in")) == 2
    assert officer.get(f"/cases/{case_id}") == 200
    assert "Read only since" not in officer.page
    assert served.audit("case.viewed")[-1][2] is None
    served.stop()
    logs = "".join(f.read_text(encoding="utf-8", errors="replace") for f in (served.data / "log").iterdir())
    assert "Traceback" not in logs
    assert not any(word in logs for word in ("Wójcik", "Typed name", "Zofia"))


@pytest.mark.parametrize("first", ["view", "sign in", "save"])
def test_the_very_write_that_meets_the_full_disk(sqlite_template: Path, small: Path, first: str) -> None:
    """Not seen coming: the file system itself says that there is no space, to whatever is written first."""
    with running_from(copy_of(sqlite_template, small / "instance"), "", "sqlite") as instance:
        room = room_of(instance)
        room.settings = instance.settings.model_copy(update={"disk_read_only_mb": 0})
        case_id, _ = instance.import_case("h2")
        officer, stranger = instance.client("housing_officer"), instance.client()
        before, version = len(stored(instance, "case.viewed")), instance.version(case_id)
        with instance.app.app_context():
            db.session.close()
            db.engine.dispose()  # the log of SQLite is emptied: the next write needs room
        filler = fill(small)
        assert room.read_only() is None
        views = 0
        if first == "view":
            assert officer.get(f"/cases/{case_id}", follow_redirects=True).status_code == 200
            views = 1
        elif first == "sign in":
            assert sign_in(stranger).status_code == 302
            assert len(stored(instance, "account.signed_in")) == 1
        else:
            typed = {"version": str(version), "name": "Typed"}
            answer = officer.post(f"/cases/{case_id}/members/new", data=typed)
            assert answer.status_code == 503
            assert "Typed" in answer.text
            assert instance.version(case_id) == version
        assert officer.get(f"/cases/{case_id}").status_code == 200
        filler.unlink()
        with instance.app.app_context():
            assert room.look(at_once=True)
        found = stored(instance, "case.viewed", "assessment.viewed", "disk.read_only")
        assert sum(e.action == "case.viewed" for e in found) >= before + views + 1
        assert sum(e.action == "disk.read_only" for e in found) == 1
    shutil.rmtree(small / "instance")
