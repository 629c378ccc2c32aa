"""Whatever a version stored can be opened: every page of every case, by whoever may, that day and long after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.cases import service as cases
from app.database import now
from app.extensions import db
from app.records.models import Record
from app.sharing import service as sharing
from app.sharing.models import Share

from .samples import OldInstance
from .walk import READERS, Page, filled, pages

# What people look at first; opened by everybody who may, of every case. Of anything else some are opened by one of them.
CORE = (
    "cases.show", "cases.timeline", "assessments.show", "assessments.result", "decisions.review", "emergency.ratify",
    "records.show", "records.pdf", "answers.settle",
)  # fmt: skip
# Pages that lead on where there is nothing to do: it is decided already, nothing is needed tonight, no PDF was made yet.
# Or nothing waits to be taken back, nothing is decided yet, there is one place alone; a place looked at is struck out already,
# no case is closed, nobody opened one in an emergency; what is held about somebody is not released yet, another settles who is shown a home.
LATER = (
    "taking_back.take_back",
    "again.begin",
    "search.compare",
    "search.strike",
    "lives.reopen",
    "glass.tonight",
    "subject_access.given",
    "sealed.settle",
)
# A copy that is given by hand has no link to be sent.
LEADS_ON = ("decisions.review", "emergency.take", "assessments.submit", "records.pdf", "sharing.make_of_copy", *LATER)
# What may not be there: no map where the place is not known, nothing to settle where nobody disagreed, no copy of a record of before.
# No family takes up or leaves a unit of a register that nobody linked, or a place nobody is in; nobody is born who is not expected.
ABSENT = (
    "assessments.map_image", "answers.settle", "editions.reader", "from_register.take_up", "born.born", "lives.left",
    "sealed.name", "sealed.ask",  # nothing was held sealed before
    "matches.settle",  # one of the two is settled
    "from_register.answer",  # what is known of a unit is asked about where that is the unit that is proposed
)  # fmt: skip
# What lies on a phone is opened by whoever began the visit, and for seven days.
OVER = ("visits.key", "visits.sheet")


def as_expected(endpoint: str, status: int) -> bool:
    led, gone, over = status == 302, status == 404, status == 409
    return (
        status == 200 or (led and endpoint in LEADS_ON) or (gone and endpoint in ABSENT) or (over and endpoint in OVER)
    )


def old_records(old: OldInstance, role: str) -> int:
    """How many records that they may see have their file; a copy of one for a reader is no record."""
    with old.app.app_context():
        seen = select(Record.id).where(cases.seen_by(old.user(role), Record.case_id))
        return len(set(old.sample.pdfs(old.engine)) & set(db.session.scalars(seen)))


def walked(clients: dict[str, FlaskClient], found: Iterable[Page], role: str = "") -> tuple[Counter[str], list[str]]:
    """How often each route answered 200, and what did not answer as it should; ``role``: the core only, as that role."""
    answered: Counter[str] = Counter()
    wrong = []
    for page in found:
        if role and (page.endpoint not in CORE or role not in page.roles):
            continue
        who = role or page.roles[0]
        with clients[who].get(page.address) as answer:
            status = answer.status_code
        answered[page.endpoint] += status == 200
        if not as_expected(page.endpoint, status):
            wrong.append(f"{status} {page.endpoint} of {page.reference} as {who}: {page.address}")
    return answered, wrong


def chosen(old: OldInstance) -> list[Page]:
    """What people look at first of every case; of anything else some, on PostgreSQL fewer. Questions are each opened once."""
    few = 8 if old.engine == "sqlite" else 2
    so_far: Counter[str] = Counter()
    kept = []
    for page in pages(old):
        so_far[page.endpoint] += 1
        most = 8 if page.endpoint in LEADS_ON else few  # one of them at least must be there to be opened
        once = page.endpoint == "questions.question" and old.engine == "sqlite"
        if page.endpoint in CORE or once or so_far[page.endpoint] <= most:
            kept.append(page)
    return kept


def test_every_page_of_every_case_opens(old: OldInstance) -> None:
    clients = {role: old.client(role) for role in READERS}
    found = chosen(old)
    answered, wrong = walked(clients, found)
    assert not wrong, "\n".join(wrong)
    assert {page.endpoint for page in found} - {name for name, count in answered.items() if count} <= {
        *ABSENT,
        *LATER,
        *OVER,
    }
    assert set(CORE) <= {page.endpoint for page in found}


@pytest.mark.parametrize("role", READERS[1:])
def test_the_pages_people_look_at_first_open_as_each_role_that_may(on_sqlite: OldInstance, role: str) -> None:
    answered, wrong = walked({role: on_sqlite.client(role)}, list(pages(on_sqlite)), role)
    assert not wrong, "\n".join(wrong)
    assert answered["cases.show"] >= 15
    assert answered["records.pdf"] == old_records(on_sqlite, role) >= 4


def test_lists_and_pages_of_the_house_open(old: OldInstance) -> None:
    for role in READERS:
        client = old.client(role)
        page = client.get("/cases")
        assert page.status_code == 200
        assert "OLD-FULL" in page.text
        assert client.get("/").status_code == 200
        assert client.get("/about-the-data").status_code == 200
    administrator = old.client("administrator")
    assert [administrator.get(path).status_code for path in ("/people", "/data")] == [200, 200]


def test_everybody_signs_in_with_the_password_they_had(old: OldInstance) -> None:
    for role in READERS:
        typed = {"email": old.sample.about["people"][role], "password": "correct horse battery staple"}
        assert old.app.test_client().post("/sign-in", data=typed).status_code == 302


def test_links_that_were_mailed_still_open_the_record(old: OldInstance) -> None:
    links = old.sample.about["links"][old.engine]
    assert sorted(link["response"] for link in links) == ["", "acknowledged", "disputed", "not_me"]
    for link in links:
        recipient, path = old.app.test_client(), f"/shared/{link['locator']}"
        assert recipient.get(path).status_code == 200
        with old.app.app_context():
            share = sharing.by_locator(link["locator"])
            assert share is not None
            # A code lives for hours since 8d6bdad: one that has ended is asked for anew, as the reader would.
            lives = link["code"] and share.code_expires_at is not None and share.code_expires_at > now()
            code = link["code"] if lives else sharing.new_code(old.user("housing_officer"), share.id)
            key = share.record_id
        assert recipient.post(path, data={"code": code}).status_code == 302
        assert recipient.get(f"{path}/record").status_code == 200
        with recipient.get(f"{path}/record.pdf") as answer:
            assert answer.data == old.sample.pdfs(old.engine)[key]


def test_a_link_that_was_revoked_stays_revoked(old: OldInstance) -> None:
    with old.app.app_context():
        gone = db.session.scalars(select(Share).where(Share.revoked_at.is_not(None))).one()
        with pytest.raises(sharing.ShareProblem):
            sharing.new_code(old.user("housing_officer"), gone.id)


def test_a_year_later_everything_opens_and_links_have_ended(long_after: OldInstance) -> None:
    _, wrong = walked(
        {"safeguarding_lead": long_after.client("safeguarding_lead")}, list(pages(long_after)), "safeguarding_lead"
    )
    assert not wrong, "\n".join(wrong)
    with long_after.app.app_context():
        for link in long_after.sample.about["links"]["sqlite"]:
            assert sharing.by_locator(link["locator"]) is None
            assert long_after.app.test_client().get(f"/shared/{link['locator']}").status_code == 200


def test_a_route_that_cannot_be_filled_is_said(old: OldInstance) -> None:
    rule = next(r for r in old.app.url_map.iter_rules() if r.endpoint == "sharing.open_link")
    with pytest.raises(LookupError, match=r"has “locator”: say in walk\.py"):
        filled(rule, None)  # type: ignore[arg-type]
