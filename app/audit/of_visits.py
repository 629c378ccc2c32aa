"""What each action of a visit, and with a photograph, is called on a timeline; the rest of ``service.ACTIONS``."""

from __future__ import annotations

OF_VISITS = {
    "visit.begun": "Sheet taken along on a visit",
    "visit.opened": "Sheet of a visit opened on a phone",
    "visit.looked_at": "Sheet of a visit sent or given up from a phone",
    "visit.sent": "What was seen on a visit sent, whole",
    "visit.late": "Visit sent after its placement was decided or withdrawn: kept",
    "visit.given_up": "Visit given up before anything was sent",
    "visit.gone": "Visit not sent within seven days: its key destroyed",
    "photograph.kept": "Photograph kept with an answer",
    "photograph.viewed": "Photograph looked at",
}
