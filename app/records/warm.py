"""Loaded once by the process that render processes are forked from, so that each starts warm."""

from __future__ import annotations

import gc

from app.records import fonts, pdf

pdf.covered()
fonts.scripts()
for part in (
    "record.html",
    "record_page_one.html",
    "record_body.html",
    "record_annex.html",
    "record_witness.html",
    "record_anew.html",
):
    pdf._environment().get_template(part)
pdf._style("record")
gc.freeze()
