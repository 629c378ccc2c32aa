"""``flask properties``: units of a housing system into the register, from a CSV. It says first what it would do."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
from flask.cli import AppGroup, with_appcontext
from sqlalchemy import select

from app.accounts.models import User
from app.cases import protected
from app.clocks import today
from app.extensions import db
from app.places.files import FileProblem
from app.places.loads import as_date
from app.properties import from_file, loading

properties = AppGroup("properties", help="The register of buildings and units.")
MOST_SAID = 200


@properties.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--write", "to_write", is_flag=True, help="Write it. Without this, it is only said what would happen.")
@click.option(
    "--without-bad-rows", is_flag=True, help="Leave out the rows that cannot be taken, each of which is named."
)
@click.option("--as", "email", default="", help="The account in whose name it is written.")
@click.option("--date", "day", default="", help="The day of which the file is, YYYY-MM-DD; otherwise today.")
@click.option("--source", default="", help="What the file is called wherever its word stands; otherwise its name.")
@with_appcontext
def import_command(file: Path, to_write: bool, without_bad_rows: bool, email: str, day: str, source: str) -> None:
    """Read units from FILE, a CSV, into the register.

    One row that cannot be taken refuses the whole file, unless --without-bad-rows is given: then each row that is left out is named.
    """
    try:
        of = as_date(day, "--date") if day else today()
        if of > today():
            raise FileProblem("The file is dated in the future.")
        read = from_file.read(file, protected.register())
    except FileProblem as problem:
        raise click.ClickException(str(problem)) from None
    user = _account(email) if to_write else None
    plan = loading.look(read) if user is None else loading.load(user, read, of, source or file.name, without_bad_rows)
    refused = bool(plan.wrong) and not without_bad_rows
    _say(plan, refused, user is not None)
    sys.exit(1 if refused else 0)


def _account(email: str) -> User:
    user = db.session.scalar(select(User).where(User.email == email.strip().casefold(), User.active))
    if user is None:
        raise click.ClickException(
            "Say with --as in whose name it is written: the e-mail address of an active account."
        )
    return user


def _say(plan: loading.Plan, refused: bool, to_write: bool) -> None:
    """The rows in words first, then one line of figures for a script."""
    for line in from_file.in_lines(plan.wrong, MOST_SAID):
        click.echo(line)
    for line in plan.differs[:MOST_SAID]:
        click.echo(line)
    if refused:
        many = "1 row" if len(plan.wrong) == 1 else f"{len(plan.wrong):,} rows"
        click.echo(
            f"{many} cannot be taken, so nothing {'was' if to_write else 'would be'} written. Mend them, or give --without-bad-rows."
        )
    written = to_write and not refused
    verb = "are" if written else "would be"
    click.echo(
        f"{len(plan.added):,} units {verb} added in {len(plan.buildings):,} new buildings, {len(plan.changed):,} {verb} changed, {plan.same:,} stay as they are."
    )
    click.echo(json.dumps({**plan.counts(), "written": written}))
