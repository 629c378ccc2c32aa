"""Every postcode of the data packages made into a gazetteer, once, by this tree: seconds, most memory in MB, and how many."""

from __future__ import annotations

import json
import resource
import tempfile
import time
from pathlib import Path

from app.places.postcodes import build

with tempfile.TemporaryDirectory() as name:
    started = time.perf_counter()
    rows = build.build(Path(name) / "gazetteer.sqlite")
    taken = time.perf_counter() - started
most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"seconds": taken, "memory": most, "rows": rows}), flush=True)
