"""What people were called before goes along with them into another case, so that the search finds them there by it, too."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.lives import along as lives
from app.lives.along import Along

from .models import FormerName


def names(session: Session, along: Along) -> None:
    """Write them down there, each with when it was replaced. Who may not see that case finds nothing of it: the search asks first."""
    query = select(FormerName).where(FormerName.case_id == along.here.id, FormerName.key.in_(along.keys))
    for row in session.scalars(query.order_by(FormerName.until, FormerName.id)):
        session.add(lives.again(row, case_id=along.there.id, key=along.keys[row.key]))
