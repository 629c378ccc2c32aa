"""What script/bench keeps of its figures, and the earlier commit it measures beside."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from app.settings import ROOT

sys.path.insert(0, str(ROOT / "script"))

import baseline_trees
import bench_figures
import bench_machines

BOOTSTRAP = '#!/bin/sh\nmkdir -p .venv/bin\nln -sf "$(command -v python3)" .venv/bin/python\necho made >> .venv/made\n'


def git(folder: Path, *words: str) -> str:
    who = ("-c", "user.name=A", "-c", "user.email=a@council.example")
    done = subprocess.run(["git", *who, *words], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone with two commits, whose script/bootstrap makes an environment of one link."""
    (tmp_path / "script").mkdir()
    bootstrap = tmp_path / "script/bootstrap"
    bootstrap.write_text(BOOTSTRAP, encoding="utf-8")
    bootstrap.chmod(0o755)
    (tmp_path / ".gitignore").write_text("/build/\n.venv/\n/instance/\n", encoding="utf-8")
    git(tmp_path, "init", "--quiet")
    for word in ("first", "second"):
        (tmp_path / "word").write_text(word, encoding="utf-8")
        git(tmp_path, "add", ".")
        git(tmp_path, "commit", "--quiet", "--message", word)
    return tmp_path


def test_the_baseline_is_a_worktree_with_its_own_code_environment_and_data(clone: Path) -> None:
    first = git(clone, "rev-parse", "HEAD~1")
    tree = baseline_trees.made(clone, first)
    assert (tree.folder / "word").read_text(encoding="utf-8") == "first"
    assert (tree.folder / ".venv/bin/python").exists()
    assert tree.data.is_relative_to(tree.folder)
    assert tree.environment()["CBC_DATA"] == str(tree.data)
    assert git(clone, "status", "--porcelain") == ""


def test_a_baseline_that_is_right_is_used_again_and_one_that_was_changed_is_made_again(clone: Path) -> None:
    first = git(clone, "rev-parse", "HEAD~1")
    tree = baseline_trees.made(clone, first)
    baseline_trees.made(clone, first)
    assert (tree.folder / ".venv/made").read_text(encoding="utf-8") == "made\nmade\n"
    (tree.folder / "word").write_text("changed", encoding="utf-8")
    baseline_trees.made(clone, first)
    assert (tree.folder / "word").read_text(encoding="utf-8") == "first"
    assert (tree.folder / ".venv/made").read_text(encoding="utf-8") == "made\n"


@pytest.mark.parametrize("what", ["no clone", "no commit", "no environment"])
def test_a_baseline_that_cannot_be_made_says_why(
    clone: Path, tmp_path_factory: pytest.TempPathFactory, what: str
) -> None:
    root, commit, words = {
        "no clone": (tmp_path_factory.mktemp("bare"), "0" * 40, "no git here, or this clone does not have"),
        "no commit": (clone, "0" * 40, "no git here, or this clone does not have"),
        "no environment": (clone, "HEAD", "script/bootstrap failed: no packages"),
    }[what]  # fmt: skip
    if what == "no environment":
        (clone / "script/bootstrap").write_text("#!/bin/sh\necho no packages >&2\nexit 1\n", encoding="utf-8")
        git(clone, "commit", "--quiet", "--all", "--message", "third")
    with pytest.raises(baseline_trees.NotCompared, match=words):
        baseline_trees.made(root, commit)


def test_a_program_is_asked_in_the_trees_own_environment_and_its_memory_is_looked_at(
    clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = baseline_trees.made(clone, git(clone, "rev-parse", "HEAD~1"))
    programs = clone / "programs"
    (programs / tree.name).mkdir(parents=True)
    (programs / tree.name / "sized.py").write_text(
        "import json, os, sys, time\n"
        "print(json.dumps({'word': open('word').read(), 'data': os.environ['CBC_DATA']}), flush=True)\n"
        "for line in sys.stdin:\n"
        "    held = bytearray(int(line)) ; held[::4096] = bytes(len(held[::4096])) ; time.sleep(1)\n"
        "    print(json.dumps({'figure': len(held)}), flush=True)\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(baseline_trees, "PROGRAMS", programs)
    with baseline_trees.Program(tree, "sized") as program:
        assert program.first == {"word": "first", "data": str(tree.data)}
        assert program.ask("1000") == 1000
        assert program.ask("50000000", watched=True) == 50_000_000
        assert 48_000 < program.most_memory < 90_000


def test_a_figure_takes_the_place_of_the_one_of_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = tmp_path / "build" / "bench.json"
    monkeypatch.setattr(bench_figures, "KEPT", kept)
    bench_figures.say("A", "1 ms", name="a", figure=1, unit="ms", baseline=4)
    bench_figures.say("B", "not compared", name="b", against="5a7cdc1", reason="There is no git here.")
    bench_figures.say("not kept", "2 ms")
    bench_figures.say("A", "3 ms", name="a", figure=3, unit="ms", baseline=4, ratio=0.7)
    a, b = json.loads(kept.read_text(encoding="utf-8"))
    assert (a["name"], a["figure"], a["unit"], a["baseline"], a["ratio"]) == ("a", 3, "ms", 4, 0.7)
    assert a["commits"]["baseline"] is None
    assert len(a["load"]) == 3
    assert (b["figure"], b["ratio"], b["not_compared"]) == (None, None, "There is no git here.")
    assert b["commits"]["baseline"] == "5a7cdc1"


def test_two_machines_are_not_measured_where_there_are_not_four_cores(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bench_figures, "KEPT", tmp_path / "build" / "bench.json")
    monkeypatch.setattr(bench_machines.os, "sched_getaffinity", lambda _: {0, 1})
    bench_machines.compared(only=(bench_machines.TWO,))
    assert "two_machines_vs_one: not measured" in capsys.readouterr().out
    (kept,) = json.loads((tmp_path / "build" / "bench.json").read_text(encoding="utf-8"))
    assert (kept["name"], kept["figure"], kept["not_compared"]) == ("two_machines_vs_one", None, "2 cores")
