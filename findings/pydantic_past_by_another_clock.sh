#!/bin/sh
# A date of birth is judged by a clock the tests do not move.
#
# Expected: under time-machine, which moves the clock below Python, `PastDate` and `FutureDate` of pydantic judge by the moved day, as
# date.today() does.
# Seen (pydantic 2.14.3, pydantic-core 2.50.4, time-machine 3.6.0): pydantic asks the system itself, in Rust. On a test's 1 January 2040 a
# birth on 1 June 2039 "should be in the past", and a hearing on 1 June 2039 is a FutureDate. In a test of a year gone by, a birth of
# tomorrow passes. A suite with fixed days thus passes today and fails in some years, or tests nothing.
# What to do: give the models a plain date and compare with the service's own clock.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check pydantic==2.14.3 time-machine==3.6.0
cat >"$work/clock.py" <<'PY'
from datetime import UTC, date, datetime

import time_machine
from pydantic import FutureDate, PastDate, TypeAdapter, ValidationError


def passes(kind, day):
    try:
        return TypeAdapter(kind).validate_python(day) == day
    except ValidationError:
        return False


seen = []
for today, born in ((datetime(2040, 1, 1, 12, tzinfo=UTC), date(2039, 6, 1)), (datetime(2020, 1, 1, 12, tzinfo=UTC), date(2020, 1, 2))):
    with time_machine.travel(today, tick=False):
        row = (born < date.today(), passes(PastDate, born), passes(FutureDate, born))
        print(f"on {date.today()}, {born}: past by Python {row[0]}, PastDate takes it {row[1]}, FutureDate takes it {row[2]}")
    seen.append(row)
raise SystemExit(seen != [(True, False, True), (False, True, False)])
PY
"$work/venv/bin/python" "$work/clock.py" && echo "Still so." || { echo "It changed: see above."; exit 1; }
