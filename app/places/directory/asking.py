"""Asking a feed politely: as slowly as it wishes, within limits, and never twice for what was read before a break."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from app.places.files import FileProblem
from app.places.outside import outside
from app.places.outside.outside import NotAllowed

LARGEST_ANSWER = 20_000_000  # bytes
LARGEST = 100_000_000  # of all answers together
SECONDS = 30  # for one answer
MOST_SECONDS = 3600  # for all of a feed
LONGEST_WAIT = 300  # seconds that a feed may ask for at once
MOST_WAITING = 900  # seconds in all
TRIES = 3  # of one question, where the feed fails; being asked to wait is no failure
KEPT_SECONDS = 12 * 3600  # for which what was read before a break is gone on from
_FAILS = (500, 502, 503, 504)
Get = Callable[[str], bytes]


class Kept:
    """Answers of a feed by their address, in a file that is added to as they come. Without a folder they are not kept.

    A line that was cut off by the break is left out, and asked for again.
    """

    def __init__(self, folder: Path | None, url: str) -> None:
        self._path = None if folder is None else folder / f"{hashlib.sha256(url.encode()).hexdigest()[:24]}.jsonl"
        self._told: dict[str, Any] = {}
        if self._path is None or not self._path.is_file():
            return
        if time.time() - self._path.stat().st_mtime > KEPT_SECONDS:
            self.forget()
            return
        for line in self._path.read_text(encoding="utf-8", errors="replace").split("\n"):
            try:
                address, said = json.loads(line)
            except (ValueError, TypeError):
                continue
            if not isinstance(address, str):
                continue
            if said is None:
                self._told.pop(address, None)
            else:
                self._told[address] = said
        self._add("")  # a cut line ends here

    def get(self, address: str) -> Any:
        return self._told.get(address)

    def put(self, address: str, said: Any) -> None:
        self._told[address] = said
        self._add(json.dumps([address, said]))

    def drop(self, which: Callable[[str], bool]) -> None:
        """Forget some of them: they are asked for again."""
        for address in [at for at in self._told if which(at)]:
            del self._told[address]
            self._add(json.dumps([address, None]))

    def forget(self) -> None:
        self._told = {}
        if self._path is not None:
            self._path.unlink(missing_ok=True)

    def _add(self, line: str) -> None:
        if self._path is not None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with open(self._path, "a", encoding="utf-8") as stream:
                stream.write(f"{line}\n")


class Asker:
    """Questions to one feed.

    Args:
        get: instead of the network; raises as ``outside.fetch`` does.
        wait: sleeps so many seconds.
        clock: seconds from some moment on.
    """

    def __init__(
        self,
        hosts: Sequence[str],
        kept: Kept,
        get: Get | None = None,
        *,
        wait: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.kept = kept
        self._get = get or (
            lambda address: outside.fetch(address, hosts, {"Accept": "application/json"}, SECONDS, None, LARGEST_ANSWER)
        )
        self._wait, self._clock, self._began = wait, clock, clock()
        self._waited, self._bytes = 0.0, 0

    def tree(self, address: str, what: str, gone_is_none: bool = False) -> Any:
        """What stands at an address, as JSON; from before the break where it was read then.

        Raises:
            FileProblem: it cannot be had; nothing was loaded.
        """
        before = self.kept.get(address)
        if before is not None:
            return before
        answer = self._answer(address, what, gone_is_none)
        if answer is None:
            return None
        self._bytes += len(answer)
        if self._bytes > LARGEST:
            raise FileProblem(f"The feed has more than {LARGEST // 1_000_000} MB. It is refused. Nothing was loaded.")
        try:
            found = json.loads(answer.decode("utf-8-sig"))
        except (ValueError, RecursionError):
            raise FileProblem(f"{what} is not JSON. Nothing was loaded.") from None
        if found is not None:
            self.kept.put(address, found)
        return found

    def _answer(self, address: str, what: str, gone_is_none: bool) -> bytes | None:
        from geopy.adapters import AdapterHTTPError
        from geopy.exc import GeocoderParseError, GeopyError

        failed = 0
        while True:
            if self._clock() - self._began > MOST_SECONDS:
                raise self._stopped("The feed takes longer than an hour.")
            try:
                return self._get(address)
            except NotAllowed as problem:
                raise FileProblem(str(problem)) from None
            except GeocoderParseError:
                raise FileProblem(f"{what} is larger than is allowed. It is refused. Nothing was loaded.") from None
            except AdapterHTTPError as refused:
                status = refused.status_code
                if status in (404, 410) and gone_is_none:
                    return None
                if 300 <= status < 400:
                    raise FileProblem(
                        f"{what} is said to be at another address. No feed is followed elsewhere. Nothing was loaded."
                    ) from None
                asked = _retry_after(refused.headers)
                if status == 429 or (status == 503 and asked is not None):
                    self._patiently(asked if asked is not None else 2.0 ** min(failed, 6))
                    failed += asked is None
                    continue
                failed += 1
                if status not in _FAILS or failed >= TRIES:
                    raise self._stopped(f"{what} could not be fetched: the feed answered {status}.") from None
            except GeopyError:
                failed += 1
                if failed >= TRIES:
                    raise self._stopped(f"{what} could not be fetched.") from None
            self._patiently(4.0 ** (failed - 1))

    def _patiently(self, seconds: float) -> None:
        """Wait as long as the feed asks.

        Raises:
            FileProblem: it asks for longer than anybody stands by.
        """
        self._waited += seconds
        if seconds > LONGEST_WAIT or self._waited > MOST_WAITING:
            minutes = -(-int(seconds) // 60)
            raise self._stopped(f"The feed asks to be left alone for {minutes} minutes.")
        self._wait(seconds)

    def _stopped(self, why: str) -> FileProblem:
        return FileProblem(f"{why} Nothing was loaded. Load it again later: it goes on from where it stopped.")


def _retry_after(headers: Mapping[str, str] | None) -> float | None:
    """Seconds that an answer asks us to wait: it gives them, or the moment; None where it says neither."""
    said = next((value for name, value in (headers or {}).items() if name.casefold() == "retry-after"), "").strip()
    if said.isascii() and said.isdigit():
        return float(said[:9])
    try:
        moment = parsedate_to_datetime(said)
    except (ValueError, TypeError, IndexError):
        return None
    return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds())
