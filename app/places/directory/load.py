"""Loading services into the directory: placed by their own point or their postcode, compared with what is there, swapped in one transaction."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from app.database import new_id, writing
from app.places import loads
from app.places.directory.importers.found import Found, Reader, is_refuge
from app.places.files import RowProblem
from app.places.loads import Report
from app.places.models import DataLoad, ServicePlace
from app.places.postcodes import postcode as text
from app.places.postcodes.geocoder import Place, Postcodes, to_grid, to_wgs84
from app.suitability.casefile.spelling import folded

from . import directory, nearest
from .importers import childcare, council_list, cqc, ods, open_referral, pharmacy_list, schools

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
# A point given with a service may lie this far outside its postcode's circle before it is a conflict. Source: places.md 8.3.
CONFLICT_M = 1000
SAME_M = 3
BUILDING_M, SITE_M = 50, 150  # a building; a hospital or campus, whose door may be anywhere on it
_SITES = ("hospital", "emergency_department", "midwifery")
_CHUNK = 5000
FARTHEST_M = 10_000_000  # from the grid's corner; no figure beyond is metres
LONGEST_REF = 200
LONGEST_FOLDED = 400  # a sign such as ﷺ is folded to a sentence; an index of PostgreSQL has room for 2,700 bytes
IsProtected = Callable[[str], bool]


class Placed(NamedTuple):
    """Where a service is. Without a point, every distance to it is open."""

    postcode: str
    easting: int | None
    northing: int | None
    radius_m: int | None
    precision: str


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
) -> Report:
    """Load one file of services. All of it or nothing; what is wrong is named row by row.

    Args:
        is_protected: says of a piece of text whether it holds a postcode of the register of protected places.
    Raises:
        FileProblem: the file cannot be used; nothing was changed.
    """
    report = loads.begun(kind, path, SOURCES[kind], data_date, owner)
    rows = rows_of(READERS[kind](path, report.problems), coder, is_protected, report)
    return keep(report, rows, by, dry_run, approved, is_protected)


def rows_of(
    found: Iterator[Found], coder: Postcodes, is_protected: IsProtected, report: Report
) -> dict[str, dict[str, Any]]:
    """Values of each service by its reference, as they are stored."""
    rows: dict[str, dict[str, Any]] = {}
    for told in found:
        service = _storable(told)
        if len(service.ref) > LONGEST_REF:
            report.problems.append(RowProblem(service.line, f"Its reference has more than {LONGEST_REF} characters."))
            continue
        if service.ref in rows:
            report.problems.append(
                RowProblem(service.line, f"{service.ref} is in the file twice. The first row was taken.")
            )
            continue
        if is_refuge(service.name, service.address):
            report.problems.append(
                RowProblem(service.line, "This looks like a refuge. Refuges never enter the directory.")
            )
            continue
        if is_protected(" ".join((service.name, ",", service.address, ",", service.postcode))):
            report.problems.append(RowProblem(service.line, "This entry may not be in the directory. It was left out."))
            continue
        placed = place(service, coder, report)
        rows[service.ref] = {
            "source_ref": service.ref,
            "kind": service.kind,
            "name": service.name[:200],
            "folded": folded(service.name[:200])[:LONGEST_FOLDED],
            "address": service.address[:300],
            "postcode": placed.postcode,
            "uprn": service.uprn[:12],
            "easting": placed.easting,
            "northing": placed.northing,
            "radius_m": placed.radius_m,
            "precision": placed.precision,
            "status": service.status,
            "offers": dict(service.offers),
            "ages": None if service.ages is None else list(service.ages),
            "hours": None if service.hours is None else [dict(span) for span in service.hours],
            "schedules": [dict(said) for said in service.schedules] or None,
            "telephone": service.telephone[:40],
            "owner": service.owner[:100] or report.owner,
            "checked_on": service.checked_on,
            "successor_ref": service.successor,
        }
    return rows


def _storable(service: Found) -> Found:
    """The same without what PostgreSQL cannot store: a nought byte, which a file that is nearly text may have anywhere."""
    spoilt: dict[str, Any] = {
        name: value.replace("\0", " ")
        for name, value in service._asdict().items()
        if isinstance(value, str) and "\0" in value
    }
    return service._replace(**spoilt) if spoilt else service


def place(service: Found, coder: Postcodes, report: Report) -> Placed:
    """A service on the map: its own point where it fits its postcode, else the postcode, else nowhere."""

    def problem(sentence: str) -> None:
        report.problems.append(RowProblem(service.line, f"{service.name[:60]}: {sentence}"))

    codes = list(dict.fromkeys([*text.in_text(service.address), *text.in_text(service.postcode)]))
    kept, by_postcode = "", None
    if len(codes) > 1:
        problem(
            f"there are two different postcodes, {' and '.join(text.display(c) for c in codes)}. Neither was taken."
        )
        return Placed("", None, None, None, "none")
    if service.postcode.strip() or codes:
        try:
            kept = text.normalise(service.postcode if service.postcode.strip() else codes[0])
            by_postcode = coder.place(kept)
        except text.NotAPostcode as wrong:
            problem(f"{wrong} It is not known where it is.")
    given = service.point is not None or service.degrees is not None
    own = _own_point(service, by_postcode, coder, problem) if given else None
    if given and own is None and by_postcode is not None and by_postcode.has_point:
        return Placed(kept, None, None, None, "none")  # the two differ: neither is chosen
    if own is not None and not _is_the_postcodes(own, by_postcode):
        return Placed(kept, *own, SITE_M if service.kind in _SITES else BUILDING_M, "building")
    if by_postcode is None or not by_postcode.has_point:
        if by_postcode is not None:
            problem(by_postcode.reason)
        elif not given and not kept and not service.postcode.strip():
            problem("it has neither postcode nor point: it is not known where it is.")
        return Placed(kept, None, None, None, "none")
    least = SITE_M if service.kind in _SITES else 0
    return Placed(
        kept,
        by_postcode.easting,
        by_postcode.northing,
        max(least, by_postcode.radius_m or 0),
        by_postcode.precision,
    )


def _is_the_postcodes(own: tuple[int, int], by_postcode: Place | None) -> bool:
    """Is a point only that of its postcode? Then it is known no better than that."""
    if by_postcode is None or by_postcode.easting is None or by_postcode.northing is None:
        return False
    return math.dist(own, (by_postcode.easting, by_postcode.northing)) < SAME_M


def _own_point(
    service: Found, by_postcode: Place | None, coder: Postcodes, problem: Callable[[str], None]
) -> tuple[int, int] | None:
    """The point a file gives, where it can be right."""
    if service.point is not None:
        easting, northing = service.point
    elif service.degrees is not None:
        latitude, longitude = service.degrees
        if 49 < longitude < 62 and -9.5 < latitude < 2.5:
            problem("latitude and longitude are swapped.")
            return None
        if not (49 < latitude < 62 and -9.5 < longitude < 2.5):
            problem("its latitude and longitude are not in the United Kingdom.")
            return None
        easting, northing = to_grid(latitude, longitude)
    else:
        return None
    if not (math.isfinite(easting) and math.isfinite(northing)):
        problem("its point is not a number.")
        return None
    if max(abs(easting), abs(northing)) > FARTHEST_M:
        problem("its point is in the sea or outside Great Britain.")
        return None
    if by_postcode is not None and by_postcode.has_point:
        at = (by_postcode.easting or 0, by_postcode.northing or 0)
        reach = (by_postcode.radius_m or 0) + CONFLICT_M
        if math.dist((easting, northing), at) <= reach:
            return round(easting), round(northing)
        if math.dist((northing, easting), at) <= reach:
            problem("its easting and northing are swapped.")
        else:
            away = math.dist((easting, northing), at) / 1000
            problem(f"its point lies {away:.1f} km from its postcode. Neither was taken: find out which is right.")
        return None
    if not coder.gazetteer.near_any(easting, northing):
        swapped = coder.gazetteer.near_any(northing, easting)
        problem(
            "its easting and northing are swapped." if swapped else "its point is in the sea or outside Great Britain."
        )
        return None
    return round(easting), round(northing)


def keep(
    report: Report,
    rows: dict[str, dict[str, Any]],
    by: str,
    dry_run: bool = False,
    approved: bool = False,
    is_protected: IsProtected = lambda said: False,
) -> Report:
    """Compare with what is there, and write it in one transaction unless it is a dry run, held or refused."""
    with writing() as session:
        there = _there(session, report.kind)
        in_use = sum(1 for row in rows.values() if row["status"] in ("open", "closing"))
        before = sum(1 for row in there.values() if row["status"] in ("open", "closing"))
        loads.weigh(report, in_use, before, "services in use")
        loads.let_through(report, approved)
        new = [ref for ref in rows if ref not in there]
        changed = [ref for ref, row in rows.items() if ref in there and _differs(row, there[ref])]
        gone = [ref for ref, row in there.items() if ref not in rows and row["status"] != "unconfirmed"]
        closed = [ref for ref in changed if rows[ref]["status"] == "closed" and there[ref]["status"] != "closed"]
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
        made = loads.register(session, report, by)
        same = [ref for ref in rows if ref in there and ref not in set(changed)]
        _insert(session, report.kind, made, [rows[ref] for ref in new])
        for ref in changed:
            session.execute(
                update(ServicePlace).where(ServicePlace.id == there[ref]["id"]).values(load_id=made.id, **rows[ref])
            )
        _set(session, [there[ref]["id"] for ref in same], load_id=made.id)
        secret = [ref for ref in gone if is_protected(f"{there[ref]['address']}, {there[ref]['postcode']}")]
        _set(session, [there[ref]["id"] for ref in gone if ref not in secret], status="unconfirmed")
        for ref in secret:  # written down as a refuge since it was loaded: it does not stay
            session.execute(delete(ServicePlace).where(ServicePlace.id == there[ref]["id"]))
    return report


def _there(session: Session, kind: str) -> dict[str, dict[str, Any]]:
    table = ServicePlace.__table__
    found = session.execute(select(table).where(ServicePlace.source == kind)).mappings()
    return {row["source_ref"]: dict(row) for row in found}


def _differs(row: Mapping[str, Any], there: Mapping[str, Any]) -> bool:
    return any(there[name] != value for name, value in row.items())


def _insert(session: Session, kind: str, made: DataLoad, rows: list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), _CHUNK):
        values = [{"id": new_id(), "load_id": made.id, "source": kind, **row} for row in rows[start : start + _CHUNK]]
        session.execute(insert(ServicePlace), values)


def _set(session: Session, ids: list[str], **values: Any) -> None:
    for start in range(0, len(ids), 500):
        session.execute(update(ServicePlace).where(ServicePlace.id.in_(ids[start : start + 500])).values(**values))


def rebuild(session: Session, target: Path) -> int:
    """Write the index of every open service with a point, once; returns how many."""
    import numpy

    table = ServicePlace
    rows = session.execute(
        select(table.id, table.kind, table.easting, table.northing)
        .where(table.easting.is_not(None), *directory.listed_once())
        # Two at one point come in the order of their lists, wherever and whenever they were loaded.
        .order_by(table.source, table.source_ref)
    ).all()
    kinds = sorted({row.kind for row in rows})
    number = {kind: at for at, kind in enumerate(kinds)}
    plain = numpy.array([(number[r.kind], r.easting, r.northing) for r in rows], numpy.float64).reshape(-1, 3)
    latitude, longitude = to_wgs84(plain[:, 1], plain[:, 2]) if len(rows) else (plain[:, 0], plain[:, 0])
    ids = numpy.frombuffer(b"".join(bytes.fromhex(r.id) for r in rows), numpy.uint8).reshape(-1, 16)
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
