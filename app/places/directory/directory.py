"""The directory of services as it is asked: the nearest of each kind, one entry, what it offers, whether it can be relied on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import ColumnElement, exists, false, func, or_, select, tuple_
from sqlalchemy.orm import aliased

from app import clocks
from app.extensions import db
from app.places.directory.importers.found import DAYS, KINDS
from app.places.models import DataLoad, ServicePlace
from app.places.postcodes import postcode as text
from app.places.postcodes.geocoder import Place, to_wgs84
from app.places.travel.distance import Distance, between
from app.suitability.casefile.settings import CouncilSettings
from app.suitability.casefile.spelling import folded

from . import schedules, standing

if TYPE_CHECKING:
    from .nearest import Index

BANK_HOLIDAY_DAYS = 21  # ahead; one that is further away can still be asked about in time
MOST_FOUND = 20  # of a search, on one page
MOST_LOOKED = 500  # of one kind, where the nearest have closed
NATIONAL = ("schools", "gp", "pharmacies", "pharmacy_hours", "cqc", "childcare")


class Entry(NamedTuple):
    """A service of the directory, with whose word it is and how old.

    ``open_days`` are open every week for certain, null where nobody can know; ``hours_said`` keeps the list's own words of it;
    ``ask`` names the next bank holiday on such a day, which no list speaks of.
    ``relied_on`` is False where the entry is too old or not confirmed: then what it says is *cannot tell*, and ``doubt`` says why.
    """

    id: str
    ref: str  # list and reference in it, the same after every load
    kind: str
    kind_name: str
    name: str
    address: str
    postcode: str
    place: Place
    status: str
    offers: Mapping[str, bool]
    closes: str  # when it closes, as a sentence, where it is going to
    open_days: tuple[str, ...] | None
    hours_said: str  # the list’s own words, where its hours are not certain
    ask: str
    telephone: str
    source: str
    data_date: date
    checked_on: date | None
    owner: str
    relied_on: bool
    doubt: str

    @property
    def written_postcode(self) -> str:
        return text.display(self.postcode) if self.postcode else ""


class NearBy(NamedTuple):
    """An entry and how far it is."""

    entry: Entry
    distance: Distance


_open: dict[Path, tuple[tuple[int, int], Index]] = {}


def open_index(path: Path) -> Index | None:
    """The mapped index, opened again when it was swapped; None where nothing is loaded."""
    try:
        found = path.stat()
    except OSError:
        return None
    mark = (found.st_ino, found.st_mtime_ns)
    held = _open.get(path)
    if held is None or held[0] != mark:
        from .nearest import Index  # numpy: only where services are loaded

        held = (mark, Index(path))
        _open[path] = held
    return held[1]


def nearest(
    path: Path, place: Place, numbers: CouncilSettings, on: date, kinds: Sequence[str] = (), each: int = 3
) -> list[NearBy]:
    """The nearest open services of each kind, as a note: never instead of those the family uses now."""
    index = open_index(path)
    if index is None or not place.has_point or place.easting is None or place.northing is None:
        return []
    assert place.latitude is not None
    assert place.longitude is not None
    looked = each
    while True:
        found = index.nearest(place.easting, place.northing, place.latitude, place.longitude, looked, kinds)
        entries = {e.id: e for e in by_ids([index.id_of(near.row) for near in found], numbers, on)}
        listed = [entries[index.id_of(near.row)] for near in found if index.id_of(near.row) in entries]
        kept = _first_of_each(listed, each)
        had, open_ = Counter(near.kind for near in found), Counter(entry.kind for entry in kept)
        # One that has closed since the load, or is still to open, gives its place to the next.
        if looked >= MOST_LOOKED or not any(had[kind] == looked and open_[kind] < each for kind in had):
            return [NearBy(entry, between(place, entry.place, numbers)) for entry in kept]
        looked *= 4


def _first_of_each(listed: Sequence[Entry], each: int) -> list[Entry]:
    """So many of each kind that are open, in their order."""
    taken: Counter[str] = Counter()
    kept = []
    for entry in listed:
        if entry.status in standing.IN_USE and taken[entry.kind] < each:
            taken[entry.kind] += 1
            kept.append(entry)
    return kept


def by_ids(ids: Sequence[str], numbers: CouncilSettings, on: date) -> list[Entry]:
    """Entries by their ids, with what the council's own list adds about the same service; one query, and one more for what is closed."""
    return _entries(ServicePlace.id.in_(ids), numbers, on)


def _entries(which: ColumnElement[bool], numbers: CouncilSettings, on: date) -> list[Entry]:
    own = aliased(ServicePlace)
    of_the_same = (own.source == "services") & (own.source_ref == ServicePlace.source_ref)
    rows = db.session.execute(
        select(ServicePlace, DataLoad, own)
        .join(DataLoad, DataLoad.id == ServicePlace.load_id)
        .outerjoin(own, of_the_same & ServicePlace.source.in_(NATIONAL))
        .where(which)
    ).all()
    follows = _successors([found for found, _, _ in rows])
    return [entry(found, load, added, numbers, on, follows.get(found.id, "")) for found, load, added in rows]


def _successors(found: Sequence[ServicePlace]) -> dict[str, str]:
    """By the id of one that has been followed, the names of those that took its place, from the links of its own list."""
    followed = {f.id: [(f.source, ref) for ref in f.successor_ref.split()] for f in found if f.successor_ref}
    if not followed:
        return {}
    wanted = tuple_(ServicePlace.source, ServicePlace.source_ref).in_(
        [ref for refs in followed.values() for ref in refs]
    )
    rows = db.session.execute(select(ServicePlace.source, ServicePlace.source_ref, ServicePlace.name).where(wanted))
    names = {(source, ref): name for source, ref, name in rows}
    told = {key: [names[ref] for ref in refs if ref in names] for key, refs in followed.items()}
    return {key: " and ".join(said) for key, said in told.items()}


def entry(
    found: ServicePlace,
    load: DataLoad,
    own: ServicePlace | None,
    numbers: CouncilSettings,
    on: date,
    follows: str = "",
) -> Entry:
    """An entry as it may be relied on today.

    Args:
        follows: what took the place of one that is closed.
    """
    doubt = standing.why_not(found.status, found.opens_on, found.closes_on, on, follows)
    status = standing.on_day(found.status, found.opens_on, found.closes_on, on)
    limit = numbers.directory_stale_days if found.source in NATIONAL else numbers.service_checked_days
    day = load.data_date if found.source in NATIONAL else found.checked_on
    if doubt:
        pass
    elif day is not None and day > on:
        doubt = "The day it was last checked is still to come."
    elif day is None:
        doubt = "Nobody has said when it was last checked."
    elif (on - day).days > limit:
        doubt = f"It was last checked {(on - day).days} days ago."
    offers: dict[str, bool] = dict(found.offers) if not doubt else {}
    told = schedules.told(found.schedules, on) if found.schedules else schedules.Told(found.hours, "")
    hours = told.spans if not doubt else None
    checked = found.checked_on
    if (
        own is not None
        and own.checked_on is not None
        and 0 <= (on - own.checked_on).days <= numbers.service_checked_days
    ):
        offers |= own.offers
        hours = own.hours if own.hours is not None else hours
        checked = own.checked_on
    open_days = None if hours is None else tuple(dict.fromkeys(span["day"] for span in hours))
    return Entry(
        id=found.id,
        ref=f"{found.source}:{found.source_ref}",
        kind=found.kind,
        kind_name=KINDS.get(found.kind, found.kind),
        name=found.name,
        address=found.address,
        postcode=found.postcode,
        place=_place(found, load),
        status=status,
        closes=standing.closes_in_words(status, found.closes_on),
        offers=offers,
        open_days=open_days,
        hours_said=told.words or (found.hours_said if hours is None else ""),
        ask=_ask(open_days or (), on),
        telephone=found.telephone,
        source=load.source,
        data_date=load.data_date,
        checked_on=checked,
        owner=found.owner,
        relied_on=not doubt,
        doubt=doubt,
    )


def _ask(open_days: Sequence[str], on: date) -> str:
    """What has to be asked of a bank holiday soon on which it would be open by its days of the week; empty where there is none."""
    soon = (day for day in clocks.bank_holidays(on, BANK_HOLIDAY_DAYS) if DAYS[day.weekday()] in open_days)
    day = next(soon, None)
    return "" if day is None else f"{clocks.in_words(day)} is a bank holiday: ask whether it is open then."


def _place(found: ServicePlace, load: DataLoad) -> Place:
    latitude, longitude = None, None
    if found.easting is not None and found.northing is not None:
        latitude, longitude = to_wgs84(found.easting, found.northing)
    return Place(
        postcode=found.postcode,
        easting=found.easting,
        northing=found.northing,
        latitude=latitude,
        longitude=longitude,
        radius_m=found.radius_m,
        precision=found.precision,
        authority="",
        live=None,
        dataset=load.source,
        data_date=load.data_date.isoformat(),
        method="directory of services",
        reason="" if found.easting is not None else f"It is not known where {found.name} is.",
    )


def by_refs(refs: Sequence[str], numbers: CouncilSettings, on: date) -> dict[str, Entry]:
    """The entries that services in use were chosen from, by their lasting references; nothing is asked where there are none."""
    if not refs:
        return {}
    wanted = [tuple(ref.partition(":")[::2]) for ref in refs]
    named = tuple_(ServicePlace.source, ServicePlace.source_ref).in_(wanted)
    return {entry.ref: entry for entry in _entries(named, numbers, on)}


def ref_of(ref: str, kind: str, postcode: str, name: str | None = None) -> str:
    """A reference as long as what was typed is still that entry: the same kind at the same postcode; else nothing.

    Args:
        name: as it was typed; one that says something else than the entry was typed over what was chosen before.
    """
    source, _, reference = ref.partition(":")
    found = db.session.scalars(
        select(ServicePlace).where(ServicePlace.source == source, ServicePlace.source_ref == reference)
    ).one_or_none()
    typed = "".join(postcode.split()).upper()
    if found is None or (found.kind, found.postcode) != (kind, typed):
        return ""
    said, listed = folded(name or ""), found.folded
    return ref if name is None or said in listed or listed in said else ""


def listed_once(on: date | None = None) -> list[ColumnElement[bool]]:
    """What is open, and of a service on several lists one entry: with its hours where there are some; the council's word is added to it.

    Args:
        on: the day of use; without one also what is still to open, and what has a last day.
    """
    table = ServicePlace
    days = (
        []
        if on is None
        else [
            or_(table.opens_on.is_(None), table.opens_on <= on),
            or_(table.closes_on.is_(None), table.closes_on >= on),
        ]
    )
    with_hours = select(table.source_ref).where(table.source == "pharmacy_hours")
    national = select(table.source_ref).where(table.source.in_(("pharmacies", "pharmacy_hours", "gp")))
    return [
        table.status.in_(standing.IN_USE),
        *days,
        ~((table.source == "pharmacies") & table.source_ref.in_(with_hours)),
        ~((table.source == "services") & table.source_ref.in_(national)),
    ]


def search(words: str, kind: str, numbers: CouncilSettings, on: date, most: int = MOST_FOUND) -> list[Entry]:
    """Open entries of a kind whose name or postcode holds the words; for choosing the service a family uses."""
    typed, spelt = "".join(words.split()).upper(), folded(words)
    ids = db.session.scalars(
        select(ServicePlace.id)
        .where(ServicePlace.kind == kind, *listed_once(on))
        .where(
            or_(
                ServicePlace.folded.contains(spelt, autoescape=True) if spelt or not typed else false(),
                ServicePlace.postcode == typed,
            )
        )
        .order_by(ServicePlace.name)
        .limit(most)
    ).all()
    return sorted(by_ids(ids, numbers, on), key=lambda e: e.name)


def has_any(kind: str) -> bool:
    """Does the directory hold any service of a kind, open or not? Where it holds none, finding none says nothing at all."""
    return bool(db.session.scalar(select(exists().where(ServicePlace.kind == kind))))


def counts(on: date) -> dict[str, dict[str, int]]:
    """How many of each kind, by status on a day."""
    table = ServicePlace
    columns = (table.kind, table.status, table.opens_on, table.closes_on)
    rows = db.session.execute(select(*columns, func.count()).group_by(*columns))
    found: dict[str, dict[str, int]] = {}
    for kind, listed, opens_on, closes_on, number in rows:
        by_status = found.setdefault(kind, {})
        status = standing.on_day(listed, opens_on, closes_on, on)
        by_status[status] = by_status.get(status, 0) + number
    return found
