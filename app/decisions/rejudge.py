"""Judges stored records again under a draft.

Loads the checklists and the heart, and nothing of the web or the database: every further process holds this and no more.
"""

from __future__ import annotations

import gc
import json
import multiprocessing
import os
import threading
from collections.abc import Mapping
from typing import Any, NamedTuple

from app.checklists import from_texts
from app.suitability.assess import assess
from app.suitability.casefile.codes import RowState
from app.suitability.checklist.checklist import Checklist
from app.suitability.judgement.result import Result
from app.suitability.reading import case_file


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


_draft: list[tuple[Checklist, str]] = []


def start(texts: Mapping[str, str], council: str) -> None:
    """Once in each further process: the draft is compiled once, not once a record."""
    _draft[:] = [(from_texts(texts), council)]
    gc.freeze()  # the draft and what was imported stay: nothing of them need be looked through for rubbish
    threading.Thread(target=_end_with_the_command, daemon=True).start()


def _end_with_the_command() -> None:
    """A command that is killed leaves no process behind that waits for work for ever."""
    command = multiprocessing.parent_process()
    assert command is not None
    command.join()
    os._exit(1)


def judge_chunk(bodies: list[bytes]) -> list[Impact]:
    """Judge some stored records under the draft this process started with."""
    checklist, council = _draft[0]
    return [judge(checklist, council, body) for body in bodies]


def judge(checklist: Checklist, council: str, body: bytes) -> Impact:
    """Judge one stored record under a draft.

    Args:
        checklist: the draft.
        council: the authority code of the district.
        body: canonical JSON of the record.
    """
    contents = json.loads(body)
    was = contents["result"]
    try:
        file = case_file.build(contents["case_file"], checklist)
    except case_file.CaseFileError as error:
        path, sentence = error.problems[0]
        return Impact(record=contents["number"], was=was["outcome"], would_be="", why=(), problem=f"{path}: {sentence}")
    now = assess(checklist, file, council)
    found = Impact(
        record=contents["number"], was=was["outcome"], would_be=now.outcome, why=(), problem="", also=_also(was, now)
    )
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
        (r.criterion, r.subject, r.state.value, str(r.effect if r.state is not RowState.OPEN else r.open_effect))
        for r in now.rows
        if r.state is not RowState.CLEAR
    }
    after |= {(p.id, p.subject, str(p.state), p.effect.value) for p in now.patterns}
    gone = [f"{c} {s}: no longer {state} {effect}" for c, s, state, effect in sorted(before - after)]
    new = [f"{c} {s}: now {state} {effect}" for c, s, state, effect in sorted(after - before)]
    return tuple((*new, *gone)[:12])
