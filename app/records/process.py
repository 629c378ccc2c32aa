"""Renders in a child process with limits, so that no text can stall or kill the worker."""

from __future__ import annotations

import importlib
import multiprocessing
import resource
from multiprocessing.connection import Connection
from typing import Any

LONGEST_SECONDS = 90
MOST_MEMORY = 2 * 1024**3
_context: Any = None


class RenderFailed(RuntimeError):
    """The PDF could not be made within its limits. Carries no text of the record."""


def render(body: bytes, seconds: int = LONGEST_SECONDS, drawn_by: str = "app.records.pdf") -> bytes:
    """The unsealed PDF of a record, made in a process of its own.

    Args:
        drawn_by: the module whose ``render`` draws it.

    Raises:
        RenderFailed: it failed, or took too long and was killed.
    """
    context = _forkserver()
    receive, send = context.Pipe(duplex=False)
    child = context.Process(target=_child, args=(send, body, seconds, drawn_by), daemon=True)
    child.start()
    send.close()
    try:
        if not receive.poll(seconds):
            raise RenderFailed("took too long")
        kind, made = receive.recv()
    except EOFError:
        raise RenderFailed("the process ended") from None
    finally:
        receive.close()
        if child.is_alive():
            child.join(1)
        if child.is_alive():
            child.kill()
        child.join()
    if kind != "made":
        raise RenderFailed(made)
    return bytes(made)


def _forkserver() -> Any:
    global _context
    if _context is None:
        _context = multiprocessing.get_context("forkserver")
        _context.set_forkserver_preload(["app.records.warm"])
    return _context


def _child(send: Connection, body: bytes, seconds: int, drawn_by: str) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    try:
        # The one place that loads WeasyPrint.
        send.send(("made", importlib.import_module(drawn_by).render(body)))
    except BaseException as error:  # WeasyPrint raises a BaseException for some failures (reliability.md C9)
        send.send(("failed", type(error).__name__))
    finally:
        send.close()
