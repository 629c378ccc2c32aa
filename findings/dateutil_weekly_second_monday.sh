#!/bin/sh
# “The second Monday”, written as a weekly rule, is every Monday.
#
# Expected: 2MO is the second Monday, or is refused in a weekly rule, where RFC 5545 (3.3.10) allows no number before a day.
# Seen (python-dateutil 2.9.0.post0): in a weekly rule the number is dropped without a word: 2, 9, 16, 23 and 30 November 2026, and the rule
# prints itself as BYDAY=MO. Monthly, it is 9 November and 14 December. BYMONTHDAY, forbidden there too, is taken as a filter instead.
# What to do: look at a schedule before it becomes a rule; an ordinal in a weekly one, or a day of the month, is not known, and is asked.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check python-dateutil==2.9.0.post0 six==1.17.0
cat >"$work/second.py" <<'PY'
import sys
from datetime import datetime
from itertools import islice

from dateutil.rrule import rrulestr

seen = {}
for text in ("FREQ=WEEKLY;BYDAY=2MO", "FREQ=MONTHLY;BYDAY=2MO", "FREQ=WEEKLY;BYDAY=MO;BYMONTHDAY=2"):
    rule = rrulestr(text, dtstart=datetime(2026, 11, 2))
    seen[text] = [f"{day:%Y-%m-%d}" for day in islice(rule, 3)]
    print(f"{text}: {seen[text]}, printed as {str(rule).splitlines()[-1]}")
expected = (
    ["2026-11-02", "2026-11-09", "2026-11-16"],
    ["2026-11-09", "2026-12-14", "2027-01-11"],
    ["2026-11-02", "2027-08-02", "2028-10-02"],
)
sys.exit(0 if tuple(seen.values()) == expected else 1)
PY
if "$work/venv/bin/python" "$work/second.py"; then echo "Still so."; else
  echo "It changed: read what stands above."
  exit 1
fi
