#!/bin/sh
# Of the two ways to ask pyproj for one conversion, the careful one is a hundred metres out.
#
# Expected: `TransformerGroup`, which lists what can be done and how well, holds the operation that `Transformer.from_crs` takes; from the
# British National Grid to ETRS89 (EPSG:4258, the datum of the latitudes in OS Open UPRN) both are within the few metres of a conversion
# without the OSTN15 grid, as they are to WGS84 (EPSG:4326).
# Seen (pyproj 3.7.2 with its own PROJ, no grid installed): to ETRS89 the group has one operation, a "ballpark offset" that shifts nothing
# and says accuracy -1: 107 m from where `Transformer.from_crs` puts the same point by way of WGS84 (3 m). To WGS84 the group's first is
# right. With allow_ballpark=False the group is empty. No warning names the distance.
# What to do: ask `Transformer.from_crs`, refuse an operation whose accuracy is -1 after a first point, and test one known point.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check pyproj==3.7.2
cat >"$work/datum.py" <<'PY'
import warnings

from pyproj import Geod, Transformer
from pyproj.transformer import TransformerGroup

warnings.simplefilter("ignore")
easting, northing = 407783, 281505
earth = Geod(ellps="WGS84")
seen = []
for name, code in (("WGS84", 4326), ("ETRS89", 4258)):
    alone = Transformer.from_crs(27700, code, always_xy=True)
    point = alone.transform(easting, northing)
    group = TransformerGroup(27700, code, always_xy=True).transformers
    apart = earth.inv(*point, *group[0].transform(easting, northing))[2]
    strict = TransformerGroup(27700, code, always_xy=True, allow_ballpark=False).transformers
    row = (alone.get_last_used_operation().accuracy, group[0].accuracy, round(apart), bool(strict))
    print(f"to {name}: from_crs says {row[0]} m; the group's first says {row[1]} m and is {row[2]} m away; without ballpark it has {len(strict)}")
    print("    ", group[0].description)
    seen.append(row)
raise SystemExit(seen != [(2.0, 2.0, 0, True), (3.0, -1.0, 107, False)])
PY
PROJ_NETWORK=OFF "$work/venv/bin/python" "$work/datum.py" && echo "Still so." || { echo "It changed: see above."; exit 1; }
