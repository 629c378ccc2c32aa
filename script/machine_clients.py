"""Officers at several machines behind what acts as nginx does: they open cases, answer and hand in, and keep a list of what was acknowledged.

A request goes to the next machine only where the connection was refused, before a byte of it was sent. What was sent and not answered is
not known: whoever sent it looks, or sends the same again with the key of that page, as an officer would.
"""

from __future__ import annotations

import html
import http.client
import random
import re
import secrets
import threading
import time
import urllib.parse
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from machine_house import OFFICER, PASSWORD, Estate

WAITS = 60.0  # how long somebody goes on trying one thing
_BOX = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')


class NotAnswered(Exception):
    """It was sent, and no answer came: whether it was done is not known."""


class Answer(NamedTuple):
    status: int
    body: str
    to: str


class Front:
    """One browser behind a balancer. ``seen`` counts what came back, by kind, of all browsers."""

    def __init__(self, estate: Estate, seen: Counter[str]) -> None:
        self.estate, self.seen, self.cookies, self.turn = estate, seen, dict[str, str](), random.randrange(100)

    def ask(self, path: str, fields: dict[str, str] | None = None) -> Answer:
        connection = self._connected()
        headers = {"Cookie": "; ".join(f"{n}={v}" for n, v in self.cookies.items()), "Connection": "close"}
        body = None
        if fields is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urllib.parse.urlencode(fields)
        try:
            connection.request("GET" if fields is None else "POST", path, body, headers)
            answer = connection.getresponse()
            said = answer.read().decode("utf-8", "replace")
        except (OSError, http.client.HTTPException) as error:
            self.seen["not answered"] += 1
            self.seen[f"not answered: {type(error).__name__}"] += 1
            raise NotAnswered from error
        finally:
            connection.close()
        for header in answer.headers.get_all("Set-Cookie") or []:
            name, value = header.split(";")[0].split("=", 1)
            self.cookies[name] = value
        self.seen[f"{answer.status}"] += 1
        if answer.status == 503 and "The database of this service" not in said:
            self.seen["503 without a word"] += 1
        return Answer(answer.status, said, answer.headers.get("Location") or "")

    def _connected(self) -> http.client.HTTPConnection:
        """A connection to the next machine that takes one."""
        self.turn += 1
        for more in range(len(self.estate.ports)):
            port = self.estate.ports[(self.turn + more) % len(self.estate.ports)]
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            try:
                connection.connect()
            except ConnectionRefusedError:
                continue
            except OSError:  # while it was connecting: nothing of ours was sent
                self.seen["reset while connecting"] += 1
                continue
            return connection
        self.seen["no machine there"] += 1
        raise NotAnswered("no machine takes a connection")

    def sign_in(self) -> None:
        page = self.ask("/sign-in")
        fields = {"csrf_token": token(page.body), "email": OFFICER, "password": PASSWORD}
        found = self.ask("/sign-in", fields)
        assert found.status == 302, found.status


def token(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found, page[:500]
    return found[1]


class Kept:
    """What was acknowledged to somebody: cases by the key of their page, answers by their words, what was handed in."""

    def __init__(self) -> None:
        self.opened, self.answered = dict[str, str](), dict[str, str]()
        self.handed_in: list[str] = []
        self.seen: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.slowest = 0.0
        self.lock = threading.Lock()

    def count(self) -> int:
        return len(self.opened) + len(self.answered) + len(self.handed_in)


class Office:
    """So many officers who work until they are told to stop."""

    def __init__(self, estate: Estate, households: Sequence[tuple[str, str]], officers: int = 6) -> None:
        self.estate, self.kept, self.ended = estate, Kept(), threading.Event()
        self.left = list(households)
        first = Front(estate, self.kept.seen)
        first.sign_in()
        self.csrf = token(first.ask("/check").body)
        self.cookies = first.cookies
        self.threads = [threading.Thread(target=self._work, args=(n,), daemon=True) for n in range(officers)]

    def begin(self) -> None:
        for thread in self.threads:
            thread.start()

    def end(self) -> Kept:
        self.ended.set()
        for thread in self.threads:
            thread.join(WAITS + 30)
            assert not thread.is_alive(), "an officer stands still"
        return self.kept

    def _work(self, number: int) -> None:
        front = Front(self.estate, self.kept.seen)
        front.cookies = dict(self.cookies)
        try:
            while not self.ended.is_set():
                if number % 2 and (household := self._next()):
                    for _ in range(3):
                        self._timed(self._answer, front, *household)
                    self._timed(self._hand_in, front, *household)
                else:
                    self._timed(self._open, front)
        except Exception as error:
            self.kept.wrong.append(f"{type(error).__name__}: {error}")

    def _timed(self, what: Callable[..., None], *given: Any) -> None:
        began = time.perf_counter()
        what(*given)
        self.kept.slowest = max(self.kept.slowest, time.perf_counter() - began)

    def _next(self) -> tuple[str, str] | None:
        with self.kept.lock:
            return self.left.pop() if self.left else None

    # ---- what an officer does

    def _again(self, once: Callable[[], str | None]) -> str:
        """One thing, until it is acknowledged; what came is not known, or said that the database is away."""
        end = time.monotonic() + WAITS
        while time.monotonic() < end:
            try:
                done = once()
            except NotAnswered:
                done = None
            if done is not None:
                return done
            time.sleep(0.1)
        raise TimeoutError("not acknowledged in a minute")

    def _told(self, answer: Answer, what: str) -> None:
        """Anything but done, away, or a conflict is wrong."""
        if answer.status not in (302, 409, 503, 200):
            errors = re.findall(r"govuk-error-message[^>]*>(.*?)</p>", answer.body, re.DOTALL)[:3]
            self.kept.wrong.append(f"{what}: {answer.status} {errors}")
            raise AssertionError(self.kept.wrong[-1])

    def _open(self, front: Front) -> None:
        opening, typed = secrets.token_hex(16), family()
        typed |= {"opening": opening, "csrf_token": self.csrf}

        def once() -> str | None:
            answer = front.ask("/cases/new", typed)
            if answer.status == 422 and (alike := re.search(r'name="alike" value="([0-9a-f ]+)"', answer.body)):
                typed.update(alike=alike[1], another="yes")
                return None
            self._told(answer, "opening a case")
            return answer.to if answer.status == 302 else None

        to = self._again(once)
        with self.kept.lock:
            self.kept.opened[opening] = to.split("/")[2]

    def _answer(self, front: Front, case_id: str, assessment_id: str) -> None:
        page, words = (
            f"/cases/{case_id}/assessments/{assessment_id}/questions/CS15/unit",
            f"Said {secrets.token_hex(8)}",
        )

        def once() -> str | None:
            shown = front.ask(page)
            if shown.status != 200:
                self._told(shown, "a question")
                return None
            if words in html.unescape(shown.body):
                return "there"  # it was saved, and the answer to it was lost on its way
            boxes = {name: html.unescape(value) for name, value in _BOX.findall(shown.body)}
            today = datetime.now(UTC).date()
            typed = {
                "csrf_token": self.csrf, "seen": boxes["seen"], "corrects": "", "value": "past", "grade": "E3",
                "source_name": f"Sam {words[-6:]}", "source_role": "Worker", "source_agency": "Drug service",
                "on-day": str(today.day), "on-month": str(today.month), "on-year": str(today.year),
                "note": words, "why": "Asked.", "so_what": "Nothing new.",
            }  # fmt: skip
            answer = front.ask(page, typed)
            self._told(answer, "an answer")
            return "saved" if answer.status == 302 else None

        self._again(once)
        with self.kept.lock:
            self.kept.answered[words] = case_id

    def _hand_in(self, front: Front, case_id: str, assessment_id: str) -> None:
        page = f"/cases/{case_id}/assessments/{assessment_id}/submit"

        def once() -> str | None:
            shown = front.ask(page)
            if shown.status == 302:
                return "handed in"
            if shown.status != 200:
                self._told(shown, "the page to hand in")
                return None
            version = re.search(r'name="version" value="(\d+)"', shown.body)
            reasons = dict.fromkeys(re.findall(r'name="(reason_\w+)"', shown.body), "What this place means, in words.")
            answer = front.ask(page, {"csrf_token": self.csrf, "version": version[1] if version else "", **reasons})
            self._told(answer, "handing in")
            return "handed in" if answer.status == 302 else None

        self._again(once)
        with self.kept.lock:
            self.kept.handed_in.append(assessment_id)


_SOUNDS = ("ba", "do", "fe", "gu", "ka", "li", "mo", "na", "pe", "ro", "su", "ti", "va", "wo", "zu")


def _name() -> str:
    return "".join(secrets.choice(_SOUNDS) for _ in range(4)).title()


def family() -> dict[str, str]:
    """A mother and a child, as the first screen takes them."""
    surname = _name()
    return {
        "p1.name": f"{_name()} {surname}", "p1.born": f"{1 + secrets.randbelow(28)} 2 19{70 + secrets.randbelow(30)}", "p1.tie": "mother",
        "p2.name": f"{_name()} {surname}", "p2.born": f"{1 + secrets.randbelow(28)} 3 {2010 + secrets.randbelow(14)}", "p2.tie": "child",
        "address": f"Flat {1 + secrets.randbelow(900)}, {1 + secrets.randbelow(900)} {_name()} Street, B11 1AA",
        "kind": "nightly_paid", "urgency": "planned",
    }  # fmt: skip
