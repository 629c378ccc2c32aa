"""An Open Referral UK feed, read from a host on the council's list: its pages, each service whole, the places by id, as one file.

``/services`` gives one-to-one fields only; the whole of a service is at ``/services/{id}`` and its place may be at
``/service_at_locations/{id}``. What was read is kept beside until all of it is there, so that a break is gone on from; the file is
loaded like any other, and what serves stays until then. Source: OpenReferralUK/uk-profile, schema/openapi.json, version 3.0.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from app.places.directory.importers.open_referral import mappings, text
from app.places.files import FileProblem

from .asking import Asker, Get, Kept

MOST_PAGES = 2000
MOST_SERVICES = 50_000
ROUNDS = 3  # in which a list that changes while it is read is read again
# Parameters of a list that ask for a part of it; what else an address has, such as a key, goes with every question.
_OF_A_LIST = {
    "page", "per_page", "search", "taxonomy_id", "taxonomy_term_id", "organization_id", "minimum_age", "maximum_age", "start_time", "end_time",
    "day", "postcode", "proximity", "modified_after", "minimal", "full", "full_service",
}  # fmt: skip


def fetch(
    url: str, hosts: Sequence[str], folder: Path, get: Get | None = None, keep: Path | None = None, **how: Any
) -> Path:
    """Every service of a feed, whole, as one file in ``folder``.

    Args:
        url: the address of the list, which ends in ``/services``.
        keep: a folder where what was read stays when it breaks off; the same call goes on from there.
        how: as ``Asker`` takes it.
    Raises:
        FileProblem: the host is not allowed, a page fails, or it is no such feed; nothing was loaded.
    """
    kept = Kept(keep, url)
    found = _Feed(url, Asker(hosts, kept, get, **how)).read()
    target = folder / "open_referral_feed.json"
    target.write_text(json.dumps(found), encoding="utf-8")
    kept.forget()
    return target


@dataclass
class _Listed:
    """The list as one reading of it has it: its services, and what it says of itself."""

    services: list[Any] = field(default_factory=list)
    totals: set[int] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)

    @property
    def ids(self) -> list[str]:
        return [text(item.get("id")) if isinstance(item, Mapping) else "" for item in self.services]

    def once(self) -> list[Any]:
        """Each service once: one that moved to the next page while it was read stands on both."""
        seen: set[str] = set()
        return [
            item for item, ref in zip(self.services, self.ids, strict=True) if not ref or not (ref in seen or seen.add(ref))  # type: ignore[func-returns-value]
        ]  # fmt: skip


class _Feed:
    def __init__(self, url: str, asker: Asker) -> None:
        self._url, self._asker = url, asker
        self._notes: list[str] = []

    def read(self) -> dict[str, Any]:
        listed = self._list()
        self._notes += listed.notes
        self._asker.kept.drop(
            self._is_page
        )  # after a break the whole list is read again: it says what changed meanwhile
        found = [whole for item in listed.once() if (whole := self._whole(item)) is not None]
        at_locations = list(self._at_locations(found))
        return {
            "contents": found,
            "service_at_locations": at_locations,
            "locations": list(self._locations([*found, *at_locations])),
            "notes": list(dict.fromkeys(self._notes)),
        }

    def _list(self) -> _Listed:
        """The list of one reading in which nothing moved: as many services as it says, each once.

        A list that says the same twice, with a service in it twice, is as it is.
        """
        before: list[str] = []
        for reading in range(ROUNDS):
            if reading:
                self._asker.kept.drop(self._is_page)
            found = _Listed()
            for page in self._pages(found):
                found.services += page
                if len(found.services) > MOST_SERVICES:
                    raise FileProblem(f"The feed lists more than {MOST_SERVICES:,} services. It is refused.")
            total = next(iter(found.totals)) if len(found.totals) == 1 else None
            unlike = len(found.totals) > 1 or (total is not None and total != len(found.services))
            twice = len(found.once()) != len(found.services)
            if not unlike and (not twice or found.ids == before):
                if twice:
                    found.notes.append("The feed lists a service twice. It was taken once.")
                return found
            before = found.ids
        said = " or ".join(f"{number:,}" for number in sorted(found.totals)) or "some"
        raise FileProblem(
            f"The feed said {said} services and gave {len(found.once()):,}: it changed meanwhile. Fetch it again."
        )

    def _pages(self, found: _Listed) -> Iterator[list[Any]]:
        """The pages of the list, until both its count of pages and its word that this is the last say so.

        Raises:
            FileProblem: a page fails, or the feed gives another page than was asked for.
        """
        number, pages = 1, 0
        seen: set[str] = set()
        while True:
            what = f"Page {number} of the feed"
            page = self._asker.tree(self._page(number), what, gone_is_none=number > max(pages, 1))
            if page is None:
                return
            if not isinstance(page, dict) or not isinstance(page.get("contents"), list):
                raise FileProblem(f"Page {number} is not a page of an Open Referral UK feed (no “contents”).")
            said, last, counted = page.get("total_pages"), page.get("last_page"), page.get("page_number")
            if said is not None and (
                isinstance(said, bool) or not isinstance(said, int) or not 0 <= said <= MOST_PAGES
            ):
                raise FileProblem(f"The feed says that it has {str(said)[:20]} pages. It is refused.")
            if isinstance(counted, int) and counted != number:
                raise FileProblem(f"The feed gave page {counted} where page {number} was asked for. It is refused.")
            if isinstance(page.get("total_items"), int):
                found.totals.add(page["total_items"])
            pages = max(pages, said or 0)
            new = {text(item.get("id")) for item in mappings(page["contents"])} - seen
            if number > max(pages, 1) and not new:
                return  # beyond its last page a feed gives that one again, or nothing
            yield page["contents"]
            seen |= new
            if last is True and number < pages:
                found.notes.append(f"The feed says of page {number} that it is the last, and that there are {pages}.")
            if number >= pages:
                more = last is False or (last is None and said is None)
                if not more or not new:
                    return
                if last is False and said is not None:
                    found.notes.append(f"The feed says that it has {said} pages, and of the last that it is not.")
            if number >= MOST_PAGES:
                raise FileProblem(f"The feed has more than {MOST_PAGES:,} pages. It is refused.")
            number += 1

    def _whole(self, item: Any) -> Any:
        """A service with all that belongs to it; None where it went away after it was listed."""
        ref = text(item.get("id")) if isinstance(item, Mapping) else ""
        if not ref or isinstance(item.get("service_at_locations"), list):
            return item  # nothing to ask for, or a feed whose list has all of it
        address = self._beside("services", ref)
        name = text(item.get("name"))[:60] or ref[:40]
        changed = text(item.get("last_modified"))
        if changed and changed != text((self._asker.kept.get(address) or {}).get("last_modified")):
            self._asker.kept.drop(lambda at: at == address)
        told = self._asker.tree(address, f"The service {name}", gone_is_none=True)
        if told is None:
            self._notes.append(f"{name} was in the list and is gone from the feed. It was left out.")
        elif not isinstance(told, dict) or text(told.get("id")) != ref:
            self._notes.append(f"Asked for {name}, the feed gave something else. It was left out.")
        else:
            return {**item, **told}
        return None

    def _at_locations(self, services: Sequence[Any]) -> Iterator[Any]:
        """Places that a service names by an id and nothing else."""
        asked = set()
        for service in mappings(services):
            for place in mappings(service.get("service_at_locations")):
                ref = text(place.get("id"))
                known = isinstance(place.get("location"), Mapping) or text(place.get("location_id"))
                if ref and not known and ref not in asked:
                    asked.add(ref)
                    told = self._asker.tree(self._beside("service_at_locations", ref), "A place", gone_is_none=True)
                    if isinstance(told, dict):
                        yield told | {"id": ref}

    def _locations(self, told: Sequence[Any]) -> Iterator[Any]:
        """Locations that a place names by an id and nothing else, where the feed gives them."""
        asked = set()
        for said in mappings(told):
            for place in [said, *mappings(said.get("service_at_locations"))]:
                location = place.get("location")
                ref = text(location.get("id")) if isinstance(location, Mapping) else text(place.get("location_id"))
                bare = not isinstance(location, Mapping) or set(location) <= {"id"}
                if ref and bare and ref not in asked:
                    asked.add(ref)
                    found = self._asker.tree(self._beside("locations", ref), "A location", gone_is_none=True)
                    if isinstance(found, dict):
                        yield found | {"id": ref}

    def _page(self, number: int) -> str:
        parts = urlsplit(self._url)
        asked = {**dict(parse_qsl(parts.query)), "page": str(number)}
        return urlunsplit(parts._replace(query=urlencode(asked)))

    def _is_page(self, address: str) -> bool:
        return urlsplit(address).path == urlsplit(self._url).path

    def _beside(self, what: str, ref: str) -> str:
        """The address of one thing of the feed by its id.

        Raises:
            FileProblem: the list is at an address that does not say where its details are.
        """
        parts = urlsplit(self._url)
        path = parts.path.rstrip("/")
        if not path.endswith("/services"):
            raise FileProblem("The address of a feed ends in /services: without that its services cannot be asked for.")
        query = urlencode([(name, value) for name, value in parse_qsl(parts.query) if name not in _OF_A_LIST])
        path = f"{path.removesuffix('services')}{what}/{quote(ref, safe='')}"
        return urlunsplit(parts._replace(path=path, query=query))
