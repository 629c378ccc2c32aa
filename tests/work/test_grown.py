"""What waits is found without going through every case there is, and of the cases that somebody may see all the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Select, event, select, text, update

from app.cases import exclusions, service
from app.cases.models import Case
from app.database import writing
from app.extensions import db
from app.work import service as work
from app.work.sources import Asker
from tests import fresh
from tests.conftest import ROLES, Instance
from tests.work.test_mine import many

# What asks for the cases that somebody may see by all the others goes through them, however few rows are wanted.
_OF_ALL = re.compile(r"IN \(SELECT housing_case\.id\s+FROM housing_case\s+WHERE \(?housing_case\.id NOT IN")


@contextmanager
def asked(instance: Instance) -> Iterator[list[tuple[str, Any]]]:
    """Each statement with its parameters."""
    said: list[tuple[str, Any]] = []

    def listen(conn: object, cursor: object, statement: str, parameters: Any, *rest: object) -> None:
        said.append((statement, parameters))

    with instance.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", listen)
    try:
        with fresh.not_looked_at():
            yield said
    finally:
        event.remove(engine, "before_cursor_execute", listen)


@pytest.mark.parametrize("role", ["senior_officer", "safeguarding_lead"])
def test_no_query_of_the_page_asks_for_all_cases_that_are_not_kept_from_them(either: Instance, role: str) -> None:
    client = either.client(role)
    many(either, 6)
    with asked(either) as said:
        assert client.get("/").status_code == 200
    assert [statement for statement, _ in said if _OF_ALL.search(statement)] == []


@pytest.mark.parametrize(
    ("table", "where", "index"),
    [
        ("decision_step", "about = 'x'", "ix_decision_step_about"),
        ("decision_step", "kind = 'condition' AND due <= '2026-12-01'", "ix_decision_step_kind_due"),
        ("assessment", "follows = 'x'", "ix_assessment_follows"),
        ("acceptance", "by_user = 'x'", "ix_acceptance_by_user"),
        ("housing_case", "restricted IS 1", "ix_housing_case_restricted"),
        ("answer", "criterion = 'CS12' AND recorded_at >= '2026-11-01'", "ix_answer_criterion_recorded_at"),
    ],
)
def test_what_is_asked_of_all_cases_has_its_index(instance: Instance, table: str, where: str, index: str) -> None:
    with instance.app.app_context():
        plan = db.session.execute(text(f"EXPLAIN QUERY PLAN SELECT * FROM {table} WHERE {where}"))
        assert any(index in row[-1] for row in plan)


def _all_seen(asker: Asker) -> Select[*tuple[Any, ...]]:
    return select(Case.id).where(asker.sees(Case.id))


def test_a_query_is_made_once_and_finds_what_is_each_persons_own(either: Instance) -> None:
    """Two people of one role share the query and nothing that it finds."""
    many(either, 4)
    with either.app.app_context():
        one, other = (work.asker_of(either.user(name))[0] for name in ("housing_officer", "other_officer"))
        found = [{row.id for row in asker.rows(_all_seen)} for asker in (one, other, one)]
        assert found[0] == found[2] == one.held
        assert found[1] == other.held
        assert not found[0] & found[1]
        assert one.held


@pytest.mark.parametrize("role", [*ROLES, "other_officer"])
def test_seen_by_is_who_sees_it(either: Instance, role: str) -> None:
    many(either, 9)
    with either.app.app_context():
        every = list(db.session.scalars(select(Case.id).order_by(Case.reference)))
        user = either.user(role)
        with writing() as session:
            session.execute(update(Case).where(Case.id.in_(every[:3])).values(restricted=True))
            session.execute(
                update(Case).where(Case.id.in_(every[2:5])).values(assigned_to=either.user("senior_officer").id)
            )
        by = either.user("safeguarding_lead" if role == "administrator" else "administrator")
        for case_id in every[4:6]:
            exclusions.keep_out(by, case_id, either.version(case_id), user.id, "x")
        seen = set(db.session.scalars(service.visible_to(user).with_only_columns(Case.id)))
        assert set(db.session.scalars(select(Case.id).where(service.seen_by(user, Case.id)))) == seen
        asker, _ = work.asker_of(user)
        assert {row.id for row in asker.rows(_all_seen)} == seen
        assert asker.held <= seen
        assert len(seen) == {"senior_officer": 5, "safeguarding_lead": 7, "auditor": 7, "housing_officer": 5}.get(
            role, 0
        )
