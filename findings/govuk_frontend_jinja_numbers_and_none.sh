#!/bin/sh
# The GOV.UK macros in Jinja agree with those in Nunjucks on every published example, and part on a number and on nothing.
#
# Expected: a port that renders all examples of the design system as the original does treats `value` as the original does: what is chosen
# is chosen, and what is not given is not printed.
# Seen (govuk-frontend-jinja 4.1.0, Jinja2 3.1.6; govuk-frontend 6.3.0, nunjucks 3.2.4): Nunjucks compares as JavaScript does, so the
# value 3 selects the option "3"; in Jinja nothing is selected, and whoever saves the form again has lost the answer. A number from the
# database against choices in words is the usual case. A cell, a value of a summary list or a hint that is null is empty in Nunjucks and
# the word "None" in Jinja. The examples hold words only.
# What to do: turn values into strings and None into "" at the one place where macros are called.
# Needs node and npm.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check govuk-frontend-jinja==4.1.0 Jinja2==3.1.6
npm install --silent --no-audit --no-fund --ignore-scripts --cache "$work/npm" --prefix "$work" govuk-frontend@6.3.0 nunjucks@3.2.4 >"$work/npm.log"
cat >"$work/calls.json" <<'JSON'
[
  ["radios", "govukRadios", {"name": "n", "value": 3, "items": [{"value": "3", "text": "Three"}]}],
  ["radios", "govukRadios", {"name": "n", "value": "3", "items": [{"value": "3", "text": "Three"}]}],
  ["select", "govukSelect", {"id": "n", "name": "n", "label": {"text": "How many"}, "value": 3, "items": [{"value": "3", "text": "Three"}]}],
  ["table", "govukTable", {"rows": [[{"text": null}]]}],
  ["summary-list", "govukSummaryList", {"rows": [{"key": {"text": "Floor"}, "value": {"text": null}}]}]
]
JSON
cat >"$work/original.js" <<'JS'
const nunjucks = require('nunjucks')
const environment = nunjucks.configure([__dirname + '/node_modules/govuk-frontend/dist'], { autoescape: true })
const calls = require('./calls.json')
console.log(JSON.stringify(calls.map(([part, macro, params]) =>
  environment.renderString(`{% from "govuk/components/${part}/macro.njk" import ${macro} %}{{ ${macro}(params) }}`, { params }))))
JS
cat >"$work/port.py" <<'PY'
import json
import subprocess
import sys
from pathlib import Path

from jinja2 import Environment, PackageLoader, PrefixLoader

work = Path(sys.argv[1])
environment = Environment(loader=PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}), autoescape=True)
original = json.loads(subprocess.run(["node", work / "original.js"], check=True, capture_output=True, text=True).stdout)
calls = json.loads((work / "calls.json").read_text())
seen = []
for (part, macro, params), theirs in zip(calls, original, strict=True):
    source = f"{{% from 'govuk_frontend_jinja/components/{part}/macro.html' import {macro} %}}{{{{ {macro}(params) }}}}"
    ours = environment.from_string(source).render(params=params)
    row = []
    for page in (theirs, ours):
        row.append("chosen" if " checked" in page or " selected" in page else "None" if "None" in page else "neither")
    print(f"{part:13} value {params.get('value')!r:5} Nunjucks: {row[0]:8} Jinja: {row[1]}")
    seen.append(tuple(row))
raise SystemExit(seen != [("chosen", "neither"), ("chosen", "chosen"), ("chosen", "neither"), ("neither", "None"), ("neither", "None")])
PY
"$work/venv/bin/python" "$work/port.py" "$work" && echo "Still so." || { echo "It changed: see above."; exit 1; }
