"""What every page that saves has in common: what was typed stays, and what was wrong stands beside it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from flask import (
    flash,
    render_template,
)
from werkzeug.wrappers import Response as WerkzeugResponse

from app.extensions import db
from app.problem import Problem, StaleCase

Page = str | WerkzeugResponse | tuple[str, int]
_BESIDES = re.compile(r"[^A-Za-z0-9._-]+")


def file_name(name: str) -> str:
    """A name for a file that somebody takes away: letters, figures, points and lines alone, whatever a case is called.

    It stands in the head of the answer, where a quotation mark would end it and a letter of another alphabet cannot stand.
    """
    return _BESIDES.sub("-", name).strip("-.")


def version_seen(form: Any) -> int:
    """The case version a form was opened on; an unreadable one never matches."""
    written = str(form.version.data or "")
    return int(written) if written.isdecimal() and len(written) < 10 else -1


def saved(form: Any, save: Callable[[int], object], done: str) -> bool:
    """Try to save; a case that moved on, or a problem, becomes an error on the form with everything typed still there."""
    try:
        save(version_seen(form))
    except StaleCase as stale:
        form.refuse(
            "",
            "Somebody changed this case since you opened this page. What is stored now is shown below; what you typed is still here. Check it and save again.",
        )
        form.version.data = str(stale.now_at)
        db.session.expire_all()
        return False
    except Problem as problem:
        form.refuse(problem.field, str(problem))
        return False
    flash(done, "success")
    return True


def shown(template: str, form: Any, **values: Any) -> tuple[str, int]:
    return render_template(template, form=form, **values), 422 if form.errors else 200
