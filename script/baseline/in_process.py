"""Requests put to a tree's own application in this process, so that its processor time is all that is measured: no network, no other worker."""

from __future__ import annotations

import html
import io
import json
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


class Inside:
    """One person signed in to an application: the interface a web server has to it, and their cookies."""

    def __init__(self, application: Callable[..., object]) -> None:
        self.application, self.cookies = application, dict[str, str]()

    def ask(self, path: str, fields: list[tuple[str, str]] | None = None) -> tuple[int, str]:
        """The status and the page; with fields, of a form that is sent."""
        sent = urlencode(fields or []).encode()
        address, _, query = path.partition("?")
        environment = {
            "REQUEST_METHOD": "GET" if fields is None else "POST", "SCRIPT_NAME": "", "PATH_INFO": address,
            "QUERY_STRING": query, "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "127.0.0.1", "REMOTE_ADDR": "127.0.0.1", "CONTENT_LENGTH": str(len(sent)),
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "HTTP_COOKIE": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(sent), "wsgi.errors": sys.stderr,
            "wsgi.multithread": True, "wsgi.multiprocess": True, "wsgi.run_once": False,
        }  # fmt: skip
        told: list[str] = []

        def start(status: str, headers: list[tuple[str, str]], *_: object) -> None:
            told.append(status)
            for name, value in headers:
                if name == "Set-Cookie":
                    cookie, _, kept = value.split(";")[0].partition("=")
                    self.cookies[cookie] = kept

        answer = self.application(environment, start)
        page = b"".join(answer)  # type: ignore[call-overload]
        if hasattr(answer, "close"):
            answer.close()
        return int(told[0][:3]), page.decode()

    def sign_in(self, data: str) -> None:
        """As the officer of the demonstration."""
        password = (Path(data) / "demo-password.txt").read_text(encoding="ascii")
        fields = [("email", "officer@demo.example"), ("password", password)]
        token = hidden(self.ask("/sign-in")[1])["csrf_token"]
        assert self.ask("/sign-in", [("csrf_token", token), *fields])[0] == 302

    def placement(self, reference: str) -> str:
        """The address of the first placement of a case of the demonstration."""
        case = re.search(rf'href="(/cases/[0-9a-f]+)">{reference}', self.ask("/")[1])
        assert case
        found = re.search(r'href="(/cases/[0-9a-f]+/assessments/[0-9a-f]+)"', self.ask(case[1])[1])
        assert found
        return found[1]


def kept(close: Callable[[], object], data: str) -> Callable[[], None]:
    """What gives back all that the database holds now, however much was written since.

    Args:
        close: closes every connection to it.
    """
    file = Path(data) / "case-by-case.sqlite"
    close()
    held = file.read_bytes()

    def give_back() -> None:
        close()
        for beside in ("-wal", "-shm"):
            file.with_name(file.name + beside).unlink(missing_ok=True)
        file.write_bytes(held)

    return give_back


def hidden(page: str) -> dict[str, str]:
    """What a page's forms send unseen."""
    return {html.unescape(name): html.unescape(value) for name, value in HIDDEN.findall(page)}


def words_of(page: str) -> int:
    """How many words of a page are printed: what stands in its body and in no tag."""
    return len(re.sub(r"<[^>]*>", " ", page.split("<body", 1)[1]).split())


def processor_ms(work: Callable[[], object], times: int) -> float:
    """Milliseconds of processor time of one call, over so many."""
    started = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - started) * 1000 / times


def measuring(first: object, measure: Callable[[str], float]) -> None:
    """Say what is known before anything is measured, then a figure for each line asked."""
    print(json.dumps(first), flush=True)
    for line in sys.stdin:
        print(json.dumps({"figure": measure(line.rstrip("\n"))}), flush=True)
