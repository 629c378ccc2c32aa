"""The PDF of this tree's own H1, from the record that it froze itself: for “record TIMES”, milliseconds of processor time of one render."""

from __future__ import annotations

import io
import json
import sys
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
from app.decisions import service as decisions
from app.extensions import db
from app.records.models import Record
from app.records.pdf import html_of, render

NOTE = "Read and agreed, for these reasons."


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


body = frozen()
words = words_of(html_of(json.loads(body)))
pages = int(PdfFileReader(io.BytesIO(render(body))).root["/Pages"]["/Count"])
measuring({"words": words, "pages": pages}, lambda asked: processor_ms(lambda: render(body), int(asked.split()[1])))
