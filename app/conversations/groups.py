"""The lines of a sheet in groups: what must be known, or could change the outcome, stands open, the rest a name each until it is asked."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from app.suitability.checklist.checklist import Checklist

AT_ONCE = 8  # lines that need no heading of their own subject


class Group(NamedTuple):
    """Lines under a heading; a closed one opens where it is wanted, and stands open where something in it has to be mended."""

    title: str
    lines: list[Mapping[str, Any]]
    closed: bool = False
    by_name: bool = False  # a line that may rest (``line["rests"]``) is its name, and opens where it is asked


def groups(
    checklist: Checklist,
    lines: Sequence[Mapping[str, Any]],
    asked: Iterable[str],
    wrong: Iterable[str],
    heard: Container[str] = (),
    alone: bool = False,
) -> list[Group]:
    """What a parent is the first to be asked, what nobody moves in without, what was added, the rest, and what is known already.

    Args:
        lines: as the page shows them, in the order of the sheet.
        asked: the questions of the sheet; every other was added to it.
        wrong: the boxes that have to be mended, by their names.
        heard: questions that are another adult's to answer, or that one has answered; asked again where what they said is doubted.
        alone: nothing on the page may say that another adult was talked with.
    """
    listed, to_mend = frozenset(asked), {name.split("-", 1)[0] for name in wrong}
    added = [line for line in lines if line["criterion"] not in listed]
    wanted = [line for line in lines if line["is_open"] and line not in added]
    twice = [line for line in wanted if line["criterion"] in heard]
    first = [line for line in wanted if line not in twice and line["first"]]
    keys = [line for line in wanted if line not in [*twice, *first] and line["before_keys"]]
    rest = [line for line in wanted if line not in [*twice, *first, *keys]]
    known = [line for line in lines if not line["is_open"] and line not in added]
    found = [Group("Ask first", first, by_name=True), Group("Before keys", keys)]
    if len(rest) <= AT_ONCE:
        found.append(Group("While you are speaking", rest, by_name=True))
    else:
        by_domain = {
            title: [r for r in rest if _domain(checklist, r) == d] for d, title in checklist.domain_titles.items()
        }
        found += [Group(title, mine, by_name=True) for title, mine in by_domain.items()]
    found.append(Group("Added", added))
    theirs = (
        "About the children, the others and the place"
        if alone
        else "About the others, or told by another adult already"
    )
    found.append(Group(f"{theirs}: {len(twice)}", twice, closed=True))
    found.append(Group(f"Known already, or not asked here any more: {len(known)}", known, closed=True))
    return [
        group._replace(closed=group.closed and not any(line["criterion"] in to_mend for line in group.lines))
        for group in found
        if group.lines
    ]


def _domain(checklist: Checklist, line: Mapping[str, Any]) -> str:
    return checklist.criteria[line["criterion"]].domain
