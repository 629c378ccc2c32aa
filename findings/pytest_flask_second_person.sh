#!/bin/sh
# Two people in one test are one person.
#
# Expected: of two test clients of one application each is a browser of its own: who is signed in at the one says nothing about the other.
# Seen (pytest-flask 1.3.0, Flask 3.1.3, Flask-Login 0.6.3, pytest 9.2.0): after a request by the `client` fixture, which keeps the context
# of its last request open, a request by a second client runs in that context's `g`, where Flask-Login keeps whom it found: the second
# person is answered as the first. It is so without the autouse request context too. With `client.preserve_context = False` they are two.
# What to do: take the fixture and switch that off, and override `_push_request_context`.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check Flask==3.1.3 Werkzeug==3.1.9 Flask-Login==0.6.3 pytest==9.2.0 pytest-flask==1.3.0
cat >"$work/test_two.py" <<'PY'
import pytest
from flask import Flask
from flask_login import LoginManager, UserMixin, current_user, login_user


class Person(UserMixin):
    def __init__(self, name):
        self.id = name


@pytest.fixture
def app():
    made = Flask("two")
    made.secret_key = "invented"
    manager = LoginManager(made)
    manager.user_loader(Person)

    @made.post("/in/<name>")
    def sign_in(name):
        login_user(Person(name))
        return ""

    @made.get("/")
    def who():
        return getattr(current_user, "id", "nobody")

    return made


@pytest.fixture(autouse=True)
def _push_request_context():
    """Not the plugin's: nothing lies under the test but what the client keeps."""


@pytest.mark.parametrize("keeps", [True, False])
def test_who_the_second_is(app, client, keeps):
    client.preserve_context = keeps
    second = app.test_client()
    second.post("/in/Bo")
    client.post("/in/Ann")
    print("SEEN", "kept" if keeps else "not kept", client.get("/").text, second.get("/").text)
PY
cd "$work"
seen=$("$work/venv/bin/pytest" -q -s -p no:cacheprovider test_two.py | grep -o 'SEEN.*' | sort)
echo "$seen"
expected=$(printf 'SEEN kept Ann Ann\nSEEN not kept Ann Bo')
if [ "$seen" = "$expected" ]; then echo "Still so: the second person is answered as the first."; else echo "It changed."; exit 1; fi
