"""What is kept, held, complained of, proposed and asked for, in a real browser: by keyboard alone where it counts, on a screen and on a phone."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from app.clocks import today

from .conftest import Person, Running
from .test_dates import fill_day
from .test_journeys import axe_finds_nothing, example, on_a_telephone

pytestmark = pytest.mark.browser


def test_keeping(running: Running, person: Callable[..., Person], tmp_path: Path) -> None:
    tree = example("h2")
    tree["household"]["reference"] = "KEPT-H2"
    file = tmp_path / "family.json"
    file.write_text(json.dumps(tree), encoding="utf-8")
    case_id = json.loads(running.command("case", "import", str(file), "--officer", "officer@demo.example").stdout)[
        "case"
    ]
    base = f"/cases/{case_id}/keeping"

    def looked_at(who: Person, name: str) -> None:
        axe_finds_nothing(who)
        on_a_telephone(who, f"keeping-{name}")

    officer = person("keeping", "officer")
    officer.go(base)
    looked_at(officer, "case")
    officer.press("Hold this case")
    officer.page.locator("main button[type=submit]").first.click()
    officer.page.wait_for_selector(".govuk-error-summary")
    assert "Choose why it is held." in officer.page.inner_text("main")
    looked_at(officer, "hold-refused")
    officer.page.select_option("[name=kind]", "police")
    officer.fill("reason", "PC Invented asked by letter on Monday. It is in the post book.")
    officer.press("Hold it")
    officer.press("Write a complaint down")
    fill_day(officer, "on", -2)
    officer.choose("way", "letter")
    officer.fill("said", "Zofia: “You told my mother where I live.”")
    looked_at(officer, "complaint")
    officer.press("Write it down")
    looked_at(officer, "case-held")
    officer.go(f"/cases/{case_id}/subject-access/ask")
    officer.choose("person", "M")
    fill_day(officer, "on", 0)
    officer.fill("proved", "I saw her passport. She reads her own post.")
    looked_at(officer, "ask")
    officer.press("Put it together")
    looked_at(officer, "put-together")
    given = officer.page.url
    officer.go(f"/cases/{case_id}/subject-access")
    looked_at(officer, "asked")

    disposal_id, destruction_id = "d" * 32, "e" * 32
    with closing(sqlite3.connect(running.data / "case-by-case.sqlite", timeout=20)) as connection, connection:
        connection.execute("UPDATE housing_case SET closed_on = '2019-05-01' WHERE id = ?", (case_id,))
        moment = f"{today().isoformat()} 09:00:00.000000"
        row = (disposal_id, case_id, "homeless_application", "2026.1", "2025-05-01", moment)
        connection.execute(
            "INSERT INTO disposal (id, case_id, rule, schedule, due_on, proposed_at) VALUES (?, ?, ?, ?, ?, ?)", row
        )
        who = {"role": "Safeguarding lead", "at": "2026-11-30T10:00:00+00:00"}
        body = {
            "format": "destruction-1", "number": "D-2026-00001", "council": "Example Council", "case": "0" * 32,
            "rule": {"code": "x", "schedule": "2026.1", "name": "Application for help", "says": "6 years", "source": "Invented"},
            "due": "2026-11-30", "agreed": [{**who, "name": "Sam"}, {**who, "name": "Leah"}], "destroyed_at": "2026-11-30T10:00:00+00:00",
            "audit": {"entry": 1, "hash": "0" * 64}, "rows": {"answer": 12}, "files": 2,
        }  # fmt: skip
        connection.execute(
            "INSERT INTO destruction (id, number, case_id, body, sha256, destroyed_at) VALUES (?, 'D-2026-00001', ?, ?, 'x', ?)",
            (destruction_id, "0" * 32, json.dumps(body).encode(), moment),
        )

    lead = person("keeping-lead", "lead")
    lead.go(f"{base}/proposals/{disposal_id}/agree")
    looked_at(lead, "agree")
    lead.choose("looked_after", "no")
    lead.fill("reason", "Nobody claims anything.")
    lead.page.locator("main button[type=submit]").last.click()
    lead.page.wait_for_selector(".govuk-error-summary")
    assert "A legal hold stands" in lead.page.inner_text("main")
    assert lead.page.input_value("[name=reason]") == "Nobody claims anything."
    lead.go(f"{base}/proposals/{disposal_id}/keep")
    looked_at(lead, "keep")
    lead.go(base)
    looked_at(lead, "proposed")
    lead.page.locator("main a[href$='/lift']").first.focus()
    lead.page.keyboard.press("Enter")
    lead.page.wait_for_url("**/lift")
    looked_at(lead, "lift")
    lead.go(given.removeprefix(running.address) + "/release")
    looked_at(lead, "release")
    lead.go("/keeping")
    looked_at(lead, "all")
    lead.go(f"/keeping/destroyed/{destruction_id}")
    looked_at(lead, "destroyed")
