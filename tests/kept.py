"""What every installation under test makes again in the same way, made once a process: compiled templates, routes and statements."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from types import CodeType
from typing import Any

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Engine
from werkzeug.routing import Rule

from app import create_app, house
from app.extensions import db
from app.settings import Settings


class Templates(BytecodeCache):
    """Compiled templates by name and source. What they show is in no code: each installation runs it with its own words."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._codes[bucket.key, bucket.checksum] = bucket.code


_TEMPLATES = Templates()
_BUILDERS: dict[tuple[Any, ...], Any] = {}
_ENGINES: dict[str, Engine] = {}  # the first of each kind that was in use: what it knows of its server holds for all


def _kept(build: Callable[[Rule, bool], Any]) -> Callable[[Rule, bool], Any]:
    """An address is written by a function that is made of nothing but the route's own text."""

    def builder(rule: Rule, append_unknown: bool = True) -> Any:
        if rule.defaults:
            return build(rule, append_unknown)
        key = (rule.rule, tuple(rule._trace), append_unknown)
        if key not in _BUILDERS:
            _BUILDERS[key] = build(rule, append_unknown)
        return _BUILDERS[key]

    return builder


Rule._compile_builder = _kept(Rule._compile_builder)  # type: ignore[method-assign, assignment]
house.schema_head = cache(house.schema_head)


def made(settings: Settings) -> Flask:
    """The whole application, as ``create_app`` makes it."""
    app = create_app(settings)
    app.jinja_env.bytecode_cache = _TEMPLATES
    with app.app_context():
        _share_statements(db.engine)
    return app


def _share_statements(engine: Engine) -> None:
    """Compiled SQL is kept for the engine and its dialect: with those of the first engine of its kind, nothing is compiled again."""
    first = _ENGINES.get(engine.name)
    if first is not None:
        engine.dialect = engine.pool._dialect = first.dialect
        engine._compiled_cache = first._compiled_cache


def in_use(app: Flask) -> None:
    """Keep what its engine compiles, where it is the first that has spoken with its server."""
    with app.app_context():
        engine = db.engine
        if engine.name not in _ENGINES:
            engine.connect().close()
            _ENGINES[engine.name] = engine
