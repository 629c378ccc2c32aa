"""`flask assess` from outside: a line a file and whose it is, nothing written, and nothing loaded that does not judge."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import Result
from flask.cli import FlaskGroup

from app import start
from app.installation import ROOT, council_authority
from app.settings import load_settings
from app.suitability.checklist.located_yaml import ChecklistError
from app.suitability.reading.case_file import reference_in

EXAMPLES = ROOT / "docs" / "examples"
H1, H2 = str(EXAMPLES / "h1.json"), str(EXAMPLES / "h2.json")
FLASK = [sys.executable, "-m", "flask", "--app", str(ROOT / "wsgi")]
# Says on standard error, at the end, what was opened to be written, made, taken away or connected to, and what was loaded.
WATCHED = """
import atexit, json, os, sys
seen = []
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
ACTS = ("os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod", "os.utime",
        "sqlite3.connect", "socket.connect", "socket.bind", "subprocess.Popen", "os.system", "os.fork", "os.exec")
def watch(event, about):
    if event in ACTS or (event == "open" and isinstance(about[2], int) and about[2] & WRITING):
        seen.append(f"{event} {about[0]}")
sys.addaudithook(watch)
atexit.register(lambda: print(json.dumps({"seen": seen, "loaded": sorted(sys.modules)}), file=sys.stderr))
"""


def alone(*words: str, given: str = "") -> Result:
    """A command as `flask` runs it where it needs no instance."""
    return start.commands_alone().test_cli_runner().invoke(args=list(words), input=given)


def flask(folder: Path, *words: str, given: str = "") -> tuple[subprocess.CompletedProcess[str], dict[str, Any]]:
    """`flask` in a process of its own, in a folder that may not be written, with a database that cannot be reached."""
    watch, here = folder / "watch", folder / "here"
    watch.mkdir()
    here.mkdir(mode=0o500)
    (watch / "sitecustomize.py").write_text(WATCHED, encoding="utf-8")
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("CBC_", "FLASK_"))},
        "CBC_DATA": str(folder / "instance"),
        "CBC_DATABASE_URL": "postgresql+psycopg://nobody@127.0.0.1:1/none",
        "PYTHONPATH": str(watch),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    done = subprocess.run([*FLASK, *words], cwd=here, env=environment, input=given, capture_output=True, text=True)
    said, told = done.stderr.rstrip("\n").rpartition("\n")[::2]
    done.stderr = said
    return done, json.loads(told)


def changed(name: str, folder: Path, **household: Any) -> str:
    tree = json.loads((EXAMPLES / f"{name}.json").read_text(encoding="utf-8"))
    tree["household"] |= household
    file = folder / f"{name}-changed.json"
    file.write_text(json.dumps(tree), encoding="utf-8")
    return str(file)


def test_each_result_begins_with_the_reference_of_the_household() -> None:
    lines = alone("assess", H1, H2).stdout.splitlines()
    assert [line.split(", ")[0] for line in lines] == ['{"reference": "H1-EXAMPLE"', '{"reference": "H2-EXAMPLE"']
    assert alone("assess", H1).stdout.startswith('{\n  "reference": "H1-EXAMPLE",\n  "outcome": "not_suitable",\n')


def test_a_refused_file_leaves_its_line_in_its_place(tmp_path: Path) -> None:
    refused = changed("h2", tmp_path, reference="  Family\u202e 7 ", membres=[])
    missing = str(tmp_path / "none.json")
    told = alone("assess", H1, refused, missing, H2)
    lines = [json.loads(line) for line in told.stdout.splitlines()]
    assert [line["reference"] for line in lines] == ["H1-EXAMPLE", "Family 7", None, "H2-EXAMPLE"]
    assert list(lines[1].items())[:2] == [("file", refused), ("reference", "Family 7")]
    sentence = "There is no such name here as “membres”. Did you mean “members”?"
    assert lines[1]["problems"] == [{"path": "household.membres", "sentence": sentence}]
    assert lines[2] == {
        "file": missing,
        "reference": None,
        "problems": [{"path": "(file)", "sentence": "This file cannot be read."}],
    }
    assert told.stderr.splitlines() == [
        f"{refused}: household.membres: {sentence}",
        f"{missing}: (file): This file cannot be read.",
    ]
    assert told.exit_code == 2


def test_one_refused_file_is_told_like_one_result_and_explained_it_is_not(tmp_path: Path) -> None:
    refused = changed("h1", tmp_path, reference="H1", members=[])
    told = alone("assess", refused)
    assert told.stdout.startswith(f'{{\n  "file": "{refused}",\n  "reference": "H1",\n  "problems": [\n')
    explained = alone("assess", "--explain", refused)
    assert (explained.stdout, explained.stderr) == ("", told.stderr)
    assert (told.exit_code, explained.exit_code) == (2, 2)


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ('{"household": {"reference": "A 1"}}', "A 1"),
        ('\ufeff{"household": {"reference": "A 1", "members": 7}, "on": NaN, "on": 1}', "A 1"),
        ('{"household": {"reference": "A", "reference": "B"}}', None),
        ('{"household": {"reference": "A"}, "household": {"reference": "B"}}', None),
        ('{"household": {"reference": "A"}', None),
        ('{"household": {"reference": 5}}', None),
        ('{"household": {"reference": " "}}', None),
        ('{"household": {"reference": "' + "A" * 201 + '"}}', None),
        ('{"household": {"members": []}}', None),
        ('{"household": ["reference"]}', None),
        ("[" * 100_000, None),
        ('{"household": {"reference": "A"}}' + " " * 4_000_000, None),
        ('["household"]', None),
        ("", None),
    ],
)
def test_the_reference_is_told_where_a_refused_file_says_one(text: str, reference: str | None) -> None:
    assert reference_in(text) == reference


def test_a_file_larger_than_any_case_file_is_refused_without_being_read_to_its_end(tmp_path: Path) -> None:
    file = tmp_path / "large.json"
    with open(file, "wb") as stream:
        stream.truncate(50_000_000_000)  # a hole, as large as no memory is
    assert "larger than a case file can be" in alone("assess", str(file)).stderr


def test_a_name_that_is_no_text_does_not_stop_the_files_after_it(tmp_path: Path) -> None:
    file = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.json")
    done, _ = flask(tmp_path, "assess", file, H1)
    refused, result = (json.loads(line) for line in done.stdout.splitlines())
    assert refused["file"] == file
    assert (result["reference"], done.returncode) == ("H1-EXAMPLE", 2)


@pytest.mark.parametrize(
    "words",
    [
        ("assess", H1),
        ("assess", "--explain", H1, "-"),
        ("assess", "--help"),
        ("case-file", "schema"),
        ("checklists", "--help"),
    ],
)
def test_a_command_that_judges_writes_nothing_and_opens_no_database(tmp_path: Path, words: tuple[str, ...]) -> None:
    done, told = flask(tmp_path, *words, given=Path(H2).read_text(encoding="utf-8"))
    assert (done.returncode, done.stderr) == (0, "")
    assert told["seen"] == []
    assert sorted(item.name for item in tmp_path.iterdir()) == ["here", "watch"]
    assert list((tmp_path / "here").iterdir()) == []
    heavy = {
        "sqlalchemy",
        "sqlite3",
        "psycopg",
        "alembic",
        "dbos",
        "structlog",
        "pydantic_settings",
        "geopy",
        "app.house",
    }
    assert heavy & {*told["loaded"]} == set()


def test_the_watch_sees_what_the_whole_application_makes(tmp_path: Path) -> None:
    _, told = flask(tmp_path, "routes")
    assert f"os.mkdir {tmp_path / 'instance'}" in told["seen"]
    assert f"open {tmp_path / 'instance' / 'secret.key'}" in told["seen"]
    assert "sqlalchemy" in told["loaded"]


def test_flask_still_lists_every_command_and_runs_what_needs_an_instance(tmp_path: Path) -> None:
    done, _ = flask(tmp_path, "--help")
    listed = [line.split()[0] for line in done.stdout.partition("Commands:\n")[2].splitlines()]
    named = {"assess", "case", "case-file", "checklists", "places", "record", "setup", "worker", "run", "routes"}
    assert named <= {*listed}


@pytest.mark.parametrize("words", [("assess", "replay", H1), ("checklists", "impact", str(ROOT / "checklists"))])
def test_what_needs_the_database_is_told_that_it_cannot_be_reached(tmp_path: Path, words: tuple[str, ...]) -> None:
    done, _ = flask(tmp_path, *words)
    assert (done.returncode, done.stderr) == (1, "Error: The database cannot be reached. Check CBC_DATABASE_URL.")


@pytest.mark.parametrize(
    ("line", "alone"),
    [
        ("--app wsgi assess a.json", True),
        ("-A wsgi --debug assess -", True),
        ("--app=wsgi assess --explain replay", True),
        ("--app wsgi assess", True),
        ("--app wsgi case-file schema", True),
        ("--app wsgi checklists describe --to impact", True),
        ("--app wsgi assess replay a.json", False),
        ("--app wsgi assess -- replay a.json", False),
        ("--app wsgi checklists impact draft", False),
        ("--app assess worker", False),
        ("--app wsgi case export assess", False),
        ("--app wsgi run --port 80", False),
        ("--app wsgi --help", False),
        ("--app wsgi", False),
        ("-q tests/house --numprocesses 2", False),
    ],
)
def test_only_a_command_line_that_needs_no_instance_gets_none(
    monkeypatch: pytest.MonkeyPatch, line: str, alone: bool
) -> None:
    monkeypatch.setattr(sys, "argv", ["flask", *line.split()])
    group = FlaskGroup()
    with click.Context(group, info_name="flask"):
        assert start.needs_no_instance(start.asked_of_flask()) is alone
    with click.Context(click.Group("another"), info_name="uvicorn"):
        assert start.asked_of_flask() == []
    assert start.asked_of_flask() == [], "no flask command is run: a web server imports wsgi.py"


def test_a_web_server_gets_the_whole_application_whatever_its_own_words_are(tmp_path: Path) -> None:
    code = "import sys; sys.argv = ['gunicorn', 'assess', 'wsgi:app']; import wsgi; print('SETTINGS' in wsgi.app.config, len(wsgi.app.blueprints) > 10)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env={**os.environ, "CBC_DATA": str(tmp_path)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == "True True"


def test_a_result_is_printed_before_the_next_file_is_read(tmp_path: Path) -> None:
    environment = {**os.environ, "CBC_DATA": str(tmp_path / "none")}
    with subprocess.Popen(
        [*FLASK, "assess", H1, "-"], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline().startswith('{"reference": "H1-EXAMPLE"')
        process.stdin.write(Path(H2).read_text(encoding="utf-8"))
        process.stdin.close()
        assert process.stdout.readline().startswith('{"reference": "H2-EXAMPLE"')
    assert process.returncode == 0


def test_a_reader_that_stops_early_ends_a_batch_without_a_word(tmp_path: Path) -> None:
    environment = {**os.environ, "CBC_DATA": str(tmp_path / "none")}
    with subprocess.Popen(
        [*FLASK, "assess", *[H1] * 40], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == ""


@pytest.mark.parametrize(
    ("kept", "set_to"),
    [
        ("", {}),
        ("CBC_COUNCIL_AUTHORITY=E06000001\n", {}),
        ("# a note\nexport CBC_COUNCIL_AUTHORITY='E06000001' # ours\nCBC_MAIL=smtp\n", {}),
        ("cbc_council_authority=E06000001\n", {}),
        ("CBC_COUNCIL_AUTHORITY\n", {}),
        ("CBC_COUNCIL_AUTHORITY=E06000001\n", {"CBC_COUNCIL_AUTHORITY": "W06000015"}),
        ("", {"cbc_council_authority": "W06000015"}),
    ],
)
def test_the_district_is_read_as_the_settings_read_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: str, set_to: dict[str, str]
) -> None:
    if kept:
        (tmp_path / "settings.env").write_text(kept, encoding="utf-8")
    monkeypatch.delenv("CBC_COUNCIL_AUTHORITY", raising=False)
    monkeypatch.setenv("CBC_DATA", str(tmp_path))
    for name, value in set_to.items():
        monkeypatch.setenv(name, value)
    assert council_authority() == load_settings().council_authority
    if "E06" in kept or set_to:
        assert council_authority() != "E08000025"


@pytest.mark.parametrize("code", ["Birmingham", "", "E08000025 ", "S12000036"])
def test_what_is_no_district_is_refused_in_the_settings_own_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    monkeypatch.setenv("CBC_DATA", str(tmp_path))
    monkeypatch.setenv("CBC_COUNCIL_AUTHORITY", code)
    with pytest.raises(SystemExit) as whole:
        load_settings()
    with pytest.raises(SystemExit) as light:
        council_authority()
    assert light.value.code == whole.value.code


def test_the_council_of_the_settings_file_is_the_one_that_is_judged_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A placement in Birmingham is out of district for Hartlepool, and has to be notified."""
    tree = json.loads(Path(H1).read_text(encoding="utf-8"))
    del tree["council"]  # the installation's own
    monkeypatch.setenv("CBC_DATA", str(tmp_path))
    here = json.loads(alone("assess", "-", given=json.dumps(tree)).stdout)
    (tmp_path / "settings.env").write_text("CBC_COUNCIL_AUTHORITY=E06000001\n", encoding="utf-8")
    there = json.loads(alone("assess", "-", given=json.dumps(tree)).stdout)
    assert here["findings"] != there["findings"]


def test_a_mistake_in_the_checklists_stops_a_command_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ChecklistError("child_safety.yaml, line 12: “stop_untill” is not an effect. Did you mean “stop_until”?")

    monkeypatch.setattr("app.checklists.read_folder", broken)
    told = alone("assess", H1)
    assert told.exit_code == 1
    assert told.output.startswith("Case by Case did not start: child_safety.yaml, line 12: ")
