"""When people leave a household the links to its documents end, or go on without them: nothing made before is read by any since then."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.assessments.models import Assessment
from app.audit import service as audit
from app.cases import service as cases
from app.cases.models import Case, CaseAddress
from app.database import writing
from app.extensions import db
from app.jobs.models import Job
from app.lives.models import LifeStep
from app.notifications import messages
from app.records import service as records
from app.sharing import parted, service
from app.sharing.models import Share
from tests.conftest import Instance

from .test_joining import join
from .test_parting import home, made_from, part, text_of

THEIRS, NEXT = "9 Zedmarker Lane", "8 Zedmarker Court"
WHY = "She is the health visitor of the child who stays."


def shared(
    instance: Instance, case_id: str, record_id: str, name: str = "Hester Visitor"
) -> tuple[str, FlaskClient, str]:
    """A link to a record, mailed and opened: (share, the reader's browser, link)."""
    with instance.app.app_context():
        made, code = service.share(
            instance.user("housing_officer"), record_id, instance.version(case_id), name, "Health visitor",
            f"{name.split()[0].lower()}@nhs.example", "She leads.",
        )  # fmt: skip
        link = f"/shared/{service._box().decrypt(made.link_sealed or b'').decode()}"
        records.make_pdf(record_id)
        service.send_mail(made.id)
        share_id = made.id
    browser = instance.app.test_client()
    assert browser.post(link, data={"code": code}).status_code == 302
    return share_id, browser, link


def family(instance: Instance) -> tuple[str, str]:
    """A decided case whose record tells of where those live who will leave: (case, record)."""
    case_id, _ = instance.import_case("h1")
    with instance.app.app_context(), writing() as session:
        case = cases.lock_case(session, case_id, None)
        case.addresses.append(CaseAddress(kind="current", address=THEIRS, postcode=""))
        session.flush()
        audit.record(session, "case.changed", "addresses", case.addresses[-1].id, case.id)
    with instance.app.app_context():
        assessment_id = _all_of(case_id)[0].id
    instance.submit(assessment_id)
    return instance._decided(case_id, assessment_id)


def leave(instance: Instance, case_id: str, **more: Any) -> tuple[int, str]:
    with instance.app.app_context():
        flat = db.session.scalars(select(CaseAddress.id).where(CaseAddress.address == THEIRS)).first()
    typed = {**home(instance, case_id), **({f"goes_{flat}": "with"} if flat else {}), "to": NEXT, **more}
    return part(instance, case_id, "M", "B1", "B2", **typed)


def seen(browser: FlaskClient, link: str) -> str:
    """Everything that a reader gets through a link: each page and the file, with what redirects lead to."""
    found = []
    for path in (link, f"{link}/record", f"{link}/record.pdf"):
        answer = browser.get(path, follow_redirects=True)
        assert answer.status_code < 500
        found.append(text_of(answer.data) if answer.mimetype == "application/pdf" else answer.text)
        answer.close()
    return "\n".join(found)


def of(share_id: str) -> Share:
    db.session.expire_all()
    return db.session.get_one(Share, share_id)


def marks(instance: Instance, case_id: str, new: Case) -> list[str]:
    """What no reader of the old case may read since: names, where both households live, and the new case."""
    with instance.app.app_context():
        people = [m.name for m in db.session.get_one(Case, new.id).members if m.name]
        places = [a.unit.address for a in _all_of(case_id)]
    return [*people, *places, "Zedmarker", new.reference, new.id]


def _all_of(case_id: str) -> list[Any]:
    return list(db.session.scalars(select(Assessment).where(Assessment.case_id == case_id)).unique())


def test_the_page_tells_who_can_open_what_and_each_link_ends_with_the_parting(either: Instance) -> None:
    case_id, record_id = family(either)
    share_id, browser, link = shared(either, case_id, record_id)
    assert "Zedmarker" in seen(browser, link), "the control: it was read by this link"
    page = either.client("housing_officer").get(f"/cases/{case_id}/part").text
    assert "Hester Visitor, Health visitor" in page
    assert "Each of these links ends with this" in re.sub(r"\s+", " ", page)
    status, text = leave(either, case_id)
    assert status == 302, text
    with either.app.app_context():
        assert (of(share_id).revoked_at is not None, of(share_id).ended_why, of(share_id).link_sealed) == (
            True,
            "parted",
            None,
        )
        mails = db.session.scalars(select(Job.subject).where(Job.name == messages.ENDED)).all()
        assert mails == [share_id], "the reader is told that it opens nothing any more"
        left = db.session.scalars(select(LifeStep).where(LifeStep.case_id == case_id, LifeStep.kind == "parted")).one()
        assert "The link of Hester Visitor, Health visitor was ended." in left.said
    read = seen(browser, link)
    assert [m for m in marks(either, case_id, made_from(either, case_id)) if m in read] == []
    lead = either.client("safeguarding_lead")
    assert "Ended, as some of the household left it" in lead.get(f"/cases/{case_id}/records/{record_id}").text
    assert "Link ended, because some of the household left it" in lead.get(f"/cases/{case_id}/timeline").text


def test_a_link_that_goes_on_shows_nothing_that_was_made_before(either: Instance) -> None:
    case_id, record_id = family(either)
    kept, browser, link = shared(either, case_id, record_id)
    ended, other, other_link = shared(either, case_id, record_id, "Sorrel School")
    said = {"kind": "added", "said": "I saw them at 9 Zedmarker Lane."}
    assert browser.post(f"{link}/words", data=said).status_code == 302
    status, text = leave(either, case_id, **{f"link_{kept}": "stays", f"why_{kept}": WHY, f"link_{ended}": "ends"})
    assert status == 302, text
    new = made_from(either, case_id)
    with either.app.app_context():
        assert of(kept).revoked_at is None
        assert of(ended).revoked_at is not None
        left = db.session.scalars(select(LifeStep).where(LifeStep.case_id == case_id, LifeStep.kind == "parted")).one()
        assert WHY in left.said
    read = seen(browser, link)
    assert "The document is not shown any more" in read
    assert [m for m in marks(either, case_id, new) if m in read] == [], (
        "neither what was made, nor what they wrote before"
    )
    assert not browser.get(f"{link}/record.pdf").data.startswith(b"%PDF")
    assert [m for m in marks(either, case_id, new) if m in seen(other, other_link)] == []
    assert browser.post(f"{link}/words", data={"kind": "added", "said": "He was at the clinic."}).status_code == 302
    assert "He was at the clinic." in browser.get(f"{link}/record").text
    assert browser.post(f"{link}/record", data={"response": "will_lead", "name": "Hester"}).status_code == 302
    assert browser.post(f"{link}/record", data={"response": ""}).status_code == 422
    lead = either.client("safeguarding_lead")
    timeline = lead.get(f"/cases/{case_id}/timeline").text
    assert "Link kept open after some of the household left it" in timeline
    assert "Reader opened the page of a link whose document is not shown any more" in timeline
    assert WHY in lead.get(f"/cases/{case_id}/chronology?show=everything").text
    with either.app.app_context():
        assert not db.session.scalars(select(Share.id).where(Share.case_id == new.id)).all(), "no link came along"


@pytest.mark.parametrize(
    ("chosen", "why", "said"),
    [
        ("stays", "", "Say why they still lead"),
        ("ends", "She leads.", "A reason is written below"),
        ("perhaps", "", "Choose"),
    ],
)
def test_a_link_goes_on_for_a_reason_alone(instance: Instance, chosen: str, why: str, said: str) -> None:
    case_id, record_id = family(instance)
    share_id, browser, link = shared(instance, case_id, record_id)
    status, text = leave(instance, case_id, **{f"link_{share_id}": chosen, f"why_{share_id}": why})
    assert status == 422
    assert said in text
    with instance.app.app_context():
        assert of(share_id).revoked_at is None
        assert len(db.session.scalars(select(Case.id)).all()) == 1
    assert "Zedmarker" in seen(browser, link)


def test_a_record_of_before_goes_to_nobody_by_a_link(instance: Instance) -> None:
    case_id, record_id = family(instance)
    assert leave(instance, case_id)[0] == 302
    typed = {"name": "Hester Visitor", "role": "Health visitor", "relation": "professional", "email": "hester@nhs.example",
             "why": "She leads.", "version": str(instance.version(case_id))}  # fmt: skip
    answer = instance.client("housing_officer").post(f"/cases/{case_id}/records/{record_id}/share", data=typed)
    assert answer.status_code == 422
    assert "before some of the household left it" in answer.text
    assert "She leads." in answer.text
    with instance.app.app_context():
        assert not db.session.scalars(select(Share.id)).all()


def test_a_link_of_the_family_ends_without_a_word_and_never_goes_on(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id, record_id = family(instance)
    share_id, _, _ = shared(instance, case_id, record_id)
    monkeypatch.setattr("app.sharing.reached.is_of_the_family", lambda session, edition_id: True)
    assert f"link_{share_id}" not in instance.client("housing_officer").get(f"/cases/{case_id}/part").text
    with instance.app.app_context(), pytest.raises(cases.CaseProblem), writing() as session:
        parted.end(session, cases.lock_case(session, case_id, None), {share_id: WHY})
    assert leave(instance, case_id)[0] == 302
    with instance.app.app_context():
        assert of(share_id).ended_why == "parted"
        assert not db.session.scalars(select(Job.id).where(Job.name == messages.ENDED)).all(), (
            "whoever was fled from may read it"
        )


def test_when_two_households_become_one_the_links_of_the_case_that_closes_end(either: Instance) -> None:
    other_id, record_id = family(either)
    case_id, own_record = either.decided("h2")
    share_id, browser, link = shared(either, other_id, record_id)
    own, reader, own_link = shared(either, case_id, own_record, "Sorrel School")
    with either.app.app_context():
        reference = db.session.get_one(Case, other_id).reference
        here = db.session.get_one(Case, case_id).reference
    page = either.client("housing_officer").get(f"/cases/{case_id}/join?other={reference}").text
    assert "Hester Visitor, Health visitor" in page
    assert "Sorrel School" not in page
    status, text = join(either, case_id, other_id)
    assert status == 302, text
    with either.app.app_context():
        assert of(share_id).ended_why == "parted"
        assert of(own).revoked_at is None
    read = seen(browser, link)
    assert [m for m in ("Zedmarker", here, "Invented Lane") if m in read] == []
    assert [m for m in ("Zedmarker", reference) if m in seen(reader, own_link)] == [], (
        "and that of the other says nothing of these"
    )
