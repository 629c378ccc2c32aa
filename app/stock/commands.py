"""`flask stock`: count what we know of our stock now, without waiting for the night."""

from __future__ import annotations

import click
from flask.cli import AppGroup, with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from app.clocks import in_words, today

from . import summaries

stock = AppGroup("stock", help="What we know of our stock.")


@stock.command("summarise")
@with_appcontext
def summarise_command() -> None:
    """Count everything as of today; what was counted today before is replaced. People can work meanwhile."""
    try:
        how_many = summaries.make(today())
    except SQLAlchemyError:
        raise click.ClickException(
            "The database cannot be reached, or its tables are of another version. Run “flask --app wsgi setup” first."
        ) from None
    click.echo(f"{how_many} figures are counted as of {in_words(today())}.")
