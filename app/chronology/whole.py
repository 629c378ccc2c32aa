"""The whole chronology of a case, in the words of today: what the page is a choice of, and what leaves with a case."""

from __future__ import annotations

from typing import NamedTuple

from app.audit.service import ACTIONS
from app.cases.models import Case
from app.clocks import table as clock_table
from app.editions import table as editions
from app.letters import words as letters
from app.places import service as places
from forms.answers import value_in_words

from . import of_changes
from .before_after import Told
from .compose import Called, Chronology, everything
from .reading import Kept, read


class Whole(NamedTuple):
    """What was read of a case, and every line of it."""

    kept: Kept
    found: Chronology


def whole(case: Case) -> Whole:
    """Everything of a case."""
    kept = read(case)
    return Whole(kept, everything(kept, _called(), _changes(kept)))


def _called() -> Called:
    return Called(
        letters={code: kind.title for code, kind in letters.words().kinds.items()},
        readers={code: reader.called for code, reader in editions.read().readers.items()},
        dates={code: kind.name for code, kind in clock_table.read().kinds.items()},
        value=value_in_words,
        district=lambda code: (
            (code and places.districts().authority(code).name) or "a district that the lists here do not name"
        ),
    )


def _changes(kept: Kept) -> list[of_changes.Change]:
    """What was overwritten or taken out, each field in the words of the timeline."""
    of = {e.seq: of_changes.overwritten(kept.says[e.seq]) for e in kept.done}
    told = Told(kept.case, [change for listed in of.values() for change in listed])
    return [
        of_changes.Change(
            e, ACTIONS.get(e.action, e.action), [of_changes.Line(*line) for line in told.lines(of[e.seq])]
        )
        for e in kept.done
        if of[e.seq]
    ]
