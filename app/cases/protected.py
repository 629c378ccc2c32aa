"""Protected places: where a perpetrator, gang or dealer is. They can be reckoned with and never read back.

The address and its point are sealed with the installation's own key before they are stored. What comes out of here is one
word for all of a case's places together: *inside*, *clear* or *not known*: no distance, no direction, no number of them,
nothing to draw a circle from. The rule's own radius is never shown beside it. Source: places.md 8.4, 9.12; rulings.md 12.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import math
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, delete, func, or_, select
from sqlalchemy.orm import Session

from app.audit import service as audit
from app.database import now, writing
from app.extensions import db
from app.places import service as places
from app.places.models import ServicePlace
from app.places.postcodes import postcode as text
from app.places.postcodes.geocoder import Place
from app.settings import current_settings
from app.suitability.casefile import proof

from . import service as cases
from .models import ProtectedPlace

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

ROLES = {
    "perpetrator": "Where a perpetrator lives or goes",
    "perpetrator_family": "Where a perpetrator’s family or friends are",
    "gang": "Where a gang or a dealer is",
    "exploitation": "Where a child was exploited",
    "refuge": "A refuge or safe house",
    "other": "Another place the family must not be near",
}


def seal(session: Session, user: Any, case_id: str | None, role: str, address: str, postcode: str) -> ProtectedPlace:
    """Write down a protected place. A postcode outside our lists has no point: then every answer is *not known*.

    The place is found on this machine only; nothing of it is ever asked of anybody.
    """
    place = places.locate(postcode)
    inside = {
        "address": address,
        "postcode": place.postcode,
        "easting": place.easting,
        "northing": place.northing,
        "radius_m": place.radius_m,
        "precision": place.precision,
    }
    made = ProtectedPlace(
        case_id=case_id,
        role=role,
        sealed=_fernet().encrypt(json.dumps(inside).encode()).decode("ascii"),
        match=_match(place.postcode),
        has_point=place.has_point,
        made_by=user.id,
    )
    session.add(made)
    session.flush()
    if role == "refuge" and place.postcode:
        _take_out_of_directory(session, place.postcode)
    return made


def add(user: Any, case_id: str, seen_version: int, role: str, address: str, postcode: str) -> None:
    """Write down a protected place of a case, and that somebody did."""
    with writing() as session:
        cases.lock_case(session, case_id, seen_version)
        made = seal(session, user, case_id, role, address, postcode)
        audit.record(session, "protected.added", "protected_place", made.id, case_id)


def take_out(case_id: str, seen_version: int, place_id: str) -> bool:
    """Take one out of use again, and destroy what was sealed. Returns whether there was one."""
    with writing() as session:
        cases.lock_case(session, case_id, seen_version)
        gone = remove(session, case_id, place_id)
        if gone:
            audit.record(session, "protected.removed", "protected_place", place_id, case_id)
    return gone


def remove(session: Session, case_id: str, place_id: str) -> bool:
    """Take a place out of use. Returns whether there was one."""
    found = session.scalar(
        select(ProtectedPlace).where(ProtectedPlace.id == place_id, ProtectedPlace.case_id == case_id)
    )
    if found is None or found.removed_at is not None:
        return False
    found.removed_at = now()
    found.sealed = ""
    found.match = ""
    return True


def of_case(case_id: str) -> list[ProtectedPlace]:
    """What a page may show of them: the kind, who wrote it down and when."""
    return list(db.session.scalars(select(ProtectedPlace).where(in_use(case_id)).order_by(ProtectedPlace.made_at)))


def in_use(case_id: Any) -> ColumnElement[bool]:
    """Which they are: those of the case that were not taken out."""
    return and_(ProtectedPlace.case_id == case_id, ProtectedPlace.removed_at.is_(None))


def register() -> Callable[[str], bool]:
    """Is the postcode of a refuge anywhere in a piece of text? For importers, which leave such an entry out without saying why.

    Postcodes are looked for wherever they may be, misspelt ones with a letter too many as well.
    """
    wanted = select(ProtectedPlace.match).where(ProtectedPlace.role == "refuge", ProtectedPlace.removed_at.is_(None))
    listed = {match for match in db.session.scalars(wanted) if match}
    if not listed:
        return lambda said: False
    return lambda said: any(_match(code) in listed for code in text.anywhere(said))


def _take_out_of_directory(session: Session, postcode: str) -> None:
    """What was loaded before anybody said that it is a refuge does not stay: not shown, not found, not kept."""
    written = text.display(postcode)
    squeezed = func.replace(func.upper(ServicePlace.address), " ", "")
    session.execute(
        delete(ServicePlace).where(
            or_(ServicePlace.postcode == "".join(written.split()), squeezed.like(f"%{''.join(written.split())}%"))
        )
    )


def conflict(protected_places: Iterable[ProtectedPlace], unit: Place, least_m: int) -> str | None:
    """Does a unit conflict with a protected place? ``inside``, ``clear``, ``not_known``; None where there is none to avoid.

    Args:
        protected_places: those of the case that are in use.
        least_m: how far away it has to be, in metres: a council setting that no page shows.
    """
    # A refuge is in the register to be kept secret, not to be kept away from: a family may be placed in it.
    avoided = [place for place in protected_places if place.role != "refuge"]
    if not avoided:
        return None
    answers = {_one(place, unit, least_m) for place in avoided}
    for answer in (proof.INSIDE, proof.NOT_KNOWN):
        if answer in answers:
            return answer
    return proof.CLEAR


def _one(place: ProtectedPlace, unit: Place, least_m: int) -> str:
    from cryptography.fernet import InvalidToken

    try:
        inside = json.loads(_fernet().decrypt(place.sealed.encode("ascii")))
    except InvalidToken:
        return proof.NOT_KNOWN
    if unit.postcode and unit.postcode == inside["postcode"]:
        return proof.INSIDE
    if not unit.has_point or inside["easting"] is None or unit.easting is None or unit.northing is None:
        return proof.NOT_KNOWN
    away = math.dist((unit.easting, unit.northing), (inside["easting"], inside["northing"]))
    reach = (unit.radius_m or 0) + (inside["radius_m"] or 0)
    worse = next((p for p in (unit.precision, inside["precision"]) if p in proof.NEVER), "")
    worse = worse or next((p for p in (unit.precision, inside["precision"]) if p in proof.ONLY_TOO_FAR), "building")
    return proof.away_from(least_m, max(0.0, away - reach), away + reach, worse).answer


def _key() -> bytes:
    settings = current_settings()
    return hashlib.sha256(b"protected places\0" + settings.secret_key().encode()).digest()


def _fernet() -> Fernet:
    from cryptography.fernet import Fernet  # only where a place is sealed or one is held

    return Fernet(base64.urlsafe_b64encode(_key()))


def _match(postcode: str) -> str:
    """A keyed digest of a postcode: the same for the same place, and nothing without the key."""
    kept = "".join(text.display(postcode).split())
    return hmac.new(_key(), kept.encode(), hashlib.sha256).hexdigest() if kept else ""
