"""Loaded once by the process that render processes are forked from, so that each starts warm."""

from __future__ import annotations

import gc

from app.records import fonts, pdf

pdf.covered()
fonts.scripts()
pdf._environment().get_template("record.html")
pdf._style()
gc.freeze()
