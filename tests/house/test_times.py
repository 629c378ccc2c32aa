"""One room turns a stored moment into words: no page, PDF, mail or export does it by itself."""

from __future__ import annotations

import ast
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app import clocks
from app.settings import ROOT

PYTHON = sorted(f for wing in ("app", "forms") for f in (ROOT / wing).glob("**/*.py") if "clocks" not in f.parts)
TEMPLATES = sorted((ROOT / "templates").glob("**/*.html"))
# Not of a stored moment: the route planner's own protocol, a day and an hour as it asks for them; and the heart's word for a day.
PROTOCOLS = {ROOT / "app" / "places" / "travel" / "transit.py", ROOT / "app" / "suitability" / "casefile" / "values.py"}
_MOMENT = re.compile(r"(_at|^moment|^now)$")
_OUTPUT = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
# A criterion's ``clear_at`` is a grade.
_STORED = re.compile(r"\b[a-z]+\.(?:[a-z]+\.)*(?!clear_at\b)[a-z_]*_at\b(?!\|(?:day|moment|clock)\b)")
_META = re.compile(r"<meta [^>]*>")  # for programs: the moment as it is written


def own_words_for_a_moment(tree: ast.AST) -> list[int]:
    """The lines on which a moment or a day is put into words by hand."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.FormattedValue) and node.format_spec is not None:
            written = "".join(str(v.value) for v in ast.walk(node.format_spec) if isinstance(v, ast.Constant))
            if "%" in written and written != "%":
                found.append(node.lineno)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            of = node.func.value
            name = (
                of.attr
                if isinstance(of, ast.Attribute)
                else of.id
                if isinstance(of, ast.Name)
                else of.func.id
                if isinstance(of, ast.Call) and isinstance(of.func, ast.Name)
                else ""
            )
            if node.func.attr == "strftime" or (node.func.attr in ("isoformat", "date") and _MOMENT.search(name)):
                found.append(node.lineno)
    return sorted(found)


def unspoken(template: str) -> list[str]:
    """Stored moments that a template puts out without the room’s own filter; what only decides is not put out."""
    found = []
    for said in _OUTPUT.findall(_META.sub("", template)):
        for match in _STORED.finditer(said):
            before, after = said[: match.start()], said[match.end() :]
            decides = re.search(r"\bif\s*\(?(not\s+)?$", before) or re.match(r"\s*(?:else|and|or|is)\b", after)
            if not decides:
                found.append(match.group())
    return found


@pytest.mark.parametrize("file", PYTHON, ids=lambda f: str(f.relative_to(ROOT)))
def test_code_leaves_the_words_of_a_moment_to_the_clocks(file: Path) -> None:
    if file not in PROTOCOLS:
        assert own_words_for_a_moment(ast.parse(file.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda f: str(f.relative_to(ROOT)))
def test_a_template_shows_no_stored_moment_as_it_is_stored(file: Path) -> None:
    assert unspoken(file.read_text(encoding="utf-8")) == []


def test_the_test_sees_each_way_round_it() -> None:
    code = 'a = f"{share.expires_at:%d %B}"\nb = made.issued_at.isoformat()\nc = day.strftime("%d")\nd = now().isoformat()\ne = f"{x:%}"'
    assert own_words_for_a_moment(ast.parse(code)) == [1, 2, 3, 4]
    assert unspoken("{{ record.issued_at }} {{ s.mailed_at|moment if s.mailed_at else '' }}") == ["record.issued_at"]
    assert unspoken("{{ r.decision.reviewed_at|day }}") == []


@pytest.mark.parametrize(
    ("stored", "words"),
    [
        (datetime(2027, 7, 9, 23, 20, tzinfo=UTC), "10 July 2027, 00:20"),
        (datetime(2027, 1, 9, 23, 20, tzinfo=UTC), "9 January 2027, 23:20"),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "25 October 2026, 01:30"),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "25 October 2026, 01:30"),
    ],
)
def test_a_moment_is_told_in_england_s_time(stored: datetime, words: str) -> None:
    assert clocks.moment_in_words(stored) == words
    assert clocks.text_in_words(stored.isoformat()) == words, "as records of earlier versions keep it"
    assert clocks.text_in_words(clocks.written(stored)) == words, "and as they keep it now"
    assert clocks.day_of_moment(stored) == words.split(",")[0]
    assert datetime.fromisoformat(clocks.written(stored)) == stored, "the same moment"


def test_a_day_stays_a_day() -> None:
    assert clocks.text_in_words("2027-07-09") == "9 July 2027"
    assert clocks.text_in_words("") == ""
