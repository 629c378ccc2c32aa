"""What each action about what leaves for a court, and about what is left outside, is called; the rest of ``service.ACTIONS``."""

from __future__ import annotations

OF_COURTS = {
    "court.viewed": "Page for an export of the whole case looked at",
    "court.exported": "Whole case given out, for a court or a review",
    "audit.mailed": "Where the audit stands, mailed to whoever keeps it outside",
}
