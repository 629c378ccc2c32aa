"""The household of six, judged by this tree: for each line asked, microseconds of processor time of one assess()."""

from __future__ import annotations

import json
import statistics
import sys
import time

from app.suitability.assess import assess
from app.suitability.reading import case_file
from tests.suitability.households import CHECKLIST, COUNCIL, full, settled

CASE = case_file.build(settled(full()), CHECKLIST)
SECONDS = 0.4


def measured() -> float:
    taken = []
    end = time.process_time() + SECONDS
    while time.process_time() < end:
        started = time.process_time_ns()
        assess(CHECKLIST, CASE, COUNCIL)
        taken.append((time.process_time_ns() - started) / 1000)
    return statistics.median(taken)


measured()  # warm
print(json.dumps({"rows": len(assess(CHECKLIST, CASE, COUNCIL).rows)}), flush=True)
for _ in sys.stdin:
    print(json.dumps({"figure": measured()}), flush=True)
