"""The one file that checks an export: what stands below the line in two modules of ours, behind a head of its own."""

from __future__ import annotations

from functools import lru_cache

from app.audit import anchors

from . import checking

_LINE = "# ---- from here on it is a part of verify.py\n"
_HEAD = '''"""Checks this export of a case, with Python's standard library alone (3.9 and later), without the product that made it.

    python3 -I -S verify.py [FOLDER] [--anchor FILE-OR-FOLDER ...] [--key FILE-OR-KEY]

FOLDER is the one in which this file lies when not given. An anchor is whatever says, from outside the council's database, where its audit
stood: a signed checkpoint, a mail with one, a PDF of a record, a text with "entry 120 ... hash ...". Those in a folder "anchors" beside this
file are taken too. It ends with 0 where nothing is wrong, with 1 where something was altered, and with 2 where this is no export.

Whoever altered the export could have altered this file with it: take it from elsewhere, or compare its SHA-256 with one from elsewhere.
Formats: C2SP signed-note.md and tlog-checkpoint.md; RFC 6962, 2.1, for the tree of hashes; RFC 8032, 5.1, for Ed25519.
"""

from __future__ import annotations

import argparse
import base64
import email
import email.policy
import hashlib
import json
import os
import re
import sys
import zlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple
'''
_FOOT = '\n\nif __name__ == "__main__":\n    sys.exit(main())\n'


@lru_cache(maxsize=1)
def text() -> str:
    """The file, the same for every export of this version."""
    bodies = []
    for module in (anchors, checking):
        assert module.__file__ is not None
        with open(module.__file__, encoding="utf-8") as stream:
            bodies.append(stream.read().partition(_LINE)[2].rstrip())
    return "\n\n".join([_HEAD, *bodies]) + _FOOT
