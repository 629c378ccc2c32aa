"""Whether what was typed is an address that a mail reaches, and that one alone.

A form that accepts more than the mail library sends to lets a mail go to another mailbox: “hanna(hv)@…” is read as a comment and
goes to hanna. So the library is asked, and what it would send to must be what was typed, to the letter.
"""

from __future__ import annotations

import re
from email.headerregistry import Address
from email.message import EmailMessage

# The shape that every mail server takes without quoting: ASCII, no dot at an end nor two together (RFC 5321, dot-string).
_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_SHAPE = re.compile(rf"{_LOCAL}@{_LABEL}(?:\.{_LABEL})+")
_LONGEST_LOCAL, _LONGEST = 64, 254
_CURLY = "‘’ʼ`´"


def address_problem(typed: str) -> str:
    """Why this is not an address, for the person who typed it; empty where it is one."""
    if any(ch in typed for ch in _CURLY) and _SHAPE.fullmatch(re.sub(f"[{_CURLY}]", "'", typed)):
        return "There is a curly apostrophe in this address. Type a straight one: '."
    if not _SHAPE.fullmatch(typed) or len(typed) > _LONGEST or len(typed.split("@")[0]) > _LONGEST_LOCAL:
        return "Enter an e-mail address like name@example.org."
    return "" if _sent_to(typed) == [typed] else "Enter an e-mail address like name@example.org."


def _sent_to(typed: str) -> list[str]:
    """Whom the mail library would send a message to that is addressed so."""
    message = EmailMessage()
    try:
        Address(addr_spec=typed)
        message["To"] = typed
        return [address.addr_spec for address in message["To"].addresses]
    except (ValueError, IndexError):  # the library's own words for what it cannot read
        return []
