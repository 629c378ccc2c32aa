#!/bin/sh
# Children called April, May and June become days of the year 1.
#
# Expected: the type inference of agate, which csvkit's `csvstat`, `csvsql` and `in2csv` rest on, takes a column of first names for text,
# and a column of days open for text; at worst what it cannot read stays as it is.
# Seen (agate 1.14.2): a column that holds only April, May, June, a blank, is a Date: 0001-04-01, 0001-05-01, 0001-06-01. Mon, Tue, Wed
# are days of January of the year 1, and not in that order. A telephone 01214960000 is the number 1214960000, and an ODS code 1E3 is 1000.
# The same file with one Hanna among the names keeps them all as text, so a small list is changed and a large one is not.
# What to do: read a council's list with `agate.TypeTester(force=...)` or csvkit's --no-inference, every column as text.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check agate==1.14.2
cat >"$work/names.py" <<'PY'
import io

import agate

head = "first name,open,telephone,code\n"
few = head + "April,Mon,01214960000,1E3\nMay,Tue,01214960001,2E3\nJune,Wed,01214960002,3E3\n"
more = few + "Hanna,daily,none given,RX1\n"
seen = {}
for name, text in (("three rows", few), ("four rows", more)):
    table = agate.Table.from_csv(io.StringIO(text))
    seen[name] = [str(value) for value in table.rows[0]]
    print(f"{name}: {[type(kind).__name__ for kind in table.column_types]}")
    for row in table.rows:
        print("   ", [str(value) for value in row])
days = [str(row["open"]) for row in agate.Table.from_csv(io.StringIO(few)).rows]
expected = {"three rows": ["0001-04-01", days[0], "1214960000", "1E+3"], "four rows": ["April", "Mon", "01214960000", "1E3"]}
raise SystemExit(seen != expected or days != ["0001-01-08", "0001-01-02", "0001-01-03"])
PY
"$work/venv/bin/python" "$work/names.py" && echo "Still so." || { echo "It changed: see above."; exit 1; }
