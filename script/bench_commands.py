"""Measures the command line: its start beside Python's own with Flask, and many files beside a command a file."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ASSESS = [str(ROOT / ".venv/bin/flask"), "--app", "wsgi", "assess"]
H1 = "docs/examples/h1.json"
FILES = 1_000
Say = Callable[..., None]


def _took(command: list[str], environment: dict[str, str]) -> float:
    """Milliseconds from the call to the end."""
    started = time.perf_counter()
    subprocess.run(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, capture_output=True)
    return (time.perf_counter() - started) * 1000


def start(say: Say, environment: dict[str, str]) -> float:
    """The start of `flask assess`; gives the milliseconds of one whole run."""
    commands = {
        "import flask": [sys.executable, "-c", "import flask"],
        "flask assess --help": [*ASSESS, "--help"],
        "flask assess, an empty file refused": [*ASSESS, "-"],
        "flask assess, H1 judged and told": [*ASSESS, H1],
    }
    times: dict[str, list[float]] = {name: [] for name in commands}
    for at in range(
        16
    ):  # turn about, so that a machine that changes its pace changes it for all; the first is not counted
        for name, command in commands.items():
            took = _took(command, environment)
            if at:
                times[name].append(took)
    base = statistics.median(times.pop("import flask"))
    for name, taken in times.items():
        took = statistics.median(taken)
        called = name.replace(",", "").replace(" ", "_").lower()
        say(
            name,
            f"{took:.0f} ms",
            f"{took / base:.2f} x python -c 'import flask' ({base:.0f} ms)",
            name=f"{called}_vs_import_flask", figure=took, unit="ms", baseline=base,
        )  # fmt: skip
    return statistics.median(times["flask assess, H1 judged and told"])


def _households(folder: Path) -> list[str]:
    """Case files, each of a household of its own: the worked examples by turns, and a refused one in every twenty."""
    trees = [json.loads(file.read_text(encoding="utf-8")) for file in sorted((ROOT / "docs/examples").glob("*.json"))]
    made = []
    for number in range(FILES):
        tree = trees[number % len(trees)]
        tree["household"]["reference"] = f"H-{number}"
        file = folder / f"{number}.json"
        file.write_text("{" if number % 20 == 19 else json.dumps(tree), encoding="utf-8")
        made.append(str(file))
    return made


def many(say: Say, environment: dict[str, str], alone_ms: float) -> None:
    """A batch: how many a second once it has begun, and the memory meanwhile."""
    memory: list[int] = []
    with tempfile.TemporaryDirectory(prefix="cbc-bench-") as made:
        files = _households(Path(made))
        with subprocess.Popen(
            [*ASSESS, *files], cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as process:
            assert process.stdout is not None
            for at, line in enumerate(process.stdout):
                if at == 0:
                    started = time.perf_counter()
                told = json.loads(line)
                assert told["reference"] == (None if at % 20 == 19 else f"H-{at}"), line[:200]
                if at % (FILES // 20) == 0:
                    status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
                    memory.append(
                        next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
                    )
            took = time.perf_counter() - started
    assert at == FILES - 1, at
    each = took * 1000 / (FILES - 1)
    say(
        f"flask assess, {FILES:,} files",
        f"{took:.1f} s, {(FILES - 1) / took:,.0f} a second",
        f"{alone_ms / each:.0f} x as fast as a command a file ({1000 / alone_ms:.1f} a second)",
        name="flask_assess_files_vs_one_by_one", figure=1000 / each, unit="files a second", baseline=1000 / alone_ms,
    )  # fmt: skip
    early, late = statistics.median(memory[3:8]), statistics.median(memory[-5:])
    say(
        "memory of it",
        f"{late / 1024:.0f} MB at the end",
        f"{late / early:.2f} x that at a quarter ({early / 1024:.0f} MB)",
        name="flask_assess_memory_late_vs_early", figure=late / 1024, unit="MB", baseline=early / 1024,
    )  # fmt: skip


def commands(say: Say) -> None:
    with tempfile.TemporaryDirectory(prefix="cbc-bench-") as made:
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("CBC_", "FLASK_"))}
        environment["CBC_DATA"] = str(Path(made) / "none")
        many(say, environment, start(say, environment))
        assert list(Path(made).iterdir()) == [], "a command that only judges wrote something"
