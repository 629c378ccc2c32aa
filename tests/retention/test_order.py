"""Which tables are of a case: a new one is in the order, or it is argued here why it stays."""

from __future__ import annotations

from sqlalchemy import inspect, text

from app.database import Base
from app.extensions import db
from app.retention import order
from tests.conftest import Instance

# Tables of which no row is of a case, and why.
OF_NO_CASE = {
    **dict.fromkeys(
        ("authenticator", "council_identity", "half_sign_in", "passkey", "recovery_code", "spent_challenge", "staff_tie",
         "account_letter", "account_request", "cover", "digest_day", "one_time_link", "sign_in_attempt", "team_place", "user_account", "user_session"),
        "of those who work here",
    ),
    **dict.fromkeys(("data_load", "service_place"), "of places that everybody uses"),
    **dict.fromkeys(
        ("register_building", "register_unit", "register_evidence", "register_photograph", "register_alert"),
        "of a building: a family’s stay, link and answers to it go; an alert names cases by their random identifiers alone",
    ),
    **dict.fromkeys(("used_checklist", "frozen_text"), "files of checklists, by their hash"),
    "audit_head": "a hash", "case_found_mark": "by which rules the search was made", "stock_summary": "counts, none under ten",
    "job": "identifiers: those of a destroyed case go by them",
}  # fmt: skip
# Columns that name a case without a foreign key, and what becomes of them.
NAMED_OTHERWISE = {
    "register_alert.cases": "random identifiers, which name nothing any more",
    "audit_event.case_id": "the skeleton", "audit_detail.case_id": "closed for good", "audit_key.case_id": "destroyed",
    "destruction.case_id": "the certificate",
}  # fmt: skip


def test_every_table_goes_stays_or_is_of_no_case() -> None:
    """A new table has to be thought of: with a foreign key to a case, or to what is of one, it goes by itself."""
    goes = {step.table for step in order.steps()} | set(order.UNITS)
    assert set(Base.metadata.tables) - goes - order.STAY.keys() == OF_NO_CASE.keys()
    assert goes & (order.STAY.keys() | OF_NO_CASE.keys()) == set()


def test_a_column_that_names_a_case_is_a_foreign_key_or_argued() -> None:
    named = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if ("case_id" in column.name or column.name in ("case", "cases", "case_a", "case_b"))
        and not column.foreign_keys
    }
    assert named == NAMED_OTHERWISE.keys()


def test_what_names_others_goes_first() -> None:
    place = {step.table: at for at, step in enumerate(order.steps())}
    for table in Base.metadata.tables.values():
        for _, of in order.names(table):
            if table.name in place and of in place and of != table.name:
                assert place[table.name] < place[of], (table.name, of)
    assert order.steps()[-1].table == order.CASE


def test_each_condition_is_sql_that_the_database_takes(either: Instance) -> None:
    with either.app.app_context():
        for step in order.steps():
            asked = f'SELECT count(*) FROM "{step.table}" WHERE {step.where()}'
            assert db.session.scalar(text(asked), {"case": "0" * 32}) == 0
        there = set(inspect(db.engine).get_table_names())
        assert {step.table for step in order.steps()} <= there
