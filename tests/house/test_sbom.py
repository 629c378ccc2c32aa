"""The bill of materials says what requirements.txt pins and what is committed beside the code: no more, no less, no other hash."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "script"))

import sbom  # noqa: E402

MADE = ROOT / "docs" / "running" / "sbom.json"


def stored() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(MADE.read_text(encoding="utf-8"))
    return found


def test_what_is_committed_is_what_the_files_give() -> None:
    assert MADE.read_text(encoding="utf-8") == sbom.made(), "run script/update, or script/sbom.py alone"


def test_it_names_each_pin_with_its_version_and_all_its_hashes() -> None:
    """Read here in another way than by what made it: a line with two equals signs, and the hashes up to the next."""
    parts = re.split(r"(?m)^(?=[A-Za-z0-9])", (ROOT / "requirements.txt").read_text(encoding="utf-8"))
    pins = {
        part.split("==")[0].split("[")[0].lower(): (
            part.split("==")[1].split()[0],
            sorted(re.findall(r"sha256:(\w+)", part)),
        )
        for part in parts
        if "==" in part
    }
    told = {
        each["name"]: (each["version"], [h["content"] for of in each["externalReferences"] for h in of["hashes"]])
        for each in stored()["components"]
        if each.get("purl", "").startswith("pkg:pypi/")
    }
    assert len(pins) > 50
    assert told == pins


def test_every_file_it_names_has_the_hash_it_says() -> None:
    listed = stored()["components"]
    files = [f for each in listed for f in (each, *each.get("components", ())) if f["type"] == "file"]
    wrong = [
        f["name"]
        for f in files
        if hashlib.sha256((ROOT / f["name"]).read_bytes()).hexdigest() != f["hashes"][0]["content"]
    ]
    assert wrong == []
    named = {f["name"] for f in files}
    ours = {file.relative_to(ROOT).as_posix() for file in (ROOT / "app" / "static" / "vendor").iterdir()}
    assert {name for name in ours if not name.endswith("LICENSE.txt")} <= named


def test_each_is_named_once_and_hangs_from_something_named() -> None:
    found = stored()
    refs = [each["bom-ref"] for each in found["components"]]
    assert len(refs) == len(set(refs))
    graph = {each["ref"]: set(each["dependsOn"]) for each in found["dependencies"]}
    assert set().union(*graph.values()) <= set(refs)
    reached, waiting = set(), ["case-by-case"]
    while waiting:
        reached.add(at := waiting.pop())
        waiting += graph[at] - reached
    pinned = {ref for ref in refs if ref.startswith("pkg:pypi/")}
    assert pinned <= reached, "what nothing of ours needs is not installed"


def copied(tmp_path: Path) -> Path:
    for name in ("requirements.txt", "pyproject.toml", "script/update", "script/fonts/package-lock.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    for file in ("app/static/vendor", "app/static/fonts", "app/records/scripts"):
        shutil.copytree(ROOT / file, tmp_path / file)
    return tmp_path


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("requirements.txt", "flask==", "flask==9."),
        ("requirements.txt", "--hash=sha256:0", "--hash=sha256:1"),
        ("app/static/vendor/leaflet.js", "function", "functiom"),
        ("script/update", "leaflet@1.9.4", "leaflet@1.9.5"),
    ],
)
def test_a_change_of_any_of_it_shows(file: str, old: str, new: str, tmp_path: Path) -> None:
    root = copied(tmp_path)
    assert sbom.made(root) == sbom.made()
    text = (root / file).read_text(encoding="utf-8")
    assert old in text
    (root / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    assert sbom.made(root) != sbom.made()


@pytest.mark.parametrize("said", ["flask==3.1.3\n", "flask>=3\n", "-e .\n", "git+https://example.org/x.git\n"])
def test_what_is_not_pinned_with_a_hash_is_refused(said: str) -> None:
    with pytest.raises(ValueError, match=r"no pin|without a hash"):
        sbom.required(said)
