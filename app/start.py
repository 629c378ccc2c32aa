"""What ``wsgi.py`` gives: the whole house, or the few commands that need no instance where ``flask`` is asked for one."""

from __future__ import annotations

import sys

import click
from flask import Flask
from flask.cli import FlaskGroup

from app import create_app
from app.commands import NEEDS_AN_INSTANCE, init_app
from app.installation import council_authority


def application() -> Flask:
    """The whole application for every web server and nearly every command.

    Where ``flask`` was asked to judge files or to describe the criteria, an application with those commands alone: it
    makes no folder and no key, opens no database, and loads what judges and nothing else.
    """
    return commands_alone() if needs_no_instance(asked_of_flask()) else create_app()


def asked_of_flask() -> list[str]:
    """The command and its words, after ``flask`` and its own options; none where no ``flask`` command line is run.

    Flask loads the application to find the command, and has taken the words out of its context by then: they are read
    again from the command line, by the same parser.
    """
    context = click.get_current_context(silent=True)
    if context is None:
        return []
    flask = context.find_root()
    if not isinstance(flask.command, FlaskGroup):
        return []
    parser = flask.command.make_parser(flask)
    parser.ignore_unknown_options = True  # a command line of somebody else's, who calls flask from within
    _, words, _ = parser.parse_args(sys.argv[1:])
    return words


def needs_no_instance(words: list[str]) -> bool:
    """Whether a command needs nothing that an instance holds."""
    words = [word for word in words if word != "--"]
    return words[:1] != [] and words[0] in NEEDS_AN_INSTANCE and words[1:2] != [NEEDS_AN_INSTANCE[words[0]]]


def commands_alone() -> Flask:
    """An application that serves no page."""
    app = Flask("app", static_folder=None)
    app.config["COUNCIL_AUTHORITY"] = council_authority()
    init_app(app)
    return app
