"""The search: one field on every page, and what was found with the reason."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from flask import Blueprint, abort, redirect, request, url_for
from flask_login import current_user

from app.accounts.policy import permission
from app.audit import service as audit
from app.clocks import today
from app.extensions import db
from app.finding import asked, entries, sealed, service
from app.web.page import Page, shown
from forms.finding import SearchForm

pages = Blueprint("finding", __name__)

# Above the cases that were found by it, and before each thing that they were found by.
GROUPS = {
    entries.NAME: ("By name", "Name"),
    entries.FORMER: ("By a former name", "Former name"),
    entries.REFERENCE: ("By reference", "Reference"),
    entries.NUMBER: ("By the council’s number", "Council’s number"),
    entries.ADDRESS: ("By address", "Address now"),
    entries.PROPOSED: ("By a proposed place", "Proposed place"),
    entries.EARLIER: ("By an earlier address", "Earlier address"),
    entries.CONSIDERED: ("By a place that was considered", "Place considered"),
    entries.PROFESSIONAL: ("By professional", "Professional"),
    entries.SERVICE: ("By a service they use", "Service they use"),
}
MOST_REASONS = 5


@pages.route("/search", methods=["GET", "POST"])
@permission("case.list")
def search() -> Page:
    """What was typed goes to an address that does not show it; there, what was found."""
    form = SearchForm()
    if request.method == "POST":
        if form.validate() and _terms(form) is not None:
            return redirect(url_for("finding.search", s=sealed.close(current_user.id, form.words.data or "")))
        return _shown(form)
    closed = request.args.get("s", "")
    words = sealed.opened(current_user.id, closed) if closed else ""
    form.words.data = words or ""
    if not words:
        return _shown(form, ended=words is None)
    terms = _terms(form)
    if terms is None:  # closed by an earlier version, which took what this one does not
        return _shown(form)
    return _found(form, terms, closed)


def _terms(form: SearchForm) -> tuple[asked.Term, ...] | None:
    try:
        return asked.terms(form.words.data or "", today())
    except asked.CannotSearch as problem:
        form.refuse("words", str(problem))
        return None


def _found(form: SearchForm, terms: tuple[asked.Term, ...], closed: str) -> Page:
    page = request.args.get("page", "1")
    if not (page.isascii() and page.isdigit() and 1 <= int(page[:3]) <= service.MOST // service.PAGE and len(page) < 3):
        abort(404)
    hits = service.search(current_user, terms)
    first = (int(page) - 1) * service.PAGE
    some = hits.found[first : first + service.PAGE]
    if first and not some:
        abort(404)
    audit.viewed("found.viewed", "search", "", "", {"found": len(hits.found)})
    return _shown(
        form,
        words=form.words.data,
        count=len(hits.found),
        more=hits.more,
        first=first + 1,
        last=first + len(some),
        groups=[(GROUPS[kind][0], list(group)) for kind, group in groupby(some, key=lambda hit: hit.kind)],
        before=_page(closed, int(page) - 1) if first else "",
        after=_page(closed, int(page) + 1) if len(hits.found) > first + service.PAGE else "",
    )


def _page(closed: str, number: int) -> str:
    return url_for("finding.search", s=closed, page=number if number > 1 else None)


def _shown(form: SearchForm, **found: Any) -> Page:
    return shown(
        "finding/search.html",
        form,
        found=found,
        whole=service.is_whole(db.session),
        kinds={kind: words for kind, (_, words) in GROUPS.items()},
        most=service.MOST,
        most_reasons=MOST_REASONS,
    )
