"""Twenty past midnight in July: page, PDF, mail and export say the same day and minute, which is England's."""

from __future__ import annotations

import json
import re
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from playwright.sync_api import Browser
from sqlalchemy import select
from werkzeug.serving import make_server

from app import clocks
from app.extensions import db
from app.records import service as records
from app.records.models import Record
from app.sharing import service as sharing
from tests.conftest import Instance

from .conftest import Desk

pytestmark = pytest.mark.browser
DECIDED, SAYS = "2027-07-09 23:20:00Z", "10 July 2027, 00:2"


@pytest.fixture
def address(desk: Desk) -> Iterator[str]:
    """The service in this process, so that the clock of the test is the clock of the service."""
    server = make_server("127.0.0.1", 0, desk.instance.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(10)


def text_of(pdf: Path) -> str:
    done = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True, check=True)
    return " ".join(done.stdout.split())


def shared_and_drawn(instance: Instance, case_id: str) -> dict[str, Any]:
    """Its PDF made and its mail sent, as the worker does both."""
    with instance.app.app_context():
        record = db.session.scalars(select(Record)).one()
        number, record_id = record.number, record.id
        records.make_pdf(record_id)
        drawn = text_of(records.file_of(db.session.get_one(Record, record_id)))
        lead, seen = instance.user("safeguarding_lead"), instance.version(case_id)
        made, _ = sharing.share(
            lead, record_id, seen, "Hanna Invented", "health visitor", "hanna@health.example", "To lead."
        )
        ends = clocks.moment_in_words(made.expires_at)
        sharing.send_mail(made.id)
    exported = instance.app.test_cli_runner().invoke(args=["record", "export", number]).output
    return {"number": number, "drawn": drawn, "ends": ends, "exported": json.loads(exported)}


def test_a_decision_after_midnight_in_summer_is_of_one_day_everywhere(
    desk: Desk, address: str, browser: Browser
) -> None:
    with time_machine.travel(DECIDED):
        case_id, assessment_id = desk.do(lambda: desk.instance.submitted("h2"))
        page = browser.new_context().new_page()
        page.goto(f"{address}/sign-in")
        page.fill("[name=email]", "safeguarding_lead@test.example")
        page.fill("[name=password]", "correct horse battery staple")
        page.click("main button[type=submit]")
        page.goto(f"{address}/cases/{case_id}/assessments/{assessment_id}/review")
        page.check('[name="verdict"][value="approve"]')
        page.fill('[name="note"]', "Read and agreed, for these reasons.")
        page.locator("main button[type=submit]").last.click()
        page.wait_for_url(re.compile("/records/"))
        assert re.search(rf"Issued\s+{SAYS}", page.inner_text("main"))
        found = desk.do(lambda: shared_and_drawn(desk.instance, case_id))
        page.reload()
        assert re.search(rf"Sent {SAYS}", page.inner_text("main"))
        page.goto(f"{address}/cases/{case_id}/timeline")
        assert SAYS in page.inner_text("main")
    assert found["number"] == "R-2027-00001"
    assert f"Issued {SAYS}" in found["drawn"]
    assert re.search(rf"Decided by .*?{SAYS}", found["drawn"])
    assert "9 July 2027, 23" not in found["drawn"]
    assert found["exported"]["issued_at"].startswith("2027-07-10T00:2")
    assert found["exported"]["decision"]["reviewed_at"].startswith("2027-07-10T00:2")
    (mail,) = (desk.instance.settings.data / "mail").glob("*.eml")
    words = " ".join(mail.read_text(encoding="ascii").split())
    assert f"The link ends on {found['ends']}." in words
    assert re.search(r"2027, 00:2\d$", found["ends"])
