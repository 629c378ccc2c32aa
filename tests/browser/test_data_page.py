"""The page of the data sets, in a browser: what is due, what a file held, what nobody knew, a load taken back; sound to axe, at two widths."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.places.test_importers import ods_row

from .conftest import Person, Running
from .test_journeys import axe_finds_nothing, on_a_telephone

pytestmark = pytest.mark.browser


def test_an_administrator_reads_what_was_loaded_and_takes_it_back(
    running: Running, person: Callable[..., Person], tmp_path: Path
) -> None:
    rows = [ods_row(**{"0": f"FXX{n:02d}", "13": "1", "1": f"INVENTED NHS CHEMIST {n}"}) for n in range(12)]
    rows += [
        ods_row(**{"0": "FXX99", "13": "9"}),
        ods_row(**{"0": "FXX98", "13": "1", "11": "20250631"}),
        '"FXX97","half a row"',
    ]
    path = tmp_path / "edispensary.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    load = ("places", "load", "pharmacies", str(path), "--date", "2026-10-01")
    assert running.command(*load, "--dry-run").returncode == 0
    admin = person("administrator")
    admin.page.set_default_timeout(60_000)
    admin.sign_in("admin")
    admin.go("/data")
    assert "Tried, and nothing changed" in admin.page.locator("main").inner_text()
    assert running.command(*load).returncode == 0
    admin.go("/data")
    admin.unfold()
    said = admin.page.locator("main").inner_text()
    assert "What to load next" in said
    assert "ODS kinds of dispensary: “9”, 1 row" in said
    assert "“20250631” is no day" in said
    axe_finds_nothing(admin)
    on_a_telephone(admin, "data-sets")
    admin.press("Take it back")
    assert "Taken back" in admin.page.locator("main").inner_text()


def test_an_administrator_looks_at_a_file_of_the_folder_and_loads_it(
    running: Running, person: Callable[..., Person]
) -> None:
    """From the form to the worker's queue and back, with the real worker."""
    folder = running.data / "to_load"
    folder.mkdir(exist_ok=True)
    rows = [ods_row(**{"0": f"FYY{n:02d}", "13": "1", "1": f"INVENTED CHEMIST {n}"}) for n in range(12)]
    (folder / "edispensary.csv").write_text("\n".join(rows), encoding="utf-8")
    admin = person("administrator")
    admin.page.set_default_timeout(60_000)
    admin.sign_in("admin")
    for button, done in (("Look first", "to be looked at"), ("Load", "to be loaded")):
        admin.go("/data")
        admin.page.get_by_role("link", name="Load a data set").click()
        axe_finds_nothing(admin)
        if button == "Look first":
            on_a_telephone(admin, "load-a-data-set")
        admin.choose("file", "edispensary.csv")
        admin.choose("kind", "pharmacies")
        admin.day("day", "2026-10-02")
        admin.page.get_by_role("button", name=button, exact=True).click()
        for _ in range(60):
            said = admin.page.locator("main").inner_text()
            if f"{done}, asked by" in said and "Done." in said.split(f"{done}, asked by", 1)[1].split("\n", 1)[0]:
                break
            admin.page.wait_for_timeout(1000)
            admin.go("/data")
        else:
            raise AssertionError(said)
        axe_finds_nothing(admin)
    on_a_telephone(admin, "data-sets-asked")
    assert "serves now" in said
