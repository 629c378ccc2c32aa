"""Measures the judgement: its rules beside bare closures, the whole beside json.loads, re-scoring beside one process."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import bench_properties
import yaml

from app.checklists import read_folder, read_texts
from app.decisions.impact import impact
from app.suitability.advice import report
from app.suitability.assess import Judgement, assess, facts_of
from app.suitability.checklist.checklist import Checklist
from app.suitability.checklist.located_yaml import fill
from app.suitability.facts.facts import Facts
from app.suitability.facts.registry import FACTS
from app.suitability.reading import case_file

ROOT = Path(__file__).resolve().parent.parent
COUNCIL = "E08000025"
Bare = Callable[[Facts], bool]
Say = Callable[..., None]
Median = Callable[..., float]


def household_of_six(checklist: Checklist) -> dict[str, Any]:
    """Every row that can apply to a household of six does, and every one is answered."""
    sys.path.insert(0, str(ROOT))
    from tests.suitability.households import full, settled

    tree: dict[str, Any] = settled(full())
    return tree


def _bare(tree: Any) -> Bare:
    """A condition as closures that know only yes and no."""
    name, argument = next(iter(tree.items()))
    if name in ("all", "any"):
        parts, join = [_bare(part) for part in argument], all if name == "all" else any
        return lambda facts: join(part(facts) for part in parts)
    if name in ("not", "surely"):
        part = _bare(argument)
        return part if name == "surely" else lambda facts: not part(facts)
    work_out = FACTS[name].work_out
    return lambda facts: work_out(facts, argument) is True


def _whens(criterion: Any) -> list[Any]:
    """Every condition of a criterion, as it is written."""
    found = [criterion["applies_when"]] if "applies_when" in criterion else []
    for key in ("stronger", "worry_if", "bands", "clear_at_when", "open_if"):
        found += [part[word] for part in criterion.get(key, []) for word in ("if", "when") if word in part]
    return found


def rules(say: Say, median_us: Median) -> None:
    checklist = read_folder()
    tree = household_of_six(checklist)
    text = json.dumps(tree)
    case = case_file.build(tree, checklist)
    facts = facts_of(checklist, case, COUNCIL)
    result = assess(checklist, case, COUNCIL)
    rows = [(row.criterion, row.subject) for row in result.rows]
    Judgement(checklist, facts, case, frozenset()).find([(checklist.criteria[c], s) for c, s in rows])
    written = {
        criterion["id"]: [_bare(when) for when in _whens(criterion)]
        for file in (ROOT / "checklists").rglob("*.yaml")
        for criterion in fill(
            yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader).get("criteria", []), checklist.numbers
        )
    }
    bare = [(facts.about(s), part) for c, s in rows for part in written[c]]
    ours = []
    for name, subject in rows:
        c = checklist.criteria[name]
        conditions = [c.applies_when, *(s.when for s in c.stronger), *(w.when for w in c.worry_if)]
        conditions += [b.when for b in c.bands] + [when for when, _ in c.clear_at_when]
        conditions += [o.when for o in c.open_if]
        ours += [(facts.about(subject), when.evaluate) for when in conditions if when is not None]
    assert len(bare) == len(ours), (len(bare), len(ours))

    judgement = Judgement(checklist, facts, case, frozenset())
    asked = [(checklist.criteria[c], s) for c, s in rows]

    def every_row() -> None:
        judgement.findings.clear()
        judgement.counts.clear()
        judgement.find(asked)
        judgement.give_effect(asked)

    def run(parts: list[tuple[Any, Callable[[Facts], Any]]]) -> None:
        for facts, part in parts:
            part(facts)

    # Turn about, so that a machine that changes its pace changes it for both.
    times: list[tuple[float, float]] = [
        (median_us(lambda: run(bare), 0.4), median_us(lambda: run(ours), 0.4)) for _ in range(5)
    ]
    base, took = (statistics.median(t[at] for t in times) for at in (0, 1))
    say(
        "rules of a household of six",
        f"{took:,.0f} us, {len(rows)} rows, {len(ours)} conditions",
        f"{took / base:.2f} x bare two-valued closures ({base:,.0f} us)",
        name="rules_six", figure=took, unit="us", baseline=base,
    )  # fmt: skip
    times = [(median_us(lambda: run(bare), 0.4), median_us(every_row, 0.4)) for _ in range(5)]
    base, whole = (statistics.median(t[at] for t in times) for at in (0, 1))
    say(
        "its rows, with reasons, grades and lifts",
        f"{whole:,.0f} us",
        f"{whole / base:.1f} x bare two-valued closures",
        name="rows_six", figure=whole, unit="us", baseline=base,
    )  # fmt: skip
    times = [
        (median_us(lambda: json.loads(text), 0.4), median_us(lambda: assess(checklist, case, COUNCIL), 0.6))
        for _ in range(5)
    ]
    base, took = (statistics.median(t[at] for t in times) for at in (0, 1))
    say(
        "assess() of a household of six",
        f"{took:,.0f} us, {len(result.rows)} rows",
        f"{took / base:.1f} x json.loads of its file ({base:.0f} us, {len(text):,} bytes)",
        name="assess_six", figure=took, unit="us", baseline=base,
    )  # fmt: skip
    built = median_us(lambda: case_file.build(tree, checklist))
    say("its case file checked", f"{built:,.0f} us", f"{built / base:.1f} x json.loads", name="case_file_six", figure=built, unit="us", baseline=base)  # fmt: skip
    h1 = case_file.parse((ROOT / "docs/examples/h1.json").read_text(encoding="utf-8"), checklist)
    judged = assess(checklist, h1, COUNCIL)
    once = median_us(lambda: assess(checklist, h1, COUNCIL))
    told = median_us(lambda: report.report(checklist, h1, COUNCIL, judged), 3)
    say(
        "advice on H1 (next, forward, flips, days)",
        f"{told / 1000:,.1f} ms",
        f"{told / once:.1f} x assess() on H1 ({once:,.0f} us)",
        name="advice_h1", figure=told, unit="us", baseline=once,
    )  # fmt: skip


def load() -> float:
    """Milliseconds to read and check all checklists in a process that has just begun, imports not counted."""
    code = "import time; from app.checklists import read_folder; t = time.perf_counter(); read_folder(); print((time.perf_counter() - t) * 1000)"
    return float(
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    )


def cold(say: Say) -> None:
    folder = sorted((ROOT / "checklists").rglob("*.yaml"))
    parse = "import time, yaml; from pathlib import Path; texts = [Path(p).read_text() for p in %r]; t = time.perf_counter(); [yaml.load(x, yaml.CSafeLoader) for x in texts]; print((time.perf_counter() - t) * 1000)"
    code = parse % [str(f) for f in folder]
    bases = [
        float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)
        for _ in range(5)
    ]
    ours = statistics.median(load() for _ in range(7))
    base = statistics.median(bases)
    say("checklists read and checked, cold", f"{ours:.0f} ms", f"{ours / base:.1f} x libyaml alone ({base:.0f} ms)", name="checklists_cold", figure=ours, unit="ms", baseline=base)  # fmt: skip


def bodies(count: int) -> Iterator[bytes]:
    """Stored records of different households, as many as wanted, one at a time, each as if it came from the database."""
    checklist = read_folder()
    made = []
    for name in ("h1", "h2", "h3", "h5", ""):
        tree = (
            json.loads((ROOT / f"docs/examples/{name}.json").read_text(encoding="utf-8"))
            if name
            else household_of_six(checklist)
        )
        found = report.assessed(checklist, case_file.build(tree, checklist), COUNCIL)
        made.append(json.dumps({"case_file": tree, "result": found}).encode())
    # A number each, so that none is the same bytes as another: what is handed over is then as large as it is in earnest.
    for at, body in enumerate(islice(cycle(made), count)):
        yield b'{"number": "R-%d", %s' % (at, body[1:])


def _resident() -> int:
    """Kilobytes resident of this process and its children."""
    total = 0
    for pid in [os.getpid(), *_children()]:
        try:
            lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        except OSError:
            continue
        total += next((int(line.split()[1]) for line in lines if line.startswith("VmRSS")), 0)
    return total


def _children() -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(stat.read_text().rsplit(")", 1)[1].split()[1]) == os.getpid():
                found.append(int(stat.parent.name))
        except OSError:
            continue
    return found


def rescored(count: int, processes: int) -> tuple[float, list[int]]:
    """Seconds for so many, and the memory at every twentieth of them, in kilobytes."""
    memory: list[int] = []
    started = time.perf_counter()
    for at, found in enumerate(impact(bodies(count), read_texts(), COUNCIL, processes)):
        assert not found.problem, found
        assert found.was == found.would_be, found
        if at % max(count // 20, 1) == 0:
            memory.append(_resident())
    return time.perf_counter() - started, memory


def rescoring(say: Say, count: int) -> None:
    one, _ = rescored(count, 1)
    two, memory = rescored(count, 2)
    early, late = statistics.median(memory[3:8]), statistics.median(memory[-5:])
    say(
        f"{count:,} stored assessments re-scored by two",
        f"{two:.1f} s, {count / two:,.0f} a second",
        f"{one / two:.2f} x the speed of one ({one:.1f} s)",
        name="rescoring_by_two", figure=count / two, unit="records a second", baseline=count / one,
    )  # fmt: skip
    say(
        "memory while re-scoring",
        f"{late / 1024:.0f} MB at the end",
        f"{late / early:.2f} x that at a quarter ({early / 1024:.0f} MB)",
        name="rescoring_memory_at_the_end", figure=late / 1024, unit="MB resident", baseline=early / 1024,
    )  # fmt: skip


def judgement(say: Say, median_us: Median, deep: bool) -> None:
    rules(say, median_us)
    cold(say)
    rescoring(say, 100_000 if deep else 12_000)
    if deep:
        bench_properties.properties(say)
