"""So many stored records re-scored on so many processes by this tree, in a process that holds the service as the command does."""

from __future__ import annotations

import json
import sys
import time


def main() -> None:
    # Here, not above: what re-scores in processes of its own loads this file in each.
    sys.path.insert(1, "script")
    from bench_judgement import COUNCIL, bodies

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
