"""What was changed in a case while somebody read it: each entry by name, with what it was and what it is."""

from __future__ import annotations

from typing import Any, NamedTuple

from app import clocks
from app.audit import details
from app.audit import service as audit
from app.cases.models import Case
from app.cases.views.household import names_of
from app.chronology.before_after import Line, Told
from app.lives import steps

MOST = 20  # as many as anybody reads before they sign; the others stand on the timeline


class Said(NamedTuple):
    what: str
    who: str
    when: str
    lines: list[Line]


def newest(session: Any) -> str:
    """The number of the newest entry, as a page keeps it."""
    return str(audit.head(session)["entry"])


def changed(case: Case, since: str) -> list[Said]:
    """What was done in a case after an entry, oldest first; looks are left out."""
    if not (since.isascii() and since.isdigit() and len(since) <= 18):
        return []
    found = [e for e in audit.entries(audit.Asked(case.id, looks=False), MOST) if e.seq > int(since)][::-1]
    says = steps.without_withheld(details.all_opened(found), case.id)
    told = Told(case, [c for said in says.values() for c in said.get("changed", ())])
    names = names_of({e.actor_id for e in found})
    return [
        Said(
            audit.ACTIONS[e.action],
            names.get(e.actor_id, "the recipient or the system"),
            clocks.moment_in_words(e.at),
            [line for line in told.lines(says.get(e.seq, {}).get("changed", ())) if line.was or line.now],
        )
        for e in found
    ]
