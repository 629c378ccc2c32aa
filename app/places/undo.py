"""The last load of a data set taken back: what it added goes, what it changed is as it was, the load before it serves again.

Of the directory only what a load changed is kept, in one file beside the database; of postcodes, districts and walking ways the file
that was replaced. Only the newest can be taken back: of each data set one step is kept. An entry that has become a protected place
meanwhile does not come back.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Date, delete, insert, select, update
from sqlalchemy.orm import Session

from app.database import writing
from app.settings import Settings

from .files import FileProblem, write_whole
from .models import DataLoad, ServicePlace

# Kinds that are one file, by where it is; names of districts and boundaries stand in the same one.
FILES: Mapping[str, Callable[[Settings], Path]] = {
    "postcodes": lambda settings: settings.gazetteer,
    "districts": lambda settings: settings.districts,
    "authorities": lambda settings: settings.districts,
    "successors": lambda settings: settings.districts,
    "walking": lambda settings: settings.walking_network,
}
_TOGETHER = (("districts", "authorities", "successors"),)
_DATES = tuple(c.name for c in ServicePlace.__table__.columns if isinstance(c.type, Date))
_MANY = 500


def folder(settings: Settings) -> Path:
    return settings.data / "undo"


def remember(
    into: Path,
    made: DataLoad,
    before: DataLoad | None,
    changed: Iterable[Mapping[str, Any]],
    same: Mapping[str, list[str]],
    gone: Iterable[tuple[str, str]],
) -> None:
    """Keep what a load of the directory changes.

    Args:
        before: the load that served until now.
        changed: rows as they were.
        same: ids of rows that stay as they were, by the load they were of.
        gone: id and status of rows that are no longer listed.
    """
    rows = [{**row, **{name: row[name] and row[name].isoformat() for name in _DATES}} for row in changed]
    kept = {
        "kind": made.kind,
        "before": before.id if before else None,
        "changed": rows,
        "same": same,
        "gone": list(gone),
    }
    into.mkdir(parents=True, exist_ok=True)
    write_whole(into / f"{made.id}.json", json.dumps(kept))
    if before is not None:
        (into / f"{before.id}.json").unlink(missing_ok=True)


def set_aside(settings: Settings, kind: str) -> Path | None:
    """The file of a kind as it is, under another name, before it is replaced; it takes no room until then."""
    target = FILES[kind](settings) if kind in FILES else None
    if target is None or not target.exists():
        return None
    aside = folder(settings) / f"{kind}.aside"
    aside.parent.mkdir(parents=True, exist_ok=True)
    aside.unlink(missing_ok=True)
    try:
        os.link(target.resolve(), aside)
    except OSError:  # on another disk, or one that knows no second name
        shutil.copyfile(target, aside)
    return aside


def settle(settings: Settings, aside: Path | None, made: DataLoad | None) -> None:
    """Keep what was set aside for the load that was made, in place of what was kept for the one before it."""
    if aside is None:
        return
    if made is None:
        aside.unlink(missing_ok=True)
        return
    for older in aside.parent.glob(f"*.{made.kind}.file"):
        older.unlink()
    aside.replace(aside.parent / f"{made.id}.{made.kind}.file")


def can_be_undone(settings: Settings, load: DataLoad, newest: Iterable[DataLoad]) -> bool:
    """Is a load the newest of its data set, with what it replaced still kept?

    Args:
        newest: all loads, newest first, as far as they are known.
    """
    if load.state != "active" or not _kept(settings, load).exists():
        return False
    group = next((g for g in _TOGETHER if load.kind in g), (load.kind,))
    last = next((other for other in newest if other.kind in group and other.state == "active"), None)
    return last is not None and last.id == load.id


def undo(settings: Settings, load: DataLoad, by: str, is_protected: Callable[[str], bool]) -> None:
    """Take the newest load of a data set back; the index of the directory is made again by whoever calls.

    Raises:
        FileProblem: it is not the newest, or what it replaced is no longer kept; nothing was changed.
    """
    with writing() as session:
        newest = session.scalars(select(DataLoad).order_by(DataLoad.loaded_at.desc())).all()
        if not can_be_undone(settings, load, newest):
            raise FileProblem(
                "This load cannot be taken back: it is not the newest, or what was there before is no longer kept."
            )
        kept = _kept(settings, load)
        if load.kind in FILES:
            before = next((o.id for o in newest if o.kind == load.kind and o.state == "superseded"), None)
            kept.replace(FILES[load.kind](settings))
        else:
            told = json.loads(kept.read_bytes())
            before = told["before"]
            _rows_back(session, load.id, told, is_protected)
        session.execute(update(DataLoad).where(DataLoad.id == load.id).values(state="undone", decided_by=by))
        if before is not None:
            session.execute(update(DataLoad).where(DataLoad.id == before).values(state="active"))
    kept.unlink(missing_ok=True)


def _kept(settings: Settings, load: DataLoad) -> Path:
    name = f"{load.id}.{load.kind}.file" if load.kind in FILES else f"{load.id}.json"
    return folder(settings) / name


def _rows_back(session: Session, load_id: str, told: Mapping[str, Any], is_protected: Callable[[str], bool]) -> None:
    table = ServicePlace
    stay = [*(row["id"] for row in told["changed"]), *(one for ids in told["same"].values() for one in ids)]
    now = set(session.scalars(select(table.id).where(table.load_id == load_id)))
    for ids in _parts(sorted(now - set(stay))):
        session.execute(delete(table).where(table.id.in_(ids)))
    for old, ids in told["same"].items():
        for some in _parts(ids):
            session.execute(update(table).where(table.id.in_(some)).values(load_id=old))
    back, lost = [], []
    for row in told["changed"]:
        if row["id"] not in now:
            continue
        lost.append(row["id"])
        if not is_protected(f"{row['name']}, {row['address']}, {row['postcode']}"):
            back.append({**row, **{name: row[name] and date.fromisoformat(row[name]) for name in _DATES}})
    for ids in _parts(lost):
        session.execute(delete(table).where(table.id.in_(ids)))
    if back:
        session.execute(insert(table), back)
    for one, status in told["gone"]:
        session.execute(update(table).where(table.id == one).values(status=status))


def _parts(ids: list[str]) -> Iterable[list[str]]:
    return (ids[at : at + _MANY] for at in range(0, len(ids), _MANY))
