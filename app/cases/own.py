"""What somebody of the council writes down about themselves, so that a family close to them is kept from them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from app.audit import service as audit
from app.database import writing
from app.extensions import db

from . import matching
from .service import CaseProblem
from .ties import StaffTie

KINDS = {
    "former_name": "A name that I had before",
    "home": "Where I live, or lived",
    "relation": "Somebody whom I am or was close to",
}
MOST = 40


def of(user: Any) -> Sequence[StaffTie]:
    """What they wrote down, in its order. What it was nobody can read, not they either."""
    return db.session.scalars(
        select(StaffTie).where(StaffTie.user_id == user.id).order_by(StaffTie.made_at, StaffTie.id)
    ).all()


def add(user: Any, kind: str, name: str, address: str, postcode: str) -> None:
    """Keep one thing more, as digests.

    Raises:
        CaseProblem: nothing of it can be held against anything, or there are too many.
    """
    with writing() as session:
        if len(session.scalars(select(StaffTie.id).where(StaffTie.user_id == user.id)).all()) >= MOST:
            raise CaseProblem(f"You can write down {MOST} things here.")
        found = {
            "former_name": lambda: matching.keys_of_name(name),
            "home": lambda: matching.keys_of_home(address, postcode),
            "relation": lambda: matching.keys_of_relation(name),
        }[kind]()
        keys = sorted(f"{of}:{key}" for of, each in found.items() for key in each)
        if kind == "home" and not found["postcode"]:
            raise CaseProblem("Enter the postcode.", "postcode")
        if kind != "home" and not any(key.startswith(("name:", "relation:")) for key in keys):
            raise CaseProblem("Enter the first name and the last name.", "name")
        made = StaffTie(user_id=user.id, kind=kind, keys=keys)
        session.add(made)
        session.flush()
        audit.record(session, "tie.added", "staff_tie", made.id)


def remove(user: Any, tie_id: str) -> bool:
    """Take one out; what was found by it stays. Returns whether there was one of theirs."""
    with writing() as session:
        found = session.scalar(select(StaffTie).where(StaffTie.id == tie_id, StaffTie.user_id == user.id))
        if found is None:
            return False
        session.delete(found)
        audit.record(session, "tie.removed", "staff_tie", tie_id)
    return True
