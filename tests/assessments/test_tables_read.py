"""What is read for a case file makes another version of the case, and what is kept of it lives no longer."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Date, DateTime, String, inspect, select
from sqlalchemy.orm import Session

from app.assessments import judging
from app.assessments.models import Assessment
from app.cases.models import Case
from app.clocks import today
from app.database import Base, writing
from app.extensions import db
from app.lives.models import LifeStep
from app.properties.models import Unit
from app.settings import ROOT
from tests.accounts.test_policy import Objects
from tests.cases.test_lists import counted
from tests.conftest import Instance

from .test_nothing_stale import APPEND_ONLY, WATCHED, versions

# ---- the tables


def test_every_table_that_is_read_for_a_case_file_makes_another_version(instance: Instance) -> None:
    """What is asked of the database for a case file is asked of these tables, and of other cases’ answers."""
    _, assessment_id = instance.import_case("h2")
    with instance.app.app_context():
        with counted(instance) as said:
            judging.judge(db.session.get_one(Assessment, assessment_id), today(), "E08000025")
        tables = {
            table.name
            for table in Base.metadata.sorted_tables
            if any(f" {table.name} " in s.replace("\n", " ") + " " for s in said)
        }
    watched = {inspect(kind).local_table.name for kind in WATCHED}
    assert "answer" in tables
    assert tables <= watched, tables - watched


@pytest.mark.parametrize("kind", WATCHED, ids=lambda kind: str(kind.__name__))
def test_a_row_that_somebody_changes_without_taking_the_case_makes_another_version(
    either: Instance, kind: type[Any]
) -> None:
    """Of every table there is; and where the case was taken, it is counted up once."""
    objects = Objects(either)
    with either.app.app_context():
        with writing() as session:
            row = session.scalars(select(kind)).unique().first()
            if row is None or kind is LifeStep:  # the example has one in another case
                row = made(session, kind, objects)
        case_id, before = of_case(db.session, row), versions(db.session)
        with writing() as session:
            if kind in APPEND_ONLY:
                row = made(session, kind, objects)
            else:
                change(session.get_one(kind, row.id))
        then = versions(db.session)
        assert then[case_id] > before[case_id]
        assert then[case_id][0] == before[case_id][0] + 1
        with writing() as session:
            if kind in APPEND_ONLY:
                made(session, kind, objects)
            elif kind in (Case, Unit, Assessment):
                change(session.get_one(kind, row.id))
            else:
                session.delete(session.get_one(kind, row.id))
        assert versions(db.session)[case_id][0] == then[case_id][0] + 1


def of_case(session: Session, row: Any) -> str:
    if isinstance(row, Case):
        return row.id
    if hasattr(row, "case_id"):
        return str(row.case_id)
    unit_id = (
        row.id if isinstance(row, Unit) else getattr(row, "first_id", row.unit_id if hasattr(row, "unit_id") else "")
    )
    return session.scalars(select(Assessment.case_id).where(Assessment.unit_id == unit_id)).first() or ""


def change(row: Any) -> None:
    """Another value in the first column of words that is no key."""
    own = inspect(type(row))
    for attribute in own.column_attrs:
        column = attribute.columns[0]
        if isinstance(column.type, String) and not column.primary_key and not column.foreign_keys and not column.unique:
            setattr(row, attribute.key, f"{getattr(row, attribute.key) or ''}x")
            return
        if isinstance(column.type, Date):
            setattr(row, attribute.key, today() - timedelta(days=400))
            return
    raise AssertionError(type(row))


def made(session: Session, kind: type[Any], objects: Objects) -> Any:
    """A row of a table in which the example has none."""
    unit = session.get_one(Assessment, objects.assessment_id).unit_id
    values: dict[str, Any] = {}
    for attribute in inspect(kind).column_attrs:
        column = attribute.columns[0]
        if column.nullable or column.default is not None or column.primary_key:
            continue
        known = {
            "case_id": objects.case_id,
            "unit_id": unit,
            "by_user": objects.auditor_id,
            "by_id": objects.auditor_id,
            "recorded_by": objects.auditor_id,
        }
        empty: Any = today() if isinstance(column.type, Date) else "x" if isinstance(column.type, String) else 0
        assert not isinstance(column.type, DateTime)
        values[attribute.key] = known.get(attribute.key, empty)
    row = kind(**values)
    session.add(row)
    session.flush()
    return row


def test_no_verb_changes_these_tables_by_a_statement_of_its_own() -> None:
    """What the session does not store, nobody counts up."""
    names = "|".join(kind.__name__ for kind in WATCHED)
    tables = "|".join(inspect(kind).local_table.name for kind in WATCHED)
    by_hand = re.compile(rf"\b(insert|update|delete)\(\s*({names})\b|\b(INSERT INTO|UPDATE|DELETE FROM) ({tables})\b")
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in sorted((ROOT / "app").rglob("*.py"))
        for match in by_hand.finditer(path.read_text(encoding="utf-8"))
    ]
    assert by_hand.search("session.execute(update(CaseMember).where())")
    assert not found
