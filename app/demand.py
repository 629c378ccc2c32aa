"""What only a command or an upgrade needs, loaded when one asks for it: a web worker never does, and carries none of it."""

from __future__ import annotations

from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup

from app.database import Base
from app.extensions import db
from app.finding.engines import INDEXES
from app.installation import ROOT

MIGRATIONS = "db"  # Flask-Migrate's own commands


class CommandsOnDemand(AppGroup):
    """Every command of an application."""

    def __init__(self, app: Flask) -> None:
        super().__init__(app.name)
        self._app, self._is_filled = app, False

    def list_commands(self, ctx: click.Context) -> list[str]:
        self._fill()
        return sorted({*super().list_commands(ctx), MIGRATIONS})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        self._fill()
        if cmd_name == MIGRATIONS:
            _ = self._app.extensions["migrate"].migrate  # Flask-Migrate adds its commands when it is bound
        return super().get_command(ctx, cmd_name)

    def _fill(self) -> None:
        if not self._is_filled:
            from app import cli, commands

            self._is_filled = True
            commands.init_app(self._app)
            cli.init_app(self._app)


class MigrationsOnDemand:
    """What Flask-Migrate keeps in an application's extensions; Alembic is loaded at the first look into it."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def __getattr__(self, name: str) -> Any:
        from flask_migrate import Migrate

        Migrate().init_app(
            self._app, db, directory=str(ROOT / "migrations"), render_as_batch=True, include_object=_is_ours
        )
        return getattr(self._app.extensions["migrate"], name)


def _is_ours(item: object, name: str | None, kind: str, reflected: bool, compare_to: object) -> bool:
    """Leave the job engine's own tables alone, and the indexes of the search, which each engine has in a way of its own."""
    if kind == "index" and reflected and name in INDEXES:
        return False
    return not (kind == "table" and reflected and name is not None and name not in Base.metadata.tables)
