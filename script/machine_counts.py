"""What is in the database beside what was acknowledged: lost, half-written and double, and each job once."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

from machine_clients import Kept


class Found(NamedTuple):
    """Everything that must be nought, and how much there was; ``ledger`` is jobs by (state, tries)."""

    acknowledged: int
    lost: list[str]
    half: list[str]
    double: list[str]
    chain: list[str]
    entries: int
    ledger: dict[tuple[str, int], int]

    @property
    def is_whole(self) -> bool:
        return not (self.lost or self.half or self.double or self.chain)


def counted(app: Any, kept: Kept) -> Found:
    """Held against the rows and the audit; needs no context, and leaves none."""
    from sqlalchemy import func, select

    from app.assessments.models import Assessment, SavedAnswer
    from app.audit import reading, verifying
    from app.audit.models import AuditEvent
    from app.cases.models import Case, CaseMember
    from app.extensions import db
    from app.jobs.models import Job

    lost: list[str] = []
    half: list[str] = []
    double: list[str] = []
    with app.app_context():
        cases = set(db.session.scalars(select(Case.id)))
        lost += [f"case {case}" for case in kept.opened.values() if case not in cases]
        members = dict(db.session.execute(select(CaseMember.case_id, func.count()).group_by(CaseMember.case_id)).all())
        placed = set(db.session.scalars(select(Assessment.case_id)))
        half += [f"case {case} without its family or place" for case in cases if not members.get(case) or case not in placed]  # fmt: skip
        half += [
            f"case {case} with {members[case]} people" for case in kept.opened.values() if members.get(case, 2) != 2
        ]
        if len(set(kept.opened.values())) != len(kept.opened):
            double.append("two pages opened one case")
        notes = Counter(db.session.scalars(select(SavedAnswer.note).where(SavedAnswer.note.startswith("Said "))))
        lost += [f"answer {words}" for words in kept.answered if not notes[words]]
        double += [f"answer {words} {n} times" for words, n in notes.items() if n > 1]
        events = _events(db.session, select, AuditEvent, "assessment.submitted")
        lost += [f"handed in {a}" for a in kept.handed_in if not events[a]]
        double += [f"handed in {a} {n} times" for a, n in events.items() if n > 1]
        states = dict(db.session.execute(select(Assessment.id, Assessment.state)).all())
        half += [f"{a} is {states[a]} and was handed in" for a in kept.handed_in if states.get(a) == "draft"]
        half += [
            f"{a} is handed in and no entry says so" for a, s in states.items() if s == "submitted" and not events[a]
        ]
        opened = _events(db.session, select, AuditEvent, "case.created")
        half += [f"case {c} has {opened[c]} entries of its opening" for c in kept.opened.values() if opened[c] != 1]
        rows = db.session.execute(select(Job.state, Job.tries, func.count()).group_by(Job.state, Job.tries)).all()
        ledger = {(state, tries): many for state, tries, many in rows}
        db.session.rollback()
        told = verifying.Told()
        with db.engine.connect() as connection:
            reading.as_one_state(connection)  # the workers go on meanwhile
            chain = [problem.says for problem in verifying.verify(connection, told)]
        db.session.close()
    return Found(kept.count(), lost, half, double, chain, told.entries, ledger)


def _events(session: Any, select: Any, event: Any, action: str) -> Counter[str]:
    return Counter(session.scalars(select(event.object_id).where(event.action == action)))


def waiting(app: Any) -> int:
    """Jobs that are not done."""
    from sqlalchemy import func, select

    from app.extensions import db
    from app.jobs.models import DONE, Job

    with app.app_context():
        found = int(db.session.scalar(select(func.count()).select_from(Job).where(Job.state != DONE)) or 0)
        db.session.close()
    return found


def pdfs(app: Any, folder: Path) -> list[str]:
    """What is wrong with the PDFs: each is there once, with the hash that the database names."""
    import hashlib

    from sqlalchemy import select

    from app.extensions import db
    from app.records.models import Record, RecordFile

    wrong = []
    with app.app_context():
        for record in db.session.scalars(select(Record)):
            rows = db.session.scalars(select(RecordFile.sha256).where(RecordFile.record_id == record.id)).all()
            file = folder / f"{record.id}.pdf"
            if not file.is_file() or [hashlib.sha256(file.read_bytes()).hexdigest()] != list(rows):
                wrong.append(f"record {record.number}: {len(rows)} files")
        db.session.close()
    return wrong
