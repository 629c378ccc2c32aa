#!/bin/sh
# Three sessions on Mondays are four, and the first is on a Tuesday.
#
# Expected: a schedule that begins on a Tuesday and repeats weekly on Mondays with a count of three, which an Open Referral schedule can
# say as `dtstart`, `byday` and `count`, gives the same days by each library that reads RFC 5545 rules: three Mondays, or the Tuesday and
# two Mondays, as the RFC counts the start as the first.
# Seen (recurring-ical-events 3.8.2, icalendar 7.3.2, python-dateutil 2.9.0.post0): dateutil gives three Mondays; recurring-ical-events
# gives the Tuesday and three Mondays, four in all. So a clinic that has ended has a session more, or a day more on which nobody is there.
# A start on a Monday gives three in both.
# What to do: move a start to the first day that the rule names before anything counts, and keep to one library.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check recurring-ical-events==3.8.2 icalendar==7.3.2 python-dateutil==2.9.0.post0
cat >"$work/sessions.py" <<'PY'
from datetime import datetime

import icalendar
import recurring_ical_events
from dateutil.rrule import rrulestr

rule = "FREQ=WEEKLY;BYDAY=MO;COUNT=3"
seen = []
for start in (datetime(2026, 1, 6, 9), datetime(2026, 1, 5, 9)):
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//example//sessions//EN", "BEGIN:VEVENT", "UID:1", "DTSTAMP:20260101T000000Z"]
    lines += [f"DTSTART:{start:%Y%m%dT%H%M%S}", f"RRULE:{rule}", "END:VEVENT", "END:VCALENDAR", ""]
    calendar = icalendar.Calendar.from_ical("\r\n".join(lines))
    events = recurring_ical_events.of(calendar).between(datetime(2026, 1, 1), datetime(2026, 4, 1))
    by_events = [f"{event['DTSTART'].dt:%a %d}" for event in events]
    by_dateutil = [f"{day:%a %d}" for day in rrulestr(rule, dtstart=start)]
    print(f"from {start:%A %d %B}: recurring-ical-events {by_events}, dateutil {by_dateutil}")
    seen += [by_events, by_dateutil]
tuesday = [["Tue 06", "Mon 12", "Mon 19", "Mon 26"], ["Mon 12", "Mon 19", "Mon 26"]]
raise SystemExit(seen != [*tuesday, ["Mon 05", "Mon 12", "Mon 19"], ["Mon 05", "Mon 12", "Mon 19"]])
PY
"$work/venv/bin/python" "$work/sessions.py" && echo "Still so." || { echo "It changed: see above."; exit 1; }
