"""A record issued anew: page one is one page still, says by its kind what happened, and all of it stands in full right after it."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest

from app.extensions import db
from app.records import laid_out, pdf
from app.records.models import Record
from app.settings import ROOT
from tests.conftest import Instance

SINCE = [
    "The emergency decision of 28 November 2026 was ratified on 29 November 2026, 10:00 by Safeguarding Lead: nothing else was there.",
    "Condition met: Put a gate at the stairs. Seen by Provider, 30 November 2026: it is there. Written down by Officer, 1 December 2026, 09:00.",
    "Condition met: A box is in the room. Seen by Provider, 30 November 2026: on the shelf. Written down by Officer, 1 December 2026, 09:00.",
    "Corrected: the record says “B23 6AA”. Right is: “B23 6AB”. How that is known: tenancy. Asked for by Officer; counter-signed by Senior.",
    "The family was moved, 1 December 2026: to another place. Written down by Housing Officer, 1 December 2026, 12:00.",
    "Withdrawn on 2 December 2026, 09:00 by Safeguarding Lead: the hotel closed. Nobody is placed on this decision.",
    "Superseded on 2 December 2026, 10:00: the place was assessed again, and record R-2026-00009 stands instead.",
]  # fmt: skip
LAST_OF_PAGE_ONE = "Safeguarding route:"


def anew(record: dict[str, Any]) -> dict[str, Any]:
    """As ``app.decisions.reissue`` freezes it."""
    return {**record, "issue": {"of": record["number"], "of_sha256": "0" * 64, "since": SINCE}}


def pages_of(made: bytes) -> list[str]:
    done = subprocess.run(["pdftotext", "-raw", "-", "-"], input=made, capture_output=True, check=True)
    return [" ".join(page.split()) for page in done.stdout.decode().split("\f")[:-1]]


def test_page_one_of_h1_issued_anew_is_one_page(instance: Instance) -> None:
    _, record_id = instance.decided("h1")
    with instance.app.app_context():
        record = json.loads(db.session.get_one(Record, record_id).body)
    for told in (record, anew(record)):
        first, second, *_ = pages_of(pdf.render(json.dumps(told).encode()))
        assert LAST_OF_PAGE_ONE in first
        assert "record who spoke to whom." in first, "its last words"
        assert LAST_OF_PAGE_ONE not in second
    assert (
        "Since then: the emergency decision of 28 November 2026 was ratified; condition met (2 times); corrected; "
        "the family was moved; withdrawn; superseded."
    ) in first
    assert second.startswith("What happened since the decision")
    for said in SINCE:
        assert said in second
        assert said not in first


def test_what_happened_is_named_by_its_kind_and_counted() -> None:
    assert laid_out.kinds([]) == []
    assert laid_out.kinds(SINCE[1:3]) == ["condition met (2 times)"]
    assert laid_out.kinds(SINCE[5:6]) == ["withdrawn"]


@pytest.mark.parametrize("name", ["h1", "h2"])
def test_a_record_of_the_first_format_keeps_its_shape(name: str) -> None:
    record = json.loads((ROOT / "tests" / "old" / "c1c4a76" / "records" / f"{name}.json").read_text(encoding="utf-8"))
    html = pdf.html_of(anew(record))
    assert "Issued anew: what happened since the decision" in html
    assert all(said.replace("“", "“") in html for said in SINCE)
