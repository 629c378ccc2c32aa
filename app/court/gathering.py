"""Puts everything there is of a case into an export: what people read, what programs read, and what proves either."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from typing import Any, NamedTuple

from flask import current_app
from sqlalchemy import select

from app import clocks
from app.accounts.models import User
from app.audit import checkpoints
from app.cases.models import Case
from app.chronology import shown
from app.chronology.whole import Whole, whole
from app.decisions.models import FrozenText
from app.direction import harmless, isolated_html
from app.editions import service as editions
from app.editions.models import Edition
from app.extensions import db
from app.letters.models import Letter, LetterFile
from app.records import canonical, process
from app.records import service as records
from app.records.models import Record
from app.settings import Settings
from app.visits.models import Photograph

from . import checking, data, trail, verifier
from .parcel import Parcel

LONGEST_PAPER = 2_000  # lines of the chronology that are drawn; the table has all
_SECONDS = 45  # for drawing them
_ANSWERS = ("told", "asked", "health")  # the kinds of lines in which somebody said something


class About(NamedTuple):
    """What an export is: for what, in whose words, by whom, when."""

    purpose: str
    words: str
    by: str
    role: str
    at: datetime


class Paper(NamedTuple):
    """A record or a copy, as the index lists it."""

    name: str
    number: str
    issued: datetime
    sha256: str
    has_pdf: bool


def gather(parcel: Parcel, case: Case, about: About, settings: Settings) -> str:
    """Everything of a case into a parcel, and close it; gives the SHA-256 of its list of files."""
    left = list(data.LEFT_OUT.values())
    told = whole(case)
    papers = [*_records(parcel, case.id, left), *_copies(parcel, case.id, left)]
    _letters(parcel, case.id)
    _photographs(parcel, case.id)
    rows = data.of_case(case)
    parcel.put("data/case.json", json.dumps(rows, ensure_ascii=False, indent=1))
    _chronology(parcel, case, told, about, settings, left)
    stands = trail.put(parcel, case.id, _names(), data.withheld(case.id), settings)
    left += stands.left
    parcel.put("verify.py", verifier.text())
    of_file = {each["name"]: each for each in parcel.files}
    parcel.put("index.html", _index(case, about, settings, told, papers, stands, of_file, left))
    manifest = {
        "format": checking.FORMAT,
        "case": {"id": case.id, "reference": case.reference},
        "council": settings.council_name,
        "made_at": clocks.written(about.at),
        "made_by": f"{about.by}, {about.role}",
        "for": about.purpose,
        "audit": {"entry": stands.entry, "hash": stands.hash, "linked": stands.linked},
        "left_out": left,
        "files": parcel.files,
    }
    content = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
    parcel.put("manifest.json", content, is_listed=False)
    sha256 = canonical.digest(content)
    name, key = checkpoints.origin(settings), checkpoints.own_key(settings)
    note = f"{name}\n{checking.NOTE_SAYS}\nsha256 {sha256}\nat {clocks.written(about.at)}\n"
    parcel.put("manifest.note", checkpoints.noted(note, name, key), is_listed=False)
    parcel.close()
    return sha256


def _names() -> dict[str, str]:
    return {row.id: row.name for row in db.session.execute(select(User.id, User.name))}


def _records(parcel: Parcel, case_id: str, left: list[str]) -> list[Paper]:
    """Every record as it was frozen, its sealed PDF where it is there, and the rules that it was judged by."""
    found, rules = [], dict[str, str]()
    for record in db.session.scalars(select(Record).where(Record.case_id == case_id).order_by(Record.issued_at)):
        name = f"records/{record.number}"
        # As it is, even if it was altered: that is for the verifier to say.
        parcel.put(f"{name}.json", record.body)
        has_pdf = records.is_there(record)
        if has_pdf:
            parcel.put(f"{name}.pdf", records.file_of(record).read_bytes())
        else:
            left.append(f"The PDF of {record.number} is not on the council’s machine, or is not made yet.")
        found.append(Paper(name, record.number, record.issued_at, record.sha256, has_pdf))
        rules |= {digest: file for file, digest in (json.loads(record.body).get("checklist_files") or {}).items()}
    for frozen in db.session.scalars(
        select(FrozenText).where(FrozenText.digest.in_(sorted(rules))).order_by(FrozenText.digest)
    ):
        parcel.put(f"rules/{frozen.digest[:12]}-{rules[frozen.digest].replace('/', '-')}", frozen.text)
    return found


def _copies(parcel: Parcel, case_id: str, left: list[str]) -> list[Paper]:
    found = []
    for made in db.session.scalars(select(Edition).where(Edition.case_id == case_id).order_by(Edition.made_at)):
        name = f"copies/{made.number}"
        parcel.put(f"{name}.json", made.body)
        has_pdf = editions.is_there(made)
        if has_pdf:
            parcel.put(f"{name}.pdf", editions.file_of(made).read_bytes())
        else:
            left.append(f"The PDF of {made.number} is not on the council’s machine, or is not made yet.")
        found.append(Paper(name, made.number, made.made_at, made.sha256, has_pdf))
    return found


def _letters(parcel: Parcel, case_id: str) -> None:
    of = select(Letter, LetterFile).outerjoin(
        LetterFile, (LetterFile.letter_id == Letter.id) & (LetterFile.what == "pdf")
    )
    for letter, file in db.session.execute(of.where(Letter.case_id == case_id).order_by(Letter.made_at)):
        parcel.put(f"letters/{letter.number}.json", letter.body)
        if file is not None:
            parcel.put(f"letters/{letter.number}.pdf", file.content)


def _photographs(parcel: Parcel, case_id: str) -> None:
    of = select(Photograph.id, Photograph.content).where(Photograph.case_id == case_id).order_by(Photograph.id)
    for row in db.session.execute(of):
        parcel.put(f"photographs/{row.id}.jpg", row.content)


def _chronology(parcel: Parcel, case: Case, told: Whole, about: About, settings: Settings, left: list[str]) -> None:
    entries, words = told.found.entries, told.kept.words
    parcel.put("chronology.csv", _table(shown.rows(entries, words)))
    parcel.put("answers.csv", _table(shown.rows([e for e in entries if e.kind in _ANSWERS], words)))
    head = {
        "reference": case.reference, "council": settings.council_name, "demo": case.demo, "shown": "The whole chronology",
        "on": clocks.written(about.at)[:10], "made_by": about.by, "made": clocks.moment_in_words(about.at),
        "cut": LONGEST_PAPER if len(entries) > LONGEST_PAPER else 0,
    }  # fmt: skip
    said = shown.on_paper(entries[-LONGEST_PAPER:], told.found.differing, words, head)
    try:
        made = process.render(json.dumps(said).encode(), seconds=_SECONDS, drawn_by="app.chronology.paper")
    except process.RenderFailed:
        left.append("The chronology on paper could not be drawn: it is here as a table, chronology.csv.")
        return
    parcel.put("chronology.pdf", made)


def _table(rows: list[list[str]]) -> str:
    out = io.StringIO()
    write = csv.writer(out)
    write.writerow(shown.HEADS)
    write.writerows(map(harmless, rows))
    return "\ufeff" + out.getvalue()


def _index(
    case: Case, about: About, settings: Settings, told: Whole, papers: list[Paper], stands: trail.Trail,
    of_file: dict[str, dict[str, Any]], left: list[str],
) -> str:  # fmt: skip
    """The page a solicitor opens first. It needs nothing but itself."""
    decided = [e for e in told.found.entries if e.kind == "decision"]
    lines = shown.on_paper(decided, [], told.kept.words, {})["entries"]
    html = current_app.jinja_env.get_template("court/index.html").render(
        case=case, about=about, council=settings.council_name, decided=lines, papers=papers, stands=stands, files=of_file,
        key=checkpoints.verifier(settings), left=left, checkpoints=sum(name.startswith("checkpoints/") for name in of_file) - 1,
    )  # fmt: skip
    return isolated_html(html)
