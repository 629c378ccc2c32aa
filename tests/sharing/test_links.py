"""Links: side by side in one browser, opened again in it, ended by a restriction, marked by a newer record, silent to strangers."""

from __future__ import annotations

import re
import statistics
import threading
import time
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from app import jobs
from app.cases.service import CaseProblem
from app.database import now
from app.editions import service as editions
from app.editions.release import Chosen
from app.extensions import db
from app.jobs.models import Job
from app.notifications import messages
from app.sharing import service
from app.sharing.models import Share
from tests.conftest import Instance

from .test_sharing import SECRETS, TO, shared, told


def another(instance: Instance) -> tuple[str, str, str, str]:
    """A second family's record, shared with the same person: (case, record, link, code)."""
    case_id, record_id = instance.decided("h3")
    with instance.app.app_context():
        made, code = service.share(
            instance.user("housing_officer"), record_id, instance.version(case_id), TO["name"], TO["role"], TO["email"], TO["why"]
        )  # fmt: skip
        locator = service._box().decrypt(made.link_sealed or b"").decode()
        service.send_mail(made.id)
    return case_id, record_id, f"/shared/{locator}", code


def test_two_links_live_side_by_side_in_one_browser(instance: Instance, client: FlaskClient) -> None:
    _, _, first, code = shared(instance)
    _, _, second, other = another(instance)
    assert client.post(first, data={"code": code}).status_code == 302
    assert client.post(second, data={"code": other}).status_code == 302
    for link in (first, second, first):
        assert client.get(link + "/record").status_code == 200


def test_the_link_reopens_in_a_browser_that_knew_its_code_until_it_ends(either: Instance) -> None:
    _, _, link, code = shared(either)
    browser, stranger = either.app.test_client(), either.app.test_client()
    browser.post(link, data={"code": code})
    with time_machine.travel(now() + timedelta(days=3)):
        assert browser.get(link).headers["Location"].endswith("/record")
        assert browser.get(link + "/record").status_code == 200
        assert stranger.get(link).status_code == 200
        assert stranger.get(link + "/record").status_code == 302
    with time_machine.travel(now() + timedelta(days=8)):
        assert browser.get(link + "/record").status_code == 302


def test_another_browser_asks_for_a_new_code_and_the_first_goes_on(instance: Instance) -> None:
    officer, path, link, code = shared(instance)
    first, second = instance.app.test_client(), instance.app.test_client()
    first.post(link, data={"code": code})
    assert second.post(link, data={"code": code}).status_code == 422
    with instance.app.app_context():
        share_id = db.session.scalars(select(Share)).one().id
    new = re.search(r'id="code">(\d{4}) (\d{4})<', officer.post(f"{path}/shares/{share_id}/code").text)
    assert new
    assert second.post(link, data={"code": new[1] + new[2]}).status_code == 302
    assert first.get(link + "/record").status_code == 200
    assert second.get(link + "/record").status_code == 200


def test_a_code_sent_twice_at_once_by_one_browser_opens_both_times(either: Instance) -> None:
    """A double click without JavaScript; and of fifty strangers with one code, one opens it."""
    _, _, link, code = shared(either)
    browser = either.app.test_client()
    browser.get(link)
    assert [browser.post(link, data={"code": code}).status_code for _ in range(2)] == [302, 302]
    assert either.app.test_client().post(link, data={"code": code}).status_code == 422
    with time_machine.travel(now() + timedelta(seconds=61)):
        assert browser.post(link, data={"code": code}).status_code == 422
    with either.app.app_context():
        assert db.session.scalars(select(Share)).one().all_tries == 2


def test_fifty_at_once_with_one_code_open_once(either: Instance) -> None:
    _, _, link, code = shared(either)
    together, opened = threading.Barrier(20), list[int]()

    def tried(number: int) -> None:
        client = either.app.test_client()
        client.get(link)
        together.wait(30)
        for _ in range(200):
            answer = client.post(link, data={"code": code}, environ_overrides={"REMOTE_ADDR": f"203.0.113.{number}"})
            if answer.status_code != 503:
                break
            time.sleep(0.02)
        opened.append(answer.status_code)

    threads = [threading.Thread(target=tried, args=(n,)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(90)
    assert opened.count(302) == 1
    assert len(opened) == 20


def restricted(instance: Instance, case_id: str) -> None:
    lead = instance.client("safeguarding_lead")
    answer = lead.post(f"/cases/{case_id}/restrict", data={"version": str(instance.version(case_id))})
    assert answer.status_code == 302


def run(instance: Instance, name: str) -> list[str]:
    """The letters of one kind, sent as the worker sends them."""
    before = set((instance.settings.data / "mail").glob("*.eml"))
    with instance.app.app_context():
        for job in db.session.scalars(select(Job).where(Job.name == name)).all():
            jobs.run(name, job.subject)
    return [
        f.read_text(encoding="utf-8") for f in sorted(set((instance.settings.data / "mail").glob("*.eml")) - before)
    ]


def test_restricting_a_case_ends_its_links_and_tells_their_readers(either: Instance, client: FlaskClient) -> None:
    officer, path, link, code = shared(either)
    client.post(link, data={"code": code})
    restricted(either, path.split("/")[2])
    assert client.get(link + "/record").status_code == 302
    assert client.get(link + "/record.pdf").status_code == 302
    assert "Ended, as the case was restricted" in officer.get(path).text
    (letter,) = run(either, messages.ENDED)
    assert "no longer opens" in letter
    assert told(letter) == []
    assert run(either, messages.ENDED) == [], "once"


def test_a_link_to_a_restricted_case_is_open_for_half_an_hour_after_its_code(instance: Instance) -> None:
    case_id, _, _, _ = another(instance)
    restricted(instance, case_id)
    with instance.app.app_context():
        record_id = db.session.scalars(select(Share.record_id)).one()
        lead = instance.user("safeguarding_lead")
        to = (TO["name"], TO["role"], TO["email"], TO["why"])
        with pytest.raises(CaseProblem, match="before a second person agrees"):
            service.share(lead, record_id, instance.version(case_id), *to)
        officer = instance.user("housing_officer")
        copy = editions.make(officer, record_id, instance.version(case_id), "health_visitor", Chosen())
        editions.make_pdf(copy.id)
        editions.agree(lead, copy.id)
        made, code = service.share(lead, record_id, instance.version(case_id), *to, edition_id=copy.id)
        link = f"/shared/{service._box().decrypt(made.link_sealed or b'').decode()}"
    browser = instance.app.test_client()
    assert browser.post(link, data={"code": code}).status_code == 302
    assert browser.get(link + "/record").status_code == 200
    with time_machine.travel(now() + timedelta(minutes=31)):
        assert browser.get(link + "/record").status_code == 302
        assert browser.get(link).status_code == 200, "it asks for a new code"


def test_issuing_a_newer_record_marks_older_links_and_tells_their_readers(
    either: Instance, client: FlaskClient
) -> None:
    _, _, link, code = shared(either)
    client.post(link, data={"code": code})
    assert "A newer record replaces this one" not in client.get(link + "/record").text
    with either.app.app_context():
        share = db.session.scalars(select(Share)).one()
        newer = _issued_again(share)
    page = client.get(link + "/record").text
    assert "A newer record replaces this one" in page
    (letter,) = run(either, messages.NEWER)
    assert "has been replaced" in letter
    assert told(letter) == []
    assert newer not in letter
    assert not any(word in letter for word in SECRETS)


def _issued_again(share: Share) -> str:
    """A second record of the case, as a second decision issues it."""
    from app.database import writing  # noqa: PLC0415
    from app.records import service as records  # noqa: PLC0415
    from app.records.models import Record  # noqa: PLC0415

    contents = records.contents(share.record_id)
    for name in ("format", "number", "issued_at"):
        del contents[name]
    with writing() as session:
        number = records.next_number(session, now())
        made: Record = records.issue(session, share.case_id, number, now(), contents)
        service.mark_older(session, made)
    return number


def test_a_wrong_code_costs_the_same_on_a_link_that_is_not_there(instance: Instance) -> None:
    """Medians of fifteen each, in turn: it was 223 ms against 27 ms, eight times as much."""
    _, _, link, _ = shared(instance)
    client, took = instance.app.test_client(), dict[str, list[float]]()
    for number in range(15):
        for path in (link, "/shared/" + "x" * 43):
            started = time.perf_counter()
            client.post(path, data={"code": "12345678"}, environ_overrides={"REMOTE_ADDR": f"203.0.113.{number}"})
            took.setdefault(path, []).append(time.perf_counter() - started)
    live, unknown = (statistics.median(times) for times in took.values())
    assert max(live, unknown) < 1.6 * min(live, unknown), (live, unknown)


@pytest.mark.parametrize("kind", ["unknown", "live"])
def test_codes_are_not_guessed_from_one_place_for_ever(instance: Instance, kind: str) -> None:
    _, _, link, code = shared(instance)
    client: Any = instance.app.test_client()
    path = link if kind == "live" else "/shared/" + "x" * 43
    answers = [client.post(path, data={"code": f"{n:08d}"}).status_code for n in range(12)]
    assert answers == [422] * 8 + [429] * 4
    assert client.post(link, data={"code": code}).status_code == (429 if kind == "live" else 302)


def test_a_stranger_behind_the_same_address_keeps_no_reader_from_another_link(instance: Instance) -> None:
    """A whole hospital comes from one address."""
    _, _, link, code = shared(instance)
    client: Any = instance.app.test_client()
    for number in range(12):
        client.post("/shared/" + "x" * 43, data={"code": f"{number:08d}"})
    assert client.post(link, data={"code": code}).status_code == 302
