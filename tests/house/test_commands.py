"""The commands: the same engine as the page, and a sentence where something is wrong."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from app import create_app, install
from app.settings import ROOT, Settings, load_settings
from app.suitability.checklist.located_yaml import ChecklistError
from tests.conftest import Instance, dispose

H1, H2 = str(ROOT / "docs/examples/h1.json"), str(ROOT / "docs/examples/h2.json")


def run(instance: Instance, *words: str, given: str = "") -> Result:
    return instance.app.test_cli_runner().invoke(args=list(words), input=given)


def test_assess_prints_the_result_as_json(instance: Instance) -> None:
    found = json.loads(run(instance, "assess", H1).stdout)
    assert (found["outcome"], found["safeguarding_route"]) == ("not_suitable", "front_door")


def test_assess_reads_standard_input_and_prints_a_line_a_file(instance: Instance) -> None:
    alone = json.loads(run(instance, "assess", "-", given=Path(H2).read_text(encoding="utf-8")).stdout)
    assert alone["outcome"] == "suitable_with_conditions"
    lines = run(instance, "assess", H1, H2).stdout.strip().splitlines()
    assert [json.loads(line)["outcome"] for line in lines] == ["not_suitable", "suitable_with_conditions"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "not a JSON document"),
        ('{"on": "2026-11-23", "houshold": {}}', "Did you mean “household”?"),
        ("\ud800", "UTF-8"),
    ],
)
def test_a_file_with_a_mistake_ends_with_two_and_a_sentence(
    instance: Instance, tmp_path: Path, text: str, words: str
) -> None:
    file = tmp_path / "case.json"
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    told = run(instance, "assess", str(file))
    assert told.exit_code == 2
    assert words in told.stderr
    assert "Traceback" not in told.output


def test_the_schema_is_published(instance: Instance) -> None:
    assert json.loads(run(instance, "case-file", "schema").stdout)["properties"]["household"]


def test_a_case_goes_in_and_comes_out_with_the_same_result(instance: Instance, tmp_path: Path) -> None:
    made = run(instance, "case", "import", H1, "--officer", "housing_officer@test.example")
    assert made.exit_code == 0, made.output
    out = run(instance, "case", "export", "H1-EXAMPLE", "--on", "2026-11-23").stdout
    file = tmp_path / "out.json"
    file.write_text(out, encoding="utf-8")
    first, again = json.loads(run(instance, "assess", H1).stdout), json.loads(run(instance, "assess", str(file)).stdout)
    assert again["findings"] == first["findings"]
    assert again["outcome"] == first["outcome"]
    assert run(instance, "case", "import", H1, "--officer", "housing_officer@test.example").exit_code == 1
    assert "no account" in run(instance, "case", "import", H1, "--officer", "nobody@test.example").output
    assert "no case" in run(instance, "case", "export", "NONE").output
    assert (
        "cannot be given cases" in run(instance, "case", "import", H2, "--officer", "administrator@test.example").output
    )
    late = run(instance, "case", "export", "H1-EXAMPLE", "--on", "tomorrow")
    assert late.exit_code == 2
    assert "does not match the format" in late.output


def test_postcodes_and_distances_are_looked_up(instance: Instance) -> None:
    found = json.loads(run(instance, "places", "lookup", "B147ET").stdout)
    assert found["authority"]["code"] == "E08000025"
    lines = run(instance, "places", "lookup", given="B1 1BB\nZE9 9ZZ\n").stdout.strip().splitlines()
    assert [json.loads(line)["easting"] is None for line in lines] == [False, True]
    apart = json.loads(run(instance, "places", "distance", "B1 1BB", "B14 7ET").stdout)
    assert apart["straight_low_m"] < apart["straight_m"] < apart["straight_high_m"]


def test_set_up_twice_changes_nothing_and_the_first_link_sets_a_password(gazetteer_file: Path, tmp_path: Path) -> None:
    (tmp_path / "gazetteer.sqlite").symlink_to(gazetteer_file)
    app = create_app(Settings(data=tmp_path, base_url="http://127.0.0.1:8000"))
    said: list[Any] = []
    with app.app_context():
        install.prepare(app, False, said.append)
        before = {
            f.name: f.stat().st_mtime_ns
            for f in tmp_path.iterdir()
            if f.name in ("seal.p12", "secret.key", "settings.env", "jobs.json")
        }
        assert len(before) == 4
        said.clear()
        install.prepare(app, False, said.append)
        assert said == []
        assert before == {f.name: f.stat().st_mtime_ns for f in tmp_path.iterdir() if f.name in before}
        welcome = (tmp_path / "welcome.txt").read_text(encoding="utf-8")
        assert "one-time link" in welcome
        with pytest.raises(install.CannotPrepare, match="never mixed"):
            install.prepare(app, True, said.append)
        for name in ("secret.key", "seal.p12", "welcome.txt", "settings.env"):
            assert (tmp_path / name).stat().st_mode & 0o077 == 0, name
    dispose(app)


@pytest.mark.parametrize(
    "words", [("assess", "replay", "record.json"), ("checklists", "impact", str(ROOT / "checklists"))]
)
def test_a_command_before_set_up_says_so_and_leaves_no_database_behind(tmp_path: Path, words: tuple[str, ...]) -> None:
    app = create_app(Settings(data=tmp_path, base_url="http://127.0.0.1:8000"))
    told = app.test_cli_runner().invoke(args=list(words))
    assert told.exit_code == 1
    assert "This instance is not set up for this version. Run: flask --app wsgi setup" in told.stderr
    assert list(tmp_path.glob("*.sqlite*")) == []
    dispose(app)


def test_the_demonstration_is_marked_on_every_page(gazetteer_file: Path, tmp_path: Path) -> None:
    (tmp_path / "gazetteer.sqlite").symlink_to(gazetteer_file)
    app = create_app(Settings(data=tmp_path, base_url="http://127.0.0.1:8000", demo=True))
    with app.app_context():
        install.prepare(app, True, lambda line: None)
        install.prepare(app, True, lambda line: None)
        page = app.test_client().get("/sign-in").text
    assert "Every person, place and event here is invented" in page
    assert "CBC_DEMO=true" in (tmp_path / "settings.env").read_text(encoding="utf-8")
    assert "officer@demo.example" in (tmp_path / "welcome.txt").read_text(encoding="utf-8")
    dispose(app)


def test_verify_says_no_to_what_is_not_ours(instance: Instance, tmp_path: Path) -> None:
    file = tmp_path / "x.pdf"
    file.write_bytes(io.BytesIO(b"%PDF-1.4 nothing").getvalue())
    told = run(instance, "record", "verify", str(file))
    assert told.exit_code == 1
    assert json.loads(told.stdout)["ours"] is False


def test_a_checklist_or_a_setting_with_a_mistake_stops_the_start_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise ChecklistError("child_safety.yaml, line 12: “stop_untill” is not an effect. Did you mean “stop_until”?")

    monkeypatch.setattr("app.checklists.read_folder", broken)
    with pytest.raises(SystemExit, match=r"did not start: child_safety\.yaml, line 12"):
        create_app(Settings(data=tmp_path))
    (tmp_path / "settings.env").write_text("CBC_IDLE_MINUTES=soon\n", encoding="utf-8")
    with pytest.raises(SystemExit, match="CBC_IDLE_MINUTES"):
        load_settings(tmp_path)


def test_the_reasoning_can_be_read_on_a_page(instance: Instance) -> None:
    told = run(instance, "assess", "--explain", H1).stdout
    first = told.split("\n\n")[1]
    assert first.startswith(("CS01 ", "CS03 ", "CS15 "))
    assert "CS15 Drugs, violence and takeover at the building – the unit: worrying, stop (policy, not law)" in told
    assert "PC Desk, MASH officer, police, 2026-11-23, 0 days old" in told
    assert "CS14 Adults at the building who are a risk to children – the unit: open, hold" in told
    assert "answer: none" in told
