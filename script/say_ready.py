"""Waits until the service answers that it is ready, then says where it is and how to sign in.

Run by the supervisor beside the web server and the worker. When they do not come up, says which log to read and stops
the supervisor, so that a start that failed is seen to have failed.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

PATIENCE_S = 60
# Without these no page works. Of the rest it is said that it is missing, and the service goes on: families must be placed.
NEEDED = {"web", "database", "migrated", "worker"}
WARNINGS = {
    "gazetteer": "There is no postcode data that can be read: no distance is measured.",
    "jobs": "Letters and PDFs are held or late: look at “Letters and PDFs”. A copy of another instance sends nothing until “flask --app wsgi jobs release”.",
    "clock": "The clock stands behind the last entry of the audit: put it right.",
    "seal": "The certificate that seals records ends soon: ask for a new one.",
}


def main() -> int:
    data, port = Path(os.environ["CBC_DATA"]), os.environ["CBC_PORT"]
    with open(os.environ["CBC_PREPARING"]) as held:  # what is being made ready may take longer than this is patient
        fcntl.flock(held, fcntl.LOCK_SH)
    missing = ["web"]
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        checks, warnings = asked(port)
        missing = [name for name, fine in checks.items() if not fine and name in NEEDED]
        if not missing:
            print(f"\nCase by Case is ready: http://127.0.0.1:{port}/", flush=True)
            for name, fine in checks.items():
                if not fine and name in WARNINGS:
                    print(WARNINGS[name], flush=True)
            for warning in warnings:
                print(warning, flush=True)
            print((data / "welcome.txt").read_text(encoding="utf-8"), flush=True)
            print("Ctrl+C stops it.", flush=True)
            return 0
        time.sleep(0.1)
    print(
        f"Case by Case did not become ready within {PATIENCE_S} seconds: {', '.join(missing)} is not there. "
        f"Read {data / 'log'} and start again.",
        file=sys.stderr,
        flush=True,
    )
    os.kill(os.getppid(), signal.SIGTERM)
    return 1


def asked(port: str) -> tuple[dict[str, bool], list[str]]:
    """What is there and what is not, and sentences for the operator."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return read(answer.read())
    except urllib.error.HTTPError as refused:
        with suppress(ValueError, KeyError):
            return read(refused.read())
    except (OSError, ValueError, KeyError):
        pass
    return {"web": False}, []


def read(answer: bytes) -> tuple[dict[str, bool], list[str]]:
    said = json.loads(answer)
    return dict(said["checks"]), list(said["warnings"])


if __name__ == "__main__":
    sys.exit(main())
