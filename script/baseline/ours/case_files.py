"""So many case files of this tree's own examples and household of six, written into a folder."""

from __future__ import annotations

import json
import sys
from itertools import cycle, islice
from pathlib import Path

from tests.suitability.households import full, settled

folder, count = Path(sys.argv[1]), int(sys.argv[2])
texts = [Path(f"docs/examples/{name}.json").read_text("utf-8") for name in ("h1", "h2", "h3", "h5")]
for at, text in enumerate(islice(cycle([*texts, json.dumps(settled(full()))]), count)):
    (folder / f"{at:04}.json").write_text(text, encoding="utf-8")
