#!/bin/sh
# One file, one moment, two properties of one reader, and two days.
#
# Expected: the creation date of a PDF is the same moment in its document information and in its XMP metadata, and pypdf gives both as
# moments that can be compared.
# Seen (pypdf 7.1.1, WeasyPrint 70.0, pydyf 0.13.0): of 2026-07-01T00:30:00+01:00, written alike in both places, `metadata.creation_date`
# is aware, with its offset; `xmp_metadata.xmp_create_date` is turned into UTC and left naive: 2026-06-30 23:30. To compare them raises
# TypeError; to print the second, or to call it local time, is the day before all summer.
# What to do: give `xmp_create_date` the zone UTC before anything else, or read the XMP text itself.
# Needs Pango, as WeasyPrint does.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check weasyprint==70.0 pydyf==0.13.0 pypdf==7.1.1
cat >"$work/moment.py" <<'PY'
import io

import pypdf
from weasyprint import HTML

page = "<html lang=en-GB><title>x</title><meta name=dcterms.created content=2026-07-01T00:30:00+01:00><p>Decided</p>"
reader = pypdf.PdfReader(io.BytesIO(HTML(string=page).write_pdf(pdf_variant="pdf/a-3a")))
information, xmp = reader.metadata.creation_date, reader.xmp_metadata.xmp_create_date
written = "2026-07-01T00:30:00+01:00" in reader.xmp_metadata.stream.get_data().decode()
print("document information:", information.isoformat(), " XMP by pypdf:", xmp.isoformat(), " written in the XMP with its offset:", written)
try:
    compared = str(information == xmp) + str(information < xmp)
except TypeError as error:
    compared = str(error)
print("compared:", compared)
seen = (information.isoformat(), xmp.isoformat(), written, "offset-naive" in compared)
raise SystemExit(seen != ("2026-07-01T00:30:00+01:00", "2026-06-30T23:30:00", True, True))
PY
"$work/venv/bin/python" -W ignore "$work/moment.py" && echo "Still so." || { echo "It changed: see above."; exit 1; }
