"""How much strangers at the sign-in page slow an officer's case page: eight of them, together fifty tries a second."""

from __future__ import annotations

import http.client
import re
import statistics
import threading
import time
import urllib.parse
from collections.abc import Callable

STRANGERS, TOGETHER_A_SECOND, SECONDS = 8, 50, 12
Say = Callable[..., None]


def under_load(say: Say, port: int, cookie: str, path: str) -> None:
    """The median of an officer's case page while strangers try passwords, beside the same page without them, in turn."""
    answers: dict[int, int] = {}
    quiet, loud = [], []
    for _ in range(3):
        quiet.append(_median(port, cookie, path, SECONDS / 3))
        stop = threading.Event()
        threads = [threading.Thread(target=_stranger, args=(port, at, stop, answers)) for at in range(STRANGERS)]
        for thread in threads:
            thread.start()
        time.sleep(0.5)
        loud.append(_median(port, cookie, path, SECONDS / 3))
        stop.set()
        for thread in threads:
            thread.join()
    base, slow = statistics.median(quiet), statistics.median(loud)
    looked_at = ", ".join(f"{number} x {status}" for status, number in sorted(answers.items()))
    say(
        "case page while 8 strangers try to sign in",
        f"p50 {slow:.1f} ms ({looked_at})",
        f"{statistics.median(b / a for a, b in zip(quiet, loud, strict=True)):.2f} x without them ({base:.1f} ms)",
        name="sign_in_load_case_page", figure=slow, unit="ms", baseline=base,
        ratio=statistics.median(b / a for a, b in zip(quiet, loud, strict=True)),
    )  # fmt: skip


def _median(port: int, cookie: str, path: str, seconds: float) -> float:
    connection, taken = http.client.HTTPConnection("127.0.0.1", port, timeout=60), list[float]()
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        started = time.perf_counter()
        connection.request("GET", path, headers={"Cookie": cookie})
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200, answer.status
        taken.append((time.perf_counter() - started) * 1000)
        time.sleep(0.05)  # an officer reads
    return statistics.median(taken)


def _stranger(port: int, at: int, stop: threading.Event, answers: dict[int, int]) -> None:
    """One anonymous client with an address and an account of its own, as fast as its share of the fifty a second."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"X-Forwarded-For": f"203.0.113.{at + 1}"}
    connection.request("GET", "/sign-in", headers=headers)
    answer = connection.getresponse()
    page, cookie = answer.read().decode(), str(answer.headers.get("Set-Cookie", "")).split(";")[0]
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    typed = urllib.parse.urlencode(
        {"csrf_token": token[1], "email": f"officer{at}@council.example", "password": "Winter2026!"}
    )
    headers |= {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    pause = STRANGERS / TOGETHER_A_SECOND
    while not stop.is_set():
        started = time.perf_counter()
        connection.request("POST", "/sign-in", typed, headers)
        answer = connection.getresponse()
        answer.read()
        answers[answer.status] = answers.get(answer.status, 0) + 1
        stop.wait(max(0.0, pause - (time.perf_counter() - started)))
