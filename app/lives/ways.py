"""How the family may be reached, and how not: at the door, by post, by a number, through a person. What is refused is not used."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from app.cases.service import CaseProblem, lock_case
from app.database import writing
from app.suitability.casefile.spelling import folded

from . import steps
from .models import LifeStep
from .words import CORRECTED, REFUSED, WAY, WAYS


def write(user: Any, case_id: str, seen_version: int, values: dict[str, Any]) -> None:
    """One more way that is safe, or is not to be used.

    Args:
        values: ``code`` (of WAYS), ``how`` (refused or safe), ``place``, ``source``, ``said``, ``grade``, ``on``.
    Raises:
        StaleCase: the case changed since the person saw it.
        CaseProblem: a safe way is not said exactly, or the same is written down otherwise already.
    """
    with writing() as session:
        lock_case(session, case_id, seen_version)
        if values["how"] != REFUSED and not values["place"]:
            raise CaseProblem(
                "Say which number, address or person is safe: “by telephone” alone tells nobody.", "place"
            )
        for step in standing(session, case_id):
            if step.code == values["code"] and folded(step.place) == folded(values["place"]):
                raise CaseProblem(
                    "This way is written down already. End what stands there first, with the reason.", "place"
                )
        steps.write(session, user, case_id, WAY, **values)


def standing(session: Session, case_id: str) -> list[LifeStep]:
    """Those that nobody ended, refused ones first."""
    return in_force(steps.of_case(case_id, WAY, CORRECTED, session=session))


def in_force(listed: Sequence[LifeStep]) -> list[LifeStep]:
    """Of the steps of a case, the ways that nobody ended, refused ones first."""
    ended = {step.about for step in listed if step.kind == CORRECTED}
    return sorted((s for s in listed if s.kind == WAY and s.id not in ended), key=lambda s: s.how != REFUSED)


def refuse(session: Session, case_id: str, code: str, to: Sequence[str], to_the_family: bool, field: str) -> None:
    """Nothing goes a way that is refused: the one that is named, or, to the family itself, any of its kind.

    Args:
        code: of WAYS; to: the address and the name it goes to.
    Raises:
        CaseProblem: it would.
    """
    for step in standing(session, case_id):
        if step.how != REFUSED:
            continue
        is_kind = step.code == code and not step.place and to_the_family
        if is_kind or (step.code in (code, "through") and _is_named(step.place, to)):
            named = f": {step.place}" if step.place else ""
            why = f" {step.said}" if step.said else ""
            raise CaseProblem(
                f"Do not contact them {WAYS[step.code].lower()}{named}.{why} Nothing was sent. Choose another way.",
                field,
            )


def _is_named(place: str, to: Sequence[str]) -> bool:
    """Is what is refused what it goes to? Held against each other without case, spaces and marks; one may be a part of the other."""
    refused = _squeezed(place)
    return len(refused) > 3 and any(
        refused in _squeezed(one) or (len(_squeezed(one)) > 3 and _squeezed(one) in refused) for one in to
    )


def _squeezed(said: str) -> str:
    return "".join(c for c in folded(said) if c.isalnum())
