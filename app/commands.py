"""The commands that need no instance: they judge files and describe the criteria, and keep nothing."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext

from app import case_files
from app.checklists import read_or_stop
from app.installation import ROOT
from app.suitability.advice import report
from app.suitability.advice.reasoning import explain
from app.suitability.assess import assess
from app.suitability.checklist import handbook
from app.suitability.reading import case_file

# The groups of this module, each with the one command of it that does need an instance.
NEEDS_AN_INSTANCE = {"assess": "replay", "checklists": "impact", "case-file": ""}

schema_group = AppGroup("case-file", help="The case file's own description.")
checklists = AppGroup("checklists", help="The criteria as data.")


class _Files(click.Group):
    """A group whose command may be left out: then the words are files to assess."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] in self.commands:
            return super().resolve_command(ctx, args)
        return "files", self.commands["files"], args

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_usage(ctx.command_path, "[--explain] FILES... | replay RECORD.json")


@click.group("assess", cls=_Files, context_settings={"ignore_unknown_options": True}, no_args_is_help=True)
def assess_group() -> None:
    """Assess case files, or judge a frozen record again."""


@assess_group.command("files", hidden=True)
@click.argument("files", nargs=-1, required=True)
@click.option("--explain", "explained", is_flag=True, help="Print the reasoning as text instead of the result as JSON.")
@with_appcontext
def assess_command(files: tuple[str, ...], explained: bool) -> None:
    """Assess one or more case files; "-" reads standard input. Several print one JSON line each, refused ones too."""
    checklist, council = read_or_stop(), current_app.config["COUNCIL_AUTHORITY"]
    indent = None if len(files) > 1 else 2
    any_refused = False
    for path in files:  # each is said before the next is read: thousands take no more memory than one
        try:
            given = case_files.read(path, checklist)
        except case_files.Refused as refused:
            any_refused = True
            case_files.say_refused(path, refused)
            if not explained:
                _say(_refusal(path, refused), indent)
            continue
        found = assess(checklist, given, council)
        if explained:
            click.echo(explain(checklist, given, found))
        else:
            _say(report.report(checklist, given, council, found), indent)
    if any_refused:
        sys.exit(2)


def _refusal(path: str, refused: case_files.Refused) -> dict[str, Any]:
    """What stands in a refused file's place, so that no later result is taken for its own."""
    problems = [{"path": where, "sentence": sentence} for where, sentence in refused.problems]
    return {"file": path, "reference": refused.reference, "problems": problems}


def _say(told: dict[str, Any], indent: int | None) -> None:
    # UTF-8, whatever the terminal's own letters are. Half a character, as a file's name may hold, has no UTF-8: the
    # escape that stands for it is the one JSON knows.
    click.echo(json.dumps(told, ensure_ascii=False, indent=indent).encode("utf-8", "backslashreplace"))


@assess_group.command("replay")
@click.argument("file")
@with_appcontext
def replay_command(file: str) -> None:
    """Judge a frozen record again on its own checklist version; say whether it is judged alike, and exactly what differs."""
    from app.cli import replay  # with the database and every room: only a command that needs them waits for them

    replay(file)


@schema_group.command("schema")
def schema_command() -> None:
    """Print the JSON Schema of a case file."""
    click.echo(json.dumps(case_file.schema(), ensure_ascii=False, indent=2))


@checklists.command("describe")
@click.option("--to", "folder", default=str(ROOT / "docs" / "criteria"), help="The folder to write the pages into.")
def describe_command(folder: str) -> None:
    """Write the checklists out as pages a safeguarding lead can read and sign off."""
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    for name, text in handbook.pages(read_or_stop()).items():
        (target / name).write_text(text, encoding="utf-8")


@checklists.command("impact")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--processes", default=0, help="How many processes; every core when not given.")
def impact_command(folder: Path, processes: int) -> None:
    """Judge every stored record under a draft version (a folder of checklist files); a JSON line for each that changes."""
    from app.cli import tell_impact  # see replay

    tell_impact(folder, processes)


def init_app(app: Flask) -> None:
    for command in (assess_group, schema_group, checklists):
        app.cli.add_command(command)
