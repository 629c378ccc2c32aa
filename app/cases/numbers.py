"""References that this service gives, and the council's own numbers of households: two cases with one number may be one family.

Whoever opens a case is told of another with its number only where they may see that case. Of any other, nothing they get differs:
not the answer, not the work behind it. The safeguarding leads see every such pair until one of them has settled it.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, CompoundSelect, func, or_, select, text, union
from sqlalchemy.orm import Session, aliased

from app.audit import service as audit
from app.database import writing
from app.extensions import db

from .models import Case, NumberSettled, folded_number
from .service import CaseProblem, visible_to

# No two of these look or sound alike: they are read over the telephone. Eight are 800 million references.
LETTERS = "2346789KMRWXY"
ONE_FAMILY, TWO_FAMILIES = "one_family", "two_families"


class SameNumber(CaseProblem):
    """A case that this person may see has the number already."""

    def __init__(self, case: Case) -> None:
        self.case_id, self.reference = case.id, case.reference
        super().__init__(f"Case {case.reference} has this number already. Go on in that case.")


class Pair(NamedTuple):
    """Two cases that carry the same number, as (identifier, reference) each."""

    first: tuple[str, str]
    second: tuple[str, str]


def new_reference(session: Session) -> str:
    """A reference nobody has, in any case of its letters."""
    while True:
        made = "".join(secrets.choice(LETTERS) for _ in range(8))
        reference = f"{made[:4]}-{made[4:]}"
        if not _is_taken(session, reference):
            return reference


def _is_taken(session: Session, reference: str) -> bool:
    return session.scalar(select(Case.id).where(func.lower(Case.reference) == reference.lower())) is not None


def refuse_known(session: Session, user: Any, number: str, own: str = "") -> None:
    """Refuse a number that a case which this person may see carries already, as its number or its reference.

    Args:
        own: the case that is to carry it, where there is one.
    Raises:
        SameNumber: there is such a case.
    """
    folded = folded_number(number)
    if not folded:
        return
    if session.get_bind().dialect.name == "postgresql":
        # Of two who open a case with one number at once the second sees the first; on SQLite writing() sees to it.
        key = int.from_bytes(hashlib.sha256(folded.encode()).digest()[:8], "big", signed=True)
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})
    found = session.scalar(visible_to(user).where(_carries(folded), Case.id != own).order_by(Case.created_at).limit(1))
    if found is not None:
        raise SameNumber(found)


def give(session: Session, user: Any, case: Case, number: str) -> None:
    """Give a case another number; the one it has stays without being looked at.

    Raises:
        SameNumber: another case that this person may see carries it.
    """
    if number != case.council_number:
        refuse_known(session, user, number, case.id)
        case.council_number, case.number_folded = number, folded_number(number)


def _carries(folded: str) -> ColumnElement[bool]:
    return or_(Case.number_folded == folded, Case.reference_folded == folded)


def of_file(session: Session, user: Any, reference: str) -> str:
    """The reference of a case that is read from a file: the file's own; where a case nobody may be told of has it, a new one.

    Raises:
        SameNumber: a case that this person may see has it.
    """
    refuse_known(session, user, reference)
    return new_reference(session) if _is_taken(session, reference) else reference


def named(word: str) -> Sequence[Case]:
    """Cases with this reference, or else with this number, however it is written; for whoever runs the server."""
    query = select(Case).where(_carries(folded_number(word)))
    found = db.session.scalars(query.order_by(Case.reference)).unique().all() if folded_number(word) else []
    return [case for case in found if case.reference == word] or found


# ---- for the safeguarding leads


@cache
def _same() -> CompoundSelect[Any]:
    """The query of all pairs, made once."""
    one, other = aliased(Case), aliased(Case)
    by_number = select(one.id, other.id).join(other, other.number_folded == one.number_folded)
    by_reference = select(one.id, other.id).join(other, other.reference_folded == one.number_folded)
    return union(*(query.where(one.number_folded != "", one.id != other.id) for query in (by_number, by_reference)))


def unsettled(user: Any) -> Sequence[Pair]:
    """Every pair of cases with one number that nobody has settled, of the cases a person may see; never paged.

    It is reckoned when it is asked for: nothing is written when a case is opened, so that opening one takes no longer.
    """
    pairs = {(min(row), max(row)) for row in db.session.execute(_same())}
    if not pairs:
        return []
    settled = select(NumberSettled.case_a, NumberSettled.case_b)
    pairs -= {(row[0], row[1]) for row in db.session.execute(settled)}
    ids = {found for pair in pairs for found in pair}
    seen = visible_to(user).with_only_columns(Case.id, Case.reference).where(Case.id.in_(ids))
    names = {row[0]: row[1] for row in db.session.execute(seen)}
    told = [Pair((a, names[a]), (b, names[b])) for a, b in pairs if a in names and b in names]
    return sorted(told, key=lambda pair: (pair.first[1], pair.second[1]))


def is_pair(one: Case, other: Case) -> bool:
    """Do these two carry the same number?"""
    names = [{c.number_folded, c.reference_folded} - {""} for c in (one, other)]
    return one.id != other.id and bool(names[0] & names[1])


def settlement(one: str, other: str) -> NumberSettled | None:
    """What a lead wrote about two cases, if one has."""
    first, second = sorted((one, other))
    of = select(NumberSettled).where(NumberSettled.case_a == first, NumberSettled.case_b == second)
    return db.session.scalar(of)


def settle(user: Any, one: str, other: str, verdict: str, note: str) -> None:
    """Write down whether two cases with one number are one family. Neither case changes by it: their officers are told nothing.

    Raises:
        CaseProblem: somebody has settled it already.
    """
    first, second = sorted((one, other))
    with writing() as session:
        session.execute(select(Case.id).where(Case.id.in_((first, second))).order_by(Case.id).with_for_update())
        if settlement(first, second) is not None:
            raise CaseProblem("Somebody has settled this already.")
        made = NumberSettled(
            case_a=first, case_b=second, verdict=verdict, note=note, settled_by=user.id, settled_by_name=user.name
        )
        session.add(made)
        session.flush()
        # Of no case: whoever reads the timeline of one of them may not know of the other.
        audit.record(
            session, "number.settled", "number_settled", made.id, detail={"verdict": verdict, "cases": [first, second]}
        )
