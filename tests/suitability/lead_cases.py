"""Households nobody had tried, and what people promise, accept and see about them."""

from __future__ import annotations

from typing import Any

from .households import TODAY, plain, settled

ROOM = {
    "kind": "bed_and_breakfast",
    "self_contained": False,
    "shares": ["cooking"],
    "owner": "private",
    "manager": "private",
}


def of_boy(**changes: Any) -> dict[str, Any]:
    """A father and a son of fifteen with a sign of exploitation."""
    tree = plain()
    tree["household"]["members"][1] |= {"born": "2011-03-01", "exploitation_sign": True, **changes}
    return tree


def with_baby() -> dict[str, Any]:
    tree = plain()
    tree["household"]["members"][0] |= {"sex": "female", "pregnant": False}
    tree["household"]["members"][1]["born"] = "2026-04-20"
    return settled(tree)


def promised(criterion: str, subject: str, due: str, role: str = "housing officer") -> dict[str, Any]:
    """A plan of somebody’s, accepted today, that a senior officer has agreed to."""
    return {
        "criterion": criterion, "subject": subject, "what": "It will be looked at", "due": due, "owner_accepted": TODAY,
        "owner": {"name": "Olu Officer", "role": role, "agency": "council"},
        "agreed_by": "Sena Senior", "agreed_role": "senior_officer", "agreed_on": TODAY,
    }  # fmt: skip


def accepted(criterion: str, subject: str) -> dict[str, Any]:
    return {
        "criterion": criterion, "subject": subject, "by": "Sena Senior", "role": "senior_officer", "on": TODAY,
        "reason": "It is right for this family.", "review_on": "2026-11-28", "lead_professional_view": "She agrees.",
    }  # fmt: skip


def seen(criterion: str, subject: str, what: str = "Done") -> dict[str, Any]:
    return {
        "criterion": criterion, "subject": subject, "what": what, "in_place": TODAY, "seen_grade": "E2",
        "seen_by": "Olu Officer", "seen_on": TODAY,
    }  # fmt: skip
