"""Wires the house together and does nothing else."""

from __future__ import annotations

import re
from datetime import timedelta
from inspect import iscoroutinefunction
from pathlib import Path

import structlog
from flask import Flask
from jinja2 import ChoiceLoader, FileSystemLoader, PackageLoader, PrefixLoader
from werkzeug.middleware.proxy_fix import ProxyFix

from app import disk, pools
from app.access import glass as access_glass
from app.access import table as access_table
from app.access.views import glass as glass_views
from app.access.views import looked as looked_views
from app.access.views import review as reading_views
from app.accounts import letters, sessions
from app.accounts.views import as_set as _as_set  # noqa: F401 - its route is of the same blueprint
from app.accounts.views import confirming as _confirming  # noqa: F401 - likewise
from app.accounts.views import council as _council  # noqa: F401 - likewise
from app.accounts.views import entering as account_views
from app.accounts.views import keys as _keys  # noqa: F401 - likewise
from app.accounts.views import own as _own  # noqa: F401 - likewise
from app.accounts.views import people as _people  # noqa: F401 - likewise
from app.accounts.views import second_step as _second_step  # noqa: F401 - likewise
from app.assessments import taken as _taken  # noqa: F401 - what is written in a case makes another version of it
from app.assessments.views import again, questions, remedies, taking_back
from app.assessments.views import assessment as assessment_views
from app.backups import making as _making  # noqa: F401 - its job is known wherever jobs are shown
from app.cases import matching, sealing
from app.cases.views import (
    exclusions,
    first_screen,
    history,
    matches,
    numbers,
    protected,
    sealed,
    services,
    supervision,
    ties,
)
from app.cases.views import household as case_views
from app.cases.views import timeline as _timeline  # noqa: F401 - its routes are of the same blueprint
from app.checklists import read_or_stop
from app.chronology.views import chronology as chronology_views
from app.clocks import table as clock_table
from app.conversations.views import line as _line  # noqa: F401 - its route is of the same blueprint
from app.conversations.views import sheet
from app.court import views as court_views
from app.database import Base, make_first_class
from app.deadlines import keeping as deadlines
from app.deadlines import views as deadline_views
from app.decisions.views import afterwards as after_views
from app.decisions.views import emergency
from app.decisions.views import review as decision_views
from app.demand import CommandsOnDemand, MigrationsOnDemand
from app.editions import views as edition_views
from app.extensions import csrf, db, login
from app.finding import kept as _found_in_step  # noqa: F401 - it listens to what is stored
from app.finding import views as finding_views
from app.installation import ROOT
from app.jobs import views as job_views
from app.letters import sending, telling
from app.letters import words as letter_words
from app.letters.views import letters as letter_views
from app.letters.views import offered as offered_views
from app.lives.views import born, known
from app.lives.views import ending as _ending  # noqa: F401 - its routes are of the same blueprint
from app.lives.views import joining as _joining  # noqa: F401 - likewise
from app.lives.views import parting as _parting  # noqa: F401 - likewise
from app.lives.views.shown import life_of
from app.notifications import anchored, messages
from app.placements.views import beside, district, journeys, locate, search
from app.placements.views import placement as placement_views
from app.places import views as place_views
from app.properties.views import alerts, imports, of_placement, register
from app.properties.views import photographs as register_photographs
from app.records import views as record_views
from app.retention import destroying as _destroying  # noqa: F401 - its job is known wherever jobs are shown
from app.retention import schedule as retention_schedule
from app.retention import views as retention_views
from app.settings import Settings, load_settings
from app.sharing import answers, notices, words
from app.sharing import service as sharing
from app.sharing.views import answers as answers_views
from app.sharing.views import sharing as sharing_views
from app.sharing.views import words as word_views
from app.stock import views as stock_views
from app.subject_access import allowed as subject_access_allowed
from app.subject_access import views as subject_access_views
from app.visits.views import of_case as pictures
from app.visits.views import photographs, visit
from app.web import gate, health, monitoring, setup
from app.web.compiled import KeptTemplates
from app.work.views import arranged as team_views
from app.work.views import mine as work_views

_REVISION = re.compile(r'^revision = "(?P<revision>\w+)"\ndown_revision = (?:None|"(?P<follows>\w+)")$', re.MULTILINE)


def whole(settings: Settings | None = None) -> Flask:
    """The whole application over one instance folder; see :func:`app.create_app`."""
    settings = settings or load_settings()
    settings.data.mkdir(parents=True, exist_ok=True)
    structlog.configure(
        processors=[
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.add_log_level,
            structlog.processors.JSONRenderer(),
        ]
    )
    app = Flask("app", template_folder=str(ROOT / "templates"))
    app.config.update(
        SETTINGS=settings,
        COUNCIL_AUTHORITY=settings.council_authority,
        SECRET_KEY=settings.secret_key(),
        SQLALCHEMY_ENGINES={
            "default": {
                "url": settings.database,
                "hide_parameters": True,
                **pools.options(settings.database),
            }
        },
        MAX_CONTENT_LENGTH=setup.LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=setup.LARGEST_REQUEST,
        WTF_CSRF_TIME_LIMIT=None,
        SESSION_COOKIE_NAME="__Host-case-by-case" if settings.https else "case-by-case",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.https,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=settings.longest_session_hours),
        # The session on the server ends then too, however often a page is asked for: the cookie is not written anew with each.
        SESSION_REFRESH_EACH_REQUEST=False,
        SCHEMA_HEAD=schema_head(),
        TEMPLATES_AUTO_RELOAD=False,
    )
    app.jinja_loader = ChoiceLoader(
        [
            FileSystemLoader(ROOT / "templates"),
            PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
        ]
    )
    app.jinja_env.globals["life_of"] = life_of
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.bytecode_cache = KeptTemplates(settings.compiled_templates)
    read_or_stop()
    letter_words.read_or_stop()
    clock_table.read_or_stop()
    access_table.read_or_stop()
    sealing.read_or_stop()
    matching.read_or_stop()
    retention_schedule.read_or_stop()
    subject_access_allowed.read_or_stop()
    deadlines.register()
    access_glass.register()
    for name, sender in (
        (messages.SHARED, sharing.send_mail),
        (messages.ANSWER, answers.send_notice),
        (messages.ENDED, notices.send_ended),
        (messages.NEWER, notices.send_newer),
        (messages.SAID, words.send_said),
        (messages.CORRECTED, notices.send_corrected),
        (messages.LINK, letters.send_link),
        (messages.ACCOUNT, letters.send_change),
        (messages.LETTER, sending.send),
        (messages.TOLD, telling.send),
        (messages.DIGEST, telling.send_digest),
        (messages.ANCHOR, anchored.send),
    ):
        messages.sent_by(name, sender)
    messages.refuse_unsent()
    disk.init_app(app, settings)
    db.init_app(app)
    # The extension closes asynchronous sessions too, for which an event loop is started at the end of every request: we have none.
    app.teardown_appcontext_funcs = [
        pools.closing(close) for close in app.teardown_appcontext_funcs if not iscoroutinefunction(close)
    ]
    with app.app_context():
        make_first_class(db.engine)
    app.extensions["migrate"] = MigrationsOnDemand(app)
    db.metadata = Base.metadata  # type: ignore[attr-defined]
    login.init_app(app)
    csrf.init_app(app)
    sessions.init_app(app, settings)
    monitoring.init_app(app, settings)  # first, so that its clock runs while the gate looks
    setup.init_app(app, settings)
    for blueprint in (
        health.pages,
        monitoring.pages,
        account_views.pages,
        case_views.pages,
        work_views.pages,
        team_views.pages,
        history.pages,
        first_screen.pages,
        numbers.pages,
        exclusions.pages,
        sealed.pages,
        matches.pages,
        ties.pages,
        services.pages,
        protected.pages,
        placement_views.pages,
        beside.pages,
        assessment_views.pages,
        questions.pages,
        sheet.pages,
        remedies.pages,
        taking_back.pages,
        again.pages,
        after_views.pages,
        decision_views.pages,
        emergency.pages,
        record_views.pages,
        edition_views.pages,
        place_views.pages,
        district.pages,
        journeys.pages,
        locate.pages,
        search.pages,
        register.pages,
        register_photographs.pages,
        alerts.pages,
        of_placement.pages,
        finding_views.pages,
        imports.pages,
        supervision.pages,
        job_views.pages,
        sharing_views.pages,
        answers_views.pages,
        word_views.pages,
        letter_views.pages,
        offered_views.pages,
        deadline_views.pages,
        born.pages,
        known.pages,
        chronology_views.pages,
        visit.pages,
        photographs.pages,
        pictures.pages,
        stock_views.pages,
        glass_views.pages,
        reading_views.pages,
        looked_views.pages,
        court_views.pages,
        retention_views.pages,
        subject_access_views.pages,
    ):
        app.register_blueprint(blueprint)
    app.cli = CommandsOnDemand(app)
    gate.refuse_undeclared(app)
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=settings.proxies)  # type: ignore[method-assign]
    return app


def schema_head(folder: Path = ROOT / "migrations" / "versions") -> str:
    """The migration this code needs: the one that no other comes after. Alembic would load itself and run every file to tell.

    Raises:
        RuntimeError: a file is no migration, or there is not one last one.
    """
    made, followed = set(), set()
    for file in sorted(folder.glob("*.py")):
        found = _REVISION.search(file.read_text(encoding="utf-8"))
        if found is None:
            raise RuntimeError(f"{file} does not say which revision it is and what it follows")
        made.add(found["revision"])
        followed.add(found["follows"])
    last = made - followed
    if len(last) != 1:
        raise RuntimeError(f"the migrations have no single end: {', '.join(sorted(last)) or 'there is none'}")
    return last.pop()
