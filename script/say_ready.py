"""Waits until the service answers that it is ready, then says where it is and how to sign in.

Run by the supervisor beside the web server and the worker. When they do not come up, says which log to read and stops
the supervisor, so that a start that failed is seen to have failed.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

PATIENCE_S = 60


def main() -> int:
    data, port = Path(os.environ["CBC_DATA"]), os.environ["CBC_PORT"]
    missing = ["web"]
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
                if answer.status == 200:
                    print(f"\nCase by Case is ready: http://127.0.0.1:{port}/", flush=True)
                    print((data / "welcome.txt").read_text(encoding="utf-8"), flush=True)
                    print("Ctrl+C stops it.", flush=True)
                    return 0
        except urllib.error.HTTPError as refused:
            checks = json.loads(refused.read() or b"{}").get("checks", {})
            missing = [name for name, fine in checks.items() if not fine]
        except (OSError, ValueError):
            missing = ["web"]
        time.sleep(0.1)
    print(
        f"Case by Case did not become ready within {PATIENCE_S} seconds: {', '.join(missing)} is not there. "
        f"Read {data / 'log'} and start again.",
        file=sys.stderr,
        flush=True,
    )
    os.kill(os.getppid(), signal.SIGTERM)
    return 1


if __name__ == "__main__":
    sys.exit(main())
