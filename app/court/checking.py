"""Checks an export of a case. Python's standard library alone: with ``app/audit/anchors.py`` it is the file that lies in every export.

What stands below the line is written for Python 3.9, and uses nothing of this product but what stands below the line there.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
from typing import Any, NamedTuple

from app.audit.anchors import (
    Anchor,
    Held,
    Key,
    Wrong,
    anchors_under,
    checkpoint,
    data_in_pdf,
    end_is_gone,
    is_later,
    key_of,
    lines_of,
)

# ---- from here on it is a part of verify.py

FORMAT, MARK = "case-by-case/court/1", b"cbc-audit-1\0"
NOTE_SAYS = "case-by-case court export"
UNLISTED, ANCHORS = ("manifest.json", "manifest.note"), "anchors"
NEVER_CHANGED = frozenset((
    "acceptance", "answer", "break_glass", "break_glass_step", "case_handover", "clock_step", "decision",
    "decision_step", "emergency_move", "lead_step", "letter_step", "life_step", "notice_asked", "pattern_answer",
    "share_step", "supervision_note", "tonight_note",
))  # fmt: skip
NOT_REPEATED = frozenset(
    [
        "assessment_id",
        "by_id",
        "case_id",
        "changed_at",
        "contacts_before",
        "corrects",
        "created_at",
        "created_by",
        "decision_id",
        "demo",
        "enquiries_before",
        "events_before",
        "first_id",
        "from_id",
        "frozen",
        "glass_id",
        "handed_at",
        "id",
        "journeys",
        "key",
        "nights_before",
        "number",
        "number_folded",
        "people_entered",
        "place",
        "recorded_at",
        "recorded_by",
        "record_id",
        "reference_folded",
        "share_id",
        "supersedes",
        "to_id",
        "told_apart",
        "unit_id",
        "version",
    ]
)
UNREADABLE = (ValueError, KeyError, IndexError, TypeError, AttributeError, OSError)


class Report:
    """What is proven, what is not, and what is wrong, in sentences."""

    def __init__(self) -> None:
        self.proven: list[str] = []
        self.not_proven: list[str] = []
        self.wrong: list[str] = []


def _read(root: str, name: str) -> bytes:
    with open(os.path.join(root, *name.split("/")), "rb") as stream:
        return stream.read()


def signed_manifest(root: str, key: Key) -> dict[str, Any]:
    """The list of files, which the key signed.

    Raises:
        ValueError: it did not.
    """
    content, note = _read(root, "manifest.json"), _read(root, "manifest.note").decode("utf-8")
    lines = lines_of(note, key)
    body = "".join(f"{line}\n" for line in lines) + "\n"
    if not note.startswith(body) or note[len(body) :].count("\n") != 1 or not note.endswith("\n"):
        raise Wrong("something was added to manifest.note")
    if len(lines) != 4 or lines[1] != NOTE_SAYS or lines[2] != f"sha256 {hashlib.sha256(content).hexdigest()}":
        raise Wrong("manifest.json is not the one that was signed")
    found: dict[str, Any] = json.loads(content)
    return found


def files(root: str, manifest: dict[str, Any], report: Report) -> None:
    """Every file that was exported is there as it was, and no other."""
    listed, before = set(UNLISTED), len(report.wrong)
    for each in manifest["files"]:
        name = str(each["name"])
        listed.add(name)
        path = os.path.join(root, *name.split("/"))
        if ".." in name.split("/") or name.startswith("/") or os.path.islink(path):
            report.wrong.append(f"{name}: its name leads out of the folder.")
        elif not os.path.isfile(path):
            report.wrong.append(f"{name}: it is missing.")
        else:
            content = _read(root, name)
            if len(content) != each["bytes"] or hashlib.sha256(content).hexdigest() != each["sha256"]:
                report.wrong.append(f"{name}: it is not what was exported.")
    for folder, inner, names in os.walk(root):
        inner[:] = [n for n in inner if n != "__pycache__" and not (n == ANCHORS and folder == root)]
        for each in names:
            name = os.path.relpath(os.path.join(folder, each), root).replace(os.sep, "/")
            if name not in listed:
                report.wrong.append(f"{name}: it lies in the folder, and was not exported.")
    if len(report.wrong) == before:
        many = len(manifest["files"])
        report.proven.append(f"Every one of the {many} files is the one that was exported, and none was added.")


class Entry(NamedTuple):
    """An entry of the case: its number, what it says, the hash before it, its own, and what it says more where that is here."""

    seq: int
    said: dict[str, Any]
    before: str
    link: str
    says: dict[str, Any] | None


def entries(root: str, case_id: str, report: Report) -> tuple[dict[int, Entry], int]:
    """The linked entries of the case by number, each held against its hash and what it commits to; and how many are not linked."""
    found: dict[int, Entry] = {}
    unlinked = last = closed = 0
    for line in _read(root, "audit/entries.jsonl").decode("utf-8").split("\n")[:-1]:
        given = json.loads(line)
        seq, text = int(given["seq"]), str(given["said"])
        said = json.loads(text)
        if seq <= last:
            report.wrong.append(f"Entry {seq} stands in the wrong place in audit/entries.jsonl.")
        last = seq
        if said["case"] != case_id:
            report.wrong.append(f"Entry {seq} is not of this case.")
        if not given["hash"]:
            unlinked += 1
            continue
        stored = MARK + seq.to_bytes(8, "big") + bytes.fromhex(given["before"]) + text.encode()
        if hashlib.sha256(stored).hexdigest() != given["hash"]:
            report.wrong.append(f"Entry {seq} was changed: what it says does not have its hash.")
        more = {"detail": said["detail"]} if said.get("detail") else None
        if "more" in given:
            inside = bytes.fromhex(given["salt"]) + given["more"].encode()
            if hashlib.sha256(inside).hexdigest() != said.get("commitment"):
                report.wrong.append(f"Entry {seq} was changed: what it says more is not what it was hashed with.")
            more = json.loads(given["more"])
        elif said.get("commitment"):
            closed += 1
        found[seq] = Entry(seq, said, given["before"], given["hash"], more)
    report.proven.append(f"What each of the {len(found)} linked entries of this case says has the hash beside it.")
    if unlinked:
        report.not_proven.append(
            f"{unlinked} entries of this case are from before the audit was a chain: whether they were changed, nothing here shows."
        )
    if closed:
        report.not_proven.append(
            f"What {closed} entries say more is not here: it was left out, as the index page says, or erased under a rule."
        )
    return found, unlinked


def chain(root: str, manifest: dict[str, Any], own: dict[int, Entry], held: Held, report: Report) -> list[Anchor]:
    """Every hash of the audit, in order, with the entries of the case in their places; gives the anchors that speak of later ones."""
    waiting, before = dict(own), bytes(32).hex()
    with open(os.path.join(root, "audit", "chain.txt"), encoding="ascii", newline="\n") as stream:
        for line in stream:
            number, _, link = line.rstrip("\n").partition(" ")
            seq = int(number)
            if seq <= held.last or len(link) != 64 or not line.endswith("\n"):
                raise Wrong(f"its lines are out of order behind entry {held.last}")
            entry = waiting.pop(seq, None)
            if entry is not None and (entry.link, entry.before) != (link, before):
                report.wrong.append(
                    f"Entry {seq} is not in its place in the chain: it was written behind another, or is another."
                )
            held.add(seq, bytes.fromhex(link))
            before = link
    later = held.end(int(manifest["audit"]["entry"]))
    report.wrong += [said for _, said in held.wrong]
    report.wrong += [f"Entry {seq} is not in the chain." for seq in sorted(waiting)]
    if (manifest["audit"]["hash"], manifest["audit"]["linked"]) != (held.link, held.tree.size):
        report.wrong.append(f"audit/chain.txt does not end where manifest.json says: it ends with entry {held.last}.")
    report.proven.append(
        f"Each linked entry stands in its place among the {held.tree.size} hashes of the whole audit, behind the one it was written behind."
    )
    return later


_TIED = dict.fromkeys(("record.issued", "edition.made"), "sha256")
_TIED.update(dict.fromkeys(("record.rendered", "record.rendered_again", "edition.rendered"), "pdf_sha256"))


def documents(
    root: str, manifest: dict[str, Any], own: dict[int, Entry], is_whole: bool, report: Report
) -> list[Anchor]:
    """Records and copies are what the audit says was issued, and their PDFs carry that very data. Each says where the audit stood."""
    tied = [e for e in own.values() if e.said["action"] in _TIED]
    noted = {(e.says or {}).get("detail", {}).get(_TIED[e.said["action"]]) for e in tied}
    is_open = is_whole and all(e.says for e in tied)
    names = {str(f["name"]) for f in manifest["files"]}
    heads, many = list[Anchor](), 0
    for name in sorted(n for n in names if n.endswith(".json") and n.startswith(("records/", "copies/"))):
        body, pdf = _read(root, name), f"{name[:-5]}.pdf"
        told = [(name, body)] + ([(pdf, _read(root, pdf))] if pdf in names else [])
        many += 1
        for called, content in told:
            if is_open and hashlib.sha256(content).hexdigest() not in noted:
                report.wrong.append(f"{called}: no entry of the audit says that it was issued as it is.")
        if len(told) > 1 and set(data_in_pdf(told[1][1])) != {body}:
            report.wrong.append(f"{pdf}: the data inside it is not {name}.")
        head = json.loads(body).get("audit")
        if head:
            heads.append(Anchor(called=name, entry=int(head["entry"]), link=str(head["hash"])))
    also = ", and is what the audit says was issued" if is_open else ""
    report.proven.append(f"The data of each of the {many} records and copies is what the PDF beside it carries{also}.")
    if not is_open:
        report.not_proven.append(
            "Whether each record and copy is what was issued: what the audit says of their hashes was erased, or is from before it was a chain."
        )
    report.not_proven.append(
        "The seal of each PDF: Python cannot check it by itself. A PDF reader shows it, and so does the council’s page “Check a PDF”."
    )
    return heads


def rows(root: str, own: dict[int, Entry], report: Report) -> None:
    """Rows that are only ever added: as the audit says they were entered, they are in the export."""
    data = json.loads(_read(root, "data/case.json"))
    held = {(table, str(row.get("id"))): row for table, listed in data.items() for row in listed}
    many = 0
    for entry in own.values():
        for change in (entry.says or {}).get("changed", ()):
            table, then = change["in"], change["now"]
            if table not in NEVER_CHANGED or change["was"] or table not in data:
                continue
            row, many = held.get((table, str(change["id"]))), many + 1
            if row is None:
                report.wrong.append(
                    f"data/case.json: the row {change['id']} of {table}, which entry {entry.seq} wrote, is missing."
                )
                continue
            names = sorted({*row, *then} - NOT_REPEATED)
            wrong = [n for n in names if _bare(row.get(n)) != _bare(then.get(n))]
            if wrong:
                report.wrong.append(
                    f"data/case.json: the row {change['id']} of {table} is not as entry {entry.seq} wrote it: {', '.join(wrong)}."
                )
    report.proven.append(
        f"{many} answers, decisions and other rows that are only ever added are as the audit says they were entered."
    )


def _bare(value: Any) -> Any:
    return None if value in (None, "", [], {}) else value


def from_outside(root: str, asked: list[str], key: Key, report: Report) -> list[Anchor]:
    """What was given from outside; a file that cannot be held against the export is told."""
    beside = os.path.join(root, ANCHORS)
    found: list[Anchor] = []
    for path in [*asked, *([beside] if os.path.isdir(beside) else [])]:
        for called, here, problem in anchors_under(path, key):
            found += here
            if problem:
                report.wrong.append(f"{called} cannot be held against this export: {problem}.")
    return found


def check(root: str, asked: list[str], key_said: str, report: Report) -> dict[str, Any]:
    """Everything. What cannot be read is wrong, and named; gives the manifest, empty where it is none of ours."""
    try:
        key = key_of(key_said or _read(root, "checkpoints/key.txt").decode("ascii"))
        manifest = signed_manifest(root, key)
    except UNREADABLE as problem:
        report.wrong.append(f"manifest.json, or its signature in manifest.note: {problem}.")
        return {}
    if manifest.get("format") != FORMAT:
        raise Wrong("this is an export of another format")
    report.proven.append(f"The list of files is signed with the key {key.name}.")
    step = "manifest.json"
    try:
        files(root, manifest, report)
        step = "audit/entries.jsonl"
        own, unlinked = entries(root, str(manifest["case"]["id"]), report)
        anchors = documents(root, manifest, own, not unlinked, report)
        step = "data/case.json"
        rows(root, own, report)
        step = "A checkpoint"
        names = sorted(str(f["name"]) for f in manifest["files"])
        notes = [n for n in names if n.startswith("checkpoints/") and n != "checkpoints/key.txt"]
        anchors += [checkpoint(n, _read(root, n).decode("utf-8"), key) for n in notes]
        outside = from_outside(root, asked, key, report)
        step = "audit/chain.txt"
        held = Held([*anchors, *outside])
        for each in chain(root, manifest, own, held, report):
            if is_later(each.moment, str(manifest["made_at"])):
                report.not_proven.append(
                    f"{each.called} is newer than this export says that it is: it cannot be held against it."
                )
            else:
                report.wrong.append(end_is_gone(each, held.last))
    except UNREADABLE as problem:
        report.wrong.append(f"{step} is not as it was written: {problem}.")
        return manifest
    report.proven.append(f"The audit is the one that {len(notes)} checkpoints, signed with that key, describe.")
    if outside:
        upto = max(a.entry for a in outside)
        report.proven.append(f"It was held against {len(outside)} anchors from outside, up to entry {upto}.")
    else:
        report.not_proven.append(
            "Whoever holds the council’s database and its key could have written all of it anew. Only an anchor that was kept outside (a "
            "checkpoint, a mail, an older PDF of a record) shows that: give it with --anchor."
        )
    if not key_said:
        report.not_proven.append(
            "The key was read from this same folder: compare checkpoints/key.txt with the one that internal audit holds, or give that with --key."
        )
    report.not_proven += [
        "Entries of other cases are here as hashes alone: an entry of this case that was left out would be one of those.",
        "Times are those of the council’s own server. What people wrote down is shown to be what they wrote, not to be true.",
    ]
    return manifest


def main() -> int:
    """The command: 0 sound, 1 altered, 2 no export."""
    said = argparse.ArgumentParser(description="Checks an export of a case, and says what is proven and what is not.")
    here = os.path.dirname(os.path.abspath(__file__))
    said.add_argument("folder", nargs="?", default=here, help="the export")
    said.add_argument("--anchor", action="append", default=[], help="a file or folder that says where the audit stood")
    said.add_argument("--key", default="", help="the key of the checkpoints, or a file with it, from elsewhere")
    asked = said.parse_args()
    key = asked.key
    if key and os.path.isfile(key):
        with open(key, encoding="ascii") as stream:
            key = stream.read()
    if not os.path.isfile(os.path.join(asked.folder, "manifest.json")):
        print("This folder holds no manifest.json: it is no export, or that was taken out of it.", file=sys.stderr)
        return 2
    report = Report()
    try:
        manifest = check(asked.folder, asked.anchor, key, report)
    except Wrong as problem:
        print(f"Not checked: {problem}.", file=sys.stderr)
        return 2
    tell(manifest, report)
    return 1 if report.wrong else 0


def tell(manifest: dict[str, Any], report: Report) -> None:
    """Print it, in whatever letters the terminal has."""
    lines = []
    if manifest:
        lines.append(
            f"Export of case {manifest['case']['reference']}, {manifest['council']}, made {manifest['made_at']}."
        )
    looked = "PROVEN" if not report.wrong else "ALSO LOOKED AT"
    for title, said in (("WRONG", report.wrong), (looked, report.proven), ("NOT PROVEN", report.not_proven)):
        if said:
            lines += ["", title, *(f"  - {each}" for each in said)]
    lines += ["", "ALTERED. Do not rely on this export." if report.wrong else "SOUND, as far as is said above."]
    sys.stdout.buffer.write("".join(f"{line}\n" for line in lines).encode("utf-8"))
