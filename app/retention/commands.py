"""`flask retention`: what is due, and after a restore what was destroyed, again."""

from __future__ import annotations

import json
from pathlib import Path

import click
from flask.cli import AppGroup

from app.settings import current_settings

from . import proposing, tidying, tombstones

retention = AppGroup("retention", help="What is kept, and what was destroyed.")


@retention.command("propose")
def propose_command() -> None:
    """Propose now every closed case that is due and held by nothing, as the worker does once a day. Destroys nothing."""
    click.echo(json.dumps({"proposed": proposing.propose()}))


@retention.command("destroy-again")
@click.argument("lists", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def destroy_again_command(lists: tuple[Path, ...]) -> None:
    """Destroy again what lists of the backups’ folder, or of the data folder, say was destroyed. For a database that was put back by hand."""
    settings = current_settings()
    try:
        again = tombstones.destroy_again(tombstones.read([settings.data / tombstones.FILE, *lists], settings), settings)
    except tombstones.NotOurs as problem:
        raise click.ClickException(str(problem)) from None
    tombstones.keep(settings)
    tidying.tidy()
    click.echo(json.dumps(again._asdict()))
