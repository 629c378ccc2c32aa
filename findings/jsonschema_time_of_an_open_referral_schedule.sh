#!/bin/sh
# Whether the opening time of an Open Referral schedule is valid depends on how one asks for formats to be checked.
#
# Expected: `opens_at`, a string of format "time" in HSDS, is judged alike by validators that check formats: RFC 3339 asks for seconds and
# a zone, so 09:00:00Z is a time and 09:00 is none.
# Seen (jsonschema 4.26.0 with its format extra, jsonschema-rs 0.61.2, fastjsonschema 2.22.3): in one package, `FormatChecker()` takes
# 09:00:00 and refuses 09:00:00Z, and `Draft202012Validator.FORMAT_CHECKER` the other way round: the first looks all drafts' checks up by
# name, and Draft 3's "time" is kept. fastjsonschema takes 09:00 as well. jsonschema-rs, as made, checks none under 2020-12.
# What to do: name the draft's own checker; what real feeds hold (09:00) should be read by a rule of one's own and reported, not refused.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check 'jsonschema[format]==4.26.0' jsonschema-rs==0.61.2 fastjsonschema==2.22.3
cat >"$work/opening.py" <<'PY'
import fastjsonschema
import jsonschema_rs
from jsonschema import Draft202012Validator, FormatChecker

schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "properties": {"opens_at": {"type": "string", "format": "time"}}}
compiled = fastjsonschema.compile({**schema, "$schema": "http://json-schema.org/draft-07/schema"})


def fast(value):
    try:
        return compiled(value) == value
    except fastjsonschema.JsonSchemaValueException:
        return False


ways = {
    "FormatChecker()": Draft202012Validator(schema, format_checker=FormatChecker()).is_valid,
    "the draft's FORMAT_CHECKER": Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).is_valid,
    "fastjsonschema": fast,
    "jsonschema-rs as made": jsonschema_rs.validator_for(schema).is_valid,
    "jsonschema-rs, validate_formats": jsonschema_rs.validator_for(schema, validate_formats=True).is_valid,
}
times = ["09:00", "09:00:00", "09:00:00Z"]
seen = {name: [way({"opens_at": time}) for time in times] for name, way in ways.items()}
for name, answers in seen.items():
    print(f"{name:32}", dict(zip(times, answers, strict=True)))
raise SystemExit(list(seen.values()) != [[False, True, False], [False, False, True], [True, True, True], [True, True, True], [False, False, True]])
PY
"$work/venv/bin/python" "$work/opening.py" && echo "Still so." || { echo "It changed: see above."; exit 1; }
