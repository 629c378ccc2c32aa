#!/bin/sh
# One letter that no font has, and the whole document cannot be read by two of three readers.
#
# Expected: a letter without a glyph is a box on the page and a gap in the text; every other word is read back as before.
# Seen (WeasyPrint 70.0, pydyf 0.13.0, pdfminer.six 20260107, pypdf 7.1.1, pypdfium2 5.15.2): with a letter that is missing, the font gets
# a character map of its own, WP-Encod-0, in place of Identity-H. pdfminer.six then reads no word in that font, on any page; pypdf puts
# U+0000 before every letter; PDFium reads all of it. It is so for a plain PDF and for pdf/a-3a. Without the letter all three agree.
# What to do: check each letter against the fonts before the page is made, and read a file back with more than one reader; an index or a
# redaction check built on pdfminer.six finds nothing in such a file, and says nothing.
# Needs Pango, as WeasyPrint does. The font is the one matplotlib brings.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
pip="$work/venv/bin/pip install --quiet --no-compile --disable-pip-version-check"
$pip weasyprint==70.0 pydyf==0.13.0 pdfminer.six==20260107 pypdf==7.1.1 pypdfium2==5.15.2
$pip --no-deps matplotlib==3.11.2
echo '<fontconfig></fontconfig>' >"$work/fonts.conf"
cat >"$work/letter.py" <<'PY'
import io
import sys
from pathlib import Path

import pypdf
import pypdfium2
from pdfminer.high_level import extract_text
from weasyprint import HTML

style = f"@font-face {{ font-family: F; src: url({Path(sys.argv[1]).as_uri()}) }} html {{ font-family: F }} p {{ break-after: page }}"
seen = []
for variant in (None, "pdf/a-3a"):
    for name in ("Hanna", "Hanna \u1210\u1293"):
        page = f"<html lang=en-GB><title>x</title><style>{style}</style><p>The decision is final.</p><p>{name}</p>"
        data = HTML(string=page).write_pdf(pdf_variant=variant)
        texts = {
            "pdfminer.six": extract_text(io.BytesIO(data)),
            "pypdf": "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages),
            "PDFium": "\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(data)),
        }
        row = tuple("The decision is final." in text and "Hanna" in text for text in texts.values())
        print(f"{variant or 'plain PDF':9} {ascii(name):22}", {reader: ascii(text.strip())[:34] for reader, text in texts.items()})
        seen.append(row)
raise SystemExit(seen != [(True, True, True), (False, False, True)] * 2)
PY
FONTCONFIG_FILE="$work/fonts.conf" "$work/venv/bin/python" -W ignore "$work/letter.py" "$(find "$work" -name DejaVuSans.ttf)" && echo "Still so." || { echo "It changed: see above."; exit 1; }
