"""For what a case is given out whole, in the words that are chosen among: the page, the export and the chronology say the same."""

from __future__ import annotations

PURPOSES = {
    "court": "A court has ordered it, or proceedings are under way",
    "inquest": "A coroner’s inquest",
    "child_review": "A child safeguarding practice review, or a rapid review before one",
    "adult_review": "A domestic abuse related death review, or a safeguarding adult review",
    "claim": "A claim or a complaint against the council, or its insurer",
    "police": "The police ask for it, in writing",
}
