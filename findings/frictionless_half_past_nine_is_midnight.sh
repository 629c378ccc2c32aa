#!/bin/sh
# A timetable's "9.30" is midnight, and a bare "5" is the fifth of this month, and the table is valid.
#
# Expected: `frictionless`, checking a table whose column of times or days has the format "any", reads 9.30 as half past nine or says that
# it is no time; what names no day or month is no date; and one order of day and month holds for a column.
# Seen (frictionless 5.21.0): 9.30 and 12 are 00:00 without an error, while 9am is nine; "5" and "Mon" are days of the month in which the
# check is run; 05/06/2026 is 6 May and 13/06/2026, in the same column, 13 June.
# What to do: name the format of each column of times and days, as the files of a housing system are read here; where a file has several
# ways to write a time, take none but those that say hour and minute.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check frictionless==5.21.0
cat >"$work/table.py" <<'PY'
from datetime import date, time

from frictionless import Resource, Schema

schema = Schema.from_descriptor(
    {"fields": [{"name": "opens", "type": "time", "format": "any"}, {"name": "from", "type": "date", "format": "any"}]}
)
rows = [["9am", "2026-06-05"], ["09:30", "05/06/2026"], ["9.30", "13/06/2026"], ["12", "5"], ["9am", "Mon"]]
before = date.today()
report = Resource(data=[["opens", "from"], *rows], schema=schema).validate()
cells, notes = zip(*(schema.read_cells(row) for row in rows))
after = date.today()
for row, read in zip(rows, cells):
    print(f"{row!s:28} -> {read[0]} {read[1]}")
print("valid:", report.valid)
fifth = {(day.year, day.month, 5) for day in (before, after)}
raise SystemExit(
    not report.valid
    or [read[0] for read in cells] != [time(9), time(9, 30), time(0), time(0), time(9)]
    or [read[1] for read in cells[:3]] != [date(2026, 6, 5), date(2026, 5, 6), date(2026, 6, 13)]
    or (cells[3][1].year, cells[3][1].month, cells[3][1].day) not in fifth
    or abs((cells[4][1] - after).days) > 7
)
PY
"$work/venv/bin/python" "$work/table.py" && echo "Still so." || { echo "It changed: see above."; exit 1; }
