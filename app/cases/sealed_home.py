"""A home that is held sealed: closed under a key that is in no database, on the way into its row, whoever writes it.

In the row stands the district and that it is sealed; every page, list, file, record and letter reads that row, so that none has anything to
leave out. What was written down elsewhere before (the audit’s earlier words, where they went when they left) is told without it here.
Source: reliability.md 4.2, Z6.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from sqlalchemy import Connection, event, insert, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from app.database import new_id, now
from app.extensions import db
from app.places import service as places
from app.settings import current_settings
from app.suitability.casefile.spelling import folded

from .homes import HELD, HomeSeal, SealedAddress
from .models import Case, CaseAddress

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

Step = TypeVar("Step")
_NONCE = 12
_SHORTEST = 4  # signs of an address that is looked for in other words: “Elm” would be found anywhere


class Home(NamedTuple):
    """An address as it was typed."""

    address: str
    postcode: str


class Veil(NamedTuple):
    """What is told without the address: steps in the life of the case, digests of the addresses, and every row of one but those of ``told``.

    What was typed as an address and stands there no more may be the home, mistyped.
    """

    told: frozenset[str]
    steps: frozenset[str]
    marks: frozenset[str]


def words(postcode: str) -> str:
    """What stands in the place of an address: that it is sealed, and in which district it is, where that is known."""
    name = ""
    if postcode:
        found = places.district_of(places.locate(postcode), current_settings().council_authority)
        name = found.name or (found.candidates[0].name if len(found.candidates) == 1 else "")
    return f"{HELD} ({name or 'district not known'})"


def in_force(session: Session, case_id: str) -> HomeSeal | None:
    """The seal of a case, where its home is held sealed."""
    return session.scalar(select(HomeSeal).where(HomeSeal.case_id == case_id, HomeSeal.lifted_at.is_(None)))


# ---- on the way into the row


def _seal(mapper: Any, connection: Connection, row: CaseAddress) -> None:
    """The home of a sealed case is closed before its row is written: by a form, a file, a parting, whatever comes after this line."""
    if row.kind != "current" and not row.sealed:
        return
    only_postcode = bool(row.sealed and row.address.startswith(HELD))
    if only_postcode and not row.postcode:
        return
    of_case = select(HomeSeal.id).where(HomeSeal.case_id == row.case_id, HomeSeal.lifted_at.is_(None))
    if connection.scalar(of_case) is None:
        return
    row.id = row.id or new_id()
    known = connection.scalar(select(SealedAddress.closed).where(SealedAddress.address_id == row.id))
    home = Home(row.address, row.postcode or "")
    if only_postcode:
        before = _opened(row.case_id, row.id, known or "")
        home = Home(before.address if before is not None else "", home.postcode)
    values = {"closed": _closed(row.case_id, row.id, home), "mark": mark(home.address), "sealed_at": now()}
    if known is None:
        connection.execute(insert(SealedAddress).values(address_id=row.id, case_id=row.case_id, **values))
    else:
        connection.execute(update(SealedAddress).where(SealedAddress.address_id == row.id).values(**values))
    row.sealed, row.address, row.postcode = True, words(home.postcode), ""


def _destroy(mapper: Any, connection: Connection, row: CaseAddress) -> None:
    """A row that is taken out takes along what was closed. That it was sealed stays: what the audit said of it is told without it."""
    if row.sealed:
        connection.execute(update(SealedAddress).where(SealedAddress.address_id == row.id).values(closed=""))


event.listen(CaseAddress, "before_insert", _seal)
event.listen(CaseAddress, "before_update", _seal)
event.listen(CaseAddress, "before_delete", _destroy)


# ---- opened: for whoever may see it, and for reckoning that shows nobody where


def opened(session: Session, row: CaseAddress) -> Home:
    """Where a row says that they live, whether it is sealed or not. What does not open is nowhere: never a guess."""
    if not row.sealed:
        return Home(row.address, row.postcode)
    closed = session.scalar(select(SealedAddress.closed).where(SealedAddress.address_id == row.id))
    return _opened(row.case_id, row.id, closed or "") or Home("", "")


def of_case(session: Session, case: Case) -> list[tuple[CaseAddress, Home]]:
    """The sealed addresses of a case, opened. Nothing of it may reach a page but by ``sealing.show``."""
    return [(row, opened(session, row)) for row in case.addresses if row.sealed]


def now_sealed(session: Session, case: Case) -> list[str]:
    """Where a household lives now, as far as that is sealed: to be held against a place that is proposed, and never shown."""
    return [opened(session, row).address for row in case.addresses if row.sealed and row.kind == "current"]


def homes(session: Session, case_id: str) -> list[Home]:
    """The same of a case whose rows nobody has read; nothing where its home is not sealed. One query."""
    rows = session.execute(
        select(SealedAddress.address_id, SealedAddress.closed)
        .join(HomeSeal, (HomeSeal.case_id == SealedAddress.case_id) & HomeSeal.lifted_at.is_(None))
        .where(SealedAddress.case_id == case_id)
    )
    found = (_opened(case_id, address_id, closed) for address_id, closed in rows)
    return [home for home in found if home is not None]


def again(session: Session, row: CaseAddress, **otherwise: Any) -> dict[str, Any]:
    """What a copy of a row in another case needs to be sealed there, and to be held again under that case: for who carries people along."""
    if not row.sealed:
        return otherwise
    home = opened(session, row)
    if not home.address:  # it does not open here, and will not there
        return otherwise
    return {"address": home.address, "postcode": home.postcode, "sealed": True, **otherwise}


# ---- told without it


def veil_of(session: Session, case_id: str) -> Veil | None:
    """What of a case is told without where they live; None where nothing is sealed. One query, or two."""
    rows = session.execute(
        select(HomeSeal.steps, SealedAddress.mark)
        .outerjoin(SealedAddress, SealedAddress.case_id == HomeSeal.case_id)
        .where(HomeSeal.case_id == case_id, HomeSeal.lifted_at.is_(None))
    ).all()
    if not rows:
        return None
    open_rows = select(CaseAddress.id).where(CaseAddress.case_id == case_id, CaseAddress.sealed.is_(False))
    told, marks = frozenset(session.scalars(open_rows)), frozenset(row.mark for row in rows if row.mark is not None)
    return Veil(told, frozenset(rows[0].steps), marks)


def without_home(says: Mapping[int, dict[str, Any]], case_id: str) -> dict[int, dict[str, Any]]:
    """What entries of the audit say more, without an address that is held sealed now."""
    veil = veil_of(db.session, case_id)
    if veil is None:
        return dict(says)
    return {
        seq: {**said, "changed": [_veiled(change, veil) for change in said["changed"]]} if "changed" in said else said
        for seq, said in says.items()
    }


def _veiled(change: dict[str, Any], veil: Veil) -> dict[str, Any]:
    if change["in"] == "case_address":
        typed = [side.get("address") or "" for side in (change["was"], change["now"])]
        if change["id"] not in veil.told or any(said and mark(said) in veil.marks for said in typed):
            return {**change, **{side: _without(change[side], "address", "postcode") for side in ("was", "now")}}
    if change["in"] == "life_step" and change["id"] in veil.steps:
        return {**change, **{side: _without(change[side], "place") for side in ("was", "now")}}
    return change


def _without(side: Mapping[str, Any], first: str, *others: str) -> dict[str, Any]:
    held = {first: HELD} if side.get(first) or any(side.get(name) for name in others) else {}
    return {name: value for name, value in side.items() if name not in (first, *others)} | held


def steps_without_home(listed: Sequence[Step], case_id: str) -> list[Step]:
    """Steps in the life of a case, of which none says where a sealed home is. Rows of the session are changed as they are shown, and not stored."""
    veil = veil_of(db.session, case_id) if any(getattr(step, "place", "") for step in listed) else None
    if veil is None:
        return list(listed)
    return [_placeless(step) if getattr(step, "id", "") in veil.steps else step for step in listed]


def _placeless(step: Any) -> Any:
    if hasattr(step, "_replace"):
        return step._replace(place=HELD)
    set_committed_value(step, "place", HELD)
    return step


def scrubbed(tree: Any, found: Collection[Home]) -> Any:
    """The same lists and maps with nothing of these homes in any text: for what is made anew of what was frozen before."""
    looked_for = _patterns(found)
    return _scrubbed(tree, looked_for) if looked_for else tree


def _scrubbed(tree: Any, looked_for: Sequence[re.Pattern[str]]) -> Any:
    if isinstance(tree, str):
        for pattern in looked_for:
            tree = pattern.sub(HELD, tree)
        return tree
    if isinstance(tree, Mapping):
        return {name: _scrubbed(value, looked_for) for name, value in tree.items()}
    return [_scrubbed(value, looked_for) for value in tree] if isinstance(tree, list | tuple) else tree


def is_in(text: str, found: Collection[Home]) -> bool:
    """Does a text say where one of these homes is: its postcode, or its address in whatever spelling?"""
    plain = folded(text)
    squeezed = plain.replace(" ", "")
    return any(
        (home.postcode and folded(home.postcode).replace(" ", "") in squeezed)
        or (len(folded(home.address)) >= _SHORTEST and f" {folded(home.address)} " in f" {plain} ")
        for home in found
    )


def _patterns(found: Collection[Home]) -> list[re.Pattern[str]]:
    """Whole addresses first, then postcodes; white space as anybody types it."""
    said = [home.address for home in found if len(folded(home.address)) >= _SHORTEST]
    codes = [home.postcode for home in found if home.postcode]
    spelt = [r"\s+".join(map(re.escape, each.split())) for each in said]
    spelt += [r"\s*".join(map(re.escape, "".join(each.split()))) for each in codes]
    return [re.compile(rf"(?<!\w){each}(?!\w)", re.IGNORECASE) for each in spelt]


# ---- the key


def mark(address: str) -> str:
    """A keyed digest of an address: the same for the same one in another spelling, and nothing without the key."""
    return hmac.new(_key(), folded(address).replace(" ", "").encode(), hashlib.sha256).hexdigest()


def _key() -> bytes:
    return hashlib.sha256(b"sealed homes\0" + current_settings().secret_key().encode()).digest()


def _cipher() -> AESGCM:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # only where something is closed or opened

    return AESGCM(_key())


def _about(case_id: str, address_id: str) -> bytes:
    # Bound to its row: what is moved to a case in which somebody else is named does not open there.
    return f"{case_id}\0{address_id}".encode()


def _closed(case_id: str, address_id: str, home: Home) -> str:
    nonce = secrets.token_bytes(_NONCE)
    inside = json.dumps(home._asdict()).encode()
    return base64.b64encode(nonce + _cipher().encrypt(nonce, inside, _about(case_id, address_id))).decode("ascii")


def _opened(case_id: str, address_id: str, closed: str) -> Home | None:
    from cryptography.exceptions import InvalidTag

    if not closed:
        return None
    kept = base64.b64decode(closed)
    try:
        inside = _cipher().decrypt(kept[:_NONCE], kept[_NONCE:], _about(case_id, address_id))
    except InvalidTag:
        return None
    return Home(**json.loads(inside))
