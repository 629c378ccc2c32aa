"""A second step for signing in: a code is good once, and there is no way round it."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from datetime import timedelta

import pyotp
import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts import halves, links, second, tries
from app.accounts.models import Authenticator, RecoveryCode, User
from app.audit.models import AuditEvent
from app.database import now, writing
from app.extensions import db
from app.typed import ROLE_KEYS
from tests.conftest import Instance
from tests.jobs.test_ledger import Postbox, by_smtp, free_port, posted

from .test_fresh import PASSWORD, RIGHT, of_page, said_at
from .test_letters import everything_kept, link_in, read, run_letters
from .test_requests import second_administrator, waits

__all__ = ["posted"]
OFFICER = "housing_officer"
WORDS = {"password": "four unrelated words here", "again": "four unrelated words here"}


def demand(instance: Instance, roles: str) -> None:
    instance.app.config["SETTINGS"] = instance.settings.model_copy(update={"second_step": roles})


def in_the(page: str) -> str:
    """The secret that a page offers."""
    found = re.search(r"The secret as letters: <code>([A-Z2-7 ]+)</code>", page)
    assert found, page
    return found[1].replace(" ", "")


def codes_in(page: str) -> list[str]:
    return re.findall(r"<li><code>([A-Z0-9-]{29})</code></li>", page)


def set_up(client: FlaskClient) -> tuple[str, list[str]]:
    """Set up an app in one's own account: its secret and the recovery codes."""
    page = client.get("/account/authenticator").text
    secret = in_the(page)
    done = client.post("/account/authenticator", data={**of_page(page), "code": pyotp.TOTP(secret).now()})
    assert done.status_code == 200, done.text
    return secret, codes_in(done.text)


def later(seconds: int = 60) -> time_machine.travel:
    """The next codes are other ones."""
    return time_machine.travel(now() + timedelta(seconds=seconds))


def first_step(instance: Instance, email: str = RIGHT["email"], password: str = PASSWORD, **more: str) -> FlaskClient:
    client = instance.app.test_client()
    answer = client.post("/sign-in", data={"email": email, "password": password, **more})
    assert answer.status_code == 302, answer.text
    assert answer.headers["Location"].startswith("/sign-in/"), answer.headers["Location"]
    assert "/sign-in" in client.get("/").headers["Location"], "half a sign-in opens nothing"
    return client


def test_whoever_has_a_second_step_is_asked_for_it(either: Instance) -> None:
    mine = either.client(OFFICER)
    secret, codes = set_up(mine)
    assert len(set(codes)) == second.RECOVERY_CODES
    with later():
        client = first_step(either)
        assert client.get("/account").headers["Location"].startswith("/sign-in?")
        page = client.get("/sign-in/code").text
        assert "Type a code" in page
        typed = pyotp.TOTP(secret).now()
        answer = client.post("/sign-in/code", data={**of_page(page), "code": f" {typed[:3]} {typed[3:]} "})
        assert answer.headers["Location"] == "/"
        assert client.get("/").status_code == 200
        assert "Sign out Housing Officer" in client.get("/account").text
    with either.app.app_context():
        entry = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "account.signed_in")).one()
        assert entry.detail == {"by": "password+code"}


def test_a_code_that_was_used_is_right_no_more(either: Instance) -> None:
    secret, _ = set_up(either.client(OFFICER))
    used_at_set_up = pyotp.TOTP(secret).now()
    again = first_step(either).post("/sign-in/code", data={"code": used_at_set_up})
    assert (again.status_code, "was used before" in again.text) == (422, True)
    with later():
        code = pyotp.TOTP(secret).now()
        assert first_step(either).post("/sign-in/code", data={"code": code}).status_code == 302
        for typed in (code, f"{code[:3]} {code[3:]}", f"{code[:2]}-{code[2:]}"):
            assert first_step(either).post("/sign-in/code", data={"code": typed}).status_code == 422
        earlier = pyotp.TOTP(secret).at(now() - timedelta(seconds=30))
        assert first_step(either).post("/sign-in/code", data={"code": earlier}).status_code == 422


def test_of_fifty_that_bring_one_code_at_once_one_is_in(either: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    for limit in ("PER_PLACE", "PER_ADDRESS", "PER_ACCOUNT"):
        monkeypatch.setattr(tries, limit, 100)
    secret, _ = set_up(either.client(OFFICER))
    with later():
        windows = [first_step(either) for _ in range(50)]
        code, together, given = pyotp.TOTP(secret).now(), threading.Barrier(50), list[int]()

        def bring(window: FlaskClient) -> None:
            together.wait(30)
            given.append(window.post("/sign-in/code", data={"code": code}).status_code)

        threads = [threading.Thread(target=bring, args=(window,)) for window in windows]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
    assert (given.count(302), given.count(422)) == (1, 49)


def test_wrong_codes_end_the_sign_in_and_the_owner_is_told(either: Instance, posted: Callable[..., Postbox]) -> None:
    port = free_port()
    by_smtp(either, port)
    box = posted(port)
    secret, _ = set_up(either.client(OFFICER))
    with later():
        client = first_step(either)
        answers = [client.post("/sign-in/code", data={"code": f"00000{n}"}).status_code for n in range(6)]
        assert answers == [422] * (halves.MOST_WRONG - 1) + [410, 410]
        assert client.post("/sign-in/code", data={"code": pyotp.TOTP(secret).now()}).status_code == 410
        second_try = first_step(either)
        answers = [second_try.post("/sign-in/code", data={"code": f"00000{n}"}).status_code for n in range(4)]
        assert answers == [422] * (tries.PER_PLACE - halves.MOST_WRONG) + [429]
    run_letters(either.app)
    said = " ".join(letter.get_payload() for letter in read(box))
    assert said.count("A second step for signing in was set up") == 1
    assert said.count("Somebody typed your password and then wrong codes") == 1


def test_between_the_two_steps_are_ten_minutes(instance: Instance) -> None:
    secret, _ = set_up(instance.client(OFFICER))
    client = first_step(instance)
    with later(10 * 60 + 1):
        assert client.get("/sign-in/code").status_code == 410
        assert client.post("/sign-in/code", data={"code": pyotp.TOTP(secret).now()}).status_code == 410


def test_a_recovery_code_works_once_in_any_spelling(either: Instance) -> None:
    _, codes = set_up(either.client(OFFICER))
    typed = codes[0].lower().replace("-", " ")
    assert first_step(either).post("/sign-in/code", data={"code": typed}).status_code == 302
    assert first_step(either).post("/sign-in/code", data={"code": codes[0]}).status_code == 422
    client = first_step(either)
    assert client.post("/sign-in/code", data={"code": codes[1]}).status_code == 302
    assert "6 recovery codes are left" in client.get("/account").text
    page = client.post("/account/recovery-codes").text
    assert len(set(codes_in(page)) - set(codes)) == second.RECOVERY_CODES
    assert first_step(either).post("/sign-in/code", data={"code": codes[2]}).status_code == 422


def test_nothing_that_is_stored_gives_a_code(either: Instance) -> None:
    secret, codes = set_up(either.client(OFFICER))
    with either.app.app_context():
        kept = everything_kept(db.session)
        assert secret not in kept
        assert not any(code in kept or code.replace("-", "") in kept for code in codes)
        either.app.secret_key = "another key"
        assert db.session.scalars(select(Authenticator)).one().sealed
        with writing() as session:
            user = links.taken(session, either.user(OFFICER).id)
            assert second.is_right(session, user, pyotp.TOTP(secret).now()) == ""


# ---- M5: no way round it


def by_reset(instance: Instance, role: str) -> FlaskClient:
    """A one-time link, and the new password."""
    with instance.app.app_context(), writing() as session:
        token = links.make(session, session.scalars(select(User).where(User.email == f"{role}@test.example")).one())
    client = instance.app.test_client()
    assert client.post(f"/welcome/{token}", data=WORDS).status_code == 302
    assert "/sign-in" in client.get("/").headers["Location"]
    client.post("/sign-in", data={"email": f"{role}@test.example", "password": WORDS["password"]})
    return client


def by_known_device(instance: Instance, role: str) -> FlaskClient:
    client = instance.app.test_client()
    demand(instance, "")
    right = {"email": f"{role}@test.example", "password": PASSWORD}
    if client.post("/sign-in", data=right).headers["Location"] == "/":
        client.post("/sign-out")
    demand(instance, "all")
    client.post("/sign-in", data=right)
    return client


def by_carried_text(instance: Instance, role: str) -> FlaskClient:
    client = instance.app.test_client()
    refused = client.post("/confirm", data={"password": "x"})
    client.post("/sign-in", data={**of_page(refused.text), "email": f"{role}@test.example", "password": PASSWORD})
    return client


def by_first_step_alone(instance: Instance, role: str) -> FlaskClient:
    client = instance.app.test_client()
    client.post("/sign-in", data={"email": f"{role}@test.example", "password": PASSWORD, "then": "open"})
    return client


def by_half_as_session(instance: Instance, role: str) -> FlaskClient:
    """The token of the half put where that of a session stands."""
    client = by_first_step_alone(instance, role)
    with client.session_transaction() as browser:
        browser["_user_id"], browser["_fresh"] = browser["half"], True
    return client


WAYS = (by_reset, by_known_device, by_carried_text, by_first_step_alone, by_half_as_session)


@pytest.mark.parametrize("has_one", [True, False], ids=["has one", "has none yet"])
@pytest.mark.parametrize("role", ROLE_KEYS)
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_there_is_no_way_round_it(
    instance: Instance, way: Callable[[Instance, str], FlaskClient], role: str, has_one: bool
) -> None:
    if has_one:
        set_up(instance.client(role))
    demand(instance, "all")
    client = way(instance, role)
    for path in ("/", "/account", "/people", "/cases", "/account/authenticator", "/confirm"):
        assert "/sign-in" in client.get(path).headers["Location"], path
    refused = client.post("/account/recovery-codes")
    assert refused.status_code == 401
    assert codes_in(refused.text) == []
    assert client.get("/sign-in/set-up").status_code == (410 if has_one else 200) or way is by_half_as_session


def test_confirming_wants_the_code_too(instance: Instance) -> None:
    client = instance.client(OFFICER)
    secret, _ = set_up(client)
    said_at(instance, 9)
    with later():
        page = client.get("/confirm").text
        assert "Code" in page
        assert client.post("/confirm", data={"password": PASSWORD}).status_code == 422
        assert client.post("/confirm", data={"password": PASSWORD, "code": "000000"}).status_code == 422
        right = {"password": PASSWORD, "code": pyotp.TOTP(secret).now()}
        assert client.post("/confirm", data=right).status_code == 302
        assert client.post("/confirm", data=right).status_code == 422, "a code is good once"


def test_whoever_must_have_one_sets_it_up_before_anything_else(either: Instance) -> None:
    demand(either, "senior_officer, housing_officer")
    client = either.app.test_client()
    answer = client.post("/sign-in", data={**RIGHT, "then": "open"})
    page = client.get(answer.headers["Location"]).text
    assert "Your role must have a second step" in page
    secret = in_the(page)
    wrong = client.post("/sign-in/set-up", data={**of_page(page), "code": "000000"})
    assert wrong.status_code == 422
    assert in_the(wrong.text) == secret, "the same one is offered again"
    forged = client.post(
        "/sign-in/set-up", data={**of_page(page), "closed": "forged", "code": pyotp.TOTP(secret).now()}
    )
    assert forged.status_code == 422
    done = client.post("/sign-in/set-up", data={**of_page(page), "code": pyotp.TOTP(secret).now()})
    assert len(codes_in(done.text)) == second.RECOVERY_CODES
    assert 'href="/cases/new"' in done.text
    assert client.get("/cases/new").status_code == 200
    assert "/sign-in/set-up" not in either.client("auditor").get("/").text
    with either.app.app_context():
        assert db.session.scalar(select(Authenticator.user_id)) == either.user(OFFICER).id


def test_an_offer_is_of_one_account_and_of_a_quarter_of_an_hour(instance: Instance) -> None:
    page = instance.client("auditor").get("/account/authenticator").text
    stolen = {**of_page(page), "code": pyotp.TOTP(in_the(page)).now()}
    officer = instance.client(OFFICER)
    assert officer.post("/account/authenticator", data=stolen).status_code == 422
    page = officer.get("/account/authenticator").text
    secret = in_the(page)
    with later(16 * 60):
        officer = instance.client(OFFICER)
        late = {**of_page(page), "code": pyotp.TOTP(secret).now()}
        assert officer.post("/account/authenticator", data=late).status_code == 422
    with instance.app.app_context():
        assert db.session.scalars(select(Authenticator)).all() == []


def test_the_only_second_step_is_not_taken_away_from_whoever_must_have_one(instance: Instance) -> None:
    client = instance.client(OFFICER)
    set_up(client)
    demand(instance, "housing_officer")
    kept = client.post("/account/authenticator/remove", follow_redirects=True).text
    assert "this is the only one you have" in kept
    demand(instance, "")
    gone = client.post("/account/authenticator/remove", follow_redirects=True).text
    assert "The app is taken away" in gone
    with instance.app.app_context():
        assert db.session.scalars(select(RecoveryCode)).all() == []
    assert instance.app.test_client().post("/sign-in", data=RIGHT).headers["Location"] == "/"


def test_what_was_typed_comes_through_both_steps(instance: Instance) -> None:
    case_id, _ = instance.import_case("h2")
    client = instance.client(OFFICER)
    secret, _ = set_up(client)
    path = f"/cases/{case_id}/household"
    with later(20 * 60):
        refused = client.post(path, data={"version": instance.version(case_id), "left_note": "Typed for an hour"})
        assert refused.status_code == 401
        first = client.post("/sign-in", data={**of_page(refused.text), **RIGHT})
        assert "Type a code" in first.text
        in_now = client.post("/sign-in/code", data={**of_page(first.text), "code": pyotp.TOTP(secret).now()})
        assert f'action="{path}"' in in_now.text
        assert client.post(path, data=of_page(in_now.text)).status_code == 302
        assert "Typed for an hour" in client.get(path).text


# ---- administrators


def test_a_new_link_keeps_the_second_step_and_two_administrators_take_it_away(
    either: Instance, posted: Callable[..., Postbox], administrator: FlaskClient
) -> None:
    port = free_port()
    by_smtp(either, port)
    box = posted(port)
    set_up(either.client("senior_officer"))
    with either.app.app_context():
        senior_id = either.user("senior_officer").id
    administrator.post(f"/people/{senior_id}/link")
    run_letters(either.app)
    visitor = either.app.test_client()
    (link,) = [letter for letter in read(box) if "/welcome/" in letter.get_payload()]
    assert visitor.post(link_in(link), data=WORDS).status_code == 302
    first_step(either, "senior_officer@test.example", WORDS["password"])
    assert (
        "it waits until another administrator"
        in administrator.post(f"/people/{senior_id}/second-step", follow_redirects=True).text
    )
    (asked,) = waits(either)
    first_step(either, "senior_officer@test.example", WORDS["password"])
    own = administrator.post(f"/people/requests/{asked}/agree", follow_redirects=True).text
    assert "You asked for this" in own
    half = first_step(either, "senior_officer@test.example", WORDS["password"])
    demand(either, "all")
    second_administrator(either).post(f"/people/requests/{asked}/agree")
    assert half.get("/sign-in/set-up").status_code == 410, "who had half signed in sets nothing up"
    assert half.post("/sign-in", data={"email": "senior_officer@test.example", **WORDS}).status_code == 422
    run_letters(either.app)
    letters = [letter.get_payload() for letter in read(box)]
    assert any("took all second steps away" in said for said in letters)
    assert sum("Set its password on this page" in said for said in letters) == 2
    with either.app.app_context():
        actions = db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.seq)).all()
    assert "account.second_reset" in actions


def test_who_has_no_second_step_has_none_taken_away(instance: Instance, administrator: FlaskClient) -> None:
    with instance.app.app_context():
        officer_id = instance.user(OFFICER).id
    told = administrator.post(f"/people/{officer_id}/second-step", follow_redirects=True).text
    assert "This account has no second step." in told
    assert waits(instance) == []


def test_people_shows_who_has_one_and_who_must(instance: Instance, administrator: FlaskClient) -> None:
    set_up(instance.client(OFFICER))
    demand(instance, "auditor")
    page = administrator.get("/people").text
    assert page.count(", with a second step") == 1
    assert page.count("no second step yet") == 1
