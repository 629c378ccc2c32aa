"""The one way out of this machine: to hosts on the council's list, https, no redirect, no proxy, short, small, and never logged.

Used by geocoders, the public transport engine and Open Referral feeds, each only when it is configured. Source: reliability.md,
"Geocoder/router".
"""

from __future__ import annotations

import http.client
import ipaddress
import json
import socket
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from geopy.adapters import BaseSyncAdapter

SECONDS = 5
LARGEST = 512 * 1024


class NotAllowed(ValueError):
    """The council has not allowed this host, or the address is not one that may be asked."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> NoReturn:
        raise urllib.error.HTTPError(req.full_url, code, "redirects are not followed", headers, fp)


def check(url: str, hosts: Collection[str]) -> None:
    """Is this an address that may be asked at all?

    Raises:
        NotAllowed: another scheme than https (http only to a listed host inside the council's network), another host.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").casefold()
    if host not in {h.casefold() for h in hosts}:
        raise NotAllowed(f"The host {host or '(none)'} is not on the council’s list of hosts that may be asked.")
    if parts.username or parts.password:
        raise NotAllowed("An address with a user name in it is not asked.")
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_inside(host)):
        raise NotAllowed("Only https is asked; http only inside the council’s own network.")


def _is_inside(host: str) -> bool:
    """Does a host resolve to private addresses only?"""
    try:
        found = {info[4][0] for info in socket.getaddrinfo(host, None)}
    except OSError:
        return False
    return bool(found) and all(ipaddress.ip_address(str(address).split("%")[0]).is_private for address in found)


def fetch(
    url: str,
    hosts: Collection[str],
    headers: Mapping[str, str],
    seconds: float,
    body: bytes | None = None,
    largest: int = LARGEST,
) -> bytes:
    """What an allowed host answers.

    Raises:
        NotAllowed: the host is not on the list.
        AdapterHTTPError, GeocoderTimedOut, GeocoderUnavailable, GeocoderServiceError: as geopy tells them apart.
    """
    from geopy.adapters import AdapterHTTPError
    from geopy.exc import GeocoderParseError, GeocoderServiceError, GeocoderTimedOut, GeocoderUnavailable

    check(url, hosts)
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}),
        _NoRedirect(),
        urllib.request.HTTPSHandler(context=ssl.create_default_context()),
    )
    request = urllib.request.Request(url, data=body, headers={"User-Agent": "case-by-case", **headers})  # noqa: S310 (checked above)
    try:
        with opener.open(request, timeout=seconds) as answer:
            found = _read(answer, largest, time.monotonic() + seconds)
    except urllib.error.HTTPError as error:
        with error:
            raise AdapterHTTPError("refused", status_code=error.code, headers=dict(error.headers), text="") from None
    except TimeoutError:
        raise GeocoderTimedOut("no answer in time") from None
    except urllib.error.URLError as error:
        if isinstance(error.reason, TimeoutError):
            raise GeocoderTimedOut("no answer in time") from None
        raise GeocoderUnavailable("cannot be reached") from None
    except (http.client.HTTPException, OSError):
        raise GeocoderServiceError("broke off") from None
    if len(found) > largest:
        raise GeocoderParseError("the answer is too large")
    return found


def _read(answer: Any, largest: int, until: float) -> bytes:
    """All of an answer, within one time for the whole of it: a drip of bytes does not hold a worker.

    Raises:
        TimeoutError: it is not all there in time.
        IncompleteRead: it ended before it was all there.
    """
    found = b""
    while len(found) <= largest:
        if time.monotonic() > until:
            raise TimeoutError
        part = answer.read1(min(65_536, largest + 1 - len(found)))
        if not part:
            if getattr(answer, "length", None):  # read1 ends without a word where the other side hangs up half-way
                raise http.client.IncompleteRead(found, answer.length)
            break
        found += part
    return found


def adapter(hosts: Collection[str]) -> Callable[..., BaseSyncAdapter]:
    """geopy's adapter for these hosts."""
    from geopy.adapters import BaseSyncAdapter
    from geopy.exc import GeocoderParseError

    class Outside(BaseSyncAdapter):
        def get_json(self, url: str, *, timeout: Any, headers: Any) -> Any:
            try:
                return json.loads(self.get_text(url, timeout=timeout, headers=headers))
            except ValueError:
                raise GeocoderParseError("the answer is not JSON") from None

        def get_text(self, url: str, *, timeout: Any, headers: Any) -> str:
            try:
                return fetch(url, hosts, headers, float(timeout or SECONDS)).decode("utf-8")
            except UnicodeDecodeError:
                raise GeocoderParseError("the answer is not text") from None

    return Outside
