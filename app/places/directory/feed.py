"""An Open Referral UK feed, page by page from a host on the council's list, kept as one file and loaded like any other."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from app.places.files import FileProblem
from app.places.outside import outside
from app.places.outside.outside import NotAllowed

MOST_PAGES = 2000
LARGEST_PAGE = 20_000_000
SECONDS = 30
Get = Callable[[str], bytes]


def fetch(url: str, hosts: Sequence[str], folder: Path, get: Get | None = None) -> Path:
    """Every page of a feed's services, as one file in ``folder``.

    Raises:
        FileProblem: the host is not allowed, a page fails, or it is no such feed; nothing was loaded.
    """
    from geopy.exc import GeopyError

    ask = get or (lambda page: outside.fetch(page, hosts, {"Accept": "application/json"}, SECONDS, None, LARGEST_PAGE))
    found: list[Any] = []
    pages = number = 1
    while number <= pages:
        try:
            page = json.loads(ask(_page(url, number)))
        except NotAllowed as problem:
            raise FileProblem(str(problem)) from None
        except GeopyError:
            raise FileProblem(f"Page {number} of the feed could not be fetched. Nothing was loaded.") from None
        except ValueError:
            raise FileProblem(f"Page {number} of the feed is not JSON. Nothing was loaded.") from None
        if not isinstance(page, dict) or not isinstance(page.get("contents"), list):
            raise FileProblem(f"Page {number} is not a page of an Open Referral UK feed (no “contents”).")
        pages = page.get("total_pages", 1)
        if not isinstance(pages, int) or not 0 <= pages <= MOST_PAGES:
            raise FileProblem(f"The feed says that it has {str(pages)[:20]} pages. It is refused.")
        found += page["contents"]
        total, number = page.get("total_items"), number + 1
    if isinstance(total, int) and total != len(found):
        raise FileProblem(
            f"The feed said {total:,} services and gave {len(found):,}: it changed meanwhile. Fetch it again."
        )
    target = folder / "open_referral_feed.json"
    target.write_text(json.dumps({"contents": found}), encoding="utf-8")
    return target


def _page(url: str, number: int) -> str:
    parts = urlsplit(url)
    asked = {**dict(parse_qsl(parts.query)), "page": str(number)}
    return urlunsplit(parts._replace(query=urlencode(asked)))
