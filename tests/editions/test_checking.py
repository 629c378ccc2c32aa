"""Check this document: a copy for one reader is verified against what was made for that reader, by the same witnesses as a record."""

from __future__ import annotations

import time

from sqlalchemy import select

from app.database import writing
from app.editions import service as editions
from app.editions.models import Edition
from app.editions.release import Chosen
from app.extensions import db
from app.records import service as records
from app.records.models import Record
from tests.conftest import Instance
from tests.records.test_checking import flipped, heading, put


def _copy(instance: Instance) -> tuple[str, str, bytes]:
    case_id, record_id = instance.decided("h2")
    with instance.app.app_context():
        made = editions.make(
            instance.user("housing_officer"), record_id, instance.version(case_id), "health_visitor", Chosen()
        )
        editions.make_pdf(made.id)
        return case_id, made.number, editions.file_of(made).read_bytes()


def test_a_copy_is_ours_altered_or_told_to_nobody_who_may_not_see_its_case(either: Instance) -> None:
    _, number, data = _copy(either)
    officer = either.client("housing_officer")

    whole = put(officer, data).text
    assert heading(whole) == "Ours, and unaltered"
    assert f"copy {number}" in whole

    altered = put(officer, flipped(data)).text
    assert heading(altered) == "Altered: do not rely on it"
    assert f"carries the data of copy {number}" in altered

    stranger = put(either.client("other_officer"), data).text
    assert number not in stranger
    assert heading(stranger) != "Ours, and unaltered"


def test_a_copy_of_a_record_that_was_replaced_says_so(instance: Instance) -> None:
    case_id, number, data = _copy(instance)
    with instance.app.app_context():
        record = db.session.scalars(select(Record).where(Record.case_id == case_id)).one()
        contents = records.contents(record.id)
        for name in ("format", "number", "issued_at", "audit"):
            contents.pop(name)
        with writing() as session:
            records.issue(session, case_id, "R-2026-00099", record.issued_at.replace(year=2027), contents)
    page = put(instance.client("housing_officer"), data).text
    assert heading(page) == "Ours and unaltered, but a newer record replaces it"
    assert number in page
    assert "R-2026-00099" in page


def test_a_file_that_was_made_before_the_newest_is_ours_too(instance: Instance) -> None:
    case_id, number, data = _copy(instance)
    with instance.app.app_context():
        made = db.session.scalars(select(Edition).where(Edition.case_id == case_id)).one()
        editions.file_of(made).unlink()
        time.sleep(1.1)  # a seal says its second
        editions.make_pdf(made.id)
        newest = editions.file_of(made).read_bytes()
    assert newest != data
    officer = instance.client("housing_officer")
    for each in (data, newest):
        page = put(officer, each).text
        assert heading(page) == "Ours, and unaltered"
        assert f"copy {number}" in page
