"""A real HTTP server in this process that gives an Open Referral UK feed as its profile has it, and misbehaves as it is told to."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

ONE_TO_ONE = ("id", "name", "description", "url", "email", "status", "assured_date", "last_modified", "organization")


class Answer(NamedTuple):
    """What the server says. ``said`` is sent as it is where it is bytes, else as JSON."""

    status: int = 200
    said: Any = None
    headers: dict[str, str] = {}


class FeedServer:
    """Services by id, in an order; pages of a size; ``odd`` may answer a path instead, and ``asked`` has every path in turn."""

    def __init__(self, services: dict[str, Any], places: dict[str, Any], size: int) -> None:
        self.services, self.places, self.size = services, places, size
        self.asked: list[str] = []
        self.odd: Callable[[str, int], Answer | None] = lambda path, times: None
        self.address = ""

    def answer(self, path: str) -> Answer:
        self.asked.append(path)
        odd = self.odd(path, self.asked.count(path))
        if odd is not None:
            return odd
        parts = urlsplit(path)
        match [unquote(piece) for piece in parts.path.strip("/").split("/")]:
            case ["api", "services"]:
                return Answer(said=self.page(int(parse_qs(parts.query)["page"][0])))
            case ["api", "services", ref] if ref in self.services:
                return Answer(said=self.services[ref])
            case ["api", "service_at_locations", ref] if ref in self.places:
                return Answer(said=self.places[ref])
        return Answer(404, {"detail": "Not found"})

    def page(self, number: int) -> dict[str, Any]:
        """A page as the profile has it: services with one-to-one fields only."""
        listed = [{k: v for k, v in said.items() if k in ONE_TO_ONE} for said in self.services.values()]
        pages = max(1, -(-len(listed) // self.size))
        shown = listed[(number - 1) * self.size : number * self.size]
        return {
            "total_items": len(listed), "total_pages": pages, "page_number": number, "size": len(shown), "first_page": number == 1,
            "last_page": number >= pages, "empty": not shown, "contents": shown,
        }  # fmt: skip


@contextmanager
def served(services: dict[str, Any], places: dict[str, Any], size: int = 2) -> Iterator[FeedServer]:
    feed = FeedServer(services, places, size)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told = feed.answer(self.path)
            body = told.said if isinstance(told.said, bytes) else json.dumps(told.said).encode()
            self.send_response(told.status)
            for name, value in told.headers.items():
                self.send_header(name, value)
            if "Content-Length" not in told.headers:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *said: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    feed.address = f"http://127.0.0.1:{server.server_port}/api/services"
    try:
        yield feed
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
