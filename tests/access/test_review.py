"""An opening is answered for by a lead who did not open it; what is past its day stands on top; no row of it is ever changed."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.access import glass
from app.access.models import BreakGlassStep, ReadingFinding
from app.accounts.models import User
from app.clocks import today
from app.database import now, writing
from app.extensions import db
from app.letters import telling as letters
from app.notifications.models import Telling
from tests.cases.test_exclusions import keep_out, second_lead
from tests.cases.test_numbers import masked
from tests.conftest import Instance

from .test_break_glass import ASK, WHY, count, open_it, typed


def test_a_lead_who_did_not_open_it_answers_and_until_then_it_waits(either: Instance, lead: FlaskClient) -> None:
    case_id, _ = either.import_case("h2")
    grant = open_it(either, case_id)
    path = f"/who-looked/opened/{grant}"
    assert path in lead.get("/").text
    auditor = either.client("auditor")
    assert WHY in auditor.get(path).text
    refused = auditor.post(path, data={"answer": "justified", "said": "x"})
    assert refused.status_code == 422
    assert "A safeguarding lead answers for it" in refused.text
    assert lead.post(path, data={"answer": "", "said": ""}).status_code == 422
    assert lead.post(path, data={"answer": "justified", "said": "Rung: the police confirm it."}).status_code == 302
    assert path not in lead.get("/").text
    assert "It was needed for their work" in lead.get("/who-looked").text
    again = lead.post(path, data={"answer": "breach", "said": "x"})
    assert again.status_code == 422
    assert "answered for it meanwhile" in again.text
    assert count(either, BreakGlassStep, BreakGlassStep.kind == "review") == 1
    assert either.client("housing_officer").get(path).status_code == 403


def test_past_its_day_it_stands_on_top_and_a_digest_says_so(either: Instance) -> None:
    case_id, _ = either.import_case("h2")
    grant = open_it(either, case_id)
    # Digests go out from seven in the morning.
    with time_machine.travel((now() + timedelta(days=8)).replace(hour=12), tick=False):
        lead = either.client("safeguarding_lead")
        assert "late" in lead.get("/").text
        assert "Past its day" in either.client("auditor").get("/who-looked").text
        with either.app.app_context():
            assert ("glass_late", case_id, grant, "") in letters.gather(today())
            letters.once_a_day()
            late = db.session.scalars(select(Telling).where(Telling.kind == "glass_late")).all()
            assert [t.owner for t in late] == [either.user("safeguarding_lead").id]
        lead.post(f"/who-looked/opened/{grant}", data={"answer": "training", "said": "Talked with them."})
        with either.app.app_context():
            assert glass.late(today()) == []


def test_nobody_answers_for_what_they_opened_themselves(either: Instance) -> None:
    case_id, _ = either.import_case("h2")
    grant = open_it(either, case_id)
    with either.app.app_context(), writing() as session:
        session.get_one(User, either.user("other_officer").id).role = "safeguarding_lead"
    client = either.client("other_officer")
    assert client.get(f"/who-looked/opened/{grant}").status_code == 404
    assert grant not in client.get("/").text
    with either.app.app_context(), pytest.raises(glass.GlassProblem):
        glass.review(either.user("other_officer"), grant, "justified", "Myself.")


def test_a_lead_from_whom_it_is_kept_sees_neither_the_opening_nor_the_asking(either: Instance) -> None:
    case_id, _ = either.import_case("h2", "EMER-7")
    second_lead(either)
    keep_out(either, case_id, "safeguarding_lead")
    before = {p: masked(either.client("safeguarding_lead").get(p).text) for p in ("/who-looked", "/")}
    open_it(either, case_id)
    keep_out(either, case_id, "other_officer")
    either.client("other_officer").post(ASK, data=typed("EMER-7"))
    after = {p: masked(either.client("safeguarding_lead").get(p).text) for p in before}
    assert after == before
    assert "EMER-7" in either.client("second_lead").get("/who-looked").text


@pytest.mark.parametrize(
    "name", ["break_glass", "break_glass_step", "tonight_note", "reading_finding", "reading_answer"]
)
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_its_rows_are_only_added_to(either: Instance, name: str, statement: str, lead: FlaskClient) -> None:
    case_id, _ = either.import_case("h2")
    client = either.client("other_officer")
    grant = open_it(either, case_id, client=client)
    client.post(f"/cases/{case_id}/tonight", data={"said": "Rang them."})
    client.post(ASK, data=typed("NEVER"))
    lead.post(f"/who-looked/opened/{grant}", data={"answer": "justified", "said": "x"})
    with either.app.app_context():
        finding = db.session.scalars(select(ReadingFinding.id)).one()
    lead.post(f"/who-looked/noticed/{finding}", data={"answer": "asked", "said": "x"})
    with either.app.app_context():
        assert db.session.execute(text(f"SELECT count(*) FROM {name}")).scalar() == 1
        with pytest.raises(DBAPIError), writing() as session:
            session.execute(text(statement.format(name)))
