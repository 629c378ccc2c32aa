#!/bin/sh
# A pupil number given out by an authority of 2019 or later is no pupil number.
#
# Expected: `stdnum.gb.upn` knows the three-digit codes of the authorities that give out Unique Pupil Numbers, those of the reorganised
# counties among them; the code stands in GIAS as `LA (code)`.
# Seen (python-stdnum 2.2): its list ends before 2019. Dorset 838, Bournemouth, Christchurch and Poole 839, North and West
# Northamptonshire 940 and 941, Cumberland 942, Westmorland and Furness 943 are InvalidComponent with a right check letter; Birmingham
# 330, and Cumbria 909 and Northamptonshire 928, which are no longer there, are valid.
# What to do: check the letters' sum alone, and take the codes from the council's own GIAS file: whoever began school there since has such
# a number.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check python-stdnum==2.2
cat >"$work/pupil.py" <<'PY'
from stdnum.exceptions import InvalidComponent
from stdnum.gb import upn

names = {
    "330": "Birmingham", "909": "Cumbria, to 2023", "928": "Northamptonshire, to 2021", "838": "Dorset, 2019",
    "839": "Bournemouth, Christchurch and Poole, 2019", "940": "North Northamptonshire, 2021", "941": "West Northamptonshire, 2021",
    "942": "Cumberland, 2023", "943": "Westmorland and Furness, 2023",
}
seen = {}
for code, name in names.items():
    digits = code + "120001234"
    number = upn.calc_check_digit("X" + digits) + digits
    try:
        seen[code] = upn.validate(number) == number
    except InvalidComponent:
        seen[code] = False
    print(number, "valid  " if seen[code] else "refused", name)
raise SystemExit([code for code, valid in seen.items() if valid] != ["330", "909", "928"])
PY
"$work/venv/bin/python" "$work/pupil.py" && echo "Still so." || { echo "It changed: see above."; exit 1; }
