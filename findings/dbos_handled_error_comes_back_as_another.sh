#!/bin/sh
# A job that handles its own exception succeeds, and fails when it is run from its records.
#
# Expected: an exception that a step raises is kept with the step, and raised again as it was when the workflow is recovered, forked or
# asked for its result: whoever caught it the first time catches it the second time.
# Seen (dbos 3.4.0): the exception is kept as a pickle without being read back. One whose __init__ takes other arguments than those it
# hands to Exception (here address and code) cannot be made again: the workflow that returned "told the officer" fails with TypeError when
# its records are replayed, and the result of one that let it through is a TypeError, too. In `list_workflows` its error is then the
# pickle in base64, with the address in it. First run and tests say nothing. An exception that hands all its arguments on comes back
# whole.
# What to do: let steps return what was refused, or raise exceptions whose `args` are the arguments of their __init__; test a fork.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check dbos==3.4.0 SQLAlchemy==2.1.9
cat >"$work/letters.py" <<'PY'
import base64
import sys

from dbos import DBOS, SetWorkflowID


class Sentence(Exception):
    def __init__(self, address, code):
        super().__init__(f"{address} was refused with {code}")
        self.code = code


class Whole(Exception):
    def __init__(self, address, code):
        super().__init__(address, code)
        self.code = code


DBOS(config={"name": "letters", "system_database_url": f"sqlite:///{sys.argv[1]}", "application_version": "1", "log_level": "CRITICAL"})
kinds = {"sentence": Sentence, "whole": Whole}


@DBOS.step()
def send(kind):
    raise kinds[kind]("hanna@example.org", 550)


@DBOS.step()
def note():
    return "noted"


@DBOS.workflow()
def handled(kind):
    try:
        send(kind)
    except kinds[kind]:
        note()
        return "told the officer"


@DBOS.workflow()
def let_through(kind):
    send(kind)


def outcome(run):
    try:
        return run()
    except Exception as error:
        return type(error).__name__


DBOS.launch()
seen = []
for kind in kinds:
    with SetWorkflowID(f"handled-{kind}"):
        first = outcome(lambda: handled(kind))
    again = outcome(lambda: DBOS.fork_workflow(f"handled-{kind}", 2).get_result())
    with SetWorkflowID(f"let-{kind}"):
        raised = outcome(lambda: let_through(kind))
    kept = outcome(lambda: DBOS.retrieve_workflow(f"let-{kind}").get_result())
    error = DBOS.list_workflows(workflow_ids=[f"let-{kind}"])[0].error
    shown = b"hanna@example.org" in base64.b64decode(error) if isinstance(error, str) else repr(error)
    seen.append((kind, first, again, raised, kept, shown))
    print(f"{kind}: handled {first!r}, from its records {again!r}; let through {raised}, asked for again {kept}; in the list: {shown}")
DBOS.destroy()
expected = [
    ("sentence", "told the officer", "TypeError", "Sentence", "TypeError", True),
    ("whole", "told the officer", "told the officer", "Whole", "Whole", "Whole('hanna@example.org', 550)"),
]
raise SystemExit(seen != expected)
PY
"$work/venv/bin/python" "$work/letters.py" "$work/letters.sqlite" 2>"$work/errors" && echo "Still so." || { tail -3 "$work/errors"; echo "It changed: see above."; exit 1; }
