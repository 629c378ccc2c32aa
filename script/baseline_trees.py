"""The baseline as a git worktree with its own environment and data folder, and programs run in it or in ours."""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
from pathlib import Path
from typing import Any, NamedTuple, Self

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = Path(__file__).resolve().parent / "baseline"
BASELINE = "5a7cdc1"
BEFORE_MOVE = "c1c4a76"  # the last commit before the rooms were moved
EVERY = 0.25  # seconds from one look at the memory to the next


class NotCompared(Exception):
    """The baseline cannot be made here; says why, in a sentence."""


class Tree(NamedTuple):
    """A tree of the code. ``name`` is the folder of its programs, ``data`` the instance its programs work in."""

    name: str
    folder: Path
    data: Path

    def program(self, name: str) -> Path:
        return PROGRAMS / self.name / f"{name}.py"

    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("CBC_", "GIT_", "VIRTUAL_ENV", "PYTHON"))}
        return {**kept, "CBC_DATA": str(self.data), "PYTHONPATH": str(self.folder)}

    def run(self, command: str, *words: str) -> None:
        """A command of the tree's own environment, to its end; what it prints is thrown away.

        Raises:
            subprocess.CalledProcessError: it failed.
        """
        subprocess.run(
            [str(self.folder / ".venv/bin" / command), *words],
            cwd=self.folder, env=self.environment(), stdout=subprocess.DEVNULL, check=True,
        )  # fmt: skip


def _told(*words: str, folder: Path) -> str:
    """What a command says.

    Raises:
        NotCompared: it is not there, or failed: with its last words.
    """
    try:
        done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    except OSError as problem:
        raise NotCompared(f"{words[0]} cannot be run: {problem.strerror}.") from None
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip() or "it says nothing").splitlines()[-1]
        raise NotCompared(f"{' '.join(words[:2])} failed: {said}")
    return done.stdout.strip()


def _is_right(folder: Path, commit: str) -> bool:
    """Is the folder a worktree of its own, at the commit, with nothing changed in it?"""
    if not (folder / ".git").is_file():
        return False
    try:
        at = _told("git", "rev-parse", "HEAD", folder=folder)
        return at == commit and not _told("git", "status", "--porcelain", folder=folder)
    except NotCompared:
        return False  # a worktree whose clone is gone: it is made again


def made(root: Path = ROOT, commit: str = BASELINE) -> Tree:
    """The worktree of the baseline under build/, made or used again, with the environment its own script/bootstrap makes.

    Raises:
        NotCompared: there is no git, this clone does not have the commit, or the environment cannot be made.
    """
    folder = root / "build" / f"baseline-{commit}"
    try:
        whole = _told("git", "rev-parse", "--verify", f"{commit}^{{commit}}", folder=root)
    except NotCompared:
        raise NotCompared(f"There is no git here, or this clone does not have {commit}.") from None
    if not _is_right(folder, whole):
        shutil.rmtree(folder, ignore_errors=True)
        _told("git", "worktree", "prune", folder=root)
        _told("git", "worktree", "add", "--detach", str(folder), whole, folder=root)
    _told("script/bootstrap", folder=folder)
    data = folder / "instance"
    data.mkdir(exist_ok=True)
    return Tree(commit, folder, data)


class Program:
    """A measuring program of a tree, kept running: it says a line of JSON when ready, and one for each line it is asked."""

    def __init__(self, tree: Tree, name: str, core: bool = False) -> None:
        """``core``: kept to one core, the same for every program."""
        self.process = subprocess.Popen(
            [str(tree.folder / ".venv/bin/python"), str(tree.program(name))],
            cwd=tree.folder, env=tree.environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        if core:
            os.sched_setaffinity(self.process.pid, {max(os.sched_getaffinity(0))})
        self.most_memory = 0
        self.first = self._line()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()

    def _line(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.process.args} ended before it said what it measured")
        found: dict[str, Any] = json.loads(line)
        return found

    def ask(self, words: str = "", watched: bool = False) -> float:
        """The figure it measures now; ``watched`` looks at its memory meanwhile."""
        assert self.process.stdin is not None
        self.process.stdin.write(words + "\n")
        self.process.stdin.flush()
        while watched and not select.select([self.process.stdout], [], [], EVERY)[0]:
            self.most_memory = max(self.most_memory, memory(self.process.pid))
        return float(self._line()["figure"])


def memory(pid: int) -> int:
    """Kilobytes of a process and all below it: shared pages divided where the machine tells, else all that is resident."""
    return sum(_own(one) for one in [pid, *_below(pid)])


def _own(pid: int) -> int:
    field, file = ("Pss:", "smaps_rollup") if _TELLS else ("VmRSS:", "status")
    try:
        lines = Path(f"/proc/{pid}/{file}").read_text().splitlines()
    except OSError:  # it ended meanwhile, and holds nothing
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(field)), 0)


_TELLS = os.access("/proc/self/smaps_rollup", os.R_OK)


def _below(pid: int) -> list[int]:
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            above = int(stat.read_text().rsplit(")", 1)[1].split()[1])
        except OSError:  # it ended meanwhile
            continue
        parents.setdefault(above, []).append(int(stat.parent.name))
    found, waiting = [], [pid]
    while waiting:
        more = parents.get(waiting.pop(), [])
        found += more
        waiting += more
    return found
