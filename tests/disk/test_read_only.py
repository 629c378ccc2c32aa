"""While nothing can be saved: pages are read and noted, people come in and go out, and nothing that was typed is lost."""

from __future__ import annotations

import os
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from app import create_app, disk, install, jobs
from app.accounts.models import UserSession
from app.audit.models import AuditEvent
from app.cases.models import Case
from app.database import now, writing
from app.extensions import db
from app.jobs import ledger
from app.jobs.models import DONE, WAITING, Job
from app.records import service as records
from app.sharing import service as sharing
from app.sharing.models import Share
from tests.conftest import Instance, dispose
from tests.sharing.test_sharing import shared

PASSWORD = "correct horse battery staple"


def room_of(instance: Instance) -> disk.Disk:
    found: disk.Disk = instance.app.extensions["disk"]
    return found


def no_room(instance: Instance) -> None:
    """As if the disk had become nearly full: more must be free than any disk has."""
    room_of(instance).settings = instance.settings.model_copy(update={"disk_read_only_mb": 10**12})


def room_again(instance: Instance) -> bool:
    room_of(instance).settings = instance.settings
    with instance.app.app_context():
        return room_of(instance).look(at_once=True)


def spooled(instance: Instance) -> list[dict[str, Any]]:
    with room_of(instance).spool.held() as handle:
        return room_of(instance).spool.entries(handle)


def stored(instance: Instance, *actions: str) -> list[AuditEvent]:
    with instance.app.app_context():
        wanted = select(AuditEvent).order_by(AuditEvent.seq)
        return list(db.session.scalars(wanted.where(AuditEvent.action.in_(actions)) if actions else wanted))


def sign_in(client: FlaskClient, role: str = "housing_officer") -> Any:
    return client.post("/sign-in", data={"email": f"{role}@test.example", "password": PASSWORD})


def test_pages_are_read_and_each_view_stands_in_the_audit_once_there_is_room(
    either: Instance, officer: FlaskClient
) -> None:
    case_id, assessment_id = either.import_case("h2")
    paths = [f"/cases/{case_id}", f"/cases/{case_id}/assessments/{assessment_id}", f"/cases/{case_id}"]
    before = len(stored(either, "case.viewed", "assessment.viewed"))
    no_room(either)
    for path in paths:
        answer = officer.get(path)
        assert answer.status_code == 200
    banner = officer.get("/").text
    assert "Read only since" in banner
    assert "Ring your administrator" in banner
    assert len(stored(either, "case.viewed", "assessment.viewed")) == before
    assert [line["action"] for line in spooled(either)] == ["case.viewed", "assessment.viewed", "case.viewed"]
    assert room_again(either)
    found = stored(either, "case.viewed", "assessment.viewed", "disk.read_only", "disk.writable")[before:]
    assert [e.action for e in found] == [
        "disk.read_only",
        "case.viewed",
        "assessment.viewed",
        "case.viewed",
        "disk.writable",
    ]
    assert [e.at for e in found[1:]] == sorted(e.at for e in found[1:])
    lines = spooled(either)
    assert [e.at.isoformat() for e in found[1:4]] == [line["at"] for line in lines], "its own moment"
    assert [e.spooled for e in found[1:4]] == [line["id"] for line in lines], "and that it was spooled"
    assert {e.case_id for e in found[1:4]} == {case_id}
    assert {e.actor_role for e in found[1:4]} == {"housing_officer"}
    assert "Read only since" not in officer.get("/").text
    assert officer.get(f"/cases/{case_id}").status_code == 200
    assert stored(either, "case.viewed")[-1].spooled is None


def test_a_spool_that_was_taken_in_and_not_ended_is_taken_in_once(either: Instance, officer: FlaskClient) -> None:
    """The service is cut off between the database's commit and the spool's: everything is read a second time."""
    case_id, _ = either.import_case("h2")
    no_room(either)
    assert [officer.get(f"/cases/{case_id}").status_code for _ in range(3)] == [200] * 3
    room = room_of(either)
    with room.spool.held() as handle:
        head = room.spool.head(handle)
    assert room_again(either)
    count = len(stored(either))
    with room.spool.held() as handle:
        room.spool.put_head(handle, head)
    assert room.read_only() is not None
    assert room_again(either)
    assert room.read_only() is None
    assert len(stored(either)) == count


def test_the_audit_itself_refuses_a_line_a_second_time(either: Instance) -> None:
    def store() -> None:
        with either.app.app_context(), writing() as session:
            values = dict.fromkeys(("actor_id", "actor_role", "object_type", "object_id"), "x")
            session.add(AuditEvent(**values, action="case.viewed", spooled="p-1"))

    store()
    with pytest.raises(IntegrityError):
        store()


def test_the_timeline_says_what_was_noted_while_the_disk_was_full(instance: Instance) -> None:
    case_id, _ = instance.import_case("h2")
    officer, auditor = instance.client("housing_officer"), instance.client("auditor")
    no_room(instance)
    officer.get(f"/cases/{case_id}")
    assert room_again(instance)
    assert "Case looked at, noted while the disk was full" in auditor.get(f"/cases/{case_id}/timeline?show=looks").text


def test_no_job_begins_and_none_is_lost(either: Instance) -> None:
    _, record_id = either.decided("h2")
    with either.app.app_context():
        no_room(either)
        jobs.run(records.RENDER, record_id)
        job = db.session.get_one(Job, f"{records.RENDER}-{record_id}")
        assert (job.state, job.tries) == (WAITING, 0)
        assert room_again(either)
        with time_machine.travel(now() + ledger.LONGEST_RUN * 2):
            assert (records.RENDER, record_id) in [found[:2] for found in ledger.take_due()]
        jobs.run(records.RENDER, record_id)
        assert db.session.get_one(Job, job.id, populate_existing=True).state == DONE


def test_a_command_says_the_sentence(instance: Instance) -> None:
    case_id, _ = instance.import_case("h2")
    with instance.app.app_context():
        reference = db.session.get_one(Case, case_id).reference
    no_room(instance)
    done = instance.app.test_cli_runner().invoke(args=["case", "export", reference])
    assert done.exit_code == 1
    assert "Error: Nothing was saved: the disk" in done.output
    assert reference not in done.output, "what is not noted is not shown"


def test_what_is_sent_is_refused_before_it_starts_and_what_was_typed_is_kept(either: Instance) -> None:
    case_id, _ = either.import_case("h2")
    officer, version = either.client("housing_officer"), either.version(case_id)
    no_room(either)
    typed = {"version": str(version), "name": "Typed <b>name</b>", "note": "A long sentence that took an hour."}
    answer = officer.post(f"/cases/{case_id}/members/new", data=typed)
    assert answer.status_code == 503
    assert "Nothing was saved" in answer.text
    assert "A long sentence that took an hour." in answer.text
    assert 'name="note" value="A long sentence that took an hour."' in answer.text
    assert "Typed &lt;b&gt;name" in answer.text
    assert f'action="/cases/{case_id}/members/new"' in answer.text
    assert either.version(case_id) == version


def test_who_has_no_session_is_asked_to_sign_in_first_and_loses_nothing(
    instance: Instance, client: FlaskClient
) -> None:
    case_id, _ = instance.import_case("h2")
    no_room(instance)
    answer = client.post(f"/cases/{case_id}/members/new", data={"note": "Typed."})
    assert answer.status_code == 401
    assert "what you typed is kept" in answer.text


def test_people_come_in_and_go_out(either: Instance, client: FlaskClient) -> None:
    no_room(either)
    assert "Read only since" not in client.get("/sign-in").text, "nothing was written yet"
    answer = sign_in(client)
    assert answer.status_code == 302
    assert "Read only since" in client.get("/").text
    with either.app.app_context():
        live = select(func.count()).select_from(UserSession).where(UserSession.ended_at.is_(None))
        assert db.session.scalar(live) == 1
    assert client.post("/sign-out").status_code == 302
    with either.app.app_context():
        assert db.session.scalar(live) == 0
    assert "/sign-in" in client.get("/").headers["Location"]
    signed_in = stored(either, "account.signed_in")
    assert len(signed_in) == 1


def test_what_takes_access_away_is_done(instance: Instance) -> None:
    case_id, record_id = instance.decided("h2")
    with instance.app.app_context():
        made, _ = sharing.share(
            instance.user("housing_officer"),
            record_id,
            None,
            "Hester",
            "Health visitor",
            "h@nhs.example",
            "She visits.",
        )
        other = instance.user("other_officer").id
    officer, lead, administrator = (
        instance.client(r) for r in ("housing_officer", "safeguarding_lead", "administrator")
    )
    no_room(instance)
    assert officer.post(f"/cases/{case_id}/records/{record_id}/shares/{made.id}/code").status_code == 503
    assert officer.post(f"/cases/{case_id}/records/{record_id}/shares/{made.id}/revoke").status_code == 302
    assert administrator.post(f"/people/{other}/disable").status_code == 302
    assert administrator.post(f"/people/{other}/enable").status_code == 503
    version = str(instance.version(case_id))
    assert lead.post(f"/cases/{case_id}/unrestrict", data={"version": version}).status_code == 503
    assert lead.post(f"/cases/{case_id}/restrict", data={"version": version}).status_code == 302
    with instance.app.app_context():
        assert db.session.get_one(Share, made.id).revoked_at is not None
        assert db.session.get_one(Case, case_id).restricted
        assert instance.user("other_officer").active is False


def test_a_recipient_reads_and_it_is_noted_but_opens_nothing_new(either: Instance) -> None:
    _, _, link, code = shared(either)
    browser, stranger = either.app.test_client(), either.app.test_client()
    assert browser.post(link, data={"code": code}).status_code == 302
    no_room(either)
    page = browser.get(link + "/record")
    assert page.status_code == 200
    assert [line["action"] for line in spooled(either)] == ["share.record_read"]
    assert "Ring the council." in browser.get(link + "/record").text
    refused = stranger.post(link, data={"code": code})
    assert refused.status_code == 503
    kept = browser.post(link + "/record", data={"response": "disputed", "name": "Hester", "reason": "They are gone."})
    assert kept.status_code == 503
    assert "They are gone." in kept.text
    assert room_again(either)
    assert len(stored(either, "share.record_read")) == 2
    assert stored(either, "share.disputed") == []


def test_no_view_without_its_note(instance: Instance, officer: FlaskClient) -> None:
    case_id, _ = instance.import_case("h2")
    no_room(instance)
    room = room_of(instance)
    places = room.spool.size() // 512 - 1
    assert places > 100
    assert officer.get(f"/cases/{case_id}").status_code == 200
    with room.spool.held() as handle:
        head = room.spool.head(handle)
        assert head is not None
        for _ in range(places - 1):
            room.spool.append(handle, head["period"], spooled_like())
    answer = officer.get(f"/cases/{case_id}")
    assert answer.status_code == 503
    assert "cannot be shown now" in answer.text
    with instance.app.app_context():
        reference = db.session.get_one(Case, case_id).reference
    assert reference not in answer.text
    assert "Zofia" not in answer.text
    assert officer.get("/about-the-data").status_code == 200
    assert room_again(instance)
    with instance.app.app_context():
        spool_count = select(func.count()).select_from(AuditEvent).where(AuditEvent.spooled.is_not(None))
        assert db.session.scalar(spool_count) == places + 2
    assert officer.get(f"/cases/{case_id}").status_code == 200


def spooled_like() -> dict[str, Any]:
    return {
        "at": "2026-11-28T20:15:00+00:00", "actor_id": "x", "actor_role": "auditor", "action": "case.viewed", "object_type": "case",
        "object_id": "x", "case_id": "", "request_id": "", "detail": {},
    }  # fmt: skip


def test_without_a_spool_no_case_is_shown_and_it_ends_all_the_same(instance: Instance, officer: FlaskClient) -> None:
    case_id, _ = instance.import_case("h2")
    (instance.settings.data / "spool").unlink()
    no_room(instance)
    assert officer.get(f"/cases/{case_id}").status_code == 503
    assert "Read only since" in officer.get("/").text
    assert room_again(instance)
    assert officer.get(f"/cases/{case_id}").status_code == 200
    assert len(stored(instance, "disk.read_only")) == len(stored(instance, "disk.writable")) == 1
    assert (instance.settings.data / "spool").exists(), "made as soon as there is room"


def test_a_spool_whose_head_cannot_be_read_is_not_taken_for_a_disk_with_room(
    instance: Instance, officer: FlaskClient
) -> None:
    case_id, _ = instance.import_case("h2")
    room = room_of(instance)
    with room.spool.held() as handle:
        os.pwrite(handle, b"{broken", 0)
    room_of(instance).settings = instance.settings.model_copy(update={"disk_read_only_mb": 10**12})
    assert officer.get(f"/cases/{case_id}").status_code == 200
    assert len(spooled(instance)) == 1
    assert room_again(instance)
    assert len(stored(instance, "case.viewed")) == 1


def test_every_process_knows_and_a_restart_forgets_nothing(instance: Instance, officer: FlaskClient) -> None:
    case_id, _ = instance.import_case("h2")
    no_room(instance)
    assert officer.get(f"/cases/{case_id}").status_code == 200
    other = create_app(instance.settings.model_copy(update={"disk_read_only_mb": 10**12}))
    try:
        assert "Read only since" in other.test_client().get("/sign-in").text
    finally:
        dispose(other)


def test_nothing_of_a_family_is_in_the_spool(instance: Instance, officer: FlaskClient) -> None:
    case_id, assessment_id = instance.import_case("h2")
    no_room(instance)
    for path in ("", f"/assessments/{assessment_id}", "/household"):
        officer.get(f"/cases/{case_id}{path}")
    said = (instance.settings.data / "spool").read_bytes().decode("ascii")
    assert "case.viewed" in said
    assert not any(word in said for word in ("Wójcik", "Zofia", "Invented", "B14", "H2-"))
    assert (instance.settings.data / "spool").stat().st_mode & 0o077 == 0


def test_ready_says_read_only_and_stays_in_front(either: Instance) -> None:
    (either.settings.data / "worker.heartbeat").touch()
    no_room(either)
    sign_in(either.client())
    answer = either.client().get("/readyz")
    assert (answer.status_code, answer.json["status"]) == (200, "read only")  # type: ignore[index]
    assert answer.json["checks"]["writable"] is False  # type: ignore[index]
    assert "Nothing has been saved since" in " ".join(answer.json["warnings"])  # type: ignore[index]
    room_of(either).settings = either.settings
    room_of(either)._looked = -100.0
    answer = either.client().get("/readyz")
    assert (answer.status_code, answer.json["status"]) == (200, "ready")  # type: ignore[index]
    assert len(stored(either, "disk.writable")) == 1


def test_a_small_disk_is_a_warning_and_no_stop(instance: Instance, client: FlaskClient) -> None:
    (instance.settings.data / "worker.heartbeat").touch()
    room = room_of(instance)
    room.settings = instance.settings.model_copy(update={"disk_warning_mb": 10**12})
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["status"]) == (200, "ready")  # type: ignore[index]
    assert answer.json["checks"]["disk"] is False  # type: ignore[index]
    assert "MB of free disk" in " ".join(answer.json["warnings"])  # type: ignore[index]
    said: list[str] = []
    with instance.app.app_context():
        install.prepare(instance.app, False, lambda line: said.append(str(line)))
    assert any("little room on the disk" in line for line in said)


def test_the_reserve_is_kept_at_the_start_and_only_where_there_is_room(instance: Instance) -> None:
    room = room_of(instance)
    assert room.reserve.size() + room.spool.size() == disk.MEGABYTE
    for path in (room.reserve.path, room.spool.path):
        path.unlink()
    room.settings = instance.settings.model_copy(update={"disk_reserve_mb": 10**9})
    assert "There is no room on the disk to keep" in room.prepare()
    assert room.reserve.size() == 0
    room.settings = instance.settings.model_copy(update={"disk_reserve_mb": 2})
    assert room.prepare() == ""
    assert room.reserve.size() + room.spool.size() == 2 * disk.MEGABYTE
