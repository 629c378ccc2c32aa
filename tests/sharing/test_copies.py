"""A copy shared by a link: its page says where, who, whom to ring and what is asked; the reader leads, adds and corrects."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app import jobs
from app.audit.models import AuditEvent
from app.editions import service as editions
from app.editions.release import Chosen
from app.extensions import db
from app.letters import owners
from app.notifications import messages
from app.notifications.models import Telling
from app.sharing import notices, service, tools
from app.sharing.models import Share, ShareWord
from tests.conftest import Instance

TO = {
    "name": "Hester Visitor",
    "role": "Health visitor, NHS trust",
    "email": "hester@nhs.example",
    "why": "She visits.",
}


def opened(instance: Instance, reader: str, name: str = "h1", email: str = "") -> tuple[str, str, str, FlaskClient]:
    """A copy made, shared, mailed and opened: (case, record path, link, the reader at a browser)."""
    case_id, record_id = instance.decided(name)
    return (*shared(instance, case_id, record_id, reader, email or TO["email"]),)  # type: ignore[return-value]


def shared(
    instance: Instance, case_id: str, record_id: str, reader: str, email: str
) -> tuple[str, str, str, FlaskClient]:
    officer = instance.client("housing_officer")
    path = f"/cases/{case_id}/records/{record_id}"
    with instance.app.app_context():
        about = ("B2",) if reader == "school" else ()
        user = instance.user("housing_officer")
        copy = editions.make(user, record_id, instance.version(case_id), reader, Chosen(about))
        editions.make_pdf(copy.id)
        copy_id = copy.id
    typed = {**TO, "email": email, "version": str(instance.version(case_id))}
    page = officer.post(f"{path}/copies/{copy_id}/share", data=typed)
    assert page.status_code == 200, page.text
    code = re.search(r'id="code">(\d{4}) (\d{4})<', page.text)
    assert code
    with instance.app.app_context():
        made = db.session.scalars(select(Share).order_by(Share.made_at.desc())).first()
        assert made is not None
        service.send_mail(made.id)
        [file] = (instance.settings.data / "mail").glob(f"*{made.id}*.eml")
    link = re.search(r"http://localhost(/shared/[\w-]+)", file.read_text(encoding="utf-8"))
    assert link
    client = instance.app.test_client()
    assert client.post(link[1], data={"code": code[1] + code[2]}).status_code == 302
    return case_id, path, link[1], client


def test_the_page_says_where_who_whom_to_ring_and_what_is_asked(either: Instance) -> None:
    _, _, link, reader = opened(either, "health_visitor")
    page = reader.get(link + "/record").text
    for said in (
        "Copy for the health visitor", "14 Invented Row", "Bobbie Example", "Born", "Whom to ring",
        "What we ask of you, by when", "Say whether you will lead", "Housing Officer",
    ):  # fmt: skip
        assert said in page, said
    with reader.get(link + "/record.pdf") as sent:
        assert sent.data.startswith(b"%PDF")
        assert re.search(r"R-\d{4}-\d{5}-1\.pdf", sent.headers["Content-Disposition"])


def test_a_school_reads_no_address_by_its_link(instance: Instance) -> None:
    """H3: the school has no address, and nothing of the other children."""
    _, _, link, reader = opened(instance, "school", "h1")
    page = reader.get(link + "/record").text
    for said in ("Invented Row", "Invented Hotel", "B11", "B23", "Bobbie", "prison", "methadone"):
        assert said not in page, said


def test_the_reader_will_lead(either: Instance) -> None:
    case_id, path, link, reader = opened(either, "lead_professional")
    answer = {"response": "will_lead", "name": "Hester Visitor"}
    assert reader.post(link + "/record", data=answer).status_code == 302
    assert "Hester Visitor will lead." in either.client("housing_officer").get(path).text
    with either.app.app_context():
        assert "share.will_lead" in set(
            db.session.scalars(select(AuditEvent.action).where(AuditEvent.case_id == case_id))
        )


def test_who_cannot_lead_says_whom_to_ask(instance: Instance) -> None:
    _, path, link, reader = opened(instance, "lead_professional")
    refused = reader.post(link + "/record", data={"response": "not_me", "name": "Hester Visitor", "reason": ""})
    assert refused.status_code == 422
    said = {"response": "not_me", "name": "Hester Visitor", "reason": "Ask Nia Parry, she knows them."}
    assert reader.post(link + "/record", data=said).status_code == 302
    assert "Ask Nia Parry" in instance.client("housing_officer").get(path).text


def test_what_a_reader_adds_is_kept_under_their_name_and_answers_nothing(either: Instance) -> None:
    case_id, path, link, reader = opened(either, "health_visitor")
    empty = reader.post(link + "/words", data={"kind": "added", "said": ""})
    assert empty.status_code == 422
    said = "I saw Bobbie awake on Friday; she smiled."
    assert reader.post(link + "/words", data={"kind": "added", "said": said}).status_code == 302
    assert said in reader.get(link + "/record").text
    officer = either.client("housing_officer")
    page = officer.get(path).text
    assert "Hester Visitor adds" in page
    with either.app.app_context():
        word = db.session.scalars(select(ShareWord)).one()
        assert (word.said_by_role, word.verdict) == ("Health visitor, NHS trust", "")
        assert owners.owner_of(db.session.scalars(select(Telling).where(Telling.kind == "said")).one()) is not None
        where = f"{path}/shares/{word.share_id}/words/{word.id}"
    done = {
        "verdict": "mapped",
        "note": "Entered on the health visitor’s sheet.",
        "version": str(either.version(case_id)),
    }
    assert officer.post(where, data=done).status_code == 302
    assert "Entered on the health visitor’s sheet." in officer.get(path).text
    twice = officer.post(where, data={**done, "version": str(either.version(case_id))})
    assert twice.status_code == 422
    assert "wrote down already" in twice.text


def test_a_correction_reaches_everybody_who_has_a_link(either: Instance) -> None:
    case_id, path, link, reader = opened(either, "health_visitor", email="first@nhs.example")
    record_id = path.rsplit("/", 1)[1]
    _, _, other_link, other = shared(either, case_id, record_id, "gp", "second@gp.example")
    assert reader.post(link + "/words", data={"kind": "wrong", "said": "He had the check."}).status_code == 302
    with either.app.app_context():
        word = db.session.scalars(select(ShareWord)).one()
        where, word_id = f"{path}/shares/{word.share_id}/words/{word.id}", word.id
    officer = either.client("housing_officer")
    done = {"verdict": "corrected", "note": "The surgery’s record shows it.", "version": str(either.version(case_id))}
    told = officer.post(where, data=done, follow_redirects=True).text
    assert "2 links are told by mail" in told
    with either.app.app_context():
        shares = db.session.scalars(select(Share)).all()
        assert all(jobs.told(messages.CORRECTED, [f"{share.id}-{word_id}"]) for share in shares)
        for share in shares:
            notices.send_corrected(f"{share.id}-{word_id}")
    letters = [
        f.read_text(encoding="utf-8") for f in (either.settings.data / "mail").glob(f"*corrected-{word_id}*.eml")
    ]
    assert len(letters) == 2
    for letter in letters:
        assert not re.search("Example Row|Bobbie|Marta|the check|H1-", letter)
    for client, at in ((reader, link), (other, other_link)):
        page = client.get(at + "/record").text
        assert "Something in this document was wrong." in page
    assert "He had the check." not in other.get(other_link + "/record").text


def test_nobody_says_anything_without_a_visit(instance: Instance, client: FlaskClient) -> None:
    _, _, link, _ = opened(instance, "health_visitor")
    assert client.post(link + "/words", data={"kind": "added", "said": "x"}).status_code == 302
    with instance.app.app_context():
        assert db.session.scalars(select(ShareWord)).all() == []


def test_a_parents_copy_is_not_sent(instance: Instance, officer: FlaskClient) -> None:
    case_id, record_id = instance.decided("h1")
    with instance.app.app_context():
        user = instance.user("housing_officer")
        copy_id = editions.make(user, record_id, instance.version(case_id), "applicant_parent", Chosen(("M",))).id
    page = officer.get(f"/cases/{case_id}/records/{record_id}/copies/{copy_id}/share", follow_redirects=True).text
    assert "given by hand" in page


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("tools: []", "must say"),
        ("{source: s, checked: c, owner: o, tools: [{called: A, for: b, address: 'http://x'}]}", "begins with https"),
        ("{source: s, checked: c, owner: o, tools: [{called: A}]}", "what it is for"),
    ],
)
def test_a_mistake_in_the_list_of_tools_is_named(text: str, says: str) -> None:
    with pytest.raises(tools.ToolError, match=says):
        tools.parse(text)


def test_a_tool_without_an_address_is_no_link(
    instance: Instance, officer: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id, record_id = instance.decided("h2")
    path = f"/cases/{case_id}/records/{record_id}"
    page = officer.get(path).text
    assert "Graded Care Profile 2: " in page
    assert not re.search(r"<a [^>]*>Graded Care Profile 2", page)
    monkeypatch.setattr(tools, "read", lambda: [tools.Tool("GCP2", "care of a child", "https://council.example/gcp2")])
    assert re.search(r'<a [^>]*href="https://council.example/gcp2"[^>]*>GCP2', officer.get(path).text)
