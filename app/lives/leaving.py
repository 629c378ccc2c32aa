"""Leaving a placement: on which day, why, and where to, as far as anybody knows."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, NamedTuple

from app.cases import sealed_home
from app.cases.household import NIGHTS, next_place
from app.cases.models import CaseAddress
from app.cases.service import CaseProblem, lock_case
from app.clocks import in_words, today
from app.database import writing
from app.suitability.casefile.household import Spell
from app.suitability.casefile.spelling import folded

from . import steps
from .models import LifeStep
from .words import CORRECTED, LEFT


class Stay(NamedTuple):
    """A stay that ends: of which placement, where, since when, and whether it is bed and breakfast in law; None: not known."""

    assessment_id: str
    address: str
    starts: date | None
    is_bed_and_breakfast: bool | None


class Leaving(NamedTuple):
    """What was told of it: ``on`` is the day on which they left; ``to`` is empty where nobody knows."""

    on: date
    why: str
    to: str
    postcode: str


def of(listed: Any) -> dict[str, LifeStep]:
    """Of the steps of a case, which placements were left, by assessment; what was a mistake is not among them."""
    gone = {s.about for s in listed if s.kind == CORRECTED}
    return {str(s.facts.get("assessment", "")): s for s in listed if s.kind == LEFT and s.id not in gone}


def write(user: Any, case_id: str, seen_version: int, stay: Stay, told: Leaving) -> None:
    """They left. Nights in bed and breakfast are counted up to the night before; where they are now is where they said, or not known.

    Raises:
        StaleCase: the case changed since the person saw it.
        CaseProblem: they had not come yet, or left it already.
    """
    with writing() as session:
        case = lock_case(session, case_id, seen_version)
        if told.on > today():
            raise CaseProblem("This day is in the future.", "on")
        if stay.starts is not None and told.on < stay.starts:
            raise CaseProblem(f"They came on {in_words(stay.starts)}: they cannot have left before that.", "on")
        if stay.assessment_id in of(steps.of_case(case_id)):
            raise CaseProblem("It is written down already that they left this place.")
        lines = _nights(case, stay, told)
        here = folded(stay.address)
        for address in case.addresses:
            if address.kind == "current" and folded(sealed_home.opened(session, address).address) == here:
                address.kind, address.moved_out = "former", told.on
                if address.moved_in is not None and told.on < address.moved_in:
                    raise CaseProblem(
                        f"They moved in on {in_words(address.moved_in)}: they cannot have left before that.", "on"
                    )
        goes_to = told.to or "Not known"
        if told.to:
            home = CaseAddress(kind="current", address=told.to, postcode=told.postcode, moved_in=told.on)
            case.addresses.append(home)
            session.flush()
            goes_to = home.address if home.sealed else goes_to  # of a sealed home neither the step says where it is
        facts = {"assessment": stay.assessment_id, "lines": lines, "known": "yes" if told.to else "no"}
        steps.write(session, user, case_id, LEFT, on=told.on, said=told.why, place=goes_to, facts=facts)


def _nights(case: Any, stay: Stay, told: Leaving) -> list[str]:
    """The nights spent there, written down where the place is bed and breakfast in law."""
    found = [f"They left {stay.address}."]
    if stay.starts is None or told.on == stay.starts:
        return found
    spent = Spell(first=stay.starts, last=told.on - timedelta(days=1))
    number = (told.on - stay.starts).days
    nights = f"{number} {'night' if number == 1 else 'nights'}"
    if stay.is_bed_and_breakfast is False:
        return found
    if any(run.first <= spent.last and spent.first <= run.last for run in case.nights):
        return [*found, "Nights of this stay were written down already, and were left as they are: look at them."]
    case.nights.append(NIGHTS.row(spent, place=next_place(case.nights)))
    if stay.is_bed_and_breakfast is None:
        # Not known is not “no”: as long as they were there, its nights were counted, too.
        found += [
            "Whether it was bed and breakfast in law is not known. Take its nights out when it is known that it was not."
        ]
    return [*found, f"{nights} in bed and breakfast are counted."]
