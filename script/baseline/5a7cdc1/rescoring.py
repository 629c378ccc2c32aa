"""So many stored records re-scored on so many processes by 5a7cdc1, in a process that holds the service as the command does."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

COUNCIL = "E08000025"


def bodies(count: int) -> Iterator[bytes]:
    """As script/bench_judgement.py makes them now, of that commit's own examples and household of six."""
    from app.checklists import read_folder
    from app.suitability import case_file, report
    from tests.suitability.households import full, settled

    trees = [json.loads(Path(f"docs/examples/{name}.json").read_text("utf-8")) for name in ("h1", "h2", "h3", "h5")]
    made = []
    for tree in (*trees, settled(full())):
        found = report.assessed(read_folder(), case_file.build(tree, read_folder()), COUNCIL)
        made.append(json.dumps({"case_file": tree, "result": found}).encode())
    for at, body in enumerate(islice(cycle(made), count)):
        yield b'{"number": "R-%d", %s' % (at, body[1:])


def main() -> None:
    # Here, not above: what re-scores in processes of its own loads this file in each.
    from app import create_app
    from app.checklists import read_texts
    from app.decisions.impact import impact

    create_app()
    texts = read_texts()
    list(impact(bodies(100), texts, COUNCIL, 1))
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        count, processes = map(int, line.split())
        started = time.perf_counter()
        for found in impact(bodies(count), texts, COUNCIL, processes):
            assert not found.problem, found
            assert found.was == found.would_be, found
        print(json.dumps({"figure": time.perf_counter() - started}), flush=True)


if __name__ == "__main__":
    main()
