"""What goes out with every answer: headers, and letters that read from right to left set apart."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from flask import (
    Response,
    current_app,
    request,
    url_for,
)

from app.direction import has_none, isolated_html
from app.settings import current_settings


def set_names_apart(response: Response) -> Response:
    """Letters that read from right to left are isolated on every page that goes out."""
    if response.mimetype == "text/html" and not response.is_streamed and not has_none(response.get_data()):
        page = response.get_data(as_text=True)
        apart = isolated_html(page)
        if apart is not page:
            response.set_data(apart)
    return response


def add_headers(response: Response) -> Response:
    settings = current_settings()
    tiles = urlsplit(settings.tile_url) if settings.tile_url and request.endpoint == "assessments.result" else None
    pictures = f" {tiles.scheme}://{tiles.netloc}" if tiles else ""
    # The one page that works without a connection, and the only one that may have a worker for it.
    worker = "; worker-src 'self'" if request.endpoint == "visits.shell" else ""
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; object-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:{pictures}; font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'{worker}"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin" if request.endpoint != "sharing.open_link" else "no-referrer"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    if settings.https:
        response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    if request.endpoint == "static":
        response.headers["Cache-Control"] = (
            "public, max-age=31536000, immutable" if request.args.get("v") else "no-cache"
        )
    else:
        response.headers["Cache-Control"] = "no-store"
    return response


@lru_cache(maxsize=64)
def _asset_mark(folder: str, name: str) -> str:
    return hashlib.sha256((Path(folder) / name).read_bytes()).hexdigest()[:12]


def asset(name: str) -> str:
    """A static file's address, marked with its content so that it can be cached for ever."""
    return _address(request.script_root, str(current_app.static_folder), name)


@lru_cache(maxsize=64)
def _address(root: str, folder: str, name: str) -> str:
    return url_for("static", filename=name, v=_asset_mark(folder, name))
