"""script/server: what it says, what it refuses, and that TERM stops all of it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from app.settings import ROOT

from .conftest import Running, free_port

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def start(data: Path, port: int, *more: str) -> tuple[subprocess.Popen[str], Path]:
    out = data.parent / f"said-{time.monotonic_ns()}.txt"
    environment = {k: v for k, v in os.environ.items() if not k.startswith("CBC_")}
    with open(out, "w", encoding="utf-8") as stream:
        command = [str(ROOT / "script/server"), "--port", str(port), "--data", str(data), *more]
        return subprocess.Popen(
            command, stdout=stream, stderr=stream, env=environment, text=True, start_new_session=True
        ), out


def ready(process: subprocess.Popen[str], out: Path) -> None:
    end = time.monotonic() + 60
    while "is ready" not in out.read_text(encoding="utf-8"):
        assert process.poll() is None, out.read_text(encoding="utf-8")
        assert time.monotonic() < end, out.read_text(encoding="utf-8")
        time.sleep(0.1)


def answers(port: int, path: str) -> dict[str, object]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as answer:
        found: dict[str, object] = json.load(answer)
        return found


def test_a_fresh_instance_starts_stops_within_ten_seconds_and_starts_again(
    tmp_path: Path, gazetteer_file: Path
) -> None:
    data, port = tmp_path / "instance", free_port()
    data.mkdir()
    (data / "gazetteer.sqlite").symlink_to(gazetteer_file)
    process, out = start(data, port)
    ready(process, out)
    said = out.read_text(encoding="utf-8")
    assert f"http://127.0.0.1:{port}/welcome/" in said
    assert answers(port, "/healthz") == {"status": "ok"}
    assert answers(port, "/readyz")["status"] == "ready"
    second, refused = start(data, free_port())
    assert second.wait(20) == 1
    assert "another Case by Case is running" in refused.read_text(encoding="utf-8")
    group = os.getpgid(process.pid)
    process.send_signal(signal.SIGTERM)
    started = time.monotonic()
    process.wait(15)
    assert time.monotonic() - started < 10
    with pytest.raises(ProcessLookupError):
        os.killpg(group, 0)
    key, seal = (data / "secret.key").read_bytes(), (data / "seal.p12").read_bytes()
    process, out = start(data, port)
    ready(process, out)
    again = out.read_text(encoding="utf-8")
    assert "Making" not in again
    assert "Loading" not in again
    assert (key, seal) == ((data / "secret.key").read_bytes(), (data / "seal.p12").read_bytes())
    process.send_signal(signal.SIGTERM)
    process.wait(15)


def processes_of(data: Path, word: str) -> list[int]:
    """The long processes of one instance whose command holds a word."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            environment = (folder / "environ").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if word in command and f"CBC_DATA={data}\0" in environment and "supervisord" not in command:
            found.append(int(folder.name))
    return sorted(found)


def within(seconds: float, found: Callable[[], bool]) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found():
            return True
        time.sleep(0.2)
    return False


def test_a_worker_that_was_told_to_stop_is_started_again_and_nothing_outlives_a_killed_supervisor(
    tmp_path: Path, gazetteer_file: Path
) -> None:
    data, port = tmp_path / "instance", free_port()
    data.mkdir()
    (data / "gazetteer.sqlite").symlink_to(gazetteer_file)
    process, out = start(data, port)
    ready(process, out)
    first = processes_of(data, "wsgi worker")
    assert len(first) == 1
    os.kill(first[0], signal.SIGTERM)
    assert within(30, lambda: bool(processes_of(data, "wsgi worker")) and processes_of(data, "wsgi worker") != first)
    assert within(30, lambda: bool(answers_at_all(port)))
    process.kill()
    process.wait(10)
    assert within(20, lambda: not processes_of(data, "wsgi worker") and not processes_of(data, "gunicorn"))
    process, out = start(data, port)
    ready(process, out)
    process.send_signal(signal.SIGTERM)
    process.wait(15)


def test_what_cannot_be_made_ready_is_not_served_though_it_was_loaded_meanwhile(
    tmp_path: Path, gazetteer_file: Path
) -> None:
    data, port = tmp_path / "instance", free_port()
    data.mkdir()
    (data / "gazetteer.sqlite").symlink_to(gazetteer_file)
    process, out = start(data, port)
    ready(process, out)
    process.send_signal(signal.SIGTERM)
    assert process.wait(15) in (0, 143)
    process, out = start(data, port, "--demo")
    assert process.wait(60) == 1
    said = out.read_text(encoding="utf-8")
    assert "This instance holds real accounts" in said
    assert "not started, for the reason above." in said
    assert "is ready" not in said
    assert not processes_of(data, "wsgi worker")
    assert not processes_of(data, "gunicorn")
    assert b"Booting worker" not in (data / "log" / "web.log").read_bytes().rsplit(b"Shutting down", 1)[-1]


def answers_at_all(port: int) -> bool:
    try:
        return answers(port, "/readyz")["status"] == "ready"
    except OSError:
        return False


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--port", "http"], "the port must be a number"),
        (["--port", "99999"], "the port must be a number"),
        (["--prot", "1"], "is not an option"),
    ],
)
def test_a_wrong_option_is_a_sentence(words: list[str], says: str) -> None:
    told = subprocess.run([str(ROOT / "script/server"), *words], capture_output=True, text=True, check=False)
    assert told.returncode == 2
    assert says in told.stderr


def test_a_port_in_use_is_a_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        process, out = start(tmp_path / "instance", taken.getsockname()[1])
        assert process.wait(30) == 1
    assert "Choose another with --port" in out.read_text(encoding="utf-8")


def test_the_logs_hold_nothing_of_a_family(running: Running) -> None:
    said = "".join(f.read_text(encoding="utf-8", errors="replace") for f in (running.data / "log").iterdir())
    assert not any(word in said for word in ("Wójcik", "Bobbie", "Invented", "B14 7ET", "hester@"))
