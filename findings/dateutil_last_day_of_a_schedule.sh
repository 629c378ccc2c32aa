#!/bin/sh
# A schedule “until 16 November” has no session on 16 November.
#
# Expected: Open Referral and HSDS give `until` as a day, the last on which it happens; handed to a rule as that day, the session of the day is
# in it, as the session of the first day is.
# Seen (python-dateutil 2.9.0.post0): the day is midnight of its beginning. A rule that starts on 2 November 2026 at 09:00, every Monday until
# 20261116, ends on the 9th, from the text and from the class alike, and says nothing. Without a time of day in the start the 16th is in.
# What to do: reckon days with days: a start without a time, and the hours kept beside; or end at the last second of the day.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check python-dateutil==2.9.0.post0 six==1.17.0
cat >"$work/until.py" <<'PY'
import sys
from datetime import datetime

from dateutil.rrule import WEEKLY, rrule, rrulestr

seen = []
for start in (datetime(2026, 11, 2, 9), datetime(2026, 11, 2)):
    text = rrulestr("FREQ=WEEKLY;BYDAY=MO;UNTIL=20261116", dtstart=start)
    made = rrule(WEEKLY, dtstart=start, byweekday=0, until=datetime(2026, 11, 16))
    seen.append([[f"{day:%d %B}" for day in rule] for rule in (text, made)])
    print(f"from {start}: {seen[-1]}")
short, whole = ["02 November", "09 November"], ["02 November", "09 November", "16 November"]
sys.exit(0 if seen == [[short, short], [whole, whole]] else 1)
PY
if "$work/venv/bin/python" "$work/until.py"; then echo "Still so."; else
  echo "It changed: read what stands above."
  exit 1
fi
