"""Compiled templates are kept: drawn from again by a new process, and never trusted when damaged or of other code."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import DictLoader, Environment, Template

from app import create_app
from app.web import compiled
from app.web.compiled import KeptTemplates
from tests.conftest import Instance

SAYS = "{{ 'a'|called }} {{ name }}"


def _environment(folder: Path, called: str = "Ana", says: str = SAYS) -> Environment:
    made = Environment(loader=DictLoader({"page.html": says}), autoescape=True, bytecode_cache=KeptTemplates(folder))
    made.filters["called"] = lambda _: called
    return made


def _drawn(environment: Environment) -> str:
    return environment.get_template("page.html").render(name="<Invented>")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "compiled"


def _never_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Environment, "compile", lambda *_: pytest.fail("compiled again"))


def test_a_template_is_compiled_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _drawn(_environment(folder)) == "Ana &lt;Invented&gt;"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()] == [0o600]
    _never_compiled(monkeypatch)
    assert _drawn(_environment(folder)) == "Ana &lt;Invented&gt;"


def test_other_code_compiles_anew(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a filter made of a word in the template is part of what is compiled: kept words would outlive their change."""
    assert _drawn(_environment(folder)).startswith("Ana")
    monkeypatch.setattr(compiled, "_of_this_code", lambda: b"another version")
    assert _drawn(_environment(folder, called="Bea")).startswith("Bea")
    assert len(list(folder.iterdir())) == 1, "in place of the older one"


def test_what_tells_the_code_apart_changes_with_any_file_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "ROOT", tmp_path)
    file = tmp_path / "app" / "words.py"
    file.parent.mkdir()
    file.write_text("A = 1")
    made = compiled._of_this_code.__wrapped__
    before = made()
    assert made() == before
    os.utime(file, ns=(1, 1))
    assert made() != before


def test_a_changed_template_compiles_anew(folder: Path) -> None:
    _drawn(_environment(folder))
    assert _drawn(_environment(folder, says="Now {{ name }}")) == "Now &lt;Invented&gt;"


@pytest.mark.parametrize("damage", [lambda kept: b"", lambda kept: kept[:-9], lambda kept: kept[:-9] + b"\0" * 9])
def test_a_damaged_file_is_made_anew(folder: Path, damage: object) -> None:
    _drawn(_environment(folder))
    (file,) = folder.iterdir()
    whole = file.read_bytes()
    file.write_bytes(damage(whole))  # type: ignore[operator]
    assert _drawn(_environment(folder)) == "Ana &lt;Invented&gt;"
    assert file.read_bytes() == whole


def test_a_page_is_drawn_where_nothing_can_be_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.write_text("no folder")
    assert _drawn(_environment(folder)) == "Ana &lt;Invented&gt;"

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    folder.unlink()
    monkeypatch.setattr(os, "replace", full)
    assert _drawn(_environment(folder)) == "Ana &lt;Invented&gt;"
    assert list(folder.iterdir()) == [], "nothing half written is left"


def test_the_pages_of_an_instance_are_kept(instance: Instance) -> None:
    app: Flask = create_app(instance.app.config["SETTINGS"])
    assert isinstance(app.jinja_env.bytecode_cache, KeptTemplates)
    assert app.jinja_env.bytecode_cache.folder == app.config["SETTINGS"].compiled_templates
    assert isinstance(app.jinja_env.get_template("base.html"), Template)
