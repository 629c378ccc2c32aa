"""What the web server does between loading the application and opening its port, and between the word to stop and its end."""

from __future__ import annotations

import ctypes
import mmap
import socket
import struct
import time
from contextlib import suppress
from typing import Any

from app.installation import wait_until_prepared

_SO_ATTACH_FILTER = 26  # Linux, asm-generic/socket.h
# A packet filter of the port (Linux, socket(7)): whatever begins a connection is dropped, all else passes. Flags are byte 13 of TCP's
# header, and SYN is 2 of them: load the byte; is 2 set? then keep 0 bytes of the packet, else all.
_NO_NEW_ONES = ((0x30, 0, 0, 13), (0x45, 0, 1, 2), (0x06, 0, 0, 0), (0x06, 0, 0, 0xFFFFFFFF))
_ON_THEIR_WAY_SECONDS = 0.05  # for the last packet of a connection that was begun before
_stopping = mmap.mmap(-1, 1)  # one byte of all processes of this server: are all of them told to stop?


def on_starting(server: Any) -> None:
    """Open nothing before the instance is ready: ``script/server`` looks it over while the application is loaded."""
    wait_until_prepared()
    as_it_was = server.stop

    def stop(graceful: bool = True) -> None:
        _stopping[0] = 1
        as_it_was(graceful)

    server.stop = stop


def post_worker_init(worker: Any) -> None:
    """Told to stop, gunicorn 27 takes no more connections and keeps its port open until all requests are answered: whoever connects
    meanwhile is cut off at the end. Here they are taken in first, and then the port is closed: whoever comes later is refused before
    anything was sent, and may go to another machine. Where one process alone is told to stop, the others go on at the same port.
    """
    as_it_was = worker.set_accept_enabled

    def set_accept_enabled(enabled: bool) -> None:
        if worker.alive or enabled or not _stopping[0]:
            as_it_was(enabled)
            return
        for listener in worker.sockets:
            begin_no_more(listener)
        end = time.monotonic() + _ON_THEIR_WAY_SECONDS
        while True:
            for listener in worker.sockets:
                take_in(worker, listener)
            if time.monotonic() > end:
                break
            time.sleep(0.005)
        as_it_was(False)
        for listener in worker.sockets:
            listener.close()

    worker.set_accept_enabled = set_accept_enabled


def begin_no_more(listener: Any) -> None:
    """Drop what begins a connection: it is sent again after a second, and then refused. Where no filter can be set, nothing is dropped."""
    code = b"".join(struct.pack("HBBI", *one) for one in _NO_NEW_ONES)
    kept = ctypes.create_string_buffer(code, len(code))
    program = struct.pack("HP", len(_NO_NEW_ONES), ctypes.addressof(kept))
    with suppress(OSError):
        listener.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, program)


def take_in(worker: Any, listener: Any) -> None:
    """Every connection that waits at the port."""
    taken = -1
    while worker.nr_conns != taken:
        taken = worker.nr_conns
        worker.accept(listener)
