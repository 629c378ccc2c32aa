"""`flask` commands over an instance, thin. Those that need none are in `commands.py`."""

from __future__ import annotations

import json
import signal
import sys
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from app import case_files, install, jobs, moving, upgrading
from app.access import looking
from app.accounts import letters
from app.accounts import requests as account_requests
from app.accounts import service as accounts
from app.accounts.models import User
from app.accounts.policy import may
from app.assessments import judging
from app.assessments import service as assessments
from app.assessments.importing import import_case
from app.audit import service as audit
from app.audit.checkpoints import leave
from app.audit.commands import audit as audit_group
from app.backups import keeping as backups
from app.backups.commands import backup, restore_command
from app.case_files import why_unreadable
from app.cases import numbers
from app.cases import service as cases
from app.cases.models import Case
from app.cases.numbers import SameNumber
from app.checklists import from_texts, read_folder, read_texts
from app.clocks import today
from app.court.commands import for_court_command
from app.database import schema_version, writing
from app.deadlines import carried as dates
from app.deadlines import keeping as deadlines
from app.decisions import impact, versions
from app.extensions import db
from app.finding.commands import families
from app.finding.commands import search as search_group
from app.installation import wait_until_prepared
from app.jobs import identity
from app.letters import telling
from app.lives import carried as lives
from app.notifications import anchored
from app.placements import search
from app.placements.register_commands import properties
from app.places.commands import places
from app.records import missing
from app.records import service as records
from app.records.models import Record
from app.records.proof import RecordAltered, body_of, verify
from app.retention import proposing, tidying
from app.retention.commands import retention
from app.settings import current_settings
from app.stock import summaries as stock
from app.stock.commands import stock as stock_group
from app.suitability.checklist.located_yaml import ChecklistError
from app.visits import service as visits

case = AppGroup("case", help="Read a case in from a file, or write one out.")
people = AppGroup("people", help="Accounts, on the server itself.")
jobs_group = AppGroup("jobs", help="Letters and PDFs under way.")
record = AppGroup("record", help="Records and their PDFs.")
case.add_command(for_court_command)


def replay(file: str) -> None:
    """Judge a frozen record again and print what differs; ends with 1 where it is judged otherwise.

    Raises:
        ClickException: it is not a record, cannot be judged here, or the instance is not set up.
    """
    _tables_needed()
    try:
        contents = json.loads(sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8"))
        if not isinstance(contents, dict):
            raise versions.CannotReplay("This is not a record of ours.")
        found = versions.replay(contents, current_settings().council_authority)
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        said = "This is not a JSON document." if isinstance(error, json.JSONDecodeError) else why_unreadable(error)
        raise click.ClickException(f"{file}: {said}") from None
    except versions.CannotReplay as problem:
        raise click.ClickException(f"{file}: {problem}") from None
    click.echo(json.dumps(found._asdict(), ensure_ascii=False, indent=2))
    sys.exit(0 if found.judged_alike else 1)


def _tables_needed() -> None:
    """Stop with a sentence where the instance has no tables yet, or others than this code needs."""
    try:
        ready = schema_version() == current_app.config["SCHEMA_HEAD"]
    except SQLAlchemyError:
        raise click.ClickException("The database cannot be reached. Check CBC_DATABASE_URL.") from None
    if not ready:
        raise click.ClickException("This instance is not set up for this version. Run: flask --app wsgi setup")


def tell_impact(folder: Path, processes: int) -> None:
    """Print a line for each stored record that a draft version would change, and how many there are.

    Raises:
        ClickException: the draft cannot be read, or the instance is not set up.
    """
    _tables_needed()
    try:
        texts = read_texts(folder)
        draft = from_texts(texts)
    except (OSError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{folder}: {why_unreadable(error)}") from None
    except ChecklistError as problem:
        raise click.ClickException(str(problem)) from None
    counts = {"records": 0, "changed": 0, "cannot_be_judged": 0}
    for found in impact.impact(
        impact.stored(), texts, current_settings().council_authority, processes or impact.cores()
    ):
        counts["records"] += 1
        if found.problem:
            counts["cannot_be_judged"] += 1
        elif found.is_changed:
            counts["changed"] += 1
        else:
            continue
        click.echo(json.dumps(found._asdict(), ensure_ascii=False))
    click.echo(json.dumps({"draft": draft.version, **counts}))


@case.command("import")
@click.argument("file")
@click.option("--officer", required=True, help="E-mail address of the officer who gets the case.")
def import_command(file: str, officer: str) -> None:
    """Make a case from a case file."""
    _tables_needed()
    user = db.session.scalar(select(User).where(User.email == officer.casefold()))
    if user is None:
        raise click.ClickException("There is no account with this e-mail address.")
    if not (user.active and may(user.role, "case.create")):
        raise click.ClickException("This account cannot be given cases: name an officer who can sign in.")
    try:
        found = case_files.read(file, read_folder())
        with writing() as session:
            made = import_case(session, user, found)
            search.bring(session, user, made.case_id, found.considered)
            dates.bring(session, user, made.case_id, found.dates)
            lives.bring(session, user, session.get_one(Case, made.case_id), made.id, found.lives)
            case_id, assessment_id = made.case_id, made.id
    except case_files.Refused as refused:
        case_files.say_refused(file, refused)
        sys.exit(2)
    except SameNumber as problem:
        raise click.ClickException(f"There is already a case with this reference. {problem}") from None
    click.echo(json.dumps({"case": case_id, "assessment": assessment_id}))


@case.command("export")
@click.argument("reference")
@click.option(
    "--on", default=None, type=click.DateTime(["%Y-%m-%d"]), help="The day of the assessment; today when not given."
)
def export_command(reference: str, on: datetime | None) -> None:
    """Write the newest placement of a case out as a case file; it is named by its reference, or by the council's own number."""
    _tables_needed()
    named = numbers.named(reference)
    if len(named) > 1:
        references = ", ".join(case.reference for case in named)
        raise click.ClickException(f"Several cases carry this number. Give one of their references: {references}")
    found = named[0] if named else None
    listed = assessments.of_case(found.id) if found else []
    if found is None or not listed:
        raise click.ClickException("There is no case with this reference and a proposed placement.")
    day = on.date() if on else today()
    file = judging.case_file(listed[0], day, current_settings().council_authority, whole=True)
    file = file.model_copy(
        update={
            "considered": search.carried(found.id, day),
            "dates": dates.carried(found.id, day),
            "lives": lives.carried(found.id, listed[0].id, day),
        }
    )
    with writing() as session:
        audit.record(session, "case.exported", "case", found.id, found.id)
    click.echo(json.dumps(file.as_json(), ensure_ascii=False, indent=1))


@case.command("erase-details")
@click.argument("reference")
@click.option(
    "--rule",
    required=True,
    help="Under which rule of the council’s retention schedule, up to 120 characters; no names.",
)
def erase_details_command(reference: str, rule: str) -> None:
    """Erase for good what the audit's entries of a case say more than who did what and when: two safeguarding leads together.

    Who, when and which case stay, and “audit verify” still passes.
    """
    _tables_needed()
    found = numbers.named(reference)
    if len(found) != 1:
        raise click.ClickException("There is no case with this reference, or more than one with this number.")
    if not 0 < len(rule.strip()) <= 120:
        raise click.ClickException("Say the rule in up to 120 characters.")
    first, second = (_a_lead(which, found[0].id) for which in ("First", "Second"))
    if first.id == second.id:
        raise click.ClickException("These are one person. Another safeguarding lead has to agree.")
    with writing() as session:
        audit.erase_details(session, found[0].id, first)
        audit.agree_to_erasure(session, found[0].id, rule.strip(), second)
    click.echo("Erased. That it was, when, and by whom are entries.")


def _a_lead(which: str, case_id: str) -> User:
    """A safeguarding lead who may see the case, and types their own password here."""
    email = click.prompt(f"{which} safeguarding lead’s e-mail address")
    user = accounts.confirmed(email, click.prompt("Their password, typed by themselves", hide_input=True))
    if user is None or not may(user.role, "case.exclude") or cases.find(user, case_id) is None:
        raise click.ClickException(
            "This is not an active safeguarding lead who may see this case, or the password is not right. Nothing was erased."
        )
    return user


@record.command("export")
@click.argument("number")
def export_record_command(number: str) -> None:
    """Write a frozen record out as the canonical JSON it was hashed as."""
    _tables_needed()
    found = db.session.scalar(select(Record).where(Record.number == number))
    if found is None:
        raise click.ClickException("There is no record with this number.")
    try:
        written = body_of(found)
    except RecordAltered as problem:
        raise click.ClickException(f"{problem} Compare it with a backup.") from None
    with writing() as session:
        audit.record(session, "record.exported", "record", found.id, found.case_id)
    click.echo(written.decode("utf-8"))


@record.command("make-again")
def make_again_command() -> None:
    """Queue the PDFs that are not on this machine any more: each is made from its frozen record, and marked so."""
    _tables_needed()
    click.echo(json.dumps({"queued": records.ask_for_all_again()}))


@record.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def verify_command(file: Path) -> None:
    """Say whether a PDF is one of ours, unaltered, and which record."""
    _tables_needed()
    found = verify(file.read_bytes())
    click.echo(json.dumps(found._asdict(), ensure_ascii=False))
    sys.exit(0 if found.ours and found.unaltered else 1)


@people.command("link")
@click.argument("email")
def people_link_command(email: str) -> None:
    """Print a one-time link that sets the password of an account: for that person and nobody else."""
    _tables_needed()
    user = db.session.scalar(select(User).where(User.email == email.strip().casefold()))
    if user is None:
        raise click.ClickException("There is no account with this e-mail address.")
    if not user.active:
        raise click.ClickException("This account is disabled. It is enabled first, on the page “People”.")
    click.echo(f"{current_settings().base_url.rstrip('/')}/welcome/{accounts.new_link(user.id)}")


@people.command("agree")
@click.argument("email")
def people_agree_command(email: str) -> None:
    """Agree on the server to what an administrator asked for and a second one must agree to. Make sure who asked first."""
    _tables_needed()
    done = {
        account_requests.MAKE: "The account is made.",
        account_requests.LINK: "A new link goes to its owner by mail.",
        account_requests.ENABLE: "The account is enabled.",
        account_requests.ROLE: "The account has its new role, and its sessions have ended.",
        account_requests.SECOND: "The second step is taken away, and the password with it: its owner needs a one-time link.",
    }
    try:
        for what in account_requests.agree_on_server(email):
            click.echo(done[what])
    except accounts.AccountProblem as problem:
        raise click.ClickException(str(problem)) from None
    if not letters.is_sent_here():
        click.echo(f"No mail is sent here. To make its one-time link: flask --app wsgi people link {email}")


@click.command("setup")
@click.option("--demo", "with_demo", is_flag=True, help="Add the invented households, properties and accounts.")
@with_appcontext
def setup_command(with_demo: bool) -> None:
    """Make the instance ready, doing only what is not done: settings file, tables, postcodes, seal, jobs, accounts."""
    try:
        install.prepare(current_app._get_current_object(), with_demo, click.echo)  # type: ignore[attr-defined]
    except install.CannotPrepare as problem:
        raise click.ClickException(str(problem)) from None


@click.command("upgrade-look")
@with_appcontext
def upgrade_look_command() -> None:
    """Say, from the new release and before “setup”, whether what serves now may go on serving meanwhile; changes nothing."""
    stored, head = schema_version(), str(current_app.config["SCHEMA_HEAD"])
    rolling = db.engine.dialect.name == "postgresql" and upgrading.is_rolling(stored, head)
    click.echo(json.dumps({"tables": stored, "this_release": head, "rolling": rolling}))


@click.command("move")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
@with_appcontext
def move_command(file: Path | None) -> None:
    """Move all that is in a SQLite database into the empty PostgreSQL database of CBC_DATABASE_URL, and hold both against each other."""
    settings = current_settings()
    source = file or settings.data / "case-by-case.sqlite"
    try:
        moved = moving.move(settings, source, current_app.config["SCHEMA_HEAD"])
    except moving.MoveProblem as problem:
        raise click.ClickException(str(problem)) from None
    for one in moved:
        click.echo(f"{one.name:<24} {one.rows:>10,} rows  {one.digest[:16]} on both sides")
    click.echo(
        f"{sum(one.rows for one in moved):,} rows of {len(moved)} tables are in PostgreSQL, the same as in {source.name}, which stays as it is: "
        "never start a service from it again. Run “setup”, “audit verify”, and then “jobs release”."
    )


@click.command("worker")
@with_appcontext
def worker_command() -> None:
    """Run jobs: PDFs and mail."""
    wait_until_prepared()
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    daily: list[Callable[[], object]] = [
        accounts.forget_old, missing.look, visits.let_go, looking.look, proposing.propose,
    ]  # fmt: skip
    often = [
        leave, anchored.once_a_day, deadlines.often, telling.once_a_day, stock.once_a_day, tidying.once_due, backups.once_due,
        looking.look_at_once,
    ]  # fmt: skip
    jobs.work(current_app._get_current_object(), stop, daily, often)  # type: ignore[attr-defined]


@jobs_group.command("release")
def release_command() -> None:
    """Say that this instance, and not the one it was copied from, is the one to run: its waiting letters go out."""
    _tables_needed()
    settings = current_settings()
    if not identity.is_copy(settings):
        raise click.ClickException("This instance holds no queue: nothing is to be released.")
    identity.release(settings)
    click.echo("Released: the worker takes up the queue within seconds.")


def init_app(app: Flask) -> None:
    for command in (
        audit_group,
        backup,
        restore_command,
        retention,
        case,
        record,
        families,
        people,
        places,
        properties,
        search_group,
        stock_group,
        jobs_group,
        move_command,
        setup_command,
        upgrade_look_command,
        worker_command,
    ):
        app.cli.add_command(command)
