"""What follows from a case file, worked out once and kept until something in it changes.

The heart is a function of the checklists, the case file and the council: the same file has the same result and the same advice. It
is kept by what stands in the file, so a change of any answer, fact, setting or day is another file. Nothing is kept on disk.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from functools import cached_property
from threading import Lock
from typing import Any, TypeVar

from app.suitability.advice.calls import Call, calls
from app.suitability.advice.during_stay import Change, Flip, ToDo, changes, duties, flips
from app.suitability.advice.enquiry_log import Piece, pieces
from app.suitability.advice.next_questions import NextQuestion, next_questions
from app.suitability.advice.way_forward import WayForward, way_forward
from app.suitability.assess import assess
from app.suitability.checklist.checklist import Checklist
from app.suitability.judgement.result import Result
from app.suitability.reading.case_file import CaseFile

T = TypeVar("T")
MOST = 64  # case files of a web worker: a morning's work of a team; the oldest looked at goes first
_kept: OrderedDict[tuple[int, str, bytes], Following] = OrderedDict()
_one_at_a_time = Lock()


class Following:
    """The result of a case file, and the advice that is only worked out where somebody reads it."""

    def __init__(self, checklist: Checklist, file: CaseFile, council: str) -> None:
        self.checklist, self.file, self.council = checklist, file, council
        self._once: dict[Hashable, Any] = {}

    def once(self, name: Hashable, work: Callable[[], T]) -> T:
        """What a page works out of these alone: the checklists, the file, the council and what follows from them. Kept with them.

        Args:
            name: of what it is; where it rests on anything else, such as whom a sheet is for, that is part of the name.
            work: gives what nobody changes afterwards.
        """
        if name not in self._once:
            self._once[name] = work()
        found: T = self._once[name]
        return found

    def has(self, name: Hashable) -> bool:
        """Is this worked out and kept? What is kept stays as long as the rest."""
        return name in self._once

    @cached_property
    def result(self) -> Result:
        return assess(self.checklist, self.file, self.council)

    @cached_property
    def way_forward(self) -> WayForward:
        return way_forward(self.checklist, self.file, self.council, self.result)

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        return calls(self.checklist, self.file, self.result)

    @cached_property
    def questions(self) -> Sequence[NextQuestion]:
        return tuple(next_questions(self.checklist, self.result))

    @cached_property
    def flips(self) -> tuple[Flip, ...]:
        return flips(self.checklist, self.file, self.council, self.result)

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        return changes(self.checklist, self.file, self.council, self.result)

    @cached_property
    def duties(self) -> tuple[ToDo, ...]:
        return tuple(duties(self.checklist, self.file, self.result))

    @cached_property
    def pieces(self) -> Sequence[Piece]:
        return tuple(pieces(self.checklist, self.file, self.result, self.file.council or ""))


def following(checklist: Checklist, file: CaseFile, council: str) -> Following:
    """What follows from a case file under these checklists; kept, where it was worked out before."""
    digest = hashlib.blake2b(file.model_dump_json().encode(), digest_size=20).digest()
    key = (id(checklist), council, digest)
    with _one_at_a_time:
        found = _kept.get(key)
        if found is None or found.checklist is not checklist:
            found = _kept[key] = Following(checklist, file, council)
        _kept.move_to_end(key)
        while len(_kept) > MOST:
            _kept.popitem(last=False)
    return found
