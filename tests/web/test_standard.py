"""What the standard asks of every answer, every cookie and every request: ASVS 5.0.0; docs/running/asvs.csv names these tests."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app import create_app
from app.accounts.policy import POLICY
from app.audit.models import AuditEvent
from app.cases.models import Case
from app.database import Base, now
from app.extensions import db
from app.notifications import mail
from app.settings import ROOT, Settings
from app.sharing import service as sharing
from app.web.carried import carried, carry
from app.web.cookies import kept_as
from tests.accounts.test_policy import Objects, calls
from tests.conftest import Instance, dispose

RIGHT = {"email": "housing_officer@test.example", "password": "correct horse battery staple"}
WRONG = {**RIGHT, "password": "wrong"}
OF_ALL_KINDS = ("/sign-in", "/", "/nowhere", "/static/icon.svg", "/healthz", "/people", "/shared/x", "/welcome/x")
AT = {"base_url": "https://localhost"}


def over(instance: Instance, **settings: Any) -> Instance:
    """The same installation, set otherwise."""
    app = create_app(instance.settings.model_copy(update=settings))
    app.config.update(WTF_CSRF_ENABLED=False, PROPAGATE_BUGS=True)
    return Instance(app, instance.engine)


@pytest.fixture
def behind_tls(instance: Instance) -> Iterator[Instance]:
    made = over(instance, https=True)
    yield made
    dispose(made.app)


# ---- behind TLS


def test_every_answer_behind_tls_keeps_the_browser_to_it(behind_tls: Instance, instance: Instance) -> None:
    for path in OF_ALL_KINDS:
        with behind_tls.app.test_client().get(path, **AT) as answer:
            said = answer.headers["Strict-Transport-Security"]
            assert "includeSubDomains" in said
            assert int(re.findall(r"max-age=(\d+)", said)[0]) >= 365 * 86_400
        with instance.app.test_client().get(path) as plain:
            assert "Strict-Transport-Security" not in plain.headers, "over plain http no browser believes it"


def cookies(*answers: TestResponse) -> dict[str, str]:
    return {line.split("=")[0]: line for answer in answers for line in answer.headers.getlist("Set-Cookie")}


def test_every_cookie_behind_tls_is_marked(behind_tls: Instance) -> None:
    case_id, assessment_id = behind_tls.import_case("h2")
    _, record_id = behind_tls.decided("h2")
    with behind_tls.app.app_context():
        made, code = sharing.share(
            behind_tls.user("housing_officer"),
            record_id,
            None,
            "Hester",
            "Health visitor",
            "h@nhs.example",
            "She visits.",
        )
        link = f"/shared/{sharing._box().decrypt(made.link_sealed).decode()}"
    client = behind_tls.app.test_client()
    signed_in = client.post("/sign-in", data=RIGHT, **AT)
    begun = client.post(f"/cases/{case_id}/assessments/{assessment_id}/visit", **AT)
    opened = behind_tls.app.test_client().post(link, data={"code": code}, **AT)
    set_ = cookies(signed_in, begun, opened)
    assert len(set_) >= 3, (signed_in.status_code, begun.status_code, opened.status_code)
    for name, line in set_.items():
        assert name.startswith(("__Host-", "__Secure-")), line
        assert "Secure" in line
        assert "HttpOnly" in line
        assert "SameSite=Lax" in line
        assert "Domain=" not in line
        assert not name.startswith("__Host-") or "Path=/;" in f"{line};"
        assert len(line.split(";")[0]) <= 4096
    assert any(name.startswith("__Host-") for name in set_), "the session’s own"


def test_a_cookie_from_before_its_name_changed_is_still_read(behind_tls: Instance) -> None:
    """A phone that holds a visit must not lose it at signing out."""
    client = behind_tls.app.test_client()
    client.post("/sign-in", data=RIGHT, **AT)
    client.set_cookie("case-by-case-visit", "1", path="/sign-out", secure=True)
    assert client.post("/sign-out", data={"anyway": "1"}, **AT).headers["Clear-Site-Data"] == '"cache"'
    with behind_tls.app.app_context():
        assert kept_as("x") == "__Secure-x"


@pytest.mark.parametrize("listen", ["0.0.0.0", "::", "10.0.0.7", "housing.council.example"])
def test_plain_http_is_for_this_machine_alone(listen: str) -> None:
    with pytest.raises(ValueError, match="unencrypted"):
        Settings(listen=listen)
    assert Settings(listen=listen, https=True).listen == listen


@pytest.mark.parametrize("listen", ["127.0.0.1", "127.0.0.9", "::1", "[::1]", "localhost"])
def test_this_machine_is_itself(listen: str) -> None:
    assert Settings(listen=listen).listen == listen


# ---- every answer


def test_no_other_site_may_read_or_hold_an_answer(instance: Instance, officer: FlaskClient) -> None:
    for path in OF_ALL_KINDS:
        with officer.get(path, headers={"Origin": "https://evil.example"}) as answer:
            assert not [name for name, _ in answer.headers if name.lower().startswith("access-control-")], path
            assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
            assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
            policy = answer.headers["Content-Security-Policy"]
        for needed in ("object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"):
            assert needed in policy, path


def test_what_is_text_says_its_letters_and_nobody_is_offered_another_site(instance: Instance) -> None:
    objects, wrong, walked = Objects(instance), [], 0
    for role in ("safeguarding_lead", "administrator", None):
        client = instance.client(role)
        for rule, method, path in calls(instance, objects):
            if method != "GET":
                continue
            with client.get(path) as answer:
                walked += 1
                kind = answer.headers.get("Content-Type", "")
                if answer.data and (not kind or (kind.startswith("text/") and "charset=utf-8" not in kind)):
                    wrong.append((rule.rule, kind))
                if answer.headers.get("Location", "/").startswith(("http", "//")):
                    wrong.append((rule.rule, answer.headers["Location"]))
    assert wrong == []
    assert walked > 300


def test_a_method_that_a_route_does_not_name_is_refused(instance: Instance, officer: FlaskClient) -> None:
    objects, wrong = Objects(instance), []
    for rule, _, path in calls(instance, objects):
        for method in {"TRACE", "PUT", "PATCH", "DELETE", "CONNECT", "PROPFIND"} - (rule.methods or set()):
            if officer.open(path, method=method).status_code != 405:
                wrong.append((method, rule.rule))
    assert wrong == []


def test_looking_changes_nothing(instance: Instance, lead: FlaskClient) -> None:
    """Every page that is asked for, by GET and HEAD: but for what is noted of looking, every table holds what it held."""
    objects = Objects(instance)
    noted = {"audit_event", "audit_head", "audit_detail", "audit_key", "user_session", "sign_in_attempt"}

    def held() -> dict[str, Any]:
        with instance.app.app_context():
            counts = {
                name: db.session.scalar(select(func.count()).select_from(table))
                for name, table in Base.metadata.tables.items()
                if name not in noted
            }
        return {
            **counts,
            "version": instance.version(objects.case_id),
            "decided": instance.version(objects.decided_case),
        }

    before = held()
    for _, method, path in calls(instance, objects):
        if method == "GET":
            for asked in ("GET", "HEAD"):
                with lead.open(path, method=asked):
                    pass
    after = held()
    assert {name: (before[name], after[name]) for name in before if before[name] != after[name]} == {}


@pytest.mark.parametrize("path", ["/static/", "/static/vendor/", "/static/../app/settings.py", "/static/%2e%2e/settings.py", "/.git/config", "/static/.git/config", "/settings.env", "/instance/secret.key", "/static/nothing.js"])  # fmt: skip
def test_no_folder_is_listed_and_no_file_but_ours_is_given(path: str, officer: FlaskClient) -> None:
    with officer.get(path) as answer:
        assert answer.status_code == 404


def test_every_page_of_somebody_signed_in_has_the_way_out(instance: Instance, officer: FlaskClient) -> None:
    case_id, assessment_id = instance.import_case("h2")
    of = f"/cases/{case_id}/assessments/{assessment_id}"
    for path in ("/", "/cases", "/search", f"/cases/{case_id}", f"{of}/result", "/nowhere"):
        assert 'action="/sign-out"' in officer.get(path).text, path


# ---- every request


def test_what_stands_in_an_address_fills_no_form(instance: Instance, client: FlaskClient) -> None:
    in_address = client.post("/sign-in", query_string=RIGHT, data={})
    assert in_address.status_code == 422
    assert client.post("/sign-in", query_string=RIGHT, data=WRONG).status_code == 422
    both = client.post("/sign-in", data={"email": RIGHT["email"], "password": ["wrong", RIGHT["password"]]})
    assert both.status_code == 422, "of two of one name the first counts, always"


def test_a_form_fills_the_fields_it_has_and_no_other(instance: Instance, officer: FlaskClient) -> None:
    case_id, _ = instance.import_case("h2")
    with instance.app.app_context():
        before = vars(db.session.get_one(Case, case_id)).copy()
        somebody = instance.user("other_officer").id
    typed = {
        "version": str(instance.version(case_id)), "left_note": "Typed in its own box", "restricted": "y", "assigned_to": somebody, "created_by": somebody,
        "closed_on": "2026-01-01", "demo": "y", "id": "f" * 32, "reference": "MINE", "case.restricted": "y", "members-0-name": "Nobody",
    }  # fmt: skip
    assert officer.post(f"/cases/{case_id}/household", data=typed).status_code == 302
    with instance.app.app_context():
        after = db.session.get_one(Case, case_id)
        assert after.left_note == "Typed in its own box"
        for name in ("restricted", "assigned_to", "created_by", "closed_on", "demo", "id", "reference"):
            assert getattr(after, name) == before[name], name


def places_of(instance: Instance, **headers: str) -> list[int]:
    """What nine wrong tries are answered, each saying of itself that it comes from somewhere else."""
    return [
        instance.app.test_client()
        .post(
            "/sign-in",
            data={"email": "x@test.example", "password": "wrong"},
            headers={name: said.format(n) for name, said in headers.items()},
        )
        .status_code
        for n in range(9)
    ]


def test_nobody_says_themselves_where_they_come_from(instance: Instance) -> None:
    assert places_of(instance, **{"X-Forwarded-For": "203.0.113.{}"})[-1] == 429


def test_of_a_chain_only_what_our_own_proxy_says_counts(instance: Instance) -> None:
    behind = over(instance, proxies=1)
    try:
        assert places_of(behind, **{"X-Forwarded-For": "203.0.113.{}, 198.51.100.1"})[-1] == 429
        assert places_of(behind, **{"X-Forwarded-For": "203.0.113.{}"})[-1] == 422, (
            "each is another place, as the proxy says"
        )
    finally:
        dispose(behind.app)


def test_a_session_ends_after_twelve_hours_however_it_is_used(instance: Instance) -> None:
    client, began = instance.client("housing_officer"), now()
    for minutes in range(10, 12 * 60 + 30, 10):
        with time_machine.travel(began + timedelta(minutes=minutes), tick=False):
            alive = client.get("/").status_code == 200
        assert alive is (minutes < 12 * 60), minutes


# ---- mail


@pytest.mark.parametrize("odd", ["a@council.example\r\nBcc: all@evil.example", "a@council.example\nSubject: x"])
def test_no_line_is_slipped_into_the_head_of_a_letter(odd: str, instance: Instance) -> None:
    with pytest.raises(ValueError, match=r"[Hh]eader"):
        mail.letter(instance.settings, odd, "id", "A letter", "Words")
    with pytest.raises(ValueError, match=r"[Hh]eader"):
        mail.letter(instance.settings, "a@council.example", "id", odd, "Words")


# ---- the log


def refused(said: str) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    return [line for line in lines if line["event"] == "refused"]


def test_what_is_refused_leaves_a_line(
    instance: Instance, capsys: pytest.CaptureFixture[str], officer: FlaskClient, other_officer: FlaskClient
) -> None:
    case_id, _ = instance.import_case("h2")
    capsys.readouterr()
    stranger = instance.app.test_client()
    for _ in range(9):
        stranger.post("/sign-in", data=WRONG)
    officer.get("/people")
    other_officer.get(f"/cases/{case_id}")
    stranger.post(f"/cases/{case_id}/household", data={"left_note": "Seven calls"})
    officer.open("/people", method="PUT")
    said = capsys.readouterr().out
    told = refused(said)
    assert [line["status"] for line in told] == [422] * 8 + [429, 403, 404, 401, 405]
    assert {line["endpoint"] for line in told[:9]} == {"accounts.sign_in"}
    assert len({line["place"] for line in told}) == 1
    with instance.app.app_context():
        assert told[9]["who"] == instance.user("housing_officer").id
    assert all(line["timestamp"].endswith("Z") for line in told)
    for never in ("test.example", "127.0.0.1", "wrong", "Seven calls", "Wójcik", case_id):
        assert never not in said


@pytest.mark.options(wtf_csrf_enabled=True)
def test_a_forged_form_leaves_a_line(
    instance: Instance, capsys: pytest.CaptureFixture[str], officer: FlaskClient
) -> None:
    capsys.readouterr()
    officer.post("/cases/new", data={}, headers={"Origin": "https://evil.example"})
    assert [line["status"] for line in refused(capsys.readouterr().out)] == [400]


def test_nothing_that_is_sent_makes_a_line_of_its_own(
    instance: Instance, capsys: pytest.CaptureFixture[str], officer: FlaskClient
) -> None:
    capsys.readouterr()
    forged = '\r\n{"event": "account.enabled"}\x1b[31m'
    officer.get("/people", headers={"User-Agent": "x", "X-Request-Id": "made-up"}, query_string={"a": forged})
    instance.app.test_client().post("/sign-in", data={"email": forged, "password": forged})
    said = capsys.readouterr().out
    assert len(refused(said)) == 2
    assert len(said.strip().splitlines()) == 2
    for never in ("account.enabled", "\x1b", "made-up"):
        assert never not in said


def test_what_goes_well_and_what_is_typed_wrongly_inside_leaves_none(
    instance: Instance, capsys: pytest.CaptureFixture[str], officer: FlaskClient
) -> None:
    capsys.readouterr()
    instance.app.test_client().post("/sign-in", data=RIGHT)
    officer.get("/nowhere")
    assert officer.post("/cases/new", data={}).status_code in (200, 422)
    assert refused(capsys.readouterr().out) == []
    with instance.app.app_context():
        entries = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "account.signed_in")).all()
    assert len(entries) == 1, "that somebody came in stands in the audit"


@pytest.mark.parametrize("reference", ['A"; filename="x.html', "Łódź/7", "../../etc/passwd", "مرجع 7", "a\u2028b;c"])
def test_no_name_of_a_case_changes_the_head_of_what_is_taken_away(
    reference: str, instance: Instance, lead: FlaskClient
) -> None:
    """A case that comes from a file keeps the reference that its file says."""
    case_id, _ = instance.import_case("h2", reference)
    for path in ("timeline.csv", "timeline.pdf", "chronology.csv", "chronology.pdf"):
        with lead.get(f"/cases/{case_id}/{path}") as answer:
            assert answer.status_code == 200, path
            said = answer.headers["Content-Disposition"]
        assert re.fullmatch(r'attachment; filename="[A-Za-z0-9._-]+"', said), said


# ---- what is written down


def test_every_page_that_needs_no_sign_in_is_named_in_the_document(instance: Instance) -> None:
    """A new way in is written down where it says how strong it is: docs/running/security.md, Pages without signing in."""
    text = (ROOT / "docs" / "running" / "security.md").read_text(encoding="utf-8")
    (table,) = re.findall(r"^## Pages without signing in\n(.*?)(?=^## )", text, re.MULTILINE | re.DOTALL)
    written = set(re.findall(r"^\| `([^`]+)`", table, re.MULTILINE))
    views = instance.app.view_functions
    open_ = {
        re.sub(r"<(?:[^<>:]*:)?(\w+)>", r"<\1>", rule.rule)
        for rule in instance.app.url_map.iter_rules()
        if rule.endpoint == "static" or POLICY[views[rule.endpoint].permission].public  # type: ignore[attr-defined]
    }
    assert open_ == written


def test_what_was_carried_is_dropped_after_twelve_hours(instance: Instance) -> None:
    with instance.app.app_context():
        packed = carry("/cases/new", {"note": ["Seven calls"]})
        assert carried(packed) == ("/cases/new", {"note": ["Seven calls"]})
        with time_machine.travel(now() + timedelta(hours=11, minutes=59)):
            assert carried(packed) is not None
        with time_machine.travel(now() + timedelta(hours=12, minutes=1)):
            assert carried(packed) is None


def test_a_readers_code_is_eight_figures() -> None:
    made = {sharing._new_code() for _ in range(500)}
    assert all(re.fullmatch(r"[0-9]{8}", code) for code in made)
    assert len(made) > 490, "26 bits: twice the same among five hundred is rare"
