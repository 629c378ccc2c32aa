"""What stopped a place or held a decision up, kept beside the decision for whoever counts decisions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.suitability.casefile.codes import Effect, OpenEffect

from .models import DecisionFinding

COUNTED = frozenset((str(Effect.STOP), str(Effect.STOP_UNTIL), str(OpenEffect.HOLD)))


def rows(decision_id: str, result: Mapping[str, Any]) -> list[DecisionFinding]:
    """Each stop and hold of a record's result, once: of its findings, and of what comes together where no row carries it."""
    kinds = {(each["criterion"], each["effect"]) for each in result["findings"]}
    kinds |= {(each["pattern"], each["effect"]) for each in result.get("patterns", ()) if not each.get("carried_by")}
    return [
        DecisionFinding(decision_id=decision_id, kind=kind, effect=effect)
        for kind, effect in sorted(kinds)
        if effect in COUNTED
    ]
