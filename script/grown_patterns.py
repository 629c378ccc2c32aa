"""Households that the product itself made, taken apart so that copies of them can be made with ids of their own."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
TREES = ("h1", "h2", "h3", "h5")
ANSWERS = 10  # of each assessment
_OF_AN_ASSESSMENT = frozenset(
    ("assessment", "unit", "unit_room", "unit_certificate", "unit_beside", "answer", "mitigation", "acceptance", "pattern_answer", "record", "decision", "decision_finding", "decision_step")
)  # fmt: skip
_LEFT_OUT = ("audit_event", "audit_detail", "audit_key", "case_found", "job", "telling", "record_file")

Anew = Callable[[Mapping[str, str]], Any]


class Kind(NamedTuple):
    """One row of the pattern: its table, its values, and how each value that names something else is made anew."""

    table: Any
    values: dict[str, Any]
    anew: Sequence[tuple[str, Anew]]


class Pattern(NamedTuple):
    """A household that the product itself made: rows of the case, rows of its assessment, and what the audit says of it."""

    case_id: str
    of_case: Sequence[Kind]
    of_assessment: Sequence[Kind]
    case_ids: Sequence[str]
    assessment_ids: Sequence[str]
    entries: Sequence[Parts]


def pattern_of(name: str, people: dict[str, list[str]]) -> Pattern:
    """A worked example with ten answers, imported, handed in and decided through the product, with its dates looked at."""
    from app.accounts.models import User
    from app.assessments import service as assessments
    from app.assessments.importing import import_case
    from app.assessments.models import Assessment
    from app.cases.household import household_of
    from app.checklists import read_folder
    from app.clocks import today
    from app.database import writing
    from app.deadlines import keeping
    from app.decisions import service as decisions
    from app.demo import shifted
    from app.demo_conversations import in_conversations
    from app.extensions import db
    from app.suitability.reading import case_file

    officer = db.session.get_one(User, people["housing_officer"][0])
    lead = db.session.get_one(User, people["safeguarding_lead"][0])
    tree = json.loads((ROOT / "docs" / "examples" / f"{name}.json").read_text(encoding="utf-8"))
    tree["household"]["reference"] = f"PATTERN-{name}"
    tree["answers"] = _ten(tree["answers"])
    in_conversations(tree, read_folder())
    file = case_file.build(shifted(tree, (today() - date.fromisoformat(tree["on"])).days), read_folder())
    with writing() as session:
        made = import_case(session, officer, file)
        case_id, assessment_id = made.case_id, made.id
    assessment = db.session.get_one(Assessment, assessment_id)
    reasons = {
        c.key: f"What this place means for {c.name}, in words." for c in household_of(assessment.case).children()
    }
    assessments.submit(officer, assessment_id, assessment.case.version, reasons, "", "")
    assessment = db.session.get_one(Assessment, assessment_id)
    decisions.decide(lead, assessment_id, assessment.case.version, "approve", "Read and agreed, for these reasons.", [])
    with writing() as session:
        keeping.in_step(session, session.get_one(Assessment, assessment_id).case, today())
    return _taken_apart(case_id, officer.id)


def _ten(answers: list[Any]) -> list[Any]:
    """Ten of them, evenly; one that takes another's place only with that one."""
    if len(answers) <= ANSWERS:
        return answers
    chosen = [answers[at * len(answers) // ANSWERS] for at in range(ANSWERS)]
    ids = {a.get("id") for a in chosen}
    return [a if set(a.get("supersedes", ())) <= ids else {**a, "supersedes": []} for a in chosen]


def _taken_apart(case_id: str, officer: str) -> Pattern:
    from sqlalchemy import select

    from app.assessments.models import Assessment
    from app.audit import details
    from app.audit.models import AuditEvent
    from app.database import Base
    from app.decisions.models import Decision
    from app.extensions import db

    tables = [t for t in Base.metadata.sorted_tables if t.name not in _LEFT_OUT]
    units = list(db.session.scalars(select(Assessment.unit_id).where(Assessment.case_id == case_id)))
    rows: list[tuple[Any, dict[str, Any]]] = []
    for table in tables:
        if table.name == "housing_case":
            where = table.c.id == case_id
        elif "case_id" in table.c:
            where = table.c.case_id == case_id
        elif table.name == "unit":
            where = table.c.id.in_(units)
        elif table.name in ("unit_room", "unit_certificate"):
            where = table.c.unit_id.in_(units)
        elif table.name == "decision_finding":
            where = table.c.decision_id.in_(select(Decision.id).where(Decision.case_id == case_id))
        else:
            continue
        rows += [(table, dict(row._mapping)) for row in db.session.execute(select(table).where(where))]
    events = db.session.scalars(select(AuditEvent).where(AuditEvent.case_id == case_id).order_by(AuditEvent.seq)).all()
    says = details.all_opened(events)
    names = (
        "actor_id",
        "actor_role",
        "action",
        "object_type",
        "object_id",
        "case_id",
        "request_id",
        "rule",
        "app_version",
    )
    entries = [{**{name: getattr(e, name) for name in names}, **says[e.seq]} for e in events]
    ids = {row["id"]: table.name in _OF_AN_ASSESSMENT for table, row in rows if "id" in row and table.name != "clock"}
    named = {**ids, officer: False}
    said = [parts for entry in entries if (parts := Parts.of(json.dumps(entry), named))]
    kinds = [Kind(table, row, _anew(table.name, row, named)) for table, row in rows]
    return Pattern(
        case_id=case_id,
        of_case=[k for k in kinds if k.table.name not in _OF_AN_ASSESSMENT],
        of_assessment=[k for k in kinds if k.table.name in _OF_AN_ASSESSMENT],
        case_ids=[key for key, is_of in ids.items() if not is_of],
        assessment_ids=[key for key, is_of in ids.items() if is_of],
        entries=said,
    )


def _anew(table: str, row: dict[str, Any], ids: Mapping[str, Any]) -> list[tuple[str, Anew]]:
    """The values of a row that name something, each with how it is made anew."""
    found: list[tuple[str, Anew]] = []
    named = {*ids, row["number"]} if table == "record" else {*ids}
    for name, value in row.items():
        if isinstance(value, str) and value in named:
            found.append((name, itemgetter(value)))
        elif isinstance(value, str):
            found += [(name, parts.joined)] if (parts := Parts.of(value, named)) else []
        elif isinstance(value, (list, dict)):
            found += [(name, parts.read)] if (parts := Parts.of(json.dumps(value), named)) else []
        elif isinstance(value, bytes):
            found += [(name, parts.encoded)] if (parts := Parts.of(value.decode("utf-8", "replace"), named)) else []
    return found


class Parts(NamedTuple):
    """A text taken apart where it names something: text, name, text, and so on. Put together again with other names."""

    texts: Sequence[str]

    @classmethod
    def of(cls, said: str, named: Collection[str]) -> Parts | None:
        texts = re.split("(" + "|".join(sorted(named)) + ")", said)
        return cls(texts) if len(texts) > 1 else None

    def joined(self, to: Mapping[str, str]) -> str:
        return "".join(to[text] if at % 2 else text for at, text in enumerate(self.texts))

    def read(self, to: Mapping[str, str]) -> Any:
        return json.loads(self.joined(to))

    def encoded(self, to: Mapping[str, str]) -> bytes:
        return self.joined(to).encode()


def copied(kind: Kind, to: Mapping[str, str]) -> dict[str, Any]:
    made = dict(kind.values)
    for name, anew in kind.anew:
        made[name] = anew(to)
    return made
