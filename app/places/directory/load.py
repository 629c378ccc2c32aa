"""Loading services into the directory: placed by their own point or their postcode, compared with what is there, swapped in one transaction."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import Any, cast, get_type_hints

from sqlalchemy import Table, delete, insert, select, update
from sqlalchemy.orm import Session

from app import clocks
from app.database import new_id, writing
from app.places import loads, undo
from app.places.directory.importers.found import Found, Reader, is_refuge
from app.places.directory.importers.hours import LONGEST_SAID
from app.places.directory.importers.written import telephone
from app.places.files import RowProblem
from app.places.loads import Report
from app.places.models import DataLoad, ServicePlace
from app.places.postcodes.geocoder import Postcodes, to_wgs84
from app.suitability.casefile.spelling import folded

from . import directory, nearest, standing
from .importers import childcare, council_list, cqc, ods, open_referral, pharmacy_list, schools
from .placing import Placed, place, postcode_of

READERS: Mapping[str, Reader] = {
    "schools": schools.read,
    "gp": ods.read_gp,
    "pharmacies": ods.read_pharmacies,
    "pharmacy_hours": pharmacy_list.read,
    "cqc": cqc.read,
    "childcare": childcare.read,
    "open_referral": open_referral.read,
    "services": council_list.read,
}
SOURCES = {
    "schools": "Get Information about Schools, Department for Education, OGL v3.0",
    "gp": "NHS Organisation Data Service, epraccur, OGL v3.0",
    "pharmacies": "NHS Organisation Data Service, edispensary, OGL v3.0",
    "pharmacy_hours": "NHSBSA Consolidated Pharmaceutical List, OGL v3.0",
    "cqc": "Care Quality Commission directory, OGL v3.0",
    "childcare": "Ofsted childcare providers, OGL v3.0",
    "open_referral": "Open Referral UK feed of the council",
    "services": "The council’s own list",
}
_CHUNK = 5000
_AT_ONCE = 1000  # rows whose postcodes are asked for together
LONGEST_REF = 200
LONGEST_FOLDED = 400  # a sign such as ﷺ is folded to a sentence; an index of PostgreSQL has room for 2,700 bytes
IsProtected = Callable[[str], bool]


def load(
    kind: str,
    path: Path,
    coder: Postcodes,
    data_date: date,
    by: str,
    *,
    owner: str = "",
    is_protected: IsProtected = lambda postcode: False,
    dry_run: bool = False,
    approved: bool = False,
    counted: Callable[[Iterator[Found]], Iterator[Found]] = lambda rows: rows,
    undo_folder: Path | None = None,
) -> Report:
    """Load one file of services. All of it or nothing; what is wrong is named row by row.

    Args:
        is_protected: says of a piece of text whether it holds a postcode of the register of protected places.
        counted: sees each row as it is read.
        undo_folder: where what it changes is kept, so that it can be taken back.
    Raises:
        FileProblem: the file cannot be used; nothing was changed.
    """
    report = loads.begun(kind, path, SOURCES[kind], data_date, owner)
    rows = rows_of(counted(READERS[kind](path, report.problems)), coder, is_protected, report)
    return keep(report, rows, by, dry_run, approved, is_protected, undo_folder)


def rows_of(
    found: Iterator[Found], coder: Postcodes, is_protected: IsProtected, report: Report
) -> dict[str, dict[str, Any]]:
    """Values of each service by its reference, as they are stored. What is wrong is named in the order of the file."""
    rows: dict[str, dict[str, Any]] = {}
    problems = report.problems
    while True:
        # Some hundreds at a time, so that their postcodes are asked for at once. What the reader named between them is put back
        # where it was named.
        start = len(problems)
        some = [(_storable(each), len(problems)) for each in islice(found, _AT_ONCE)]
        if not some:
            return rows
        named, done = problems[start:], 0
        del problems[start:]
        codes = [postcode_of(service) for service, _ in some]
        placed = coder.metres({code.kept for code in codes if code.kept})
        for (service, before), code in zip(some, codes, strict=True):
            problems.extend(named[done : before - start])
            done = before - start
            if why := _kept_out(service, rows, is_protected):
                problems.append(RowProblem(service.line, why))
            else:
                at = place(service, code, placed.get(code.kept), coder.gazetteer, report)
                rows[service.ref] = _values(service, at, report.owner)
        problems.extend(named[done:])


def _kept_out(service: Found, rows: Mapping[str, Any], is_protected: IsProtected) -> str:
    """Why a service does not enter the directory, in a sentence; empty where it does."""
    if len(service.ref) > LONGEST_REF:
        return f"Its reference has more than {LONGEST_REF} characters."
    if service.ref in rows:
        return f"{service.ref} is in the file twice. The first row was taken."
    if is_refuge(service.name, service.address):
        return "This looks like a refuge. Refuges never enter the directory."
    if is_protected(" ".join((service.name, ",", service.address, ",", service.postcode))):
        return "This entry may not be in the directory. It was left out."
    return ""


def _values(service: Found, at: Placed, owner: str) -> dict[str, Any]:
    """The columns of a service."""
    return {
        "source_ref": service.ref,
        "kind": service.kind,
        "name": service.name[:200],
        "folded": folded(service.name[:200])[:LONGEST_FOLDED],
        "address": service.address[:300],
        "postcode": at.postcode,
        "uprn": service.uprn[:12],
        "easting": at.easting,
        "northing": at.northing,
        "radius_m": at.radius_m,
        "precision": at.precision,
        "status": service.status,
        "offers": dict(service.offers),
        "ages": None if service.ages is None else list(service.ages),
        "opens_on": service.opens_on,
        "closes_on": service.closes_on,
        "hours_said": service.hours_said[:LONGEST_SAID],
        "hours": None if service.hours is None else [dict(span) for span in service.hours],
        "schedules": [dict(said) for said in service.schedules] or None,
        "telephone": telephone(service.telephone)[:40],
        "owner": service.owner[:100] or owner,
        "checked_on": service.checked_on,
        "successor_ref": " ".join(service.successors),
    }


# Which of a service's fields are text, by their place.
_TEXTS = itemgetter(*(at for at, name in enumerate(Found._fields) if get_type_hints(Found)[name] is str))


def _storable(service: Found) -> Found:
    """The same without what PostgreSQL cannot store: a nought byte, which a file that is nearly text may have anywhere."""
    if "\0" not in "".join(_TEXTS(service)):
        return service
    spoilt: dict[str, Any] = {
        name: value.replace("\0", " ")
        for name, value in service._asdict().items()
        if isinstance(value, str) and "\0" in value
    }
    return service._replace(**spoilt)


def keep(
    report: Report,
    rows: dict[str, dict[str, Any]],
    by: str,
    dry_run: bool = False,
    approved: bool = False,
    is_protected: IsProtected = lambda said: False,
    undo_folder: Path | None = None,
) -> Report:
    """Compare with what is there, and write it in one transaction unless it is a dry run, held or refused."""
    with writing() as session:
        there = _there(session, report.kind)
        on = clocks.today()
        in_use = sum(1 for row in rows.values() if _standing(row, on) in standing.IN_USE)
        before = sum(1 for row in there.values() if _standing(row, on) in standing.IN_USE)
        loads.weigh(report, in_use, before, "services in use")
        loads.let_through(report, approved)
        new = [ref for ref in rows if ref not in there]
        changed = [ref for ref, row in rows.items() if ref in there and _differs(row, there[ref])]
        gone = [ref for ref, row in there.items() if ref not in rows and row["status"] != "unconfirmed"]
        closed = [ref for ref in changed if _standing(rows[ref], on) == "closed" != _standing(there[ref], on)]
        report.counts = {
            "in the file": len(rows),
            "added": len(new),
            "changed": len(changed),
            "closed": len(closed),
            "no longer listed": len(gone),
            "without a point": sum(1 for row in rows.values() if row["easting"] is None),
            **report.counts,
        }
        if dry_run:
            return report
        if report.state != "active":
            return report
        served = loads.serving(session, report.kind)
        made = loads.register(session, report, by)
        same = [ref for ref in rows if ref in there and ref not in set(changed)]
        _insert(session, report.kind, made, [rows[ref] for ref in new])
        for ref in changed:
            session.execute(
                update(ServicePlace).where(ServicePlace.id == there[ref]["id"]).values(load_id=made.id, **rows[ref])
            )
        _set(session, [there[ref]["id"] for ref in same], load_id=made.id)
        if undo_folder is not None:
            stayed: dict[str, list[str]] = {}
            for ref in same:
                stayed.setdefault(there[ref]["load_id"], []).append(there[ref]["id"])
            left = [(there[ref]["id"], there[ref]["status"]) for ref in gone]
            undo.remember(undo_folder, made, served, [there[ref] for ref in changed], stayed, left)
        secret = [ref for ref in gone if is_protected(f"{there[ref]['address']}, {there[ref]['postcode']}")]
        _set(session, [there[ref]["id"] for ref in gone if ref not in secret], status="unconfirmed")
        for ref in secret:  # written down as a refuge since it was loaded: it does not stay
            session.execute(delete(ServicePlace).where(ServicePlace.id == there[ref]["id"]))
    return report


def _there(session: Session, kind: str) -> dict[str, dict[str, Any]]:
    table = ServicePlace.__table__
    found = session.execute(select(table).where(ServicePlace.source == kind)).mappings()
    return {row["source_ref"]: dict(row) for row in found}


def _standing(row: Mapping[str, Any], on: date) -> str:
    return standing.on_day(row["status"], row["opens_on"], row["closes_on"], on)


def _differs(row: Mapping[str, Any], there: Mapping[str, Any]) -> bool:
    return any(there[name] != value for name, value in row.items())


def _insert(session: Session, kind: str, made: DataLoad, rows: list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), _CHUNK):
        values = [{"id": new_id(), "load_id": made.id, "source": kind, **row} for row in rows[start : start + _CHUNK]]
        session.execute(insert(cast(Table, ServicePlace.__table__)), values)


def _set(session: Session, ids: list[str], **values: Any) -> None:
    for start in range(0, len(ids), 500):
        session.execute(update(ServicePlace).where(ServicePlace.id.in_(ids[start : start + 500])).values(**values))


def rebuild(session: Session, target: Path) -> int:
    """Write the index of every open service with a point, once; returns how many."""
    import numpy

    table = ServicePlace
    rows = session.execute(
        select(table.id, table.kind, table.easting, table.northing)
        # Also those that are to open or to close: which of them is open is settled on the day somebody asks.
        .where(table.easting.is_not(None), *directory.listed_once())
        # Two at one point come in the order of their lists, wherever and whenever they were loaded.
        .order_by(table.source, table.source_ref)
    ).all()
    named, of_kind, east, north = zip(*rows, strict=True) if rows else ((), (), (), ())
    kinds = sorted(set(of_kind))
    number = {kind: at for at, kind in enumerate(kinds)}
    plain = numpy.column_stack([numpy.array(c, numpy.float64) for c in ([number[k] for k in of_kind], east, north)])
    latitude, longitude = to_wgs84(plain[:, 1], plain[:, 2]) if rows else (plain[:, 0], plain[:, 0])
    ids = numpy.frombuffer(bytes.fromhex("".join(named)), numpy.uint8).reshape(-1, 16)
    return nearest.build_columns(target, kinds, numpy.column_stack((plain, latitude, longitude)), {}, ids)


def _opens(target: Path) -> bool:
    try:
        nearest.Index(target)
    except (OSError, ValueError, IndexError, KeyError, struct.error):
        return False  # cut off or damaged
    return True


def put_right(session: Session, target: Path) -> bool:
    """Write the index where it is missing, or of another make; True where it was written."""
    if nearest.is_index(target) and _opens(target):
        return False
    rebuild(session, target)
    return True
