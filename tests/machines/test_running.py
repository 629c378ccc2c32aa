"""The files that an operator copies say what the service is started with, and what the documents promise of them."""

from __future__ import annotations

import configparser
import http.client
import os
import re
import shlex
import signal
import sys
import time
from pathlib import Path

import pytest

from app.settings import ROOT, Settings
from tests.conftest import Instance

sys.path.insert(0, str(ROOT / "script"))

from machine_house import Estate

RUNNING = ROOT / "docs" / "running"
UNITS = sorted((RUNNING / "systemd").glob("*.service"))


def unit(path: Path) -> configparser.RawConfigParser:
    read = configparser.RawConfigParser(strict=False)
    read.optionxform = str  # type: ignore[assignment,method-assign]
    read.read(path)
    return read


def test_a_web_machine_is_started_with_the_words_of_the_supervisor() -> None:
    supervised = configparser.RawConfigParser()
    supervised.read(ROOT / "script" / "supervisord.conf")
    words = shlex.split(supervised["program:web"]["command"])
    ours = shlex.split(unit(RUNNING / "systemd" / "case-by-case-web.service")["Service"]["ExecStart"])
    theirs = [w.replace("%(ENV_CBC_LISTEN)s:%(ENV_CBC_PORT)s", "${CBC_LISTEN}:${CBC_PORT}") for w in words[3:]]
    theirs = [
        w.replace("%(here)s/..", "/opt/case-by-case").replace("%(here)s", "/opt/case-by-case/script") for w in theirs
    ]
    assert ours == theirs


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_no_unit_runs_as_root_or_writes_but_in_its_folder(path: Path) -> None:
    service = unit(path)["Service"]
    assert service["User"] == "case-by-case"
    assert service["ProtectSystem"] == "strict"
    assert service["NoNewPrivileges"] == "true"
    assert service["ReadWritePaths"] in ("/var/lib/case-by-case", "/srv/case-by-case")
    assert int(service["TimeoutStopSec"]) > 10, "what is under way is let end"


def test_each_worker_has_a_number_of_its_own() -> None:
    service = unit(RUNNING / "systemd" / "case-by-case-worker@.service")["Service"]
    assert "CBC_WORKER=%i" in service["Environment"]


def test_nginx_says_itself_who_asks_and_sends_nothing_twice() -> None:
    said = (RUNNING / "nginx.conf").read_text(encoding="utf-8")
    commands = "\n".join(line.partition("#")[0] for line in said.splitlines())
    for header, value in (("For", "$remote_addr"), ("Proto", "$scheme"), ("Host", "$host")):
        assert f"proxy_set_header X-Forwarded-{header} {value};" in commands
    assert "proxy_next_upstream error timeout;" in commands
    assert "non_idempotent" not in commands
    largest = re.findall(r"client_max_body_size (\d+)m;", commands)
    assert [int(each) for each in largest] == [17]
    waits = re.findall(r"proxy_read_timeout (\d+)s;", commands)
    assert int(waits[0]) > 60, "longer than the service gives a page"


def test_the_image_runs_as_nobody_in_particular() -> None:
    said = (RUNNING / "Containerfile").read_text(encoding="utf-8")
    assert re.search(r"^USER 10001:10001$", said, re.MULTILINE)
    assert said.index("USER 10001") > said.rindex("RUN ")
    assert "STOPSIGNAL SIGTERM" in said


def test_what_the_documents_name_is_there() -> None:
    said = (RUNNING / "machines.md").read_text(encoding="utf-8")
    for named in re.findall(r"docs/running/[\w./@-]+\w", said):
        assert (ROOT / named).exists(), named
    settings = {f"CBC_{name.upper()}" for name in Settings.model_fields} | {"CBC_WORKER"}
    assert set(re.findall(r"CBC_[A-Z_]+", said)) <= settings


def answered(port: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/healthz", headers={"Connection": "close"})
        return connection.getresponse().status
    finally:
        connection.close()


def test_one_process_that_is_told_to_stop_closes_the_port_for_nobody(instance: Instance) -> None:
    """Another takes its place at the same port, after a reload too; and when all are told to stop, whoever comes is refused at once."""
    (instance.settings.data / "log").mkdir(exist_ok=True)
    estate = Estate(instance.settings.data, "")
    estate.start(web=1, workers=0)
    try:
        server = estate.web[0]
        for turn in range(2):
            before = server.children()
            if turn:
                server.popen.send_signal(signal.SIGHUP)
            else:
                os.kill(before[0], signal.SIGTERM)
            end = time.monotonic() + 30
            while time.monotonic() < end and (
                len(server.children()) < 2 or (turn and set(before) & set(server.children()))
            ):
                assert answered(estate.ports[0]) == 200
                time.sleep(0.02)
            assert len(server.children()) == 2
            assert [answered(estate.ports[0]) for _ in range(20)] == [200] * 20
        assert server.stop() == 0
        with pytest.raises(ConnectionRefusedError):
            answered(estate.ports[0])
    finally:
        estate.stop()
