"""`flask search`: what cases are found by, made anew."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
from flask.cli import AppGroup, with_appcontext
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from app.accounts.models import User
from app.accounts.policy import may
from app.extensions import db
from app.places.files import FileProblem
from app.properties.from_file import in_lines
from app.settings import current_settings

from . import engines, households
from .rebuild import rebuild

search = AppGroup("search", help="What cases are found by.")
families = AppGroup("households", help="Families of a housing system.")
MOST_SAID = 200


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


@families.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--officer", "email", required=True, help="The e-mail address of the officer whose cases they become.")
@click.option(
    "--write", "to_write", is_flag=True, help="Make the cases. Without this, it is only said what would happen."
)
@click.option(
    "--without-bad-rows", is_flag=True, help="Leave out families with a row that cannot be taken; each is named."
)
@click.option(
    "--also-alike",
    is_flag=True,
    help="Also families that may be of a case that is there: somebody looked, and they are others.",
)
@with_appcontext
def households_command(file: Path, email: str, to_write: bool, without_bad_rows: bool, also_alike: bool) -> None:
    """Read families from FILE, a CSV with a row a person, as cases without a placement. Nothing is merged with a case that is there.

    What may be of a case is named as far as the officer may see that case.
    """
    user = db.session.scalar(select(User).where(User.email == email.strip().casefold(), User.active))
    if user is None or not may(user.role, "case.create"):
        raise click.ClickException("--officer is not an active account that may open cases.")
    try:
        plan = households.load(user, file, to_write=to_write, without_bad_rows=without_bad_rows, also_alike=also_alike)
    except FileProblem as problem:
        raise click.ClickException(str(problem)) from None
    for line in (*in_lines(plan.wrong, MOST_SAID), *plan.there[:MOST_SAID], *plan.alike[:MOST_SAID]):
        click.echo(line)
    refused = bool(plan.wrong) and not without_bad_rows
    if refused:
        click.echo(
            f"{len(plan.wrong):,} things cannot be taken, so nothing {'was' if to_write else 'would be'} written. Mend them, or give --without-bad-rows."
        )
    verb = "are" if to_write and not refused else "would be"
    click.echo(
        f"{len(plan.made):,} cases {verb} opened; {len(plan.there):,} have one; {len(plan.alike):,} times a family may be of a case that is there."
    )
    click.echo(json.dumps({**plan.counts(), "written": to_write and not refused}))
    sys.exit(1 if refused else 0)
