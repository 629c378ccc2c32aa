"""`flask audit`: holding the audit against itself and against what was left elsewhere."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import click
from flask.cli import AppGroup
from sqlalchemy import Connection

from app.extensions import db
from app.settings import current_settings

from . import checkpoints, verifying
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
def verify_command(folder: Path | None, key: str) -> None:
    """Hold every entry against its link, its row and what it speaks of. A line for each thing that is wrong; ends with 1 where there is any."""
    settings, told, wrong = current_settings(), verifying.Told(), 0
    folder = folder or settings.checkpoints
    with db.engine.connect() as connection:
        _as_one_state(connection)
        for found in verifying.verify(connection, told):
            wrong += _say(found)
        if folder is not None:
            started = time.perf_counter()
            for found in checkpoints.held_against(connection, folder, key or checkpoints.verifier(settings)):
                wrong += _say(found)
            told.seconds["checkpoints"] = time.perf_counter() - started
    click.echo(json.dumps({"wrong": wrong, **told.as_json()}))
    sys.exit(1 if wrong else 0)


def _as_one_state(connection: Connection) -> None:
    """What is added meanwhile is not read in one pass and missed in the other."""
    if connection.dialect.name == "postgresql":  # on SQLite a transaction is so by itself
        connection.execution_options(isolation_level="REPEATABLE READ")
    connection.begin()


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
