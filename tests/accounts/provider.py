"""The council's own sign-in as tests need it: a real provider from a wheel, and one of ours that can be off, slow, or lie."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

from app.settings import Settings
from tests.conftest import Instance

GROUPS = "Officers=housing_officer, Seniors=senior_officer, Leads=safeguarding_lead"
CLIENT = "case-by-case"
NAMED = {"name": "Ola Outside", "email": "ola@council.example", "groups": ["Everybody", "Officers"]}


def configure(instance: Instance, issuer: str, **more: Any) -> None:
    """Set the council's sign-in up. What was known of where to ask is forgotten."""
    values = {
        "oidc_issuer": issuer, "oidc_client_id": CLIENT, "oidc_groups": GROUPS, "outside_hosts": "localhost", "oidc_name": "your test account",
        **more,
    }  # fmt: skip
    checked = Settings(**{**instance.settings.model_dump(), **values})
    instance.app.config["SETTINGS"] = checked
    instance.app.extensions.pop("council_places", None)


class Lying:
    """A provider that does what a test says. ``claims`` change those of the next token; ``how`` says of a path what it does instead."""

    def __init__(self, port: int) -> None:
        self.issuer = f"http://localhost:{port}"
        self.key, self.other = RSAKey.generate_key(2048), RSAKey.generate_key(2048)
        self.claims: dict[str, Any] = {}
        self.how: dict[str, str] = {}
        self.signs_with: Callable[[dict[str, Any]], str] = self.properly
        self.asked: dict[str, str] = {}
        self.tokens_asked: list[dict[str, str]] = []
        self.codes: set[str] = set()

    def properly(self, claims: dict[str, Any]) -> str:
        return jwt.encode({"alg": "RS256", "kid": self.key.ensure_kid() or self.key.kid}, claims, self.key)

    def by_another_key(self, claims: dict[str, Any]) -> str:
        return jwt.encode({"alg": "RS256"}, claims, self.other)

    def by_no_key(self, claims: dict[str, Any]) -> str:
        parts = [json.dumps(part).encode() for part in ({"alg": "none"}, claims)]
        return ".".join([*(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts), ""])

    def by_its_public_key(self, claims: dict[str, Any]) -> str:
        """As if the public key were a shared secret."""
        secret = OctKey.import_key(json.dumps(self.key.as_dict(private=False)))
        return jwt.encode({"alg": "HS256"}, claims, secret)

    def consent(self, address: str, code: str = "a-code") -> str:
        """What the person does there: gives the query with which the browser comes back."""
        self.asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        self.codes.add(code)
        return f"code={code}&state={self.asked['state']}"

    def answer(self, path: str, sent: dict[str, str]) -> dict[str, Any]:
        if path == "/.well-known/openid-configuration":
            return {
                "issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/authorize", "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/jwks",
            }  # fmt: skip
        if path == "/jwks":
            return dict(KeySet([self.key]).as_dict(private=False))
        self.tokens_asked.append(sent)
        challenge = (
            base64.urlsafe_b64encode(hashlib.sha256(sent["code_verifier"].encode()).digest()).decode().rstrip("=")
        )
        held = challenge == self.asked["code_challenge"] and sent["redirect_uri"] == self.asked["redirect_uri"]
        if not held or sent["code"] not in self.codes:
            return {"error": "invalid_grant"}
        self.codes.discard(sent["code"])
        moment = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "sub": "person-1", "nonce": self.asked["nonce"], "iat": moment, "exp": moment + 300,
            "auth_time": moment, **NAMED, **self.claims,
        }  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        return {"access_token": "x", "token_type": "Bearer", "id_token": self.signs_with(claims)}


@contextmanager
def lying() -> Iterator[Lying]:
    made: list[Lying] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            self._answer({name: values[0] for name, values in parse_qs(sent).items()})

        def _answer(self, sent: dict[str, str]) -> None:
            path = urlsplit(self.path).path
            how = made[0].how.get(path, "")
            body = {
                "bad": b"{not json",
                "empty": b"",
                "list": b"[1, 2]",
                "deep": b"[" * 100_000,
                "text": b"\xff\xfe",
            }.get(how)
            if how == "slow":
                time.sleep(2)
            if body is None:
                body = json.dumps(made[0].answer(path, sent)).encode()
            self.send_response({"broken": 500, "elsewhere": 302, "refused": 403}.get(how, 200))
            if how == "elsewhere":
                self.send_header("Location", "http://localhost:1/secret")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(10**9 if how == "huge" else len(body)))
            self.end_headers()
            try:
                if how == "huge":
                    for _ in range(1000):
                        self.wfile.write(b" " * 1_000_000)
                self.wfile.write(body)
            except OSError:
                pass  # whoever asked has heard enough

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing is printed."""

    server = ThreadingHTTPServer(("localhost", 0), Handler)
    server.daemon_threads = True
    made.append(Lying(server.server_address[1]))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield made[0]
    finally:
        server.shutdown()
        server.server_close()
