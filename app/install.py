"""Makes an instance folder ready. Each step looks first whether it is done; a second run changes nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from importlib.metadata import version

from flask import Flask
from sqlalchemy import inspect, select
from sqlalchemy.exc import SQLAlchemyError

from app import clocks, demo, disk, jobs, rights
from app.accounts import service as accounts
from app.accounts.models import User
from app.audit import service as audit
from app.database import now, schema_version
from app.decisions import versions
from app.extensions import db
from app.finding import engines, rebuild
from app.finding import service as finding
from app.places.models import ServicePlace
from app.places.postcodes import build, gazetteer
from app.records import fonts, missing, seal
from app.settings import Settings, remember_demo, write_settings_file

SEAL_WARNING = timedelta(days=60)
FIRST_ADMINISTRATOR = "administrator@council.example"


class CannotPrepare(RuntimeError):
    """Why the instance cannot be made ready, in a sentence."""


NO_ROOM = "There is no room on the disk of the instance folder or the database. Make some, then start again."


def prepare(app: Flask, with_demo: bool, say: Callable[[str], object]) -> None:
    """Settings file, tables, postcode data, seal, job tables, and the first account or the demonstration.

    Raises:
        CannotPrepare: the database cannot be reached or is newer, the data package is missing, or a demonstration
            is asked for where real work is kept.
    """
    try:
        warning = disk.of_this_instance().prepare()
        if warning:
            say(warning)
        _prepare_all(app, with_demo, say)
    except disk.NothingSaved:
        raise CannotPrepare(NO_ROOM) from None
    except OSError as error:
        if not disk.is_full(error):
            raise
        raise CannotPrepare(NO_ROOM) from None


@disk.goes_through
def _prepare_all(app: Flask, with_demo: bool, say: Callable[[str], object]) -> None:
    settings: Settings = app.config["SETTINGS"]
    write_settings_file(settings.data)
    try:
        found = schema_version()
        if found != app.config["SCHEMA_HEAD"]:
            say("Making the tables." if not found else "Bringing the tables up to date.")
            import flask_migrate  # Alembic: where there is something to migrate

            flask_migrate.upgrade()
        elif settings.migration_database_url:
            with rights.owning(settings) as connection:
                rights.give(connection, settings)
    except SQLAlchemyError as error:
        if disk.is_full(error):
            raise CannotPrepare(NO_ROOM) from None
        raise CannotPrepare(
            "The database cannot be reached or brought up to date. Check CBC_DATABASE_URL, and who owns the tables."
        ) from None
    except SystemExit:
        raise CannotPrepare("The database was made by a newer version than this one. Use that version.") from None
    sealed = audit.seal_unlinked()
    if sealed:
        say(
            f"{sealed} entries of the audit that an earlier version wrote beside the chain are sealed: what happened to them before is unproved."
        )
    if not gazetteer.is_current(settings.gazetteer, build.sources()):
        say("Loading the postcodes of the United Kingdom: about half a minute, once.")
        try:
            say(f"{build.build(settings.gazetteer):,} postcodes loaded.")
        except gazetteer.GazetteerProblem as problem:
            raise CannotPrepare(str(problem)) from None
    _prepare_index(settings, say)
    try:
        versions.refuse_changed(db.session)
    except versions.ChangedVersion as problem:
        raise CannotPrepare(str(problem)) from None
    db.session.rollback()  # the job engine's own tables are made next: no transaction may stay open beside that
    gone = fonts.missing()
    if gone:
        raise CannotPrepare(
            f"No record can be drawn: {', '.join(gone)} is not in app/static/fonts or app/records/scripts. Install it again."
        )
    seal.make_certificate(settings.seal_file, settings.council_name)
    _prepare_search(settings, say)
    _prepare_seal(settings, say)
    _prepare_jobs(app, settings)
    folder = missing.look().says
    if folder:
        say(folder)
    if with_demo:
        if db.session.scalar(select(User.id).limit(1)) is not None and not demo.is_here():
            raise CannotPrepare(
                "This instance holds real accounts: demonstration data is never mixed with them. "
                "Give another folder with --data."
            )
        remember_demo(settings.data)
        demo.load()
    _write_welcome(settings)


def _prepare_search(settings: Settings, say: Callable[[str], object]) -> None:
    """What the search needs of the database, and what cases are found by where an earlier version wrote it, or none did."""
    if not engines.prepare(settings):
        say(engines.SLOW)
    if not finding.is_whole(db.session):
        db.session.rollback()
        found = rebuild.rebuild()
        if found.cases:
            say(f"{found.cases:,} cases are in the search.")
    db.session.rollback()


def _prepare_seal(settings: Settings, say: Callable[[str], object]) -> None:
    """A record sealed with a certificate that has ended proves nothing: better no start than that."""
    ends = seal.ends_on(settings)
    if ends <= now():
        raise CannotPrepare(
            f"The certificate that seals records ended on {clocks.day_of_moment(ends)}. Give a new one with CBC_SEAL; "
            "what was sealed with the old one stays ours."
        )
    if ends <= now() + SEAL_WARNING:
        say(f"The certificate that seals records ends on {clocks.day_of_moment(ends)}: ask for a new one now.")
    seal.keep_certificate(settings)


def _prepare_index(settings: Settings, say: Callable[[str], object]) -> None:
    if db.session.scalar(select(ServicePlace.id).limit(1)) is not None:
        from app.places.directory import load  # numpy: only where services are listed

        if load.put_right(db.session, settings.services_index):
            say("The index of services is made anew.")


def _prepare_jobs(app: Flask, settings: Settings) -> None:
    stamp = settings.data / "jobs.json"
    wanted = json.dumps({"dbos": version("dbos"), "database": settings.database.split("@")[-1], "inputs": "json"})
    there = "workflow_status" in inspect(db.engine).get_table_names() or settings.database_url
    if not (stamp.exists() and stamp.read_text(encoding="utf-8") == wanted and there):
        try:
            jobs.prepare(app)
        except SQLAlchemyError:
            raise CannotPrepare(
                "The job engine’s tables cannot be made or brought up to date. Check who owns them: see “PostgreSQL” in docs/running."
            ) from None
        stamp.write_text(wanted, encoding="utf-8")


def _write_welcome(settings: Settings) -> None:
    """What the terminal says about signing in. A first administrator who has set no password gets a fresh link."""
    welcome = settings.data / "welcome.txt"
    base = settings.base_url.rstrip("/")
    first = db.session.scalar(select(User).where(User.email == FIRST_ADMINISTRATOR))
    if demo.is_here():
        text = demo.how_to_sign_in(base)
    elif first is None and db.session.scalar(select(User.id).limit(1)) is None:
        _, token = accounts.create_account("First administrator", FIRST_ADMINISTRATOR, "administrator")
        text = _first_link(base, token)
    elif first is not None and first.active and not first.password_hash:
        text = _first_link(base, accounts.new_link(first.id))
    else:
        text = f"Sign in at {base}/sign-in\n"
    welcome.touch(mode=0o600)
    welcome.write_text(text, encoding="utf-8")


def _first_link(base: str, token: str) -> str:
    return (
        f"First administrator: set the password of {FIRST_ADMINISTRATOR} with this one-time link, within two days:\n"
        f"  {base}/welcome/{token}\n"
    )
