"""What is far, before anybody has typed a minute: beyond, likely and not known, the school run, and what the law says of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from app import clocks
from app.assessments.judging import Judged
from app.assessments.models import Assessment
from app.clocks import law
from app.placements import school_run
from app.placements.on_foot import OnFoot, in_words, on_foot
from app.placements.surroundings import ServiceDistance, Surroundings
from app.placements.walker import walker_of
from app.places import service as places
from app.places.travel import ways
from app.places.travel.distance import metres_in_words
from app.suitability.casefile import proof


class Far(NamedTuple):
    """A service in use that is, or may be, further than the council accepts, before anybody has checked the way."""

    kind: str
    name: str
    used_by: tuple[str, ...]
    straight: str
    on_foot: str
    proven: bool  # even the shortest way is too long
    checked: bool  # somebody has written the way down, or an engine has measured it


# The longest way on foot that the council accepts, by kind; any other service has the limit of those a plan depends on.
_ACCEPTED = {"pharmacy": "pharmacy_minutes_daily", "school": "school_minutes_primary_watch"}


def _walks(found: Surroundings, judged: Judged) -> list[tuple[ServiceDistance, OnFoot, str]]:
    """Every service, the walk there, and what it proves of the longest way that is accepted."""
    file = judged.file
    numbers = judged.checklist.numbers_on(file.on, file.settings)
    walker = walker_of(file.household, file.on)
    made = []
    for s in found.services:
        foot = on_foot(s.distance, s.way, walker)
        limit = numbers[_ACCEPTED.get(s.kind, "service_minutes")]
        made.append((s, foot, foot.against(limit, found.unit, s.place)))
    return made


def far(found: Surroundings, judged: Judged) -> list[Far]:
    """What is too far on foot, or may be, the furthest first; measured where the council has a network, else by a straight line."""
    checked = {journey.kind for journey in judged.file.journeys}
    rows = []
    for s, foot, answer in _walks(found, judged):
        if answer not in (proof.BEYOND, proof.NOT_KNOWN) or not s.distance.is_known:
            continue
        row = Far(
            kind=s.kind,
            name=s.name,
            used_by=s.used_by,
            straight=metres_in_words(s.distance),
            on_foot=foot.words if foot.low is not None else f"{foot.words}: {foot.why}",
            proven=answer == proof.BEYOND,
            checked=s.kind in checked,
        )
        rows.append((-(foot.low or 0), row))
    return [row for _, row in sorted(rows, key=lambda r: r[0])]


def walks_in_words(found: Surroundings, judged: Judged) -> Mapping[str, str]:
    """The walk to each service, by its mark on the map."""
    walker = walker_of(judged.file.household, judged.file.on)
    return {s.mark: in_words(s.distance, s.way, walker) for s in found.services}


def said_of_far(found: Surroundings, judged: Judged, assessment: Assessment) -> dict[str, Any]:
    """Everything the page says of what is far: rows, a line for the verdict, the school run, and the law beside it."""
    rows = far(found, judged)
    runs = school_run.runs(judged.file.household, found, judged.file.on)
    walked = _walks(found, judged)
    words = ways.read().words
    outside = _outside(found, judged, assessment)
    return {
        "far": rows,
        "far_in_a_line": _in_a_line(_of_each(walked, runs), runs, found),
        "near": [s.name for s, _, answer in walked if answer == proof.WITHIN],
        "by_network": any(s.way is not None and s.way.measured for s in found.services),
        "runs": runs,
        "runs_gist": school_run.gist(runs),
        "statutory": words["statutory"] if any(run.kind == "school" for run in runs) else None,
        "outside": outside,
        "host": words["host"] if outside else None,
        "host_days": judged.checklist.numbers_on(judged.file.on, judged.file.settings).host_notice_days,
    }


def _of_each(walked: list[tuple[ServiceDistance, OnFoot, str]], runs: list[school_run.Run]) -> list[tuple[str, str]]:
    """Each service and what its walk proves; of a school the worst of its own children, each by the limit of its age."""
    found = []
    for s, _, answer in walked:
        own = [run.answer for run in runs if (run.school, run.kind) == (s.name, s.kind)]
        found.append((s.name, min(own, key=_WORST.index) if own else answer))
    return found


_WORST = (proof.BEYOND, proof.NOT_KNOWN, proof.LIKELY, proof.WITHIN)
_LINE = ((proof.BEYOND, "Too far on foot"), (proof.NOT_KNOWN, "Not known"), (proof.LIKELY, "Likely near enough"))


def _in_a_line(each: list[tuple[str, str]], runs: list[school_run.Run], found: Surroundings) -> str:
    """Beyond, not known and likely in one line, for whoever reads no further."""
    if not found.services:
        said = ["Not known: no services are entered for this household."]
    elif not found.unit.has_point:
        said = ["Not known: the unit’s place is not known."]
    else:
        named = [(words, list(dict.fromkeys(n for n, a in each if a == answer))) for answer, words in _LINE]
        said = [f"{words}: {'; '.join(names)}." for words, names in named if names]
        said = said or ["Every walk is measured and near enough."]
    missing = [run.child for run in runs if not run.school]
    if missing:
        said.append(f"No school is entered for {', '.join(missing)}.")
    return " ".join(said)


def _outside(found: Surroundings, judged: Judged, assessment: Assessment) -> str:
    """What the district of the place asks for, in a sentence; nothing where it is the council's own."""
    council, file = judged.file.council or "", judged.file
    confirmed = places.as_called_on(assessment.authority, council, file.on)
    answer, name = found.district.answer, found.district.name or found.district.code
    if confirmed:
        answer = "in" if confirmed == council else "out"
        name = places.districts().now_called(confirmed, file.on).name or confirmed
    if answer == "in":
        return ""
    if answer != "out":
        return "It is not known whether the place is in the council’s own district: confirm it."
    where = f"Outside the council’s own district{f', in {name}' if name else ''}."
    if file.placement.notice_sent is not None and file.placement.notice_sent <= file.on:
        return f"{where} The council there was told on {clocks.in_words(file.placement.notice_sent)}."
    days = judged.checklist.numbers_on(file.on, file.settings).host_notice_days
    by = law.host_notice_by(file.placement.starts, days)
    return f"{where} The council there is to be told {f'by {clocks.in_words(by)}' if by else 'in writing, once the day of the offer is known'}."
