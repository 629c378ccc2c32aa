"""``script/server`` of a tree, from its start until it says that it is ready, and to its end."""

from __future__ import annotations

import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from baseline_trees import Tree

WAITS = 240  # seconds at most: a loaded machine is slow, and still tells a ratio


@contextmanager
def served(tree: Tree, port: int, *words: str) -> Iterator[tuple[subprocess.Popen[str], float]]:
    """``script/server`` of a tree, with these words, until it says that it is ready, and the seconds that took."""
    with tempfile.NamedTemporaryFile("r", prefix="cbc-said-") as said, open(said.name, "w") as written:
        started = time.perf_counter()
        process = subprocess.Popen(
            [str(tree.folder / "script/server"), *words, "--port", str(port), "--data", str(tree.data)],
            cwd=tree.folder, env={**tree.environment(), "CBC_PROXIES": "1"}, stdout=written, stderr=written, text=True,
            start_new_session=True,
        )  # fmt: skip
        try:
            while "is ready" not in Path(said.name).read_text():
                if process.poll() is not None or time.perf_counter() - started > WAITS:
                    raise RuntimeError(Path(said.name).read_text()[-2000:])
                time.sleep(0.02)
            yield process, time.perf_counter() - started
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port: int = bound.getsockname()[1]
        return port
