#!/bin/sh
# The first country found for "Niger" is Nigeria, and for "Kosovo" it is Serbia.
#
# Expected: `pycountry.countries.search_fuzzy`, the search for what people type, puts the country of exactly that name first, and finds
# the names in common use; where there is none it raises LookupError.
# Seen (pycountry 26.2.16): of Niger the first is Nigeria, of Kosovo (which ISO 3166 does not have) Serbia alone, as names of subdivisions
# are looked through too; Turkey, Ivory Coast and Republic of Ireland, as forms and passports had or have them, raise LookupError.
# `lookup("Niger")` is right.
# What to do: offer a list of nationalities of one's own with the names people use, and never take the first of a fuzzy search unasked: an
# interpreter, or a right to reside, hangs on it.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check pycountry==26.2.16
cat >"$work/country.py" <<'PY'
import pycountry

expected = {
    "Niger": ["Nigeria", "Niger"], "Kosovo": ["Serbia"], "Sudan": ["Sudan", "South Sudan"],
    "Turkey": [], "Ivory Coast": [], "Republic of Ireland": [],
}
seen = {}
for name in expected:
    try:
        seen[name] = [country.name for country in pycountry.countries.search_fuzzy(name)]
    except LookupError:
        seen[name] = []
    print(f"{name:20} -> {seen[name] or 'LookupError'}")
print("lookup of Niger:     ->", pycountry.countries.lookup("Niger").name)
raise SystemExit(seen != expected or pycountry.countries.lookup("Niger").alpha_2 != "NE")
PY
"$work/venv/bin/python" "$work/country.py" && echo "Still so." || { echo "It changed: see above."; exit 1; }
