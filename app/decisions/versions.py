"""Checklist versions: immutable once a record rests on them, and kept so that a record can be judged again on its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.checklists import FILES, RULES, digest, digests, from_texts, read_folder, read_texts
from app.extensions import db
from app.records.older import in_names_of_today
from app.suitability.advice.report import report
from app.suitability.assess import assess
from app.suitability.checklist.checklist import Checklist
from app.suitability.reading import case_file

from .models import FrozenText, UsedChecklist

# What a result says since some records were frozen, from what their case files said already. A record is immutable: it
# can never be given one, and that it has none is no change in how it is judged.
ADDED_LATER = ("reference",)


class ChangedVersion(ValueError):
    """A checklist file was changed under a version that records rest on, in a sentence."""


class CannotReplay(ValueError):
    """A record cannot be judged again here, in a sentence."""


class Replay(NamedTuple):
    """Whether a record comes out again.

    ``judged_alike``: the same outcome, route, effects and states of everything; ``identical``: to the word. ``differences``
    are paths into the result with what the record says and what comes out now; none when identical.
    """

    record: str
    checklist_version: str
    judged_alike: bool
    identical: bool
    differences: tuple[dict[str, Any], ...]


def keep(session: Session) -> Mapping[str, str]:
    """Keep the checklist a record is about to rest on, in the caller's transaction; gives its files by digest.

    Raises:
        ChangedVersion: records rest on this version with other rules.
    """
    refuse_changed(session)
    found = digests()
    known = set(session.scalars(select(FrozenText.digest).where(FrozenText.digest.in_(found.values()))))
    if known != set(found.values()):
        texts = read_texts()
        for name in FILES:
            if found[name] not in known:
                if digest(texts[name]) != found[name]:
                    raise ChangedVersion(f"{name} was changed while the service runs. Start the service again.")
                session.add(FrozenText(digest=found[name], text=texts[name]))
                known.add(found[name])
    version = read_folder().version
    if session.get(UsedChecklist, version) is None:
        session.add(UsedChecklist(version=version, files={name: found[name] for name in RULES}))
    session.flush()
    return found


def refuse_changed(session: Session) -> None:
    """Refuse a folder whose rules differ from those under which its version was used.

    Raises:
        ChangedVersion: names the files.
    """
    version = read_folder().version
    used = session.get(UsedChecklist, version)
    if used is None:
        return
    changed = [name for name in RULES if used.files.get(name) != digests()[name]]
    if changed:
        raise ChangedVersion(
            f"checklists/{', checklists/'.join(changed)}: changed under version {version}, on which records rest. "
            "A version is never changed once used: restore the file, or give all files a new version."
        )


def checklist_of(contents: Mapping[str, Any]) -> Checklist:
    """The checklist a record was judged on, from what was kept, or from the folder where it is the same.

    Raises:
        CannotReplay: it was not kept here.
    """
    files = contents.get("checklist_files") or {}
    if not files:
        raise CannotReplay("This record was issued before checklists were kept with records.")
    if dict(files) == dict(digests()):
        return read_folder()
    stored = {
        row.digest: row.text
        for row in db.session.scalars(select(FrozenText).where(FrozenText.digest.in_(list(files.values()))))
    }
    missing = [name for name in FILES if files.get(name) not in stored]
    if missing:
        raise CannotReplay(f"The checklist of this record is not kept here: {', '.join(missing)}.")
    return from_texts({name: stored[files[name]] for name in FILES})


def replay(contents: Mapping[str, Any], council: str) -> Replay:
    """Judge a frozen record again on its own checklist and settings, and say exactly what differs.

    Raises:
        CannotReplay: it is not a record, or its checklist is not kept here.
    """
    for name in ("number", "case_file", "result", "settings"):
        if name not in contents:
            raise CannotReplay(f"This is not a record of ours: it has no “{name}”.")
    checklist = checklist_of(contents)
    tree = {**contents["case_file"], "settings": {**contents["settings"], **contents["case_file"].get("settings", {})}}
    try:
        file = case_file.build(tree, checklist)
    except case_file.CaseFileError as error:
        raise CannotReplay(f"The case file in this record cannot be read: {error}") from None
    was = in_names_of_today(contents["result"])
    now = report(checklist, file, council, assess(checklist, file, council))
    for key in ADDED_LATER:
        if isinstance(was, dict) and key not in was:
            del now[key]
    differences = tuple(_differences(was, now, ""))
    alike = _decided(was) == _decided(now)
    return Replay(contents["number"], checklist.version, alike, not differences, differences)


def _decided(result: Any) -> Any:
    """What a result decides, without its words and their order."""
    try:
        return (
            result["outcome"],
            result["safeguarding_route"],
            sorted((c["key"], c["outcome"]) for c in result["children"]),
            sorted((f["criterion"], f["subject"], f["effect"], f["state"]) for f in result["findings"]),
            sorted((p["pattern"], p["subject"], p["effect"], p["state"]) for p in result["patterns"]),
        )
    except (KeyError, TypeError):
        return result  # not a result of ours: it is alike only where it is the same


def _differences(was: Any, now: Any, path: str) -> list[dict[str, Any]]:
    if isinstance(was, dict) and isinstance(now, dict):
        found = []
        for key in sorted({*was, *now}):
            here = f"{path}.{key}" if path else key
            if key not in was or key not in now:
                found.append({"path": here, "record": was.get(key), "now": now.get(key)})
            else:
                found += _differences(was[key], now[key], here)
        return found
    if isinstance(was, list) and isinstance(now, list):
        found = []
        for at in range(max(len(was), len(now))):
            here = f"{path}[{at}]"
            if at >= len(was) or at >= len(now):
                found.append(
                    {
                        "path": here,
                        "record": was[at] if at < len(was) else None,
                        "now": now[at] if at < len(now) else None,
                    }
                )
            else:
                found += _differences(was[at], now[at], here)
        return found
    return [] if was == now else [{"path": path, "record": was, "now": now}]
