"""The pages are read by people too: no line runs out of sight, and what may be done to a row is worked out in its view."""

from __future__ import annotations

from app.settings import ROOT

LONGEST = 160
TEMPLATES = sorted((ROOT / "templates").glob("**/*.html"))


def test_no_line_of_a_template_runs_out_of_sight() -> None:
    long = [
        f"{file.relative_to(ROOT)}:{at}: {len(line)} characters"
        for file in TEMPLATES
        for at, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if len(line) > LONGEST
    ]
    assert long == []


def test_no_template_decides_by_a_permission_and_a_state_at_once() -> None:
    """The view gives a page its links. Of a permission alone, a page may say whether it shows something."""
    deciding = [
        f"{file.relative_to(ROOT)}:{at}"
        for file in TEMPLATES
        for at, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if "may(" in line and (".state" in line or ".effect" in line or ".verdict" in line)
    ]
    assert deciding == []
