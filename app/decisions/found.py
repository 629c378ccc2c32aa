"""What stopped a place or held a decision up, kept beside the decision for whoever counts decisions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from app.suitability.casefile.codes import Effect, OpenEffect

from .models import DecisionFinding

COUNTED = frozenset((str(Effect.STOP), str(Effect.STOP_UNTIL), str(OpenEffect.HOLD)))


def rows(decision_id: str, findings: Iterable[Mapping[str, Any]]) -> list[DecisionFinding]:
    """Each stop and hold of a record's findings, once. ``findings``: as the record has them, each with ``criterion`` and ``effect``."""
    kinds = {(each["criterion"], each["effect"]) for each in findings}
    return [
        DecisionFinding(decision_id=decision_id, criterion=criterion, effect=effect)
        for criterion, effect in sorted(kinds)
        if effect in COUNTED
    ]
