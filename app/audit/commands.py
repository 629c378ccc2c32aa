"""`flask audit`: holding the audit against itself and against what was left elsewhere."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import click
from flask.cli import AppGroup

from app.extensions import db
from app.settings import current_settings

from . import checkpoints, reading, verifying
from .verifying import Finding

audit = AppGroup("audit", help="Who did and saw what: whether it is still all there.")


@audit.command("verify")
@click.option(
    "--checkpoints", "folder", default=None, type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder of checkpoints; that of the settings when not given.",
)  # fmt: skip
@click.option(
    "--key",
    default="",
    help="The key they are checked with, as “audit key” prints it; this installation’s own when not given.",
)
@click.option(
    "--against", multiple=True, type=click.Path(exists=True, path_type=Path),
    help="An anchor that was kept outside, or a folder of them: a checkpoint, a mail with one, a PDF of a record, a text that says entry and hash. May be given again.",
)  # fmt: skip
def verify_command(folder: Path | None, key: str, against: tuple[Path, ...]) -> None:
    """Hold every entry against its link, its row and what it speaks of. A line for each thing that is wrong; ends with 1 where there is any."""
    settings, told, wrong = current_settings(), verifying.Told(), 0
    anchored: dict[str, int] = {}
    folder = folder or settings.checkpoints
    with db.engine.connect() as connection:
        reading.as_one_state(connection)
        for found in verifying.verify(connection, told):
            wrong += _say(found)
        if folder is not None:
            started = time.perf_counter()
            for found in checkpoints.held_against(connection, folder, key or checkpoints.verifier(settings)):
                wrong += _say(found)
            told.seconds["checkpoints"] = time.perf_counter() - started
        if against:
            started = time.perf_counter()
            try:
                for found in checkpoints.agree(connection, against, key or checkpoints.verifier(settings), anchored):
                    wrong += _say(found)
            except ValueError as problem:
                raise click.ClickException(f"The key given with --key cannot be used: {problem}.") from None
            told.seconds["anchors"] = time.perf_counter() - started
    click.echo(json.dumps({"wrong": wrong, **anchored, **told.as_json()}))
    sys.exit(1 if wrong else 0)


def _say(found: Finding) -> int:
    click.echo(json.dumps(found._asdict(), ensure_ascii=False))
    return 1


@audit.command("checkpoint")
def checkpoint_command() -> None:
    """Leave a signed checkpoint in the folder of the settings now, as the worker does every quarter of an hour."""
    if current_settings().checkpoints is None:
        raise click.ClickException("No folder is set for checkpoints: set CBC_CHECKPOINTS.")
    made = checkpoints.leave()
    click.echo(json.dumps({"file": str(made) if made else None}))


@audit.command("key")
def key_command() -> None:
    """Print the key that checkpoints are checked with: for whoever keeps them."""
    click.echo(checkpoints.verifier(current_settings()))
