#!/bin/sh
# An extension that has no asynchronous engine starts an event loop at the end of every request.
#
# Expected: an application that configures only synchronous engines runs nothing asynchronous.
# Seen (Flask-SQLAlchemy-Lite 0.2.1, Flask 3.1.3, asgiref 3.13.0, SQLAlchemy 2.1.9): the extension registers a coroutine function as a
# teardown of the application context whatever engines there are, and Flask runs each through `ensure_sync`: one event loop is made for
# each of 20 requests that touch no database. With the coroutine taken out of `app.teardown_appcontext_funcs`, none is, and a session
# that was used is closed all the same.
# What to do: take coroutine functions out of the list once, where no asynchronous engine is configured.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check Flask==3.1.3 Werkzeug==3.1.9 Flask-SQLAlchemy-Lite==0.2.1 SQLAlchemy==2.1.9 asgiref==3.13.0
cat >"$work/loops.py" <<'PY'
import asyncio
import inspect

from flask import Flask
from flask_sqlalchemy_lite import SQLAlchemy
from sqlalchemy import text

made = []
new = asyncio.new_event_loop
asyncio.events.new_event_loop = asyncio.new_event_loop = lambda: made.append(1) or new()


def served(synchronous_only):
    app, db = Flask("loops"), SQLAlchemy()
    app.config["SQLALCHEMY_ENGINES"] = {"default": "sqlite://"}
    db.init_app(app)
    if synchronous_only:
        app.teardown_appcontext_funcs = [f for f in app.teardown_appcontext_funcs if not inspect.iscoroutinefunction(f)]
    app.get("/")(lambda: "fine")
    made.clear()
    client = app.test_client()
    assert [client.get("/").text for _ in range(20)] == ["fine"] * 20
    loops = len(made)
    with app.app_context():
        session = db.session
        session.execute(text("SELECT 1"))
        assert session.in_transaction()
    return loops, session.in_transaction()


as_it_is, without = served(False), served(True)
print(f"event loops made for 20 requests: {as_it_is[0]}; with the coroutine taken out: {without[0]}; session left open: {without[1]}")
raise SystemExit(not (as_it_is == (20, False) and without == (0, False)))
PY
"$work/venv/bin/python" "$work/loops.py" && echo "Still so." || { echo "It changed: see above."; exit 1; }
