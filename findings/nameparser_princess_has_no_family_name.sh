#!/bin/sh
# Princess Mensah, Prince Adeyemi and King Brown have no family name: the last word is the first name.
#
# Expected: of a name of two words the last is the family name, whatever the first is; Prince, Princess, King and Queen are given names
# of many West African and Caribbean families.
# Seen (nameparser 2.6.0): each is a title, and of the family name alone it makes the first name, with none for the family; Bishop Owusu
# and Judge Brown keep their family name and have no first. Earl, Major and Blessing are names. "Dos Santos Ana", as many forms have it,
# is one family name of three words and nobody's first.
# What to do: ask for a name as it is said and keep it whole; look for it by every word of it, and sort no family under a part that a
# parser left empty.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check nameparser==2.6.0
cat >"$work/names.py" <<'PY'
from nameparser import HumanName

expected = {
    "Princess Mensah": ("Princess", "Mensah", ""), "Prince Adeyemi": ("Prince", "Adeyemi", ""), "King Brown": ("King", "Brown", ""),
    "Queen Okafor": ("Queen", "Okafor", ""), "Bishop Owusu": ("Bishop", "", "Owusu"), "Judge Brown": ("Judge", "", "Brown"),
    "Earl Jones": ("", "Earl", "Jones"), "Major Singh": ("", "Major", "Singh"), "Blessing Okoro": ("", "Blessing", "Okoro"),
    "Dos Santos Ana": ("", "", "Dos Santos Ana"),
}
seen = {}
for name in expected:
    read = HumanName(name)
    seen[name] = (read.title, read.first, read.last)
    print(f"{name:16} title {read.title!r}, first {read.first!r}, family {read.last!r}")
raise SystemExit(seen != expected)
PY
"$work/venv/bin/python" "$work/names.py" && echo "Still so." || { echo "It changed: see above."; exit 1; }
