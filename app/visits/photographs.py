"""A photograph as it was sent becomes one of ours: really decoded, turned upright, made smaller, and without what the camera wrote beside it."""

from __future__ import annotations

import hashlib
import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from PIL.Image import Image as Points

MOST_BYTES = 8 * 1024 * 1024  # a picture of a telephone’s camera has three to six million
MOST_PIXELS = 25_000_000  # told by the head of the file, before anything of it is unpacked
LONGEST_SIDE, LONGEST_SIDE_SMALL = 1600, 320
_FORMATS = ("JPEG", "PNG", "WEBP")
NOT_ONE = "This is not a photograph: choose a picture in JPEG, PNG or WebP form. Nothing else is taken."
BROKEN = "This photograph is not whole, and cannot be shown. Take it again, or choose another."
TOO_BIG = "This photograph has more than 8 million bytes. Take it again in a smaller size."
TOO_WIDE = "This photograph has more than 25 million points. Take it again in a smaller size."
_ONE_AT_A_TIME = threading.Lock()
EMPTY = "Nothing is in this file. Choose the photograph again."


class PhotographRefused(Exception):
    """A file that is not kept; the sentence says why, and what to do."""


class Picture(NamedTuple):
    """A photograph made anew, as JPEG: ``content`` up to 1,600 points a side, ``small`` up to 320. ``sha256`` is of the content."""

    content: bytes
    small: bytes
    width: int
    height: int
    sha256: str


def made_anew(sent: bytes) -> Picture:
    """Decode a photograph and make it again from its points alone.

    Only what is a JPEG, PNG or WebP by its own bytes is looked at, whatever it is called, and how large it says it is stands in its
    head: a small file that unpacks to gigabytes is refused before anything is unpacked. Of several pictures in one the first counts.

    Raises:
        PhotographRefused: it is no picture, is not whole, or is too large.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError  # only where a photograph is sent

    if not sent:
        raise PhotographRefused(EMPTY)
    if len(sent) > MOST_BYTES:
        raise PhotographRefused(TOO_BIG)
    try:
        with _whole_only(), Image.open(io.BytesIO(sent), formats=_FORMATS) as found:
            if found.width * found.height > MOST_PIXELS:
                raise PhotographRefused(TOO_WIDE)
            found.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is unpacked no larger than it is wanted
            upright = ImageOps.exif_transpose(found)
            upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            plain = _on_white(upright)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise PhotographRefused(TOO_WIDE) from None
    except UnidentifiedImageError:
        raise PhotographRefused(NOT_ONE) from None
    except PhotographRefused:
        raise
    except Exception:  # whatever a decoder meets in a file that lies about itself: it is no picture that can be shown
        raise PhotographRefused(BROKEN) from None
    content = _jpeg(plain)
    plain_small = plain.copy()
    plain_small.thumbnail((LONGEST_SIDE_SMALL, LONGEST_SIDE_SMALL))
    return Picture(
        content=content,
        small=_jpeg(plain_small),
        width=plain.width,
        height=plain.height,
        sha256=hashlib.sha256(content).hexdigest(),
    )


@contextmanager
def _whole_only() -> Iterator[None]:
    """A picture that ends too early is refused, not filled up with grey: WeasyPrint 70.0, once it is loaded, has Pillow fill up."""
    from PIL import ImageFile

    with _ONE_AT_A_TIME:
        before, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False
        try:
            yield
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = before


def _on_white(image: Points) -> Points:
    """Points alone, in a new picture: nothing of what stood beside them can come along."""
    from PIL import Image

    seen = image.convert("RGBA")
    plain = Image.new("RGB", seen.size, "white")
    plain.paste(seen, mask=seen.getchannel("A"))
    return plain


def _jpeg(image: Points) -> bytes:
    made = io.BytesIO()
    image.save(made, "JPEG", quality=82, optimize=True)
    return made.getvalue()
