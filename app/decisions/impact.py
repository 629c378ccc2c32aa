"""What a draft checklist would change: stored assessments judged again under it, as a stream, on every core."""

from __future__ import annotations

import json
import multiprocessing
import os
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import select

from app.checklists import from_texts
from app.extensions import db
from app.records.models import Record
from app.suitability import case_file
from app.suitability.assess import assess
from app.suitability.checklist import Checklist
from app.suitability.result import Result

CHUNK = 200  # bodies handed to a process at a time: enough to hide the handing over, few enough to keep memory flat


class Impact(NamedTuple):
    """One stored assessment under the draft. ``problem`` says why it could not be judged; then there is no outcome.

    ``also`` names each child whose own outcome would differ, by key, and the safeguarding route where that would.
    """

    record: str
    was: str
    would_be: str
    why: tuple[str, ...]
    problem: str
    also: tuple[str, ...] = ()

    @property
    def is_changed(self) -> bool:
        return self.was != self.would_be or bool(self.also)


_checklist: list[Checklist] = []
_council: list[str] = []


def _start(texts: Mapping[str, str], council: str) -> None:
    """Once in each process: the draft is compiled once, not once a record."""
    _checklist[:] = [from_texts(texts)]
    _council[:] = [council]


def judge_chunk(bodies: list[bytes]) -> list[Impact]:
    """Judge some stored records under the draft."""
    return [_judge(_checklist[0], _council[0], body) for body in bodies]


def _judge(checklist: Checklist, council: str, body: bytes) -> Impact:
    contents = json.loads(body)
    was = contents["result"]
    try:
        file = case_file.build(contents["case_file"], checklist)
    except case_file.CaseFileError as error:
        path, sentence = error.problems[0]
        return Impact(contents["number"], was["outcome"], "", (), f"{path}: {sentence}")
    now = assess(checklist, file, council)
    found = Impact(contents["number"], was["outcome"], now.outcome, (), "", _also(was, now))
    return found._replace(why=_why(was, now)) if found.is_changed else found


def _also(was: Mapping[str, Any], now: Result) -> tuple[str, ...]:
    before = {child["key"]: child["outcome"] for child in was["children"]}
    found = [
        f"{c.key}: {before[c.key]} → {c.outcome}"
        for c in sorted(now.children, key=lambda c: c.key)
        if c.key in before and before[c.key] != c.outcome
    ]
    if was["safeguarding_route"] != now.safeguarding_route:
        found.append(f"route: {was['safeguarding_route']} → {now.safeguarding_route}")
    return tuple(found)


def _why(was: Mapping[str, Any], now: Result) -> tuple[str, ...]:
    """The rows and patterns whose effect differs."""
    before = {(f["criterion"], f["subject"], f["state"], f["effect"]) for f in was["findings"]}
    before |= {(p["pattern"], p["subject"], p["state"], p["effect"]) for p in was["patterns"]}
    after = {
        (r.criterion, r.subject, r.state, r.effect if r.state != "open" else r.open_effect)
        for r in now.rows
        if r.state != "clear"
    }
    after |= {(p.id, p.subject, p.state, p.effect) for p in now.patterns}
    gone = [f"{c} {s}: no longer {state} {effect}" for c, s, state, effect in sorted(before - after)]
    new = [f"{c} {s}: now {state} {effect}" for c, s, state, effect in sorted(after - before)]
    return tuple((*new, *gone)[:12])


def impact(bodies: Iterable[bytes], texts: Mapping[str, str], council: str, processes: int) -> Iterator[Impact]:
    """Judge stored records under a draft, in order, with as many records in memory as the processes are working on.

    Args:
        bodies: canonical JSON of records.
        texts: the draft's files by name; compiled before anything is judged.
        council: the authority code of the district.
        processes: 1 works in this process.
    """
    _start(texts, council)
    waiting = iter(bodies)
    if processes <= 1:
        while chunk := list(islice(waiting, CHUNK)):
            yield from judge_chunk(chunk)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(
        processes, mp_context=context, initializer=_start, initargs=(dict(texts), council)
    ) as pool:
        running: deque[Future[list[Impact]]] = deque()
        while chunk := list(islice(waiting, CHUNK)):
            running.append(pool.submit(judge_chunk, chunk))
            if len(running) > 2 * processes:
                yield from running.popleft().result()
        while running:
            yield from running.popleft().result()


def stored() -> Iterator[bytes]:
    """The body of every record, oldest first, a few at a time."""
    query = select(Record.body).order_by(Record.issued_at, Record.id).execution_options(yield_per=CHUNK)
    yield from db.session.scalars(query)


def cores() -> int:
    return len(os.sched_getaffinity(0))
