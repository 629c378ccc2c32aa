"""The council's own sign-in (OpenID Connect, code flow with PKCE S256): asked only where it is configured, and only of hosts on the list.

Somebody is known by issuer and subject, never by e-mail address. Their role is what the settings say of their group: who is in none
is refused, and nobody gets a role that the settings do not name. Everything outside may be off, slow, or lie: then there is a
sentence, and the password still works. Source: reliability.md 4.6, R10; OpenID Connect Core 1.0, 3.1; RFC 9700.
"""

from __future__ import annotations

import json
import secrets
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit import service as audit
from app.database import writing
from app.extensions import db
from app.places.outside import outside
from app.settings import Settings, current_settings

from . import fresh, halves, letters, links, second, service, sessions
from .halves import Passed
from .models import CouncilIdentity, User
from .policy import ROLES

if TYPE_CHECKING:
    from authlib.integrations.requests_client import OAuth2Session

BACK = "/sign-in/council/back"  # where the council's sign-in leads back to; registered there to the letter
SECONDS, LIFE, KEPT_SECONDS = 5.0, 10 * 60, 3600
SIGN_IN, CONFIRM, JOIN = "sign in", "confirm", "join"
_SIGNED_BY = [
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "EdDSA",
]  # never by a shared secret
_SKEW = 60  # seconds by which clocks may differ


class CouncilRefused(ValueError):
    """Nobody is signed in, with a sentence that says why and what to do."""


class Asked(NamedTuple):
    """What was asked of the council's sign-in; it lies in this browser's own cookie until the answer comes. ``at`` is in seconds."""

    state: str
    nonce: str
    verifier: str
    purpose: str
    at: int


class Known(NamedTuple):
    """Whom the council's sign-in vouches for: ``role`` by their group, ``is_enough`` where it asked for a second step."""

    issuer: str
    subject: str
    email: str
    name: str
    role: str
    is_enough: bool
    authenticated_at: int


_DOWN = "{name} did not answer, or not as it should. Try again in a while, or sign in another way."
_BEGIN_ANEW = "This sign-in took too long, or was begun in another window. Begin again."


def is_configured() -> bool:
    settings = current_settings()
    return bool(settings.oidc_issuer and settings.oidc_client_id)


def _down() -> CouncilRefused:
    return CouncilRefused(_DOWN.format(name=_name()))


def _lies() -> tuple[type[Exception], ...]:
    """As which it shows itself that something outside is not there, or not what was asked for."""
    from geopy.exc import GeopyError  # of ``outside``

    return GeopyError, OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError


def _name() -> str:
    """What it is called, at the beginning of a sentence."""
    name = current_settings().oidc_name
    return name[:1].upper() + name[1:]


# ---- asking


def begin(purpose: str) -> tuple[str, Asked]:
    """Where the browser is sent, and what is kept meanwhile.

    Raises:
        CouncilRefused: it is not configured, or does not answer.
    """
    from authlib.common.security import generate_token

    places = _places()
    asked = Asked(generate_token(32), generate_token(32), generate_token(64), purpose, int(time.time()))
    more = {"prompt": "login", "max_age": "0"} if purpose == CONFIRM else {}
    with _client(places) as client:
        address, _ = client.create_authorization_url(
            places["authorization_endpoint"], state=asked.state, nonce=asked.nonce, code_verifier=asked.verifier, **more
        )
    return str(address), asked


def answered(asked: Asked | None, state: str, code: str, error: str, issuer: str) -> Known:
    """Whom the answer is about.

    Args:
        asked: what this browser had asked; the others as they stand in the address that led back here.
    Raises:
        CouncilRefused: it is no answer to what was asked, does not hold, or the person is in no group that has a role here.
    """
    settings = current_settings()
    if asked is None or not secrets.compare_digest(asked.state.encode(), state.encode()):
        raise CouncilRefused(_BEGIN_ANEW)
    if not 0 <= int(time.time()) - asked.at <= LIFE or (issuer and issuer != settings.oidc_issuer):
        raise CouncilRefused(_BEGIN_ANEW)
    if error or not code:
        raise CouncilRefused(f"You were not signed in with {settings.oidc_name}. Try again, or sign in another way.")
    return _known(settings, _claims(asked, code))


def _claims(asked: Asked, code: str) -> dict[str, Any]:
    """The claims of the ID token, whose signature, issuer, audience, time and nonce hold."""
    from authlib.common.errors import AuthlibBaseError
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet
    from requests.exceptions import RequestException

    settings, places = current_settings(), _places()
    try:
        with _client(places) as client:
            given = client.fetch_token(
                places["token_endpoint"], code=code, code_verifier=asked.verifier, grant_type="authorization_code"
            )
        keys = KeySet.import_key_set(_json(places["jwks_uri"], settings))  # type: ignore[arg-type]
        token = jwt.decode(str(given["id_token"]), keys, algorithms=_SIGNED_BY)
        jwt.JWTClaimsRegistry(
            leeway=_SKEW,
            iss={"essential": True, "value": settings.oidc_issuer},
            aud={"essential": True, "value": settings.oidc_client_id},
            nonce={"essential": True, "value": asked.nonce},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
        ).validate(token.claims)
        claims: dict[str, Any] = dict(token.claims)
        if claims.get("azp", settings.oidc_client_id) != settings.oidc_client_id:
            raise ValueError("it was given to somebody else")
    except (AuthlibBaseError, JoseError, RequestException, *_lies()):
        raise _down() from None  # which of them says something of whom it is about
    return claims


def _known(settings: Settings, claims: dict[str, Any]) -> Known:
    groups = claims.get(settings.oidc_groups_claim)
    named = (
        {str(group) for group in groups} if isinstance(groups, list) else {groups} if isinstance(groups, str) else set()
    )
    role = next((role for group, role in settings.oidc_roles.items() if group in named), "")
    if role not in ROLES:
        raise CouncilRefused(
            "You were signed in there, but none of your groups has a role here. Ask whoever looks after groups at the council."
        )
    amr, acr = claims.get("amr"), claims.get("acr")
    said = {str(word) for word in amr} if isinstance(amr, list) else set()
    said |= {acr} if isinstance(acr, str) else set()
    subject, email, at = claims.get("sub"), claims.get("email"), claims.get("auth_time")
    if not isinstance(subject, str) or not subject or len(subject) > 255:
        raise _down()
    return Known(
        issuer=settings.oidc_issuer, subject=subject, email=email.strip().casefold() if isinstance(email, str) else "",
        name=str(claims.get("name") or "").strip()[:200], role=role, is_enough=bool(said & settings.oidc_second_step_words),
        authenticated_at=at if isinstance(at, int) else 0,
    )  # fmt: skip


# ---- what becomes of whom it vouches for


def sign_in(known: Known, device: str) -> tuple[Passed, User]:
    """Sign in whoever is vouched for; at the first time their account is made.

    Raises:
        CouncilRefused: the account is disabled, was made here and not joined, or a second step is wanting.
    """
    with writing() as session:
        user = _account(session, known)
        if user.role != known.role:
            service.change_role(session, user, known.role, by="council")
        wants_more = current_settings().oidc_second_step_words and not known.is_enough
        if wants_more and not second.standing(session, user.id).is_there:
            raise CouncilRefused(
                f"{_name()} did not say that it asked you for a second step. Nobody is let in without one."
            )
        return halves.go_on(session, user, "council", device, known.is_enough), user


def _account(session: Session, known: Known) -> User:
    of = select(CouncilIdentity.user_id).where(
        CouncilIdentity.issuer == known.issuer, CouncilIdentity.subject == known.subject
    )
    user_id = session.scalar(of)
    if user_id is not None:
        user = links.taken(session, user_id)
        if not user.active:
            raise CouncilRefused("Your account here is disabled. Ask your administrator.")
        return user
    if not known.email or not known.name:
        raise CouncilRefused(
            "Your council account has no name or no e-mail address that we were told. Ask whoever looks after it."
        )
    if session.scalar(select(User.id).where(User.email == known.email)) is not None:
        raise CouncilRefused(
            "There is an account with your e-mail address here already. Sign in with its password and join the two under “Account”."
        )
    user = service.add_account(session, known.name, known.email, known.role)
    session.add(CouncilIdentity(issuer=known.issuer, subject=known.subject, user_id=user.id))
    audit.record(session, "account.created_by_council", "user", user.id, detail={"role": known.role}, actor=user)
    return user


def join(person: sessions.SignedIn, issuer: str, subject: str) -> None:
    """From now on whoever the council's sign-in calls this is the owner of this account.

    Raises:
        CouncilRefused: it is joined with an account already.
    """
    with writing() as session:
        user = links.taken(session, person.id)
        if session.get(CouncilIdentity, (issuer, subject)) is not None:
            raise CouncilRefused("This council account is joined with an account here already.")
        session.add(CouncilIdentity(issuer=issuer, subject=subject, user_id=user.id))
        audit.record(session, "account.joined_council", "user", user.id)
        letters.queue_change(session, user, "joined_council")


def to_confirm_by(user_id: str) -> str:
    """What the council's own sign-in is called, where this account can say by it that it is them; empty where it cannot."""
    return current_settings().oidc_name if is_configured() and is_joined(user_id) else ""


def is_joined(user_id: str) -> bool:
    of = select(CouncilIdentity.user_id).where(CouncilIdentity.user_id == user_id)
    return db.session.scalar(of.limit(1)) is not None


def confirm(person: sessions.SignedIn, known: Known) -> str:
    """Say again that it is them, by having signed in there just now.

    Returns:
        the session's new token.
    Raises:
        CouncilRefused: it is somebody else, or it does not say that they signed in anew.
    """
    of = select(CouncilIdentity.user_id).where(
        CouncilIdentity.issuer == known.issuer, CouncilIdentity.subject == known.subject
    )
    with writing() as session:
        if session.scalar(of) != person.id:
            raise CouncilRefused("That was another person than the one who is signed in here.")
        if not -_SKEW <= int(time.time()) - known.authenticated_at <= fresh.MINUTES * 60:
            raise CouncilRefused(f"{_name()} did not ask anew who sits there. Confirm another way.")
        if second.standing(session, person.id).is_there and not known.is_enough:
            raise CouncilRefused("You have a second step here: confirm with it.")
        return fresh.renewed(session, person, "council")


# ---- the ways out


def _places() -> dict[str, str]:
    """Where to ask for what, as the council's sign-in says itself; kept for an hour.

    Raises:
        CouncilRefused: it is not configured, does not answer, or says that it is another one.
    """
    settings = current_settings()
    if not is_configured():
        raise CouncilRefused("There is no other sign-in here. Use your e-mail address and your password.")
    kept: dict[str, tuple[float, dict[str, str]]] = current_app.extensions.setdefault("council_places", {})
    known = kept.get(settings.oidc_issuer)
    if known is not None and time.monotonic() - known[0] < KEPT_SECONDS:
        return known[1]
    try:
        said = _json(f"{settings.oidc_issuer.rstrip('/')}/.well-known/openid-configuration", settings)
        if said["issuer"] != settings.oidc_issuer:
            raise ValueError("another issuer")
        found = {name: str(said[name]) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")}
        for address in found.values():
            outside.check(address, settings.allowed_hosts)
        methods = said.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        found["method"] = "client_secret_basic" if "client_secret_basic" in methods else "client_secret_post"
    except _lies():
        raise _down() from None
    kept[settings.oidc_issuer] = (time.monotonic(), found)
    return found


def _json(address: str, settings: Settings) -> dict[str, Any]:
    found = json.loads(outside.fetch(address, settings.allowed_hosts, {"Accept": "application/json"}, SECONDS))
    if not isinstance(found, dict):
        raise ValueError("not what was asked for")
    return found


def _client(places: dict[str, str]) -> OAuth2Session:
    """Authlib's client, which asks by our one way out and by no other."""
    from authlib.integrations.requests_client import OAuth2Session

    settings = current_settings()
    secret = settings.oidc_client_secret.get_secret_value()
    client = OAuth2Session(
        settings.oidc_client_id, secret or None, scope="openid profile email",
        redirect_uri=f"{settings.base_url.rstrip('/')}{BACK}", code_challenge_method="S256",
        token_endpoint_auth_method=places["method"] if secret else "none",
    )  # fmt: skip
    client.trust_env = False
    for scheme in ("https://", "http://"):
        client.mount(scheme, _adapter(settings))
    return client


def _adapter(settings: Settings) -> Any:
    import requests
    from requests.adapters import BaseAdapter

    class Outside(BaseAdapter):
        """Sends a request by ``outside.fetch``: hosts on the list, no redirect, short, and small."""

        def send(self, request: requests.PreparedRequest, *args: Any, **named: Any) -> requests.Response:
            body = request.body.encode() if isinstance(request.body, str) else None
            kept = ("content-type", "authorization", "accept")
            headers = {name: str(value) for name, value in request.headers.items() if name.casefold() in kept}
            answer = requests.Response()
            answer._content = outside.fetch(str(request.url), settings.allowed_hosts, headers, SECONDS, body)
            answer.status_code, answer.url, answer.request = 200, str(request.url), request
            return answer

        def close(self) -> None:
            """There is nothing to close."""

    return Outside()
