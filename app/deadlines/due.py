"""What is due to somebody: theirs, and what is their role's together, of the cases that they may see."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date
from functools import lru_cache, partial
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Date, Integer, Select, and_, bindparam, or_, select

from app.accounts.policy import ROLES
from app.cases import service as cases
from app.cases.models import Case
from app.clocks import table
from app.extensions import db

from .models import LAPSED, RUNNING, Clock


class Due(NamedTuple):
    """One date that is due: of which case, what, by when and how it stands. The case's page of dates has the rest.

    ``owner``: their role where it is a role's together; nobody is named whose work they cover.
    """

    case_id: str
    reference: str
    clock_id: str
    kind: str
    what: str
    about: str
    due: date | None
    state: str
    owner: str
    is_mine: bool

    @property
    def link(self) -> tuple[str, dict[str, str]]:
        """Where it is seen whole: an endpoint and its arguments."""
        return "deadlines.listed", {"case_id": self.case_id}


@lru_cache(maxsize=16)
def _due(role: str) -> Select[*tuple[Any, ...]]:
    """The query of what is due to somebody in a role, made once."""
    of: Callable[[str], BindParameter[Any]] = partial(bindparam, expanding=True)
    own, without, only_of_roles = of("owners"), of("without"), of("only_of_roles")
    mine = or_(Clock.owner.in_(own), and_(Clock.owner.is_(None), Clock.owner_role == role))
    return (
        select(Clock, Case.reference)
        .join(Case, Case.id == Clock.case_id)
        .where(Clock.state.in_((RUNNING, LAPSED)), Clock.due.is_not(None), mine)
        # What began after a case was closed nobody gave a reason for when it was closed: it does not rest.
        .where(
            cases.seen_by(cases.anybody(role), Clock.case_id),
            or_(Case.closed_on.is_(None), Clock.began > Case.closed_on),
        )
        .where(Clock.due <= bindparam("until", type_=Date), Clock.kind.not_in(without))
        .where(or_(Clock.kind.not_in(only_of_roles), Clock.owner.is_(None)))
        .order_by(Clock.due, Clock.id)
        .limit(bindparam("most", type_=Integer))
    )


def due_for(
    person: Any,
    on: date,
    ahead: int = 7,
    limit: int = 200,
    owners: Collection[str] = (),
    without: Sequence[str] = (),
    only_of_roles: Sequence[str] = (),
) -> list[Due]:
    """What is due to somebody, the past due first and then by its day: theirs, and what is their role's together. One query.

    What they put off is left out until its day; what stands still is due to nobody. Of the cases that they may see, and of no other.

    Args:
        on: today; ahead: how many days from then on; limit: at most so many.
        owners: other accounts whose work is theirs today; without: kinds that are told of elsewhere.
        only_of_roles: kinds of which one person is told elsewhere, and a role together is not.
    """
    asked = {
        "user_id": person.id, "owners": [*{person.id, *owners}], "without": [*without], "only_of_roles": [*only_of_roles],
        "until": date.fromordinal(on.toordinal() + ahead), "most": limit,
    }  # fmt: skip
    kinds = table.read().kinds
    return [
        Due(
            case_id=row.case_id,
            reference=reference,
            clock_id=row.id,
            kind=row.kind,
            what=kinds[row.kind].name if row.kind in kinds else row.kind,
            about=row.about,
            due=row.due,
            state=LAPSED if row.due is not None and row.due < on else row.state,
            owner=ROLES[row.owner_role] if row.owner_role else person.name if row.owner == person.id else "",
            is_mine=row.owner == person.id,
        )
        for row, reference in db.session.execute(_due(person.role), asked)
    ]
