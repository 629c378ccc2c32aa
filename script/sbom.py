"""Writes the bill of materials (CycloneDX 1.6) of what the running service is made of, from files of this tree alone.

The same tree gives the same bytes: no time, no number of its own, nothing asked of a registry. script/update runs it:

    python3 script/sbom.py >docs/running/sbom.json
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
_PINNED = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(?P<version>[^\s\\;]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
# What script/update copies or compiles into the tree, and from which package of npm.
VENDORED = {
    "govuk-frontend": ("app/static/vendor/app.css", "app/static/vendor/govuk-frontend.min.js"),
    "leaflet": ("app/static/vendor/leaflet.css", "app/static/vendor/leaflet.js"),
}
FONTS = ("app/static/fonts/*.ttf", "app/static/fonts/*.woff2", "app/records/scripts/*.woff2")


def required(text: str) -> dict[str, dict[str, Any]]:
    """What a compiled requirements file pins: of each name its version, the hashes of its files, and what it is there for (``via``).

    Raises:
        ValueError: a line is none of this form, or a pin has no hash.
    """
    found: dict[str, dict[str, Any]] = {}
    last: dict[str, Any] | None = None
    for number, line in enumerate(text.splitlines(), 1):
        pinned = _PINNED.match(line)
        if pinned:
            last = found[pinned["name"].lower()] = {"version": pinned["version"], "hashes": [], "via": []}
        elif line.strip().startswith("--hash") and last is not None:
            last["hashes"] += _HASH.findall(line)
        elif line.startswith("    # ") and last is not None:
            said = line.strip().removeprefix("#").strip().removeprefix("via").strip()
            last["via"] += [said] if said else []
        elif line.strip() and not line.startswith("#"):
            raise ValueError(f"line {number} of the requirements is no pin, no hash and no remark: {line.strip()!r}")
    bare = [name for name, of in found.items() if not of["hashes"]]
    if bare:
        raise ValueError(f"pinned without a hash: {', '.join(bare)}")
    return found


def _library(kind: str, name: str, version: str, **more: Any) -> dict[str, Any]:
    address = f"pkg:{kind}/{name.replace('@', '%40')}@{version}"
    return {"type": "library", "bom-ref": address, "name": name, "version": version, "purl": address, **more}


def _distributed(name: str, hashes: list[str]) -> dict[str, Any]:
    """The files a package comes as; any one of them is what may be installed, and no other."""
    told = [{"alg": "SHA-256", "content": each} for each in sorted(hashes)]
    return {"type": "distribution", "url": f"https://pypi.org/simple/{name}/", "hashes": told}


def _file(root: Path, name: str) -> dict[str, Any]:
    told = {"alg": "SHA-256", "content": hashlib.sha256((root / name).read_bytes()).hexdigest()}
    return {"type": "file", "bom-ref": name, "name": name, "hashes": [told]}


def _npm_versions(root: Path) -> dict[str, str]:
    text = (root / "script" / "update").read_text(encoding="utf-8")
    return dict(re.findall(r"\b([a-z-]+)@(\d+\.\d+\.\d+)\b", text))


def _fonts_of_npm(root: Path) -> list[dict[str, Any]]:
    packages = json.loads((root / "script" / "fonts" / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    return [
        _library("npm", name.removeprefix("node_modules/"), of["version"])
        for name, of in sorted(packages.items())
        if name
    ]


def components(root: Path = ROOT) -> list[dict[str, Any]]:
    """Packages of requirements.txt, then what is committed beside the code: style, scripts, fonts."""
    pinned = required((root / "requirements.txt").read_text(encoding="utf-8"))
    versions = _npm_versions(root)
    return [
        *(
            _library("pypi", name, of["version"], externalReferences=[_distributed(name, of["hashes"])])
            for name, of in sorted(pinned.items())
        ),
        *(
            _library("npm", name, versions[name], components=[_file(root, file) for file in files])
            for name, files in sorted(VENDORED.items())
        ),
        *_fonts_of_npm(root),
        *(_file(root, file.relative_to(root).as_posix()) for way in FONTS for file in sorted(root.glob(way))),
    ]


def dependencies(root: Path = ROOT) -> list[dict[str, Any]]:
    """Which package is there for which, as the compiled file says it."""
    pinned = required((root / "requirements.txt").read_text(encoding="utf-8"))
    address = {name: f"pkg:pypi/{name}@{of['version']}" for name, of in pinned.items()}
    wants: dict[str, set[str]] = {"case-by-case": set(), **{each: set() for each in address.values()}}
    for name, of in pinned.items():
        for via in of["via"]:
            by = "case-by-case" if via.startswith("-r ") else address[via.lower()]
            wants[by].add(address[name])
    return [{"ref": ref, "dependsOn": sorted(on)} for ref, on in sorted(wants.items())]


def made(root: Path = ROOT) -> str:
    """The whole of it, a component a line, so that a change can be read as a difference of lines."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    product = {
        "type": "application",
        "bom-ref": project["name"],
        "name": project["name"],
        "version": project["version"],
        "licenses": [{"license": {"id": project["license"]}}],
    }
    head = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": product},
    }
    lines = [f"{json.dumps(name)}: {_line(value)}," for name, value in head.items()]
    for name, rows in (("components", components(root)), ("dependencies", dependencies(root))):
        inside = ",\n".join(_line(row) for row in rows)
        lines.append(f'"{name}": [\n{inside}\n]{"," if name == "components" else ""}')
    return "{\n" + "\n".join(lines) + "\n}\n"


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    sys.stdout.write(made())
