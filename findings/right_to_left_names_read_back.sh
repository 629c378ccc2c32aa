#!/bin/sh
# A right-to-left name, isolated as it should be, is read back right by one reader, backwards by another, and family name first by a
# third.
#
# Expected: of a PDF whose page shows two names of two words in their own letters, each in a <bdi>, every reader gives back the letters
# and words in the order in which they were typed: there is a ToUnicode map, and the page is right to the eye.
# Seen (WeasyPrint 70.0, pydyf 0.13.0, pypdf 7.1.1, pdfminer.six 20260107, pypdfium2 5.15.2): in an English line pypdf has both words in
# order. PDFium (which Chromium uses) has the two words of a name the other way round, each spelt right: "Ali Muhammad" of Muhammad Ali, a
# person who may exist. pdfminer.six has every letter backwards. A name alone in a right-to-left paragraph comes out right of pypdf and
# PDFium. pdf/a-3a makes no difference.
# What to do: never take names from a PDF's text, neither to search nor to compare; take them from the embedded data.
# Needs Pango, as WeasyPrint does. The font is the one matplotlib brings.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
pip="$work/venv/bin/pip install --quiet --no-compile --disable-pip-version-check"
$pip weasyprint==70.0 pydyf==0.13.0 pdfminer.six==20260107 pypdf==7.1.1 pypdfium2==5.15.2
$pip --no-deps matplotlib==3.11.2
echo '<fontconfig></fontconfig>' >"$work/fonts.conf"
cat >"$work/read.py" <<'PY'
import io
import sys
from pathlib import Path

import pypdf
import pypdfium2
from pdfminer.high_level import extract_text
from weasyprint import HTML

first, family = "\u0645\u062d\u0645\u062f", "\u0639\u0644\u064a"
style = f"@font-face {{ font-family: F; src: url({Path(sys.argv[1]).as_uri()}) }} html {{ font-family: F }}"
body = f"<p>Child: <bdi>{first} {family}</bdi>, 11 weeks</p><p lang=ar dir=rtl>{first} {family}</p>"
seen = []
for variant in (None, "pdf/a-3a"):
    data = HTML(string=f"<html lang=en-GB><title>x</title><style>{style}</style>{body}").write_pdf(pdf_variant=variant)
    texts = {
        "pypdf": pypdf.PdfReader(io.BytesIO(data)).pages[0].extract_text(),
        "PDFium": pypdfium2.PdfDocument(data)[0].get_textpage().get_text_range(),
        "pdfminer.six": extract_text(io.BytesIO(data)),
    }
    spellings = {
        "as typed": f"{first} {family}", "family name first": f"{family} {first}", "letters backwards": f"{first} {family}"[::-1],
    }
    for reader, text in texts.items():
        lines = [line for line in text.splitlines() if line.strip()]
        found = [next((name for name, spelling in spellings.items() if spelling in line), "?") for line in lines]
        print(f"{variant or 'plain PDF':9} {reader:13} in an English line: {found[0]}; in a paragraph of its own: {found[1]}")
        seen.append(tuple(found))
expected = [("as typed", "as typed"), ("family name first", "as typed"), ("letters backwards", "letters backwards")]
raise SystemExit(seen != expected * 2)
PY
FONTCONFIG_FILE="$work/fonts.conf" "$work/venv/bin/python" -W ignore "$work/read.py" "$(find "$work" -name DejaVuSans.ttf)" && echo "Still so." || { echo "It changed: see above."; exit 1; }
