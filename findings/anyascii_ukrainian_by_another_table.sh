#!/bin/sh
# A Ukrainian name comes out of AnyASCII as no passport of Ukraine writes it.
#
# Expected: a transliteration of a Ukrainian first name is the one of its passport, by the table of resolution 55 of the Cabinet of Ministers
# of Ukraine (27 January 2010), or near enough to be found by its first letters: г is h, и is y.
# Seen (AnyASCII 0.3.3): letters are written one by one whatever the language, г as g, и and і both as i: Григорій is Grigoriy (by the table
# Hryhorii), Володимир is Volodimir (Volodymyr), Галина is Galina (Halyna). Who searches by the name in the passport does not find who was
# entered in Cyrillic letters, and Галина in Ukrainian and in Russian are one name.
# What to do: compare by sound and by a table of such pairs beside it, never by the letters alone.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check anyascii==0.3.3
cat >"$work/names.py" <<'PY'
from anyascii import anyascii

seen = {name: anyascii(name) for name in ("Григорій", "Володимир", "Галина")}
print(seen)
raise SystemExit(seen != {"Григорій": "Grigoriy", "Володимир": "Volodimir", "Галина": "Galina"})
PY
"$work/venv/bin/python" "$work/names.py" && echo "Still so." || { echo "It changed: see above."; exit 1; }
