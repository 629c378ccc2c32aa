"""A whole assessment on a machine that is cut off: typed, answered, submitted, decided, read; and the address leaks nowhere."""

from __future__ import annotations

import logging
import re
import socket
from pathlib import Path
from typing import Any, NoReturn

import pytest

from app.assessments.models import Assessment
from app.database import writing
from app.decisions.views import review as decision_views
from app.extensions import db
from app.records import service as records
from tests.conftest import Instance

CANARY = "7 Canary Walk"
NOTE = "I have read it and agree, because the visits and the plan are in place."


def refuse(*args: Any) -> NoReturn:
    raise AssertionError("a socket was opened")


@pytest.mark.options(propagate_exceptions=False)
def test_a_whole_assessment_opens_no_socket_and_its_address_is_in_no_log_cache_or_error_page(
    instance: Instance, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    if instance.engine != "sqlite":
        pytest.skip("the database itself is reached by a socket")
    caplog.set_level(logging.DEBUG)
    case_id, assessment_id = instance.import_case("h2")
    officer, lead = instance.client("housing_officer"), instance.client("safeguarding_lead")
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)
    here = f"/cases/{case_id}/assessments/{assessment_id}"

    def version() -> str:
        return str(instance.version(case_id))

    # The unit is typed and stored, wrong first, then right.
    typed = {"address": CANARY, "postcode": "B1O 1AA", "kind": "house_or_flat", "self_contained": "yes", "nights": "28"}
    wrong = officer.post(f"{here}/placement", data={**typed, "version": version()})
    assert wrong.status_code == 422
    assert CANARY in wrong.text, "what was typed is still in the form"
    assert "Did you mean B10 1AA" in wrong.text
    right = {**typed, "postcode": "B14 7ET", "shares_known": "none", "floor": "0", "storeys": "1"}
    assert officer.post(f"{here}/placement", data={**right, "version": version()}).status_code == 302
    with instance.app.app_context():
        assert db.session.get_one(Assessment, assessment_id).unit.address == CANARY
    # Every page on the way, then a question.
    for path in (
        f"/cases/{case_id}",
        here,
        *(f"{here}/{p}" for p in ("result", "reasoning", "district", "journeys", "locate")),
    ):
        assert officer.get(path).status_code == 200, path
    question = f"{here}/questions/CS02/C"
    seen = re.search(r'name="seen"[^>]*value="([^"]*)"', officer.get(question).text)
    assert seen is not None
    day = {"on-day": "1", "on-month": "11", "on-year": "2026"}
    answer = {"value": "fits", "grade": "E2", "source_name": "Olu", "seen": seen[1], "version": version(), **day}
    assert officer.post(question, data=answer).status_code == 302
    reasons = {"reason_C": "She has a room of her own here, and her nursery stays the same."}
    assert officer.post(f"{here}/submit", data={"version": version(), **reasons}).status_code == 302
    # Something breaks: the page has a number and no detail.
    with monkeypatch.context() as broken:

        def fail(*args: Any, **how: Any) -> NoReturn:
            raise RuntimeError("broken on purpose")

        broken.setattr(decision_views.service, "decide", fail)
        failed = lead.post(f"{here}/review", data={"version": version(), "verdict": "approve", "note": NOTE})
        assert failed.status_code == 500
        assert CANARY not in failed.text
    assert CANARY not in officer.get(f"/cases/{'f' * 32}").text
    made = lead.post(f"{here}/review", data={"version": version(), "verdict": "approve", "note": NOTE})
    assert made.status_code == 302, made.text[:400]
    assert lead.get(made.headers["Location"]).status_code == 200
    with instance.app.app_context():
        assert CANARY in str(records.contents(made.headers["Location"].rsplit("/", 1)[1])), "it is in the record"
    assert "Canary" not in caplog.text
    databases = {"-wal", "-shm", ""}
    for file in Path(instance.settings.data).rglob("*"):
        if file.is_file() and not any(file.name.endswith(f".sqlite{end}") for end in databases):
            assert CANARY.encode() not in file.read_bytes(), file


def test_the_canary_would_be_found(instance: Instance) -> None:
    """The proof above can fail: an address that is written to a file of the data folder is seen."""
    with instance.app.app_context(), writing():
        (instance.settings.data / "a.log").write_text(CANARY, encoding="utf-8")
    assert any(CANARY.encode() in f.read_bytes() for f in instance.settings.data.rglob("*.log"))
