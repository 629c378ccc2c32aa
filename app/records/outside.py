"""Reads a PDF that somebody put to us in a process of its own, with limits: whatever is in it, nothing of the service stalls or grows.

Run as a program it reads the certificates and the file from its standard input and writes what it found as JSON.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys

from app.installation import ROOT
from app.settings import Settings

from . import canonical, seal
from .proof import Carries

LONGEST_SECONDS = 20
MOST_MEMORY = 1024**3
_UNREADABLE = Carries(intact=False, sealed_by_us=False, data_sha256="")


def look(pdf: bytes, settings: Settings) -> Carries:
    """What a file carries; of one that cannot be read within the limits, nothing."""
    certificates = json.dumps([c.hex() for c in sorted(seal.own_certificates(settings))]).encode("ascii")
    try:
        done = subprocess.run(
            [sys.executable, "-m", "app.records.outside"], input=certificates + b"\n" + pdf, cwd=ROOT, capture_output=True,
            timeout=LONGEST_SECONDS, check=True,
        )  # fmt: skip
        return Carries(**json.loads(done.stdout))
    except (subprocess.SubprocessError, ValueError):
        return _UNREADABLE


def _main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (LONGEST_SECONDS, LONGEST_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # nothing of it is written anywhere
    certificates = {bytes.fromhex(c) for c in json.loads(sys.stdin.buffer.readline())}
    pdf = sys.stdin.buffer.read()
    data = seal.data_in(pdf)
    found = Carries(
        intact=seal.is_intact_under(pdf, certificates), sealed_by_us=seal.is_sealed_under(pdf, certificates),
        data_sha256="" if data is None else canonical.digest(data),
    )  # fmt: skip
    sys.stdout.write(json.dumps(found._asdict()))


if __name__ == "__main__":
    _main()
