"""Photographs, the register before the lead, and the page for files, as people see them: sound, and pictured wide and on a telephone."""

from __future__ import annotations

import io
import secrets
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import expect

from app.clocks import today

from .conftest import Person, Running
from .test_journeys import axe_finds_nothing, on_a_telephone
from .test_properties import family, written

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def look(person: Person, name: str) -> None:
    axe_finds_nothing(person)
    on_a_telephone(person, f"seen-{name}")


def photograph(folder: Path) -> str:
    """An invented cot, drawn."""
    drawn = Image.new("RGB", (1200, 900), (214, 205, 190))
    pen = ImageDraw.Draw(drawn)
    pen.rectangle((250, 420, 950, 520), fill=(250, 250, 250), outline=(90, 60, 40), width=8)
    for x in range(250, 951, 70):
        pen.line((x, 260, x, 640), fill=(90, 60, 40), width=12)
    pen.rectangle((250, 250, 950, 275), fill=(90, 60, 40))
    made = io.BytesIO()
    drawn.save(made, "JPEG", quality=90)
    at = folder / "cot.jpg"
    at.write_bytes(made.getvalue())
    return str(at)


def test_what_was_seen_reaches_the_lead(running: Running, person: Callable[..., Person], tmp_path: Path) -> None:
    case, path = family(running, tmp_path, "h1")
    officer = person("officer", "officer")
    officer.go(f"{path}/questions/CS01/B1")
    officer.choose("value", "ready")
    officer.choose("grade", "E2")
    officer.fill("source_name", "Olu Officer")
    officer.day("on", today().isoformat())
    officer.press("Save and go on")
    officer.go(f"{path}/photographs")
    officer.page.select_option("#answer", index=1)
    officer.page.set_input_files("#photograph", photograph(tmp_path))
    officer.press("Keep the photograph")
    officer.go(f"{case}/photographs")
    for image in officer.page.locator("img").all():
        expect(image).to_have_js_property("complete", True)
        expect(image).not_to_have_js_property("naturalWidth", 0)
    look(officer, "case")
    officer.go(f"{path}/questions/CS01/B1")
    look(officer, "question")

    # The unit of the register, with what is against the family and a photograph of it.
    officer.page.click("header a:has-text('Properties')")
    officer.page.click("main a:has-text('Add a building')")
    officer.fill("address", f"{secrets.randbelow(800)} Invented Parade")
    officer.fill("postcode", "B14 7ET")
    officer.press("Save")
    officer.page.click("main a:has-text('Add a unit')")
    officer.fill("door", "Flat 3")
    officer.press("Save")
    unit = officer.page.url.rsplit("/", 1)[1]
    written(officer, "Restriction")
    officer.choose("reach", "under")
    officer.fill("under_age", "5")
    officer.page.fill("main [name=words]", "Until the window restrictors are fitted.")
    officer.press("Save")
    written(officer, "Incident")
    officer.page.fill("main [name=words]", "A fight on the stairs, at night.")
    officer.press("Save")
    written(officer, "Photograph")
    officer.press("Keep the photograph")
    look(officer, "register-refused")
    officer.page.set_input_files("#photograph", photograph(tmp_path))
    officer.page.fill("main [name=words]", "The bedroom window, without a restrictor")
    officer.press("Keep the photograph")
    look(officer, "register")

    officer.go(f"{path}/register/which")
    officer.fill("where", "Flat 3")
    officer.fill("postcode", "B14 7ET")
    officer.press("Look")
    officer.page.click(f"main form[action$='{unit}'] button")
    officer.go(f"{path}/units/new?register={unit}")
    look(officer, "further-unit")
    officer.go(f"{path}/submit")
    for at, box in enumerate(officer.page.query_selector_all("main textarea[name^=reason_]"), 1):
        box.fill(f"What this place means for child {at}, in the officer’s own words.")
    officer.press("Submit for review")

    lead = person("lead", "lead")
    lead.go(f"{path}/review")
    said = lead.page.inner_text("main")
    assert "not for children under 5" in said
    assert "A fight on the stairs" in said
    assert lead.page.locator("#decide form").count() == 1
    bottom = lead.page.evaluate("document.querySelector('#decide').getBoundingClientRect().bottom + scrollY")
    print(f"\nthe decision ends at {bottom:.0f} px of 1,800")
    assert bottom <= 1800
    look(lead, "review")


def test_the_page_for_files(running: Running, person: Callable[..., Person], tmp_path: Path) -> None:
    admin = person("administrator", "admin")
    admin.go("/imports")
    look(admin, "imports")
    row = secrets.randbelow(9000)
    file = tmp_path / "units.csv"
    file.write_text(
        "ref,door,address,postcode,kind,floor\n"
        f"S{row},Flat 1,{row} Invented Row,B14 7ET,hotel,2\nS{row}b,Flat 2,{row} Invented Row,NOWHERE,hotel,2\n"
    )
    admin.choose("kind", "units")
    admin.page.set_input_files("#file", str(file))
    admin.press("Look at it")
    look(admin, "imports-refused")
    admin.choose("kind", "units")
    admin.page.set_input_files("#file", str(file))
    admin.tick("without", ["yes"])
    admin.press("Look at it")
    admin.press("Load it, all of it")
    assert "Loaded: 1 unit added" in admin.page.inner_text("body")
