"""The PDFs of this tree's own H1, from the record that it froze itself: the whole record, and the lead professional's copy of it.

For “record TIMES” or “lead TIMES” milliseconds of processor time of one render; for “wall TIMES” milliseconds by the clock of one render of
the record. What a browser needs to print the same words is written beside the instance, as ``h1.html``.
"""

from __future__ import annotations

import base64
import io
import json
import os
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(1, str(Path(__file__).resolve().parent.parent))

from in_process import measuring, processor_ms, words_of
from pyhanko.pdf_utils.reader import PdfFileReader
from sqlalchemy import select

from app import create_app
from app.accounts.models import User
from app.assessments import service as assessments
from app.assessments.models import Assessment
from app.cases.household import household_of
from app.cases.models import Case
from app.checklists import read_folder
from app.decisions import service as decisions
from app.editions import copies, table
from app.editions.owners import owners
from app.editions.release import Chosen
from app.extensions import db
from app.records import canonical, fonts, pdf
from app.records.models import Record

NOTE = "Read and agreed, for these reasons."
FONT = re.compile(r'url\("font:([^"]+)"\)')


def frozen() -> bytes:
    """The record of H1 of the demonstration, decided now unless it was before."""
    with create_app().app_context():
        case = db.session.scalars(select(Case).where(Case.reference == "DEMO-H1")).one()
        found = db.session.scalars(select(Record).where(Record.case_id == case.id)).first()
        if found is not None:
            return found.body
        assessment = db.session.scalars(select(Assessment).where(Assessment.case_id == case.id)).unique().one()
        people = {u.role: u for u in db.session.scalars(select(User))}
        reasons = {c.key: f"What this place means for {c.name}, in words." for c in household_of(case).children()}
        assessments.submit(people["housing_officer"], assessment.id, case.version, reasons, "", "")
        lead = people["safeguarding_lead"]
        made = decisions.decide(lead, assessment.id, case.version, "approve", NOTE, [])
        return db.session.get_one(Record, made.record_id).body


def lead_copy(record: dict[str, object]) -> bytes:
    made = copies.Made(f"{record['number']}-1", str(record["issued_at"]), owners(read_folder()))
    return canonical.encode(copies.copy_for(record, table.read(), "lead_professional", Chosen(), made).body)


def for_a_browser(html: str) -> str:
    """The same words and style, the fonts inside: a browser reads none from beside a file."""

    def inside(found: re.Match[str]) -> str:
        file = fonts.file_of(found[1])
        assert file is not None
        kind = "font/woff2" if file.suffix == ".woff2" else "font/ttf"
        return f'url("data:{kind};base64,{base64.b64encode(file.read_bytes()).decode()}")'

    return html.replace("</head>", f"<style>{FONT.sub(inside, pdf.style_text('record'))}</style></head>")


def told(body: bytes) -> tuple[int, int]:
    """Printed words, and pages."""
    pages = int(PdfFileReader(io.BytesIO(pdf.render(body))).root["/Pages"]["/Count"])
    return words_of(pdf.html_of(json.loads(body))), pages


def by_the_clock(work: Callable[[], object], times: int) -> float:
    started = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - started) * 1000 / times


def measure(asked: str) -> float:
    what, times = asked.split()
    if what == "wall":
        return by_the_clock(lambda: pdf.render(bodies["record"]), int(times))
    return processor_ms(lambda: pdf.render(bodies[what]), int(times))


bodies = {"record": frozen()}
bodies["lead"] = lead_copy(json.loads(bodies["record"]))
html = Path(os.environ["CBC_DATA"]) / "h1.html"
html.write_text(for_a_browser(pdf.html_of(json.loads(bodies["record"]))), encoding="utf-8")
words, pages = told(bodies["record"])
lead_words, lead_pages = told(bodies["lead"])
first = {"words": words, "pages": pages, "lead_words": lead_words, "lead_pages": lead_pages, "html": str(html)}
measuring(first, measure)
