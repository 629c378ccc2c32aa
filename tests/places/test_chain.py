"""The chain of geocoders: this machine first; outside only what is configured, on the list, for what is not protected."""

from __future__ import annotations

import json
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, NoReturn

import pytest
from geopy.adapters import AdapterHTTPError, BaseSyncAdapter
from geopy.exc import GeocoderParseError, GeocoderServiceError, GeocoderTimedOut, GeocoderUnavailable
from sqlalchemy import select

from app.assessments import judging
from app.assessments.models import Assessment
from app.audit.models import AuditEvent
from app.cases.models import Case
from app.clocks import today
from app.database import writing
from app.extensions import db
from app.places.outside import chain, outside
from app.places.outside.os_places import OsPlaces
from app.places.postcodes.gazetteer import Gazetteer
from app.places.postcodes.geocoder import Place
from app.places.postcodes.local import LocalPostcodes
from app.settings import Settings
from tests.conftest import Instance

CANARY = "7 Canary Walk"


def settings(**changes: Any) -> Settings:
    values = {
        "geocoders": "os_places",
        "os_places_key": "SECRETKEY",
        "outside_hosts": "api.os.uk,nominatim.example",
        "nominatim_url": "https://nominatim.example",
    }
    return Settings(**(values | changes))


@pytest.fixture(scope="module")
def local(gazetteer_file: Path) -> Iterator[Place]:
    gazetteer = Gazetteer(gazetteer_file)
    yield LocalPostcodes(gazetteer).place("B14 7ET")
    gazetteer.close()


def dpa(**changes: Any) -> dict[str, Any]:
    return {"DPA": {
        "UPRN": "100070000001", "ADDRESS": "7, CANARY WALK, BIRMINGHAM, B14 7ET", "POSTCODE": "B14 7ET", "RPC": "1",
        "X_COORDINATE": 407783.0, "Y_COORDINATE": 281505.0, "MATCH": 1.0, "LOCAL_CUSTODIAN_CODE": 4605, **changes,
    }}  # fmt: skip


def answering(what: Any, seen: list[tuple[str, Any]] | None = None) -> Callable[..., BaseSyncAdapter]:
    """A fake at the network's edge: gives an answer, or raises."""

    class Fake(BaseSyncAdapter):
        def get_json(self, url: str, *, timeout: Any, headers: Any) -> Any:
            if seen is not None:
                seen.append((url, headers))
            if isinstance(what, Exception):
                raise what
            return what

        def get_text(self, url: str, *, timeout: Any, headers: Any) -> str:
            return json.dumps(self.get_json(url, timeout=timeout, headers=headers))

    return Fake


@pytest.mark.parametrize(
    ("results", "state"),
    [
        ([dpa()], "found"),
        ([dpa(), dpa(UPRN="2", MATCH=0.6)], "found"),
        ([dpa(), dpa(UPRN="2", ADDRESS="7A")], "choose"),
        ([dpa(MATCH=0.89)], "choose"),
        ([dpa(RPC="4")], "choose"),  # a street is no building
        ([dpa(POSTCODE="B1 1BB")], "conflict"),
        ([dpa(X_COORDINATE=430000.0)], "conflict"),
        ([], "not_found"),
    ],
)
def test_one_sure_match_at_its_own_postcode_is_taken(local: Place, results: list[Any], state: str) -> None:
    seen: list[tuple[str, Any]] = []
    found = chain.find(CANARY, local, False, settings(), answering({"results": results}, seen))
    assert found.state == state
    assert found.says == chain.SAYS[state]
    assert found.asked == ("os_places (api.os.uk)",)
    url, headers = seen[0]
    assert url.startswith("https://api.os.uk/search/places/v1/find?")
    assert headers["key"] == "SECRETKEY"
    assert "SECRETKEY" not in url
    if state == "found":
        best = found.candidates[0]
        assert (best.uprn, best.easting, best.northing, best.radius_m, best.precision) == (
            "100070000001",
            407783,
            281505,
            25,
            "uprn",
        )


@pytest.mark.parametrize(
    ("what", "state"),
    [
        (GeocoderTimedOut("slow"), "unavailable"),
        (GeocoderUnavailable("down"), "unavailable"),
        (GeocoderServiceError("broke"), "unavailable"),
        (AdapterHTTPError("x", status_code=500, headers={}, text=""), "unavailable"),
        (AdapterHTTPError("x", status_code=429, headers={}, text=""), "unavailable"),
        (AdapterHTTPError("x", status_code=401, headers={}, text=""), "misconfigured"),
        (AdapterHTTPError("x", status_code=403, headers={}, text=""), "misconfigured"),
        (GeocoderParseError("not json"), "misconfigured"),
        ({"results": [{"OTHER": {}}]}, "misconfigured"),
        ({"results": [dpa(X_COORDINATE="east")]}, "misconfigured"),
        (["a list"], "misconfigured"),
        ({"header": {}}, "not_found"),
    ],
)
def test_an_outage_is_never_taken_for_not_found(local: Place, what: Any, state: str) -> None:
    found = chain.find(CANARY, local, False, settings(), answering(what))
    assert (found.state, found.candidates) == (state, ())


def test_the_next_in_the_chain_is_asked_and_both_are_named(local: Place) -> None:
    class First(BaseSyncAdapter):
        def get_json(self, url: str, *, timeout: Any, headers: Any) -> Any:
            if "api.os.uk" in url:
                raise GeocoderUnavailable("down")
            return [
                {
                    "lat": "52.43062",
                    "lon": "-1.88693",
                    "display_name": "7 Canary Walk",
                    "place_rank": 30,
                    "address": {"postcode": "B14 7ET"},
                }
            ]

        def get_text(self, url: str, *, timeout: Any, headers: Any) -> NoReturn:
            raise AssertionError

    found = chain.find(CANARY, local, False, settings(geocoders="os_places,nominatim"), First)
    assert found.state == "found"
    assert found.asked == ("os_places (api.os.uk)", "nominatim (nominatim.example)")
    assert found.candidates[0].precision == "building"


def test_a_protected_address_is_asked_of_nobody(local: Place) -> None:
    seen: list[tuple[str, Any]] = []
    found = chain.find(CANARY, local, True, settings(), answering({"results": [dpa()]}, seen))
    assert (found.state, found.asked, seen) == ("local_only", (), [])


def test_nothing_is_asked_unless_it_is_configured_and_on_the_list(local: Place) -> None:
    seen: list[tuple[str, Any]] = []
    fake = answering({"results": [dpa()]}, seen)
    assert chain.find(CANARY, local, False, settings(geocoders=""), fake).state == "none_configured"
    assert chain.find(CANARY, local, False, settings(outside_hosts=""), fake).state == "misconfigured"
    assert seen == []
    with pytest.raises(ValueError, match="there is no address service google"):
        settings(geocoders="google")


def test_the_adapter_keeps_the_time_limit_the_constructor_was_given() -> None:
    timeouts: list[Any] = []

    class Timed(BaseSyncAdapter):
        def get_json(self, url: str, *, timeout: Any, headers: Any) -> Any:
            timeouts.append(timeout)
            return {"results": []}

        get_text = get_json

    OsPlaces("k", timeout=3, adapter_factory=Timed).geocode("x")
    assert timeouts == [3]


@pytest.mark.parametrize(
    "url",
    [
        "http://api.os.uk/x",
        "https://api.os.uk.evil.example/x",
        "https://api.os.uk@evil.example/x",
        "https://user:word@api.os.uk/x",
        "file:///etc/passwd",
        "gopher://api.os.uk/x",
        "https://127.0.0.1/x",
        "https://[::ffff:127.0.0.1]/x",
        "",
    ],
)
def test_an_address_off_the_list_is_never_opened(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket.socket, "connect", lambda *a: pytest.fail("a socket was opened"))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: [(2, 1, 6, "", ("93.184.216.34", 443))])
    with pytest.raises(outside.NotAllowed):
        outside.fetch(url, ["api.os.uk"], {}, 1)


@contextmanager
def server(answer: Callable[[BaseHTTPRequestHandler], None]) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(self)

        def log_message(self, *args: Any) -> None:
            pass

    made = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{made.server_port}/"
    finally:
        made.shutdown()
        made.server_close()
        thread.join()


def replies(status: int, body: bytes, **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    def reply(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return reply


def test_a_real_server_inside_the_network_is_read_with_limits() -> None:
    hosts = ["localhost"]
    with server(replies(200, b'{"ok": true}')) as url:
        assert outside.adapter(hosts)(proxies=None, ssl_context=None).get_json(url, timeout=2, headers={}) == {
            "ok": True
        }
    with server(replies(302, b"", Location="http://localhost:1/")) as url, pytest.raises(AdapterHTTPError) as told:
        outside.fetch(url, hosts, {}, 2)
    assert told.value.status_code == 302
    with server(replies(200, b"x" * (outside.LARGEST + 1))) as url, pytest.raises(GeocoderParseError):
        outside.fetch(url, hosts, {}, 2)
    with server(lambda handler: threading.Event().wait(1.0) and None) as url, pytest.raises(GeocoderServiceError):
        outside.fetch(url, hosts, {}, 0.2)
    with pytest.raises(GeocoderServiceError):
        outside.fetch("http://localhost:1/", hosts, {}, 1)


def open_case(instance: Instance, case_id: str, assessment_id: str) -> None:
    """A case of which it is known that nobody is fled from."""
    with instance.app.app_context(), writing() as session:
        case, found = session.get_one(Case, case_id), session.get_one(Assessment, assessment_id)
        case.domestic_abuse, case.left_because = False, ["overcrowding"]
        found.unit.postcode, found.unit.address = "B14 7ET", CANARY


@pytest.fixture
def asking(instance: Instance) -> tuple[Instance, list[tuple[str, Any]]]:
    seen: list[tuple[str, Any]] = []
    instance.app.config["SETTINGS"] = instance.settings.model_copy(
        update={"geocoders": "os_places", "outside_hosts": "api.os.uk", "os_places_key": settings().os_places_key}
    )
    instance.app.extensions["outside_adapter"] = answering({"results": [dpa()]}, seen)
    return instance, seen


def test_a_person_asks_and_the_audit_names_who_was_asked(
    asking: tuple[Instance, list[tuple[str, Any]]], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    instance, seen = asking
    case_id, assessment_id = instance.import_case("h2")
    open_case(instance, case_id, assessment_id)
    client = instance.client("housing_officer")
    path = f"/cases/{case_id}/assessments/{assessment_id}/locate"
    assert "os_places (api.os.uk)" in client.get(path).text
    assert seen == [], "looking at the page asks nobody"
    assert client.post(path, data={"version": str(instance.version(case_id))}).status_code == 302
    assert len(seen) == 1
    with instance.app.app_context():
        found = db.session.get_one(Assessment, assessment_id)
        assert (found.unit.uprn, found.unit.radius_m, found.unit.precision) == ("100070000001", 25, "uprn")
        asked = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "place.asked")).one()
        assert asked.detail == {"asked": ["os_places (api.os.uk)"], "state": "found"}
        assert judging.judge(found, today(), instance.settings.council_authority).result
    assert "give or take 0.0" not in client.get(path).text
    assert "Canary" not in caplog.text
    typed = {"address": "4 Other Street", "postcode": "B14 7ET", "kind": "house_or_flat"}
    data = {**typed, "version": str(instance.version(case_id))}
    assert client.post(f"/cases/{case_id}/assessments/{assessment_id}/placement", data=data).status_code == 302
    with instance.app.app_context():
        assert db.session.get_one(Assessment, assessment_id).unit.easting is None, "another address is another point"


def test_several_addresses_are_offered_and_one_is_chosen(asking: tuple[Instance, list[tuple[str, Any]]]) -> None:
    instance, _ = asking
    results = [dpa(), dpa(UPRN="2", ADDRESS="7A, CANARY WALK, B14 7ET", X_COORDINATE=407790.0)]
    instance.app.extensions["outside_adapter"] = answering({"results": results})
    case_id, assessment_id = instance.import_case("h2")
    open_case(instance, case_id, assessment_id)
    client = instance.client("housing_officer")
    path = f"/cases/{case_id}/assessments/{assessment_id}/locate"
    page = client.post(path, data={"version": str(instance.version(case_id))}).text
    assert "More than one address could be meant" in page
    offered = [part.split('"')[0] for part in page.split('name="chosen" type="radio" value="')[1:]]
    assert len(offered) == 2
    data = {"version": str(instance.version(case_id)), "chosen": offered[1]}
    assert client.post(path, data=data).status_code == 302
    with instance.app.app_context():
        assert db.session.get_one(Assessment, assessment_id).unit.uprn == "2"
    data = {"version": str(instance.version(case_id)), "chosen": offered[0] + "x"}
    assert "too old" in client.post(path, data=data, follow_redirects=True).text


@pytest.mark.parametrize(
    "change",
    [
        {"domestic_abuse": True},
        {"domestic_abuse": None},
        {"restricted": True},
        {"left_because": ["violence"]},
        {"left_because": None},
        {"kind": "refuge"},
    ],
)
def test_whatever_is_configured_a_protected_address_stays(
    asking: tuple[Instance, list[tuple[str, Any]]], change: dict[str, Any]
) -> None:
    instance, seen = asking
    case_id, assessment_id = instance.import_case("h2")
    open_case(instance, case_id, assessment_id)
    with instance.app.app_context(), writing() as session:
        case, found = session.get_one(Case, case_id), session.get_one(Assessment, assessment_id)
        for name, value in change.items():
            setattr(found.unit if name == "kind" else case, name, value)
    client = instance.client("safeguarding_lead")
    path = f"/cases/{case_id}/assessments/{assessment_id}/locate"
    assert "This address stays on this machine" in client.get(path).text
    client.post(path, data={"version": str(instance.version(case_id))})
    assert seen == []
    with instance.app.app_context():
        assert db.session.scalars(select(AuditEvent).where(AuditEvent.action == "place.asked")).all() == []


def test_a_drip_of_bytes_does_not_hold_a_worker() -> None:
    """The time is for the whole of an answer, not for each piece of it."""

    class Drip:
        def read1(self, most: int) -> bytes:
            time.sleep(0.05)
            return b"x"

    started = time.monotonic()
    with pytest.raises(TimeoutError):
        outside._read(Drip(), 1000, time.monotonic() + 0.3)
    assert time.monotonic() - started < 2


@pytest.mark.parametrize(
    ("rpc", "state", "radius"),
    [("1", "found", 25), ("5", "choose", 118), ("9", "not_found", None), ("", "choose", 118)],
)
def test_a_point_that_is_only_its_postcodes_is_no_finer_and_one_that_is_none_is_left_out(
    local: Place, rpc: str, state: str, radius: int | None
) -> None:
    coded = local._replace(radius_m=118)
    answer = chain.find(CANARY, coded, False, settings(), answering({"results": [dpa(RPC=rpc)]}))
    assert answer.state == state
    assert [c.radius_m for c in answer.candidates] == ([] if radius is None else [radius])
