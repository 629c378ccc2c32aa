"""What people meet while nothing can be saved: a banner, a sentence before anything is lost, and no page without its note."""

from __future__ import annotations

from typing import Any, NamedTuple

import structlog
from flask import Response, g, has_request_context, make_response, redirect, render_template, request

from app import disk
from app.extensions import db
from app.settings import current_settings

_SAFE = ("GET", "HEAD", "OPTIONS")
# What lets people in and out, and what takes access away: a link in the wrong hands is ended on a full disk too.
_GOES_THROUGH = {
    ("accounts.sign_in", ""),
    ("accounts.sign_in_by_passkey", ""),
    ("accounts.second_step", ""),
    ("accounts.sign_out", ""),
    ("accounts.end_session", ""),
    ("accounts.end_other_sessions", ""),
    ("accounts.people_active", "disable"),
    ("cases.restrict", "restrict"),
    ("exclusions.listed", ""),
    ("finding.search", ""),  # it saves nothing: what is searched for does not stand in the address
    ("sealed.seal", ""),
    ("sealed.show", ""),  # whoever visits them tonight has to know where
    ("sharing.revoke", ""),
}
# Pages of people outside, who ring whom they know and not the council's own service desk.
_OUTSIDE = ("sharing.open_link", "sharing.read", "sharing.read_pdf")
_SECRET = ("csrf_token",)
_BESIDE_A_PASSWORD = ("again",)
log = structlog.get_logger("case_by_case")


class Banner(NamedTuple):
    """What every page says; ``ring`` is whom people ring."""

    since: Any
    ring: str


def banner() -> Banner | None:
    """What every page says while the instance is read-only."""
    mode = disk.of_this_instance().read_only() if has_request_context() else None
    if mode is None:
        return None
    return Banner(mode.since, whom_to_ring())


def whom_to_ring() -> str:
    """Of somebody outside the council itself, else whom its settings name."""
    return (
        "the council" if request.endpoint in _OUTSIDE else current_settings().operator_contact or "your administrator"
    )


def refuse_before_it_starts() -> Response | None:
    """A request that would save something, while nothing can be saved: refused before anything of it is done."""
    if request.method in _SAFE or disk.of_this_instance().is_writable():
        return None
    if (str(request.endpoint), str((request.view_args or {}).get("what", ""))) in _GOES_THROUGH:
        return None
    return make_response(_nothing_saved())


def on_nothing_saved(error: disk.NothingSaved) -> tuple[str, int]:
    """The disk became full while something was being saved."""
    db.session.rollback()
    return _nothing_saved()


def meet(error: Exception) -> tuple[str, int] | Response | None:
    """An error that nobody caught: where it is a full disk, the instance is read-only from now on."""
    if not disk.is_full(error):
        return None
    room = disk.of_this_instance()
    room.begin()
    released = room.make_room()  # SQLite wants some to read, too
    log.error("disk_full", reference=g.get("request_id", ""), kind=type(error).__name__, endpoint=request.endpoint)
    if released and request.method in _SAFE:  # as often as there is something to give back, and no oftener
        return make_response(redirect(request.full_path.rstrip("?")))
    return _nothing_saved()


def _nothing_saved() -> tuple[str, int]:
    return render_template("web/nothing_saved.html", path=request.path, **typed()._asdict()), 503


class Typed(NamedTuple):
    """What was sent, by field, without what is secret; of it what is words, to be read; and whether anything was sent at all."""

    fields: dict[str, list[str]]
    sentences: list[str]
    posted: bool


def typed() -> Typed:
    """What was typed into the page that was sent. What a page chose or carries itself is code to whoever reads it: words have a space."""
    found = {
        name: values
        for name, values in request.form.to_dict(flat=False).items()
        if name not in _SECRET
        and "password" not in name
        and not (name in _BESIDE_A_PASSWORD and "password" in request.form)
    }
    sentences = [value for values in found.values() for value in values if " " in value.strip()]
    return Typed(found, sentences, request.method not in _SAFE)


def on_not_noted(error: disk.NotNoted) -> tuple[str, int]:
    """No view without its note: rather no page."""
    db.session.rollback()
    page = render_template(
        "web/error.html",
        title="This page cannot be shown now",
        next_step="Who looks at a case is written down first, and the disk takes nothing more. Ring the person named above; use paper until then.",
        reference=g.get("request_id", ""),
    )
    return page, 503
