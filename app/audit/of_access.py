"""What each action of who opens what that is not theirs, and of who looks at that, is called; the rest of ``service.ACTIONS``."""

from __future__ import annotations

from typing import Literal

OF_ACCESS = {
    "glass.opened": "Case opened in an emergency by somebody whose case it is not",
    "glass.viewed": "Page looked at while the case was open in an emergency",
    "glass.stopped": "More than reading asked for while the case was open in an emergency: refused",
    "glass.ended": "Case closed again before its hour was over",
    "glass.noted": "What was done in the emergency written down",
    "glass.reviewed": "Opening of a case in an emergency answered for by a safeguarding lead",
    "glass.refused": "Case asked for in an emergency, and not opened",
    "reading.found": "Something about who looked at what was noticed",
    "reading.answered": "What was noticed about who looked at what answered for",
    "reading.viewed": "Who looked at what, and what was noticed of it, looked at",
    "purpose.said": "Said why they look at a case that is not their work",
}
DENIED = ("case.denied", "glass.refused", "glass.stopped")
# To say why one looks is not to do anything in a case.
_LOOKS, _TAKES = (".viewed", ".checked", "purpose.said"), ".downloaded"


def kind_of(action: str) -> Literal["look", "take", "denied", "act"]:
    """Whether an entry is of a look, of something taken away as a file, of a refusal, or of something that was done."""
    if action in DENIED:
        return "denied"
    if action.endswith(_LOOKS):
        return "look"
    return "take" if action.endswith(_TAKES) else "act"
