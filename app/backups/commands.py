"""`flask backup` and `flask restore`."""

from __future__ import annotations

import json
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from app import clocks, disk
from app.settings import current_settings

from . import container, keeping, making, proving, restoring
from .database import BackupProblem

NOT_CLOSED = (
    "This backup is NOT encrypted: whoever reads the file reads every family in it. “backup key” prints a pair of keys; "
    "name the public one with CBC_BACKUP_KEY."
)
_KEYS_APART = "Not in it, and to be kept somewhere else: secret.key, seal.p12 and checkpoint.key. Without secret.key a part of it cannot be read."
_key_option = click.option(
    "--key", "key_file", type=click.Path(exists=True, dir_okay=False, path_type=Path), default=None,
    help="A file with the private key, for an encrypted backup. Bring it for the moment; never leave it on this server.",
)  # fmt: skip


class _Folder(click.Group):
    """A group whose command may be left out: then the word is the folder to back up into."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] in self.commands:
            return super().resolve_command(ctx, args)
        return "make", self.commands["make"], args

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_usage(ctx.command_path, "DIR | verify FILE-OR-DIR | key")


@click.group("backup", cls=_Folder, no_args_is_help=True)
def backup() -> None:
    """Back this installation up into a folder while people work; try a backup out; print a new pair of keys."""


@backup.command("make", hidden=True)
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@with_appcontext
def make_command(folder: Path) -> None:
    """Back this installation up into a folder."""
    try:
        made = making.make(folder)
    except (BackupProblem, SQLAlchemyError, disk.NothingSaved) as problem:
        said = (
            str(problem)
            if isinstance(problem, BackupProblem)
            else "The backup is there, and could not be noted in the audit."
        )
        raise click.ClickException(said) from None
    click.echo(f"{made.file} ({made.bytes:,} bytes) is whole: everything as it was {clocks.moment_in_words(made.at)}.")
    click.echo("It is encrypted; only who has the private key can open it." if made.is_closed else NOT_CLOSED)
    click.echo(_KEYS_APART)
    if made.unknown:
        click.echo(f"Not in it, because it is not known what it is: {', '.join(made.unknown)}.")
    if made.vanished:
        click.echo(
            f"Not in it, because they vanished between being listed and being read: {', '.join(made.vanished)}. "
            "Letters and PDFs that are let go meanwhile do; a record’s PDF never should."
        )
    for name in made.gone:
        click.echo(f"Deleted, as CBC_BACKUPS_KEPT says: {name}")


@backup.command("verify")
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@_key_option
@click.option(
    "--database", "address", default="", help="PostgreSQL: an empty database to restore it into for the moment."
)
@click.option(
    "--against", multiple=True, type=click.Path(exists=True, path_type=Path),
    help="An anchor that was kept outside, or a folder of them, as of “audit verify”; CBC_CHECKPOINTS when not given.",
)  # fmt: skip
@with_appcontext
def verify_command(file: Path, key_file: Path | None, address: str, against: tuple[Path, ...]) -> None:
    """Restore a backup into a scratch folder and hold it against what was written; of a folder, the newest that is good.

    Ends with 1 where it, or the newest in the folder, is not good.
    """
    files = [file]
    if file.is_dir():
        files = sorted((f for f in file.iterdir() if keeping.moment_of(f.name)), key=lambda f: f.name, reverse=True)
        if not files:
            raise click.ClickException("There is no backup in this folder.")
    is_refused = False
    for each in files:
        try:
            found = proving.verify(each, _private(key_file), current_settings(), address, against)
            click.echo(json.dumps(found, ensure_ascii=False))
            for said in found["not_shown"]:
                click.echo(said, err=True)
        except (BackupProblem, OSError) as problem:
            is_refused = True
            said = (
                str(problem)
                if isinstance(problem, BackupProblem)
                else f"{each.name} could not be tried out: {problem.strerror}."
            )
            click.echo(f"Refused: {said}", err=True)
            continue
        break
    if is_refused:
        click.get_current_context().exit(1)


@backup.command("key")
def key_command() -> None:
    """Print a new pair of keys, once. Nothing of it is kept here."""
    public, private = container.new_pair()
    click.echo(f"Public, for CBC_BACKUP_KEY in settings.env:\n{public}")
    click.echo(
        "Private, printed this once and kept nowhere: write it down, twice, away from this server. Without it no backup made for this key "
        f"can ever be opened.\n{private}"
    )


@backup.command("look", hidden=True)
@with_appcontext
def look_command() -> None:
    """What “verify” runs over the scratch folder."""
    click.echo(json.dumps(proving.look(), ensure_ascii=False))


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_key_option
@click.option(
    "--replace",
    is_flag=True,
    help="Put aside what this installation holds. On PostgreSQL the database has to be empty.",
)
@with_appcontext
def restore_command(file: Path, key_file: Path | None, replace: bool) -> None:
    """Restore a backup into this installation, which is empty. Stop the service first."""
    try:
        said = restoring.restore(
            file, _private(key_file), current_settings(), current_app.config["SCHEMA_HEAD"], replace
        )
    except BackupProblem as problem:
        raise click.ClickException(str(problem)) from None
    except disk.NothingSaved:
        raise
    except OSError as error:
        raise click.ClickException(
            f"The restore did not end: {error.strerror}. Begin again in an empty folder."
        ) from None
    for line in said:
        click.echo(line)


def _private(file: Path | None) -> str:
    """The private key in a file as age-keygen writes it too: notes begin with #."""
    if file is None:
        return ""
    lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    return next((line.strip() for line in lines if line.strip() and not line.startswith("#")), "")
