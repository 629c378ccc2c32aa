"""Case by Case: whether a proposed placement is suitable for a family, decided case by case."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from app.settings import Settings


def create_app(settings: Settings | None = None) -> Flask:
    """The whole application over one instance folder: pages, jobs and every command."""
    from app.house import whole  # every room is loaded here, so that a command that only judges need not load one

    return whole(settings)
