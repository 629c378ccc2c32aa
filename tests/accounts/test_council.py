"""The council's own sign-in: whom it vouches for, what of it holds, and that it may be off, slow or lie."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from urllib.parse import parse_qs, urlencode, urlsplit

import oidc_provider_mock
import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app.accounts import council
from app.accounts.models import CouncilIdentity, User, UserSession
from app.audit.models import AuditEvent
from app.database import now, writing
from app.extensions import db
from tests.conftest import Instance
from tests.jobs.test_ledger import free_port

from .provider import CLIENT, NAMED, Lying, configure, lying
from .test_fresh import of_page, said_at
from .test_second_step import demand, set_up

OLA = NAMED["email"]


@pytest.fixture
def provider(either: Instance) -> Iterator[Lying]:
    with lying() as made:
        configure(either, made.issuer)
        yield made


def come_back(client: FlaskClient, provider: Lying, path: str = "/sign-in/council", more: str = "") -> TestResponse:
    sent = client.get(path)
    assert sent.status_code == 302, sent.text
    assert sent.headers["Location"].startswith(f"{provider.issuer}/authorize?")
    return client.get(f"/sign-in/council/back?{provider.consent(sent.headers['Location'])}{more}")


def people(instance: Instance) -> int:
    with instance.app.app_context():
        return int(db.session.scalar(select(func.count()).select_from(User)) or 0)


def is_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


# ---- against a real provider


# The provider of the wheel still calls what the library it shares with us has renamed: a warning of theirs, in their thread.
OF_THE_MOCK = pytest.mark.filterwarnings("ignore:get_jwt_config:DeprecationWarning")


@pytest.fixture
def real(either: Instance) -> Iterator[str]:
    with oidc_provider_mock.run_server_in_thread() as server:
        issuer = f"http://localhost:{server.server_port}"
        configure(either, issuer, oidc_client_secret="a secret")
        yield issuer


def put_user(issuer: str, subject: str, claims: dict[str, object]) -> None:
    request = urllib.request.Request(
        f"{issuer}/users/{subject}", json.dumps(claims).encode(), {"Content-Type": "application/json"}, method="PUT"
    )
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 204


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: object) -> None:
        return None


def consent(address: str, subject: str) -> str:
    """Type a subject into the provider's own page: gives the query with which the browser comes back."""
    with pytest.raises(urllib.error.HTTPError) as raised:
        urllib.request.build_opener(_Stay()).open(address, urlencode({"sub": subject}).encode())
    raised.value.close()
    assert raised.value.code == 302
    back = urlsplit(raised.value.headers["Location"])
    assert f"{back.scheme}://{back.netloc}{back.path}" == "http://localhost/sign-in/council/back", "the exact address"
    return back.query


@OF_THE_MOCK
def test_whoever_is_in_a_group_of_ours_is_let_in(either: Instance, real: str) -> None:
    put_user(real, "person-9", NAMED)
    before = people(either)
    for _ in range(2):
        client = either.app.test_client()
        assert "Sign in with your test account" in client.get("/sign-in").text
        sent = client.get("/sign-in/council?next=/account").headers["Location"]
        asked = {name: values[0] for name, values in parse_qs(urlsplit(sent).query).items()}
        assert (asked["code_challenge_method"], asked["client_id"], asked["response_type"]) == ("S256", CLIENT, "code")
        assert asked["scope"].split() == ["openid", "profile", "email"]
        back = client.get(f"/sign-in/council/back?{consent(sent, 'person-9')}")
        assert back.headers["Location"] == "/account", back.text
        assert "Ola Outside, ola@council.example. Housing officer." in client.get("/account").text
    assert people(either) == before + 1
    with either.app.app_context():
        joined = db.session.scalars(select(CouncilIdentity)).one()
        assert (joined.issuer, joined.subject) == (real, "person-9")
        assert db.session.scalars(select(User).where(User.email == OLA)).one().password_hash == ""
        actions = db.session.scalars(select(AuditEvent.action)).all()
    assert actions.count("account.created_by_council") == 1
    assert actions.count("account.signed_in") == 2


def test_who_says_no_there_is_not_in(either: Instance, real: str) -> None:
    client = either.app.test_client()
    sent = client.get("/sign-in/council").headers["Location"]
    state = parse_qs(urlsplit(sent).query)["state"][0]
    back = client.get(f"/sign-in/council/back?error=access_denied&state={state}")
    assert (back.status_code, "You were not signed in with your test account" in back.text) == (422, True)
    assert not is_in(client)


# ---- what holds


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example"}, {"aud": "somebody else"}, {"aud": ["somebody else"]}, {"nonce": "another"}, {"nonce": None},
        {"sub": None}, {"sub": ""}, {"sub": 7}, {"exp": 1}, {"exp": None}, {"iat": None}, {"azp": "somebody else"}, {"sub": "x" * 300},
        {"exp": "soon"}, {"iat": 10**12},
    ],
    ids=str,
)  # fmt: skip
def test_a_token_that_does_not_hold_lets_nobody_in(
    either: Instance, provider: Lying, claims: dict[str, object]
) -> None:
    provider.claims = claims
    before, client = people(either), either.app.test_client()
    back = come_back(client, provider)
    assert (back.status_code, "did not answer, or not as it should" in back.text) == (422, True), back.text
    assert (is_in(client), people(either)) == (False, before)


@pytest.mark.parametrize("how", ["by_another_key", "by_no_key", "by_its_public_key"])
def test_a_token_that_another_signed_lets_nobody_in(either: Instance, provider: Lying, how: str) -> None:
    provider.signs_with = getattr(provider, how)
    client = either.app.test_client()
    assert come_back(client, provider).status_code == 422
    assert not is_in(client)
    assert provider.tokens_asked, "it came as far as the token"


def test_the_answer_is_for_who_asked_and_good_once(either: Instance, provider: Lying) -> None:
    client, other = either.app.test_client(), either.app.test_client()
    query = provider.consent(client.get("/sign-in/council").headers["Location"])
    stranger = other.get(f"/sign-in/council/back?{query}")
    assert (stranger.status_code, "begun in another window" in stranger.text) == (422, True)
    other.get("/sign-in/council")
    assert other.get(f"/sign-in/council/back?{query}").status_code == 422
    assert client.get(f"/sign-in/council/back?{query}&iss=https://evil.example").status_code == 422
    assert client.get(f"/sign-in/council/back?{query}").status_code == 422, "what was asked is forgotten"
    assert (is_in(client), is_in(other), provider.tokens_asked) == (False, False, [])
    assert come_back(client, provider, more=f"&iss={provider.issuer}").headers["Location"] == "/"
    again = client.get(f"/sign-in/council/back?code=a-code&state={provider.asked['state']}")
    assert again.status_code == 422
    (asked,) = provider.tokens_asked
    assert asked["redirect_uri"] == "http://localhost/sign-in/council/back"
    assert asked["code_verifier"]


def test_the_address_that_leads_back_is_the_setting_s_whatever_the_request_says(
    either: Instance, provider: Lying
) -> None:
    sent = either.app.test_client().get("/sign-in/council", headers={"Host": "evil.example"}).headers["Location"]
    assert parse_qs(urlsplit(sent).query)["redirect_uri"] == ["http://localhost/sign-in/council/back"]


# ---- groups and roles


@pytest.mark.parametrize(
    ("groups", "role"),
    [
        (["Officers"], "housing_officer"), ("Seniors", "senior_officer"), (["Leads", "Officers"], "housing_officer"),
        (["Everybody"], ""), ([], ""), (None, ""), (["administrator"], ""), (["officers"], ""), ({"Officers": 1}, ""), ([["Officers"]], ""),
    ],
    ids=str,
)  # fmt: skip
def test_a_role_is_what_the_settings_say_of_a_group(
    either: Instance, provider: Lying, groups: object, role: str
) -> None:
    provider.claims = {"groups": groups, "role": "administrator", "roles": ["administrator"]}
    before, client = people(either), either.app.test_client()
    back = come_back(client, provider)
    if role:
        assert back.status_code == 302, back.text
        with either.app.app_context():
            assert db.session.scalars(select(User.role).where(User.email == OLA)).one() == role
    else:
        assert (back.status_code, "none of your groups has a role here" in back.text) == (422, True)
        assert (is_in(client), people(either)) == (False, before)


def test_who_changes_groups_changes_roles_and_earlier_sessions_end(either: Instance, provider: Lying) -> None:
    first, second = either.app.test_client(), either.app.test_client()
    provider.claims = {"groups": ["Leads"]}
    come_back(first, provider)
    assert "Safeguarding lead" in first.get("/account").text
    provider.claims = {"groups": ["Officers"]}
    come_back(second, provider)
    assert not is_in(first)
    assert "Housing officer" in second.get("/account").text
    provider.claims = {"groups": ["Somewhere else"]}
    assert come_back(either.app.test_client(), provider).status_code == 422


def test_a_disabled_account_stays_out(either: Instance, provider: Lying) -> None:
    client = either.app.test_client()
    come_back(client, provider)
    with either.app.app_context():
        user_id = db.session.scalars(select(User.id).where(User.email == OLA)).one()
    either.client("administrator").post(f"/people/{user_id}/disable")
    assert not is_in(client)
    back = come_back(client, provider)
    assert (back.status_code, "Your account here is disabled" in back.text) == (422, True)
    assert not is_in(client)


def test_an_address_is_no_proof_of_an_account_that_is_here(either: Instance, provider: Lying) -> None:
    provider.claims = {"email": "Administrator@test.example", "email_verified": True}
    client = either.app.test_client()
    back = come_back(client, provider)
    assert (back.status_code, "Sign in with its password and join the two" in back.text) == (422, True)
    assert not is_in(client)
    provider.claims = {"email": None}
    assert "no name or no e-mail address" in come_back(client, provider).text


def test_an_account_is_joined_by_its_owner_alone(either: Instance, provider: Lying) -> None:
    provider.claims = {"email": "housing_officer@test.example"}
    officer = either.client("housing_officer")
    said_at(either, 9)
    assert officer.get("/account/council").headers["Location"].startswith("/confirm")
    said_at(either, 0)
    asked = come_back(officer, provider, "/account/council")
    assert "Ola Outside" in asked.text
    with either.app.app_context():
        assert db.session.scalars(select(CouncilIdentity)).all() == [], "nothing is joined before it is said"
    assert "The two accounts are joined." in officer.post("/account/council/join", follow_redirects=True).text
    assert "nothing to join" in officer.post("/account/council/join", follow_redirects=True).text
    client = either.app.test_client()
    assert come_back(client, provider).headers["Location"] == "/"
    assert "Housing Officer, housing_officer@test.example" in client.get("/account").text
    other = either.client("auditor")
    come_back(other, provider, "/account/council")
    assert "is joined with an account here already" in other.post("/account/council/join", follow_redirects=True).text


# ---- a second step


WORDS = {"oidc_second_step": "mfa, https://refeds.org/profile/mfa"}


@pytest.mark.parametrize(
    ("claims", "enough"),
    [
        ({"amr": ["pwd", "mfa"]}, True), ({"acr": "https://refeds.org/profile/mfa"}, True), ({}, False), ({"amr": ["pwd"]}, False),
        ({"amr": "mfa"}, False), ({"acr": ["mfa"]}, False), ({"amr": None, "acr": "1"}, False),
    ],
    ids=str,
)  # fmt: skip
def test_where_it_is_asked_nobody_is_in_whom_no_second_step_is_vouched_for(
    either: Instance, provider: Lying, claims: dict[str, object], enough: bool
) -> None:
    configure(either, provider.issuer, **WORDS, second_step="all")
    provider.claims = claims
    before, client = people(either), either.app.test_client()
    back = come_back(client, provider)
    assert is_in(client) is enough
    if not enough:
        assert (back.status_code, "did not say that it asked you for a second step" in back.text) == (422, True)
        assert people(either) == before, "nothing was made"


def test_without_words_for_it_what_the_council_says_is_no_second_step(either: Instance, provider: Lying) -> None:
    demand(either, "all")
    provider.claims = {"amr": ["mfa"], "acr": "mfa"}
    client = either.app.test_client()
    assert come_back(client, provider).headers["Location"].startswith("/sign-in/set-up")
    assert not is_in(client)
    officer = either.client("housing_officer")
    set_up(officer)
    come_back(officer, provider, "/account/council")
    provider.claims = {"sub": "person-2"}
    come_back(officer, provider, "/account/council")
    officer.post("/account/council/join")
    client = either.app.test_client()
    assert come_back(client, provider).headers["Location"].startswith("/sign-in/code")
    assert not is_in(client)


def test_confirming_by_the_council_wants_that_they_signed_in_just_now(either: Instance, provider: Lying) -> None:
    client = either.app.test_client()
    come_back(client, provider)
    said_at(either, 9)
    page = client.get("/confirm?next=/account/authenticator").text
    assert "Confirm with your test account" in page
    provider.claims = {"auth_time": 1}
    assert "did not ask anew" in come_back(client, provider, "/confirm/council").text
    provider.claims = {"sub": "person-3"}
    assert "another person" in come_back(client, provider, "/confirm/council").text
    provider.claims = {}
    back = come_back(client, provider, "/confirm/council?next=/account/authenticator")
    assert provider.asked["prompt"] == "login"
    assert back.headers["Location"] == "/account/authenticator"
    assert client.get("/account/authenticator").status_code == 200


def test_what_was_typed_waits_while_it_is_confirmed_in_another_window(either: Instance, provider: Lying) -> None:
    """Who has no password here, and no passkey, can do what reaches far all the same, and types nothing twice."""
    client = either.app.test_client()
    come_back(client, provider)
    said_at(either, 9)
    asked = client.post("/account/council/join", data={})
    assert (asked.status_code, "opens in a new window" in asked.text) == (401, True)
    carried = {**of_page(asked.text), "elsewhere": "yes"}
    early = client.post("/confirm", data=carried)
    assert (early.status_code, "You have not confirmed it yet." in early.text) == (422, True)
    assert of_page(early.text)["carried"] == carried["carried"]
    assert come_back(client, provider, "/confirm/council?next=/account").headers["Location"] == "/account"
    offered = client.post("/confirm", data=carried)
    assert (offered.status_code, 'action="/account/council/join"' in offered.text) == (200, True)


# ---- off, slow, lying (R10)


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/token", "/jwks"])
@pytest.mark.parametrize(
    "how", ["slow", "bad", "empty", "list", "deep", "text", "huge", "broken", "elsewhere", "refused"]
)
def test_whatever_it_does_there_is_a_sentence_and_the_password_still_works(
    instance: Instance, how: str, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(council, "SECONDS", 0.5)
    with lying() as made:
        configure(instance, made.issuer)
        made.how = {path: how}
        client = instance.app.test_client()
        begun = now()
        sent = client.get("/sign-in/council")
        if sent.status_code == 302:
            sent = client.get(f"/sign-in/council/back?{made.consent(sent.headers['Location'])}")
        assert (sent.status_code, "did not answer, or not as it should" in sent.text) == (422, True), sent.text
        assert (now() - begun).total_seconds() < 4
        assert not is_in(client)
        right = {"email": "housing_officer@test.example", "password": "correct horse battery staple"}
        assert client.post("/sign-in", data={**of_page(client.get("/sign-in").text), **right}).status_code == 302


def test_off_another_issuer_and_a_host_that_is_not_on_the_list(instance: Instance) -> None:
    client = instance.app.test_client()
    configure(instance, f"http://localhost:{free_port()}")
    assert "did not answer" in client.get("/sign-in/council").text
    with lying() as made:
        configure(instance, f"{made.issuer}/")
        assert "did not answer" in client.get("/sign-in/council").text, "it says that it is another one"
        configure(instance, made.issuer, outside_hosts="")
        assert "did not answer" in client.get("/sign-in/council").text
        assert made.tokens_asked == []


def test_nothing_is_asked_where_nothing_is_configured(instance: Instance, client: FlaskClient) -> None:
    assert "council account" not in client.get("/sign-in").text
    for path in ("/sign-in/council", "/sign-in/council/back?code=x&state=y"):
        answer = client.get(path)
        assert answer.status_code == 422, path
    with instance.app.app_context(), writing() as session:
        assert session.scalars(select(UserSession)).all() == []
