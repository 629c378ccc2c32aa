"""The child born in place of the unborn. What was said before the birth stays, and is no answer about the born child, save a worry.

A worry counts until somebody takes it back (rulings 2026, 1). What reassures was said of a child whom nobody had seen yet: it is asked anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from app.cases.alike import labels_of
from app.cases.history import add_event
from app.cases.models import Case, CaseMember
from app.cases.service import LARGEST_HOUSEHOLD, CaseProblem, lock_case, next_key
from app.clocks import in_words, today
from app.database import writing
from app.suitability.casefile.codes import Grade
from app.suitability.casefile.history import Event

from . import steps
from .words import BORN

Carry = Callable[[Session, Any, Case, str, Sequence[str]], None]
_EARLIEST_WEEKS = 22  # before the day it was expected: earlier than that it is another child’s date


class Baby(NamedTuple):
    """One who was born: ``sex`` None where it is not known."""

    name: str
    sex: str | None


class Birth(NamedTuple):
    """What was told of a birth. ``mother`` is a key of the household, or empty; ``still_pregnant`` yes, no, unknown, or empty: not said."""

    on: date
    babies: Sequence[Baby]
    mother: str
    still_pregnant: str
    grade: str
    said: str


def write(user: Any, case_id: str, seen_version: int, key: str, birth: Birth, carry: Carry) -> None:
    """An unborn child is born, by its key, or by that of the mother where no unborn child is entered.

    The first baby keeps the key of the unborn; each further one, and one of whom nobody was entered, gets a new key, and the worries
    that were told of the unborn are written down of it too by ``carry``, marked as what they are.

    Raises:
        StaleCase: the case changed since the person saw it.
        CaseProblem: nobody is expected, or the day cannot be right.
    """
    with writing() as session:
        case = lock_case(session, case_id, seen_version)
        unborn = next((m for m in case.members if m.key == key), None)
        if unborn is None or not (unborn.kind == "unborn" or unborn.pregnant):
            raise CaseProblem("This child is not expected any more. Look at the household again.")
        mother = next((m for m in case.members if m.key == birth.mother), None)
        _possible(birth, unborn.due, mother)
        if len(case.members) + len(birth.babies) - (unborn.kind == "unborn") > LARGEST_HOUSEHOLD:
            raise CaseProblem(f"A household can have {LARGEST_HOUSEHOLD} members here.")
        entered = unborn.kind == "unborn"
        was = labels_of(case).get(key, unborn.name) if entered else f"the unborn child of {unborn.name}"
        before = key if entered else f"{key}-unborn"[:40]  # as the heart calls one of whom nobody was entered
        born = [_entered(case, unborn if not at else None, baby, birth) for at, baby in enumerate(birth.babies)]
        if mother is not None:
            _no_more(case, mother, birth)
        session.flush()
        for member in born:
            _told(session, user, case, member, birth, {"was": was, "instead_of": before})
        new = [m.key for m in born if m.key != key]
        if new:
            carry(session, user, case, before, new)


def _possible(birth: Birth, due: date | None, mother: CaseMember | None) -> None:
    """A day that cannot be that of the birth is refused."""
    if birth.on > today():
        raise CaseProblem("This day is in the future. Until the child is born it stays an unborn child.", "born")
    if due is not None and birth.on < due - timedelta(weeks=_EARLIEST_WEEKS):
        raise CaseProblem(
            f"The birth was expected on {in_words(due)}, and this day is more than {_EARLIEST_WEEKS} weeks before. Look at both days.",
            "born",
        )
    if mother is not None and mother.born is not None and birth.on <= mother.born:
        raise CaseProblem("The mother was not born yet on this day.", "born")
    if mother is not None and not birth.still_pregnant and mother.pregnant:
        raise CaseProblem(
            "Say whether she is still pregnant, or that it is not known: it does not end by itself.", "still_pregnant"
        )
    if any(not baby.name for baby in birth.babies):
        raise CaseProblem("Give the name of each child who was born.", "name")


def _entered(case: Case, unborn: CaseMember | None, baby: Baby, birth: Birth) -> CaseMember:
    """The member who is born: the one entered as unborn, or a new one."""
    if unborn is None or unborn.kind != "unborn":
        key = next_key(case, "child")
        member = CaseMember(
            key=key, place=max((m.place for m in case.members), default=0) + 1, name=baby.name, kind="child"
        )
        case.members.append(member)
    else:
        member = unborn
    member.kind, member.name, member.born, member.due, member.sex = "child", baby.name, birth.on, None, baby.sex
    member.mother = birth.mother or None
    return member


def _no_more(case: Case, mother: CaseMember, birth: Birth) -> None:
    """What was answered of the pregnancy of the mother: it ends where somebody said so, is not known where nobody knows."""
    if not birth.still_pregnant:
        return
    mother.pregnant = {"yes": True, "no": False}.get(birth.still_pregnant)
    if not mother.pregnant:
        mother.due = None


def _told(session: Session, user: Any, case: Case, member: CaseMember, birth: Birth, more: Mapping[str, Any]) -> None:
    facts = {**more, "mother": birth.mother, "still_pregnant": birth.still_pregnant if birth.mother else ""}
    steps.write(
        session, user, case.id, BORN, who=member.key, on=birth.on, said=birth.said, grade=birth.grade, facts=facts
    )
    what = f"Born in place of {more['was']}. What was said before the birth is no answer about the born child, save a worry."
    add_event(case, Event(kind="birth", on=birth.on, who=member.key, what=what, grade=Grade(birth.grade)))
