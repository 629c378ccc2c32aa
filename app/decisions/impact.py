"""What a draft checklist would change: stored assessments judged again under it, as a stream, on every core."""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice

from sqlalchemy import select

from app.checklists import from_texts
from app.extensions import db
from app.records.models import Record

from .rejudge import Impact, judge, judge_chunk, start

# Records handed to a process at a time: a tenth of a second's work, so that the handing over does not show; and few enough
# that those under way, which may be half a megabyte each, weigh nothing beside the processes.
CHUNK = 20
IN_HAND = 2  # chunks another process has: the one it judges, and the next
LONGEST = 8  # chunks a process that may wait, judged, for an earlier one, before this process waits for that


def impact(bodies: Iterable[bytes], texts: Mapping[str, str], council: str, processes: int) -> Iterator[Impact]:
    """Judge stored records under a draft, in order, with as many records in memory as the processes are working on.

    Args:
        bodies: canonical JSON of records.
        texts: the draft's files by name; compiled before anything is judged.
        council: the authority code of the district.
        processes: how many judge, this one among them.
    """
    checklist = from_texts(texts)
    if processes <= 1:
        yield from (judge(checklist, council, body) for body in bodies)
        return
    others = processes - 1
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(others, mp_context=context, initializer=start, initargs=(dict(texts), council)) as pool:
        waiting = iter(bodies)
        given: deque[Future[list[Impact]]] = deque()
        while chunk := list(islice(waiting, CHUNK)):
            # The others are kept busy first. When they are, this process judges too: it is in memory anyway.
            if sum(not one.done() for one in given) < IN_HAND * others:
                given.append(pool.submit(judge_chunk, chunk))
            else:
                given.append(_done([judge(checklist, council, body) for body in chunk]))
            while given and (given[0].done() or len(given) > LONGEST * processes):
                yield from given.popleft().result()
        while given:
            yield from given.popleft().result()


def _done(found: list[Impact]) -> Future[list[Impact]]:
    made: Future[list[Impact]] = Future()
    made.set_result(found)
    return made


def stored() -> Iterator[bytes]:
    """The body of every record, oldest first, a few at a time."""
    query = select(Record.body).order_by(Record.issued_at, Record.id).execution_options(yield_per=CHUNK)
    yield from db.session.scalars(query)


def cores() -> int:
    return len(os.sched_getaffinity(0))
