"""A line in the log for each thing that was refused, so that whoever watches a service sees what is tried. Nothing of a family is in it.

Who looked at what of a case stands in the audit; what reached nothing does not, and a wrong password is forgotten there after a day.
Source: ASVS 5.0.0, 16.3.1 to 16.3.3.
"""

from __future__ import annotations

import structlog
from flask import Response, current_app, g, request

from app.accounts import tries
from app.accounts.policy import POLICY

log = structlog.get_logger("case_by_case")
# Forged or too old, not signed in, not theirs, no such method, too large, too often. What is typed wrongly in a form (422) is no attack,
# but where nobody is signed in: there it is a password, a code or a link.
_REFUSED = frozenset({400, 401, 403, 405, 413, 429})
_LENGTH = 12


def note_refusal(response: Response) -> Response:
    """One line: what was asked for by its name, what the answer was, who is signed in, and a mark of where it came from.

    The mark is keyed: one place has one mark, and nobody can read the place from it. An address that leads nowhere is not noted.
    """
    if _is_refusal(response.status_code):
        log.warning(
            "refused",
            reference=g.get("request_id", ""),
            endpoint=request.endpoint,
            method=request.method,
            status=response.status_code,
            who=getattr(g.get("_login_user"), "id", ""),
            place=tries.keyed(request.remote_addr or "")[:_LENGTH],
        )
    return response


def _is_refusal(status: int) -> bool:
    if status in _REFUSED:
        return True
    if status == 404:  # of an address that there is: a case, a link or a row that is not there for them
        return request.endpoint not in (None, "static")
    return status in (422, 503) and request.method == "POST" and _is_public()


def _is_public() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    name = getattr(view, "permission", None)
    return name in POLICY and POLICY[name].public
