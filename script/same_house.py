"""Whether a move of rooms changed anything: this tree beside an earlier commit, through one fixed map of names.

    .venv/bin/python script/same_house.py COMMIT [--generated 2000]

The results of one folder of case files (examples, scenarios, worries, generated) by the command of each tree, the HTML of every page of
every stored case as each role that may open it, and the text of the unsealed PDFs. Prints how many were compared and every difference;
1 where there is one. What was renamed on purpose is in ``script/renames.json``: old key to new key of the result’s JSON.
"""

from __future__ import annotations

import argparse
import difflib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
RENAMES = ROOT / "script" / "renames.json"
AT_ONCE = 200


def earlier(commit: str) -> Path:
    """A tree of that commit, with this tree's environment and data."""
    folder = BUILD / f"house-{commit}"
    if not folder.exists():
        subprocess.run(["git", "-C", str(ROOT), "worktree", "add", "--detach", str(folder), commit], check=True)
    for name in (".venv", "build"):
        link = folder / name
        if not link.exists():
            link.symlink_to(ROOT / name)
    return folder


def case_files(folder: Path, generated: int) -> list[Path]:
    """One folder of case files, written once: what earlier versions were judged on, and as many generated as asked for."""
    sys.path.insert(0, str(ROOT))
    from tests.old.samples import samples
    from tests.suitability.generated import case

    folder.mkdir(parents=True, exist_ok=True)
    trees = dict(samples()[-1].case_files)
    trees |= {f"generated-{seed}": case(seed) for seed in range(1, generated + 1)}
    found = []
    for number, (name, tree) in enumerate(sorted(trees.items())):
        file = folder / f"{number:05d}.json"
        file.write_text(
            json.dumps({**tree, "household": {**tree["household"], "reference": name[:190]}}), encoding="utf-8"
        )
        found.append(file)
    return found


def judged(tree: Path, files: list[Path]) -> dict[str, Any]:
    """What the command of a tree says of each file."""
    told: dict[str, Any] = {}
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    for start in range(0, len(files), AT_ONCE):
        some = files[start : start + AT_ONCE]
        command = [str(ROOT / ".venv/bin/flask"), "--app", "wsgi", "assess", *map(str, some)]
        done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=True)
        lines = done.stdout.splitlines()
        assert len(lines) == len(some), done.stderr[-2000:]
        told |= {file.name: json.loads(line) for file, line in zip(some, lines, strict=True)}
    return told


def shown(tree: Path, out: Path) -> dict[str, str]:
    """What the pages and PDFs of a tree are."""
    python = str(ROOT / ".venv/bin/python")
    subprocess.run([python, "script/house_pages.py", str(out)], cwd=tree, check=True)
    found: dict[str, str] = json.loads(out.read_text(encoding="utf-8"))
    return found


def of_any_version(value: Any) -> Any:
    """The same without the version of the checklist, which rises with every change of a rule’s place."""
    return json.loads(re.sub(r"\b2026\.\d\b", "2026.x", json.dumps(value)))


def renamed(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {names.get(key, key): renamed(inner, names) for key, inner in value.items()}
    return [renamed(inner, names) for inner in value] if isinstance(value, list) else value


def read_aloud(page: str) -> str:
    """A page without the white space that nobody sees: what stands between two words or two tags is one space, or none."""
    flat = re.sub(r"\s*(</?[a-z][^>]*>)\s*", r"\1", re.sub(r"\s+", " ", page))
    return flat.replace("> <", "><")


def differences(before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    for name in sorted(before):  # what only the later tree has, such as a sample more, has nothing to be held against
        if before[name] == after.get(name):
            continue
        if isinstance(before[name], str) and read_aloud(before[name]) == read_aloud(after.get(name, "")):
            continue
        one, other = (
            (json.dumps(x, indent=1, sort_keys=True) if not isinstance(x, str) else x).splitlines()
            for x in (before[name], after.get(name, ""))
        )
        lines = [
            line
            for line in difflib.unified_diff(one, other, lineterm="", n=0)
            if not line.startswith(("---", "+++", "@@"))
        ]
        yield f"{name}\n  " + "\n  ".join(line[:300] for line in lines[:12])


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("commit")
    asked.add_argument("--generated", type=int, default=2000)
    options = asked.parse_args()
    names = json.loads(RENAMES.read_text(encoding="utf-8"))
    before_tree, work = earlier(options.commit), BUILD / "same-house"
    files = case_files(work / "cases", options.generated)
    bad = 0
    for what, before, after in (
        ("results", renamed(judged(before_tree, files), names), judged(ROOT, files)),
        ("pages and PDFs", shown(before_tree, work / "before.json"), shown(ROOT, work / "after.json")),
    ):
        before, after = of_any_version(before), of_any_version(after)
        found = list(differences(before, after))
        bad += len(found)
        alike = sum(before[name] == after.get(name) for name in before)
        print(
            f"{what}: {len(before):,} before, {len(after):,} after; {alike:,} to the byte, {len(before) - alike - len(found):,} but for white space that nobody sees, {len(found):,} differ"
        )
        for one in found[:20]:
            print(one)
    return 1 if bad else 0


if __name__ == "__main__":
    raise SystemExit(main())
