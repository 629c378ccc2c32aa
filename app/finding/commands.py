"""`flask search`: what cases are found by, made anew."""

from __future__ import annotations

import click
from flask.cli import AppGroup, with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from app.settings import current_settings

from . import engines
from .rebuild import rebuild

search = AppGroup("search", help="What cases are found by.")


@search.command("rebuild")
@with_appcontext
def rebuild_command() -> None:
    """Go through all cases, a hundred at a time, and write down what is otherwise. People can work meanwhile; it can be stopped and begun anew."""
    try:
        found = rebuild(lambda done: click.echo(f"{done:,} cases looked at.") if done % 5000 == 0 else None)
        is_fast = engines.prepare(current_settings())
    except SQLAlchemyError:
        raise click.ClickException(
            "The database cannot be reached, or its tables are of another version. Run “flask --app wsgi setup” first."
        ) from None
    click.echo(f"{found.cases:,} cases are in the search; {found.changed:,} of them were written down anew.")
    if not is_fast:
        click.echo(engines.SLOW)
