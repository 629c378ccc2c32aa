"""Somebody else’s word for when a record was sealed: a time-stamp (RFC 3161) of the council's own choice of authority, where one is set.

The authority gets a hash and nothing else. A record never waits for it: a family must be placed tonight, and what is missing is an
entry of the audit. Source: reliability.md 4.3, anchor 4.
"""

from __future__ import annotations

from asyncio import to_thread
from typing import TYPE_CHECKING, Any

from app.places.outside import outside
from app.settings import Settings

if TYPE_CHECKING:
    from pyhanko.sign.timestamps import TimeStamper

SECONDS, LARGEST = 5.0, 64 * 1024


class NotStamped(RuntimeError):
    """The authority could not be reached, refused, or answered something that is no time-stamp of this hash."""


def stamper(settings: Settings) -> TimeStamper | None:
    """What asks the authority; None where none is set."""
    if not settings.tsa_url:
        return None
    from asn1crypto import tsp
    from pyhanko.sign.timestamps import TimeStamper

    class Authority(TimeStamper):
        async def async_request_tsa_response(self, req: Any) -> Any:
            headers = {"Content-Type": "application/timestamp-query"}
            asked = (settings.tsa_url, settings.allowed_hosts, headers, SECONDS, req.dump(), LARGEST)
            return tsp.TimeStampResp.load(await to_thread(outside.fetch, *asked))

        async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> Any:
            try:
                found = await super().async_timestamp(message_digest, md_algorithm)
                if not _is_of(found, message_digest):
                    raise NotStamped("a time-stamp of another hash")
            except NotStamped:
                raise
            except Exception as error:  # whatever an authority may answer
                raise NotStamped(type(error).__name__) from None
            return found

    return Authority()


def _is_of(token: Any, message_digest: bytes) -> bool:
    said = token["content"]["encap_content_info"]["content"].parsed["message_imprint"]["hashed_message"].native
    return bool(said == message_digest)
