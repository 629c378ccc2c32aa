"""What criteria say of one another: each named one exists, and no ring of conditions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from graphlib import CycleError, TopologicalSorter

from .condition import Condition
from .criterion import Agency, Criterion, Setting
from .located_yaml import ChecklistError


def check_agencies(agencies: Mapping[str, Agency], criteria: Mapping[str, Criterion], file: str) -> None:
    """Refuse an agency that must be asked because of a criterion or an answer that is not there.

    Raises:
        ChecklistError: with file, line and what was meant.
    """
    for agency in agencies.values():
        if agency.must_ask_when is not None:
            wrong = _wrong(agency.must_ask_when, criteria)
            if wrong:
                raise ChecklistError(f"{file}, line {agency.line}: agency {agency.code} {wrong}")


def _wrong(condition: Condition, criteria: Mapping[str, Criterion]) -> str:
    """What a condition looks at that is not there; empty when all of it is."""
    for name in sorted(condition.criteria - criteria.keys()):
        near = get_close_matches(name, list(criteria), n=1)
        return f"looks at “{name}”, which is not a criterion." + (f" Did you mean “{near[0]}”?" if near else "")
    for name, option in sorted(condition.options):
        known = list(
            dict.fromkeys((*criteria[name].options, *(t for o in criteria[name].options.values() for t in o.also)))
        )
        if known and option not in known:
            near = get_close_matches(option, known, n=1)
            return f"looks for “{option}”, which {name} does not offer." + (
                f" Did you mean “{near[0]}”?" if near else ""
            )
    return ""


def weighed_after(criterion: Criterion) -> frozenset[str]:
    """What has to be weighed before a criterion."""
    return criterion.weighed_after


def settled_after(criterion: Criterion) -> frozenset[str]:
    """What has to have its effect before a criterion is given its own."""
    return criterion.settled_after


def check_references(
    criteria: Mapping[str, Criterion], domains: Mapping[str, str], settings: Mapping[str, Setting]
) -> None:
    """Refuse a criterion that looks at one that is not there, at itself by way of others, or at no setting of ours.

    Raises:
        ChecklistError: with file, line and what was meant.
    """
    files = {domain: file for file in domains for domain in [file.rsplit("/", 1)[-1].removesuffix(".yaml")]}

    def refuse(criterion: Criterion, message: str) -> None:
        raise ChecklistError(
            f"{files.get(criterion.domain, criterion.domain)}, line {criterion.line}: {criterion.id} {message}"
        )

    for criterion in criteria.values():
        for condition in criterion.conditions:
            wrong = _wrong(condition, criteria)
            if wrong:
                refuse(criterion, wrong)
            for name in sorted(condition.switches - settings.keys()):
                refuse(criterion, f"asks whether “{name}” is in force, which is no setting.")
        if (
            criterion.applies_when is not None
            and criterion.applies_when.over_states
            and not criterion.applies_when.last
        ):
            refuse(
                criterion,
                "asks in applies_when about the state of other rows; only facts and answers decide what applies.",
            )
    for rest_on in (weighed_after, settled_after):
        try:
            tuple(TopologicalSorter({c.id: rest_on(c) for c in criteria.values()}).static_order())
        except CycleError as error:
            ring = [name for name in error.args[1] if isinstance(name, str)]
            refuse(criteria[ring[0]], f"is in a ring of conditions: {' → '.join(ring)}.")
    places: dict[int, str] = {}
    for criterion in criteria.values():
        if criterion.parents_order and places.setdefault(criterion.parents_order, criterion.id) != criterion.id:
            refuse(
                criterion,
                f"has place {criterion.parents_order} on a parent’s sheet, which {places[criterion.parents_order]} has.",
            )
    for criterion in criteria.values():
        for name in sorted(criterion.weighed_after | criterion.settled_after):
            if criteria[name].phase > criterion.phase:
                refuse(criterion, f"looks at {name}, which is settled only after it.")


def in_turn(criteria: Mapping[str, Criterion], rest_on: Callable[[Criterion], frozenset[str]]) -> tuple[str, ...]:
    """The criteria so that what one rests on comes before it, whatever the order of the files."""
    found: dict[str, None] = {}

    def take(name: str) -> None:
        if name not in found:
            for other in sorted(rest_on(criteria[name])):
                take(other)
            found[name] = None

    for name in sorted(criteria):
        take(name)
    return tuple(found)
