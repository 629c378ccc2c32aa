"""`flask case for-court`: the same export, on the server itself."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import click
from flask.cli import with_appcontext

from app.accounts import service as accounts
from app.accounts.policy import may
from app.cases import numbers
from app.cases import service as cases
from app.problem import StaleCase
from app.records.court import PURPOSES

from . import service


@click.command("for-court")
@click.argument("reference")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--for", "purpose", type=click.Choice(sorted(PURPOSES)), required=True, help="For what it is given out.")
@click.option("--words", required=True, help="Who asked, and under which reference of theirs; up to 300 characters.")
@with_appcontext
def for_court_command(reference: str, folder: Path, purpose: str, words: str) -> None:
    """Give a case out whole into a new folder: a safeguarding lead or an auditor types their own password here."""
    found = numbers.named(reference)
    if len(found) != 1:
        raise click.ClickException("There is no case with this reference, or more than one with this number.")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise click.ClickException("This folder is not empty. Name a new one. Nothing was given out.")
    if not 0 < len(words.strip()) <= 300:
        raise click.ClickException("Say who asked in up to 300 characters. Nothing was given out.")
    email = click.prompt("E-mail address of the safeguarding lead or auditor")
    user = accounts.confirmed(email, click.prompt("Their password, typed by themselves", hide_input=True))
    case = cases.find(user, found[0].id) if user is not None and may(user.role, "court.export") else None
    if user is None or case is None:
        raise click.ClickException(
            "This is no active safeguarding lead or auditor who may see this case, or the password is not right. Nothing was given out."
        )
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = folder / ".making.zip"
    try:
        with open(os.open(beside, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as target:
            made = service.export(user, case, case.version, purpose, words.strip(), target)
            sha256, many = made.manifest_sha256, made.files
            target.seek(0)
            with zipfile.ZipFile(target) as packed:
                packed.extractall(folder)
    except StaleCase:
        raise click.ClickException("Somebody changed this case meanwhile. Nothing was given out: try again.") from None
    except service.HeldSealed as problem:
        raise click.ClickException(str(problem)) from None
    finally:
        beside.unlink(missing_ok=True)
    click.echo(f"{many} files are in {folder}. The list of them, manifest.json, has the SHA-256 {sha256}.")
    click.echo(
        "It holds everything of this family: give it to nobody but whoever asked. Check it with: python3 verify.py"
    )
