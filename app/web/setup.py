"""Binds the gate, the headers and the errors to an application."""

from __future__ import annotations

from typing import Any

from flask import (
    Flask,
    g,
)
from flask_login import current_user
from flask_wtf.csrf import CSRFError, generate_csrf
from werkzeug.exceptions import HTTPException

from app import clocks, disk
from app.accounts import fresh
from app.accounts.policy import POLICY, may
from app.checklists import read_folder
from app.records.proof import RecordAltered
from app.settings import Settings
from app.suitability.casefile import wording
from app.suitability.casefile.values import a_few, in_sentence
from app.web.errors import on_altered, on_bug, on_csrf_error, on_http_error
from app.web.gate import IdConverter, KeyConverter, ask_to_confirm, note_view, pass_or_refuse
from app.web.headers import add_headers, asset, set_names_apart
from app.web.links import safe_href
from app.web.refusals import note_refusal

from . import read_only

LARGEST_REQUEST = 4 * 1024 * 1024


_OF_A_CASE_THAT_WAS_OPENED = ("case.view", "record.view", "glass.note")


def _offered(name: str) -> bool:
    """Does whoever looks hold a permission? Of a case that they opened in an emergency a page offers to be read, and no more."""
    if not current_user.is_authenticated or not may(current_user.role, name):
        return False
    return g.get("glass") is None or not POLICY[name].of_case or name in _OF_A_CASE_THAT_WAS_OPENED


def init_app(app: Flask, settings: Settings) -> None:
    """Bind all of this to an application, and refuse to start with a route that declares no permission."""
    app.url_map.converters["id"] = IdConverter
    app.url_map.converters["key"] = KeyConverter
    app.before_request(pass_or_refuse)
    app.after_request(set_names_apart)
    app.after_request(add_headers)
    app.after_request(note_view)
    app.after_request(note_refusal)
    app.register_error_handler(CSRFError, on_csrf_error)
    app.register_error_handler(HTTPException, on_http_error)
    app.register_error_handler(fresh.NotConfirmed, ask_to_confirm)
    app.register_error_handler(RecordAltered, on_altered)
    app.register_error_handler(disk.NothingSaved, read_only.on_nothing_saved)
    app.register_error_handler(disk.NotNoted, read_only.on_not_noted)
    app.register_error_handler(Exception, on_bug)
    app.jinja_env.globals.update(
        asset=asset,
        may=_offered,
        csrf_token=generate_csrf,
        outcome_words=wording.OUTCOME,
        wording=wording,
    )
    app.jinja_env.filters.update(
        safe_href=safe_href,
        sentence=in_sentence,
        a_few=a_few,
        label=wording.label,
        day=clocks.in_words,
        moment=clocks.moment_in_words,
        clock=clocks.time_of_day,
        isoday=clocks.text_in_words,
        moment_text=clocks.text_in_words,
    )

    @app.context_processor
    def _shared() -> dict[str, Any]:
        return {
            "council_name": settings.council_name,
            "demo": settings.demo,
            "read_only": read_only.banner(),
            "glass": g.get("glass"),
            "words_danger": read_folder().words["danger"],
            "words_front_door": read_folder().words["front_door"],
            "words": read_folder().words,
        }
