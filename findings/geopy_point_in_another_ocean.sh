#!/bin/sh
# A coordinate in a spelling that geopy does not know is a point in another ocean, not an error.
#
# Expected: `geopy.Point` of a string raises ValueError, "unknown format", where it does not know the spelling; its page says so.
# Seen (geopy 2.5.0): it looks for two numbers at the END of the string and leaves out what stands before. Degrees, minutes and seconds
# with blanks between them, 52 29 10 N 1 53 25 W, are 53 N 25 W, in the Atlantic; decimal commas, 52,4862 -1,8904, are 1 S 96 W, in the
# Pacific; the grid reference SP 077 863 is 77 N 143 E, in the Arctic. No error and no warning. With signs of degree it is right.
# What to do: take coordinates as two numbers, each checked against a box around the country; hand no text of a feed or an officer to
# Point.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check geopy==2.5.0
cat >"$work/point.py" <<'PY'
import warnings

from geopy import Point

warnings.simplefilter("error")
expected = {
    "52.4862 -1.8904": (52.4862, -1.8904),
    "52\u00b0 29\u2032 10\u2033 N, 1\u00b0 53\u2032 25\u2033 W": (52.4861, -1.8903),
    "52 29 10 N 1 53 25 W": (53.0, -25.0),
    "52,4862 -1,8904": (-1.0, -96.0),
    "SP 077 863": (77.0, 143.0),
    "10 Example Road": None,
}
seen = {}
for text in expected:
    try:
        point = Point(text)
        seen[text] = (round(point.latitude, 4), round(point.longitude, 4))
    except ValueError:
        seen[text] = None
    print(f"{text!r:30} -> {seen[text] or 'ValueError'}")
raise SystemExit(seen != expected)
PY
"$work/venv/bin/python" "$work/point.py" && echo "Still so." || { echo "It changed: see above."; exit 1; }
