"""The pages a safeguarding lead signs off say what the checklists say."""

from __future__ import annotations

from app.settings import ROOT
from app.suitability.checklist.checklist import Checklist
from app.suitability.checklist.handbook import pages


def test_the_pages_are_what_the_checklists_say_today(checklist: Checklist) -> None:
    folder = ROOT / "docs" / "criteria"
    made = pages(checklist)
    assert {f.name for f in folder.glob("*.md")} == set(made), "run: flask --app wsgi checklists describe"
    for name, text in made.items():
        assert (folder / name).read_text(encoding="utf-8") == text, (
            f"{name} is out of date: flask --app wsgi checklists describe"
        )


def test_every_criterion_and_setting_is_there_with_its_source(checklist: Checklist) -> None:
    whole = "\n".join(pages(checklist).values())
    for criterion in checklist.criteria.values():
        assert f"## {criterion.id} " in whole
        assert f"{criterion.source} ({criterion.source_date})" in whole
    for name in checklist.settings:
        assert f"`{name}`" in whole
