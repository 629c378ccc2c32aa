#!/bin/sh
# An address of two lines in a spreadsheet cell is one line without a space for one reader and two lines for another.
#
# Expected: in an OpenDocument spreadsheet (the format in which public bodies publish tables) a line break within a cell is read as a line
# break, or at least as white space, by whatever reads it; a price is a number in all of them.
# Seen (python-calamine 0.9.1, pyexcel-ods3 0.6.1, the file made with odfpy 1.4.1): of "Flat 2<text:line-break/>10 Example Road" calamine
# makes "Flat 210 Example Road", another flat; a postcode at the end of the line before is glued to the next word. Two paragraphs in one
# cell, the other way to write it, are two lines in both. A cell of £62.50 is the number 62.5 in calamine and the text "62.5 GBP" in
# pyexcel-ods3. A URN is 300123.0 in calamine.
# What to do: have a file of both kinds of break among the samples; read money and numbers by a rule that knows both shapes.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check python-calamine==0.9.1 pyexcel-ods3==0.6.1 odfpy==1.4.1
cat >"$work/cell.py" <<'PY'
import sys

import pyexcel_ods3
import python_calamine
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import LineBreak, P

document, table, row = OpenDocumentSpreadsheet(), Table(name="Providers"), TableRow()
broken, line = TableCell(valuetype="string"), P(text="Flat 2")
line.addElement(LineBreak())
line.addText("10 Example Road")
broken.addElement(line)
paragraphs = TableCell(valuetype="string")
paragraphs.addElement(P(text="Flat 2"))
paragraphs.addElement(P(text="10 Example Road"))
for cell in (broken, paragraphs, TableCell(valuetype="currency", currency="GBP", value="62.5"), TableCell(valuetype="float", value="300123")):
    row.addElement(cell)
table.addElement(row)
document.spreadsheet.addElement(table)
document.save(sys.argv[1])
calamine = python_calamine.load_workbook(sys.argv[1]).get_sheet_by_name("Providers").to_python()[0]
pyexcel = pyexcel_ods3.get_data(sys.argv[1])["Providers"][0]
print("calamine:     ", calamine)
print("pyexcel-ods3: ", pyexcel)
expected = ["Flat 210 Example Road", "Flat 2\n10 Example Road", 62.5, 300123.0], ["Flat 2\n10 Example Road", "Flat 2\n10 Example Road", "62.5 GBP", 300123]
raise SystemExit((calamine, pyexcel) != expected)
PY
"$work/venv/bin/python" "$work/cell.py" "$work/cell.ods" && echo "Still so." || { echo "It changed: see above."; exit 1; }
