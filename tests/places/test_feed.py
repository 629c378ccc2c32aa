"""A paged Open Referral UK feed: every page or nothing, from an allowed host only."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from geopy.exc import GeocoderUnavailable

from app.places.directory import feed
from app.places.directory.importers import open_referral
from app.places.files import FileProblem

from .test_importers import service


def paged(*pages: Any) -> Callable[[str], bytes]:
    asked: list[str] = []

    def get(url: str) -> bytes:
        asked.append(url)
        page = pages[len(asked) - 1]
        if isinstance(page, Exception):
            raise page
        return page if isinstance(page, bytes) else json.dumps(page).encode()

    get.asked = asked  # type: ignore[attr-defined]
    return get


def page(number: int, pages: int, total: int, *listed: Any) -> dict[str, Any]:
    return {"total_items": total, "total_pages": pages, "page_number": number, "contents": list(listed)}


def test_every_page_is_fetched_and_read_like_a_file(tmp_path: Path) -> None:
    get = paged(page(1, 2, 3, service(), service(id="s2")), page(2, 2, 3, service(id="s3")))
    made = feed.fetch("https://feed.example/services?per_page=50", [], tmp_path, get)
    assert get.asked == [  # type: ignore[attr-defined]
        "https://feed.example/services?per_page=50&page=1",
        "https://feed.example/services?per_page=50&page=2",
    ]
    assert [f.ref for f in open_referral.read(made, [])] == ["s1/l1", "s2/l1", "s3/l1"]


@pytest.mark.parametrize(
    ("pages", "words"),
    [
        ([page(1, 2, 3, service()), GeocoderUnavailable("down")], "Page 2 of the feed could not be fetched"),
        ([b"<html>"], "is not JSON"),
        ([{"services": []}], "not a page of an Open Referral UK feed"),
        ([page(1, 1_000_000, 3, service())], "1000000 pages"),
        ([page(1, 1, 9, service())], "said 9 services and gave 1"),
    ],
)
def test_a_feed_that_breaks_loads_nothing(tmp_path: Path, pages: list[Any], words: str) -> None:
    with pytest.raises(FileProblem, match=words):
        feed.fetch("https://feed.example/services", [], tmp_path, paged(*pages))
    assert list(tmp_path.iterdir()) == []


def test_a_host_that_is_not_on_the_list_is_never_asked(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match="not on the council’s list"):
        feed.fetch("https://feed.example/services", ["other.example"], tmp_path)
