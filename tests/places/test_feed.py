"""An Open Referral UK feed read over real HTTP: all of it or nothing, politely, gone on from after a break, from an allowed host only."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.clocks import today
from app.extensions import db
from app.places.directory import asking, feed
from app.places.directory.importers import open_referral
from app.places.files import FileProblem, Problems
from app.places.models import DataLoad
from tests.conftest import Instance

from .feeds import Answer, FeedServer, served
from .test_commands import run
from .test_directory import names
from .test_open_referral import PLACE, WEEKDAYS, WHOLE

HOSTS = ["127.0.0.1"]


def whole(number: int) -> dict[str, Any]:
    return WHOLE | {
        "id": f"s{number}", "name": f"Family Hub {number}", "assured_date": today().isoformat(), "schedules": [WEEKDAYS],
        "service_at_locations": [{"id": f"at{number}"}], "last_modified": "2026-11-01T00:00:00Z",
    }  # fmt: skip


def place(number: int) -> dict[str, Any]:
    return PLACE | {"id": f"at{number}", "location": PLACE["location"] | {"id": f"l{number}"}}


@pytest.fixture
def server() -> Iterator[FeedServer]:
    numbers = range(1, 6)
    with served({f"s{n}": whole(n) for n in numbers}, {f"at{n}": place(n) for n in numbers}) as feed_server:
        yield feed_server


class Waits(list[float]):
    def __call__(self, seconds: float) -> None:
        self.append(seconds)


def fetched(server: FeedServer, folder: Path, **how: Any) -> tuple[list[str], list[str]]:
    """References of the services of a feed, and what is said of them."""
    made = feed.fetch(server.address, HOSTS, folder, **({"wait": Waits()} | how))
    problems = Problems()
    return [found.ref for found in open_referral.read(made, problems)], [p.sentence for p in problems]


ALL = [f"s{n}/l{n}" for n in range(1, 6)]
PAGES = [f"/api/services?page={n}" for n in (1, 2, 3)]


def test_the_list_gives_names_and_each_service_and_place_is_asked_for(server: FeedServer, tmp_path: Path) -> None:
    assert fetched(server, tmp_path) == (ALL, [])
    assert server.asked == [
        *(f"/api/services?page={n}" for n in (1, 2, 3)),
        *(f"/api/services/s{n}" for n in range(1, 6)),
        *(f"/api/service_at_locations/at{n}" for n in range(1, 6)),
    ]


def test_what_an_address_carries_goes_with_each_question_and_what_narrows_a_list_only_with_the_list(
    server: FeedServer, tmp_path: Path
) -> None:
    server.address += "?key=open&per_page=50&taxonomy_term_id=9"
    fetched(server, tmp_path)
    assert server.asked[0] == "/api/services?key=open&per_page=50&taxonomy_term_id=9&page=1"
    assert server.asked[3] == "/api/services/s1?key=open"


def test_an_id_never_leads_to_another_path(server: FeedServer, tmp_path: Path) -> None:
    server.services = {"../admin?x=1": whole(1) | {"id": "../admin?x=1"}}
    assert fetched(server, tmp_path)[0] == ["../admin?x=1/l1"]
    assert "/api/services/..%2Fadmin%3Fx%3D1" in server.asked


def test_a_list_that_has_all_of_it_is_not_asked_again(server: FeedServer, tmp_path: Path) -> None:
    server.services["s6"] = {"id": "s6", "name": "Hub", "status": "active", "service_at_locations": [place(1)]}
    page = server.page
    server.page = lambda number: (
        page(number) | {"contents": [server.services["s6"]], "total_items": 1, "total_pages": 1, "last_page": True}
    )  # type: ignore[method-assign]
    assert fetched(server, tmp_path) == (["s6/l1"], [])
    assert [path for path in server.asked if "services/" in path] == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({1: {"last_page": True}}, "says of page 1 that it is the last, and that there are 3"),
        ({3: {"last_page": False}}, "and of the last that it is not"),
        ({1: {"total_pages": 2}, 2: {"total_pages": 2, "last_page": False}}, "and of the last that it is not"),
        ({1: {"first_page": False}}, ""),
        ({n: {"total_pages": None, "last_page": None} for n in range(1, 9)}, ""),
        ({n: {"total_items": None, "total_pages": None} for n in range(1, 9)}, ""),
    ],
)
def test_flags_that_disagree_lose_no_service(
    server: FeedServer, tmp_path: Path, changes: dict[int, Any], words: str
) -> None:
    page = server.page
    server.page = lambda number: page(number) | changes.get(number, {})  # type: ignore[method-assign]
    found, said = fetched(server, tmp_path)
    assert found == ALL
    assert [words in sentence for sentence in said] == ([True] if words else [])


@pytest.mark.parametrize(
    ("odd", "words"),
    [
        (Answer(said=b"<html>"), "is not JSON"),
        (Answer(said=b"[" * 100_000), "is not JSON"),
        (Answer(said={"services": []}), "not a page of an Open Referral UK feed"),
        (Answer(said={"contents": [], "total_pages": 1_000_000}), "1000000 pages"),
        (Answer(said={"contents": [], "total_pages": "3"}), "says that it has 3 pages"),
        (Answer(said={"contents": [], "total_pages": 3, "page_number": 1}), "page 1 where page 2 was asked for"),
        (Answer(404, {}), "the feed answered 404"),
        (Answer(401, {}), "the feed answered 401"),
        (Answer(500, {}), "the feed answered 500"),
        (Answer(302, {}, {"Location": "http://127.0.0.1:1/"}), "said to be at another address"),
        (Answer(302, {}, {"Location": "https://elsewhere.example/services"}), "No feed is followed elsewhere"),
        (Answer(200, b"{}", {"Content-Length": "9000"}), "could not be fetched"),
    ],
)
def test_a_feed_that_breaks_loads_nothing(server: FeedServer, tmp_path: Path, odd: Answer, words: str) -> None:
    server.odd = lambda path, times: odd if path == "/api/services?page=2" else None
    with pytest.raises(FileProblem, match=words):
        fetched(server, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_answer_and_a_feed_have_a_largest_size(
    server: FeedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "LARGEST_ANSWER", 300)
    with pytest.raises(FileProblem, match="larger than is allowed"):
        fetched(server, tmp_path)
    monkeypatch.undo()
    monkeypatch.setattr(asking, "LARGEST", 2000)
    with pytest.raises(FileProblem, match="It is refused"):
        fetched(server, tmp_path)


def test_a_host_that_is_not_on_the_list_is_never_asked(server: FeedServer, tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match="not on the council’s list"):
        feed.fetch(server.address, ["feed.example"], tmp_path)
    assert server.asked == []


def test_the_address_of_the_list_says_where_its_details_are(server: FeedServer, tmp_path: Path) -> None:
    address = server.address.replace("/services", "/list")
    page = json.dumps(server.page(1) | {"total_pages": 1, "total_items": 2, "last_page": True}).encode()
    with pytest.raises(FileProblem, match="ends in /services"):
        feed.fetch(address, HOSTS, tmp_path, lambda asked: page)


# How a feed asks us to wait.
IN_A_MINUTE = "in a minute"


@pytest.mark.parametrize(
    ("status", "headers", "least", "most"),
    [
        (429, {"Retry-After": "7"}, 7, 7),
        (429, {"retry-after": IN_A_MINUTE}, 1, 60),
        (429, {"Retry-After": "Sun, 29 Nov 2020 08:00:00 GMT"}, 0, 0),
        (429, {"Retry-After": "soon"}, 1, 1),
        (429, {}, 1, 1),
        (503, {"Retry-After": "2"}, 2, 2),
        (503, {}, 1, 1),
    ],
)
def test_a_feed_that_asks_us_to_wait_is_waited_for(
    server: FeedServer, tmp_path: Path, status: int, headers: dict[str, str], least: float, most: float
) -> None:
    waits = Waits()
    moment = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    headers = {name: moment if said == IN_A_MINUTE else said for name, said in headers.items()}
    server.odd = lambda path, times: Answer(status, {}, headers) if path.endswith("/s3") and times == 1 else None
    assert fetched(server, tmp_path, wait=waits) == (ALL, [])
    assert len(waits) == 1
    assert least <= waits[0] <= most


def test_nobody_stands_by_for_hours(server: FeedServer, tmp_path: Path) -> None:
    waits = Waits()
    server.odd = lambda path, times: Answer(429, {}, {"Retry-After": "3600"})
    with pytest.raises(FileProblem, match=r"left alone for 60 minutes.*goes on from where it stopped"):
        fetched(server, tmp_path, wait=waits)
    server.odd = lambda path, times: Answer(429, {}, {"Retry-After": "100"})
    with pytest.raises(FileProblem, match="left alone for 2 minutes"):
        fetched(server, tmp_path, wait=waits)
    assert waits == [100.0] * 9
    ticks = iter(range(0, 100_000, 1000))
    server.odd = lambda path, times: None
    with pytest.raises(FileProblem, match="longer than an hour"):
        fetched(server, tmp_path, clock=lambda: float(next(ticks)))


def test_after_a_break_only_what_was_not_read_is_asked_for(server: FeedServer, tmp_path: Path) -> None:
    kept, made = tmp_path / "kept", tmp_path / "made"
    made.mkdir()
    server.odd = lambda path, times: Answer(500, {}) if path.endswith("/s4") else None
    with pytest.raises(FileProblem, match="Family Hub 4 could not be fetched: the feed answered 500"):
        fetched(server, made, keep=kept)
    (file,) = kept.iterdir()
    file.write_text(file.read_text() + '["http://127.0.0.1', encoding="utf-8")  # the break cut a line off
    server.odd = lambda path, times: None
    server.asked.clear()
    assert fetched(server, made, keep=kept) == (ALL, [])
    assert server.asked == [
        *PAGES, "/api/services/s4", "/api/services/s5", *(f"/api/service_at_locations/at{n}" for n in range(1, 6)),
    ]  # fmt: skip
    assert list(kept.iterdir()) == [], "all of it was read: nothing is gone on from"


def test_a_list_that_broke_off_is_gone_on_from_its_page(server: FeedServer, tmp_path: Path) -> None:
    server.odd = lambda path, times: Answer(500, {}) if path == PAGES[2] else None
    with pytest.raises(FileProblem, match="Page 3 of the feed could not be fetched"):
        fetched(server, tmp_path, keep=tmp_path / "kept")
    server.odd = lambda path, times: None
    server.asked.clear()
    assert fetched(server, tmp_path, keep=tmp_path / "kept") == (ALL, [])
    assert server.asked[:2] == [PAGES[2], "/api/services/s1"]


def test_what_changed_during_the_break_is_read_as_it_is_now(server: FeedServer, tmp_path: Path) -> None:
    server.odd = lambda path, times: Answer(500, {}) if path.endswith("/s4") else None
    with pytest.raises(FileProblem):
        fetched(server, tmp_path, keep=tmp_path / "kept")
    server.odd = lambda path, times: None
    server.services["s2"] |= {"last_modified": "2026-11-29T00:00:00Z", "name": "Renamed"}
    del server.services["s3"]
    server.services["s6"] = whole(6) | {"service_at_locations": [{"id": "at5"}]}
    server.asked.clear()
    assert fetched(server, tmp_path, keep=tmp_path / "kept")[0] == ["s1/l1", "s2/l2", "s4/l4", "s5/l5", "s6/l5"]
    assert [path for path in server.asked if "/services/" in path] == [f"/api/services/s{n}" for n in (2, 4, 5, 6)]


def test_what_was_read_too_long_ago_is_read_again(
    server: FeedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.odd = lambda path, times: Answer(500, {}) if path.endswith("/s4") else None
    with pytest.raises(FileProblem):
        fetched(server, tmp_path, keep=tmp_path / "kept")
    monkeypatch.setattr(asking, "KEPT_SECONDS", -1)
    server.odd = lambda path, times: None
    server.asked.clear()
    assert fetched(server, tmp_path, keep=tmp_path / "kept") == (ALL, [])
    assert len(server.asked) == 13


def test_a_service_that_moves_to_another_page_while_it_is_read_is_not_lost(server: FeedServer, tmp_path: Path) -> None:
    def moved(path: str, times: int) -> None:
        if path == "/api/services?page=2" and times == 1:  # s1 goes to the end: s3, not yet read, is on page 1 now
            server.services["s1"] = server.services.pop("s1")

    server.odd = moved
    found, said = fetched(server, tmp_path)
    assert (sorted(found), said) == (ALL, [])
    assert server.asked.count("/api/services?page=1") == 2, "the list was read again"


def test_a_service_added_or_taken_away_while_the_list_is_read_has_it_read_again(
    server: FeedServer, tmp_path: Path
) -> None:
    def changed(path: str, times: int) -> None:
        if path == "/api/services?page=2" and times == 1:
            del server.services["s1"]

    server.odd = changed
    assert fetched(server, tmp_path) == (ALL[1:], [])


def test_a_feed_that_never_stands_still_loads_nothing(server: FeedServer, tmp_path: Path) -> None:
    page = server.page
    server.page = lambda number: page(number) | {"total_items": 9}  # type: ignore[method-assign]
    with pytest.raises(FileProblem, match="said 9 services and gave 5: it changed meanwhile"):
        fetched(server, tmp_path)
    assert server.asked.count("/api/services?page=1") == 3


def test_a_service_that_goes_between_list_and_detail_is_named_and_left_out(server: FeedServer, tmp_path: Path) -> None:
    gone, other = Answer(410, {}), Answer(said=whole(5))
    server.odd = lambda path, times: {"/api/services/s2": gone, "/api/services/s3": other}.get(path)
    assert fetched(server, tmp_path) == (
        ["s1/l1", "s4/l4", "s5/l5"],
        [
            "Family Hub 2 was in the list and is gone from the feed. It was left out.",
            "Asked for Family Hub 3, the feed gave something else. It was left out.",
        ],
    )


def test_a_service_that_is_always_listed_twice_is_taken_once(server: FeedServer, tmp_path: Path) -> None:
    page = server.page

    def twice(number: int) -> dict[str, Any]:
        made = page(number)
        return made | {
            "total_items": 6,
            "contents": [*made["contents"], *(page(1)["contents"][:1] if number == 3 else [])],
        }

    server.page = twice  # type: ignore[method-assign]
    assert fetched(server, tmp_path) == (ALL, ["The feed lists a service twice. It was taken once."])


def test_a_place_that_the_feed_does_not_have_is_named(server: FeedServer, tmp_path: Path) -> None:
    del server.places["at2"]
    found, said = fetched(server, tmp_path)
    assert found == [ref for ref in ALL if ref != "s2/l2"]
    assert said == ["Family Hub 2 names a place that is not in the feed."]


def test_the_old_directory_serves_until_the_new_one_is_whole(
    instance: Instance, server: FeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the command, from the address to the directory and its register."""
    monkeypatch.setattr(type(instance.settings), "allowed_hosts", HOSTS)
    monkeypatch.setattr(asking.time, "sleep", lambda seconds: None)
    with instance.app.app_context():
        told = run(instance, "load", "open_referral", server.address)
        assert told.exit_code == 0, told.output
        before = [f"Family Hub {n}" for n in range(1, 6)]
        assert names(instance) == before
        server.services = {f"s{n}": whole(n) | {"name": f"New Hub {n}"} for n in range(1, 6)}
        server.odd = lambda path, times: Answer(500, {}) if path.endswith("/at5") else None
        broken = run(instance, "load", "open_referral", server.address)
        assert broken.exit_code == 1
        assert "goes on from where it stopped" in broken.output
        db.session.expire_all()
        assert names(instance) == before
        server.odd = lambda path, times: None
        server.asked.clear()
        again = run(instance, "load", "open_referral", server.address)
        assert again.exit_code == 0, again.output
        assert server.asked == [*PAGES, "/api/service_at_locations/at5"]
        db.session.expire_all()
        assert names(instance) == [f"New Hub {n}" for n in range(1, 6)]
        assert [load.state for load in db.session.scalars(select(DataLoad).order_by(DataLoad.loaded_at))] == [
            "superseded",
            "active",
        ]
