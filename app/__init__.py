"""Case by Case: whether a proposed placement is suitable for a family, decided case by case."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from app.settings import Settings


def create_app(settings: Settings | None = None) -> Flask:
    """The whole application over one instance folder: pages, jobs and every command."""
    from app.house import whole  # every room is loaded here, so that a command that only judges need not load one

    return whole(settings)


def started() -> Flask:
    """What ``wsgi.py`` gives, made in one go: see ``app.start``."""
    with _in_one_go():
        from app.start import application

        return application()


@contextmanager
def _in_one_go() -> Iterator[None]:
    """Load the code and make the application, both for good: no collection looks through it meanwhile, nor ever after.

    What is left alone by later collections stays one copy for all web workers, which are forked from here. structlog formats
    for a terminal with rich, where that is installed; our log is JSON, so rich counts as not installed while structlog looks.
    """
    is_collecting, has_rich = gc.isenabled(), "rich" in sys.modules
    gc.disable()
    if not has_rich:
        sys.modules["rich"] = None  # type: ignore[assignment] # as the import system has it: "not to be found"
    try:
        yield
        gc.freeze()
    finally:
        if not has_rich:
            del sys.modules["rich"]
        if is_collecting:
            gc.enable()
