"""A home that is held sealed: its page, on which it does not stand; sealing it, asking, agreeing; and the one page on which it is shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, request, url_for
from flask_login import current_user
from sqlalchemy import JSON, String, Text, select
from sqlalchemy.orm import Session

from app.accounts import fresh
from app.accounts.policy import ROLES, may, permission
from app.assessments import service as assessments
from app.audit.changes import TRACKED
from app.cases import sealed_home, sealing
from app.cases.models import Case
from app.cases.sealed_home import Home
from app.chronology.before_after import NOUNS
from app.database import Base
from app.editions.models import Edition
from app.extensions import db
from app.letters.models import Letter
from app.lives import steps
from app.records.models import Record
from app.sharing import service as sharing
from app.web.page import Page, saved, shown
from forms.accounts import EmptyForm
from forms.sealing import AskHomeForm, NameForm, SealForm, SettleHomeForm

pages = Blueprint("sealed", __name__)
_NOT_YOURS = "Somebody else settles this: a safeguarding lead who did not ask, or, where a lead asks, somebody who is named. It may be settled already."
_NOT_LOOKED_AT = ("home_seal", "home_asked", "case_address", "case_exclusion", "life_step")


@pages.get("/cases/<id:case_id>/sealed-home")
@permission("home.view")
def home(case_id: str) -> Page:
    """Whether their home is sealed, who may see it, who asked, and where it is still written down."""
    state = sealing.state(current_user, case_id)
    found = sealed_home.homes(db.session, case_id) if state is not None else []
    return shown(
        "cases/sealed_home.html", EmptyForm(), case=g.case, state=state, roles=ROLES, minutes=sealing.numbers().shown_minutes,
        proposed=sealing.is_proposed(g.case), papers=_papers(case_id, found), words=_words(g.case, found),
        placed=_is_placed_there(g.case, found), names={n.row.user_id for n in state.named} if state else set(),
        may_settle=_settled_by(state),
    )  # fmt: skip


def _settled_by(state: sealing.State | None) -> set[str]:
    if state is None or not may(current_user.role, "home.agree"):
        return set()
    named = {n.row.user_id for n in state.named}
    return {a.id for a in state.asked if a.verdict is None and sealing.may_settle(current_user, a, named)}


@pages.route("/cases/<id:case_id>/sealed-home/seal", methods=["GET", "POST"])
@permission("home.seal")
@fresh.confirmed
def seal(case_id: str) -> Page:
    """Seal it: with a reason, and who may see it."""
    case: Case = g.case
    people = sealing.to_name(case)
    at_first = [u.id for u in people if u.id in (case.assigned_to, current_user.id)]
    form = SealForm() if request.method == "POST" else SealForm(data={"version": str(case.version), "named": at_first})
    form.named.items = [(u.id, f"{u.name}, {ROLES[u.role].lower()}", "") for u in people]
    if (
        request.method == "POST"
        and form.validate()
        and saved(
            form,
            lambda seen: sealing.seal(
                current_user, case_id, seen, form.reason.data or "", form.named.data or [], steps.that_say, _end_links
            ),
            "Sealed. From now on every page, list, letter and record says where they live only as the district.",
        )
    ):
        return redirect(url_for("sealed.home", case_id=case_id))
    return shown("cases/seal_home.html", form, case=case, proposed=sealing.is_proposed(case))


def _end_links(session: Session, case_id: str, homes: Collection[Home]) -> None:
    sharing.end_links_that_say(session, case_id, homes)


@pages.route("/cases/<id:case_id>/sealed-home/name", methods=["GET", "POST"])
@permission("home.name")
@fresh.confirmed
def name(case_id: str) -> Page:
    """One more who may see it."""
    state = sealing.state(current_user, case_id)
    if state is None:
        abort(404)
    form = NameForm() if request.method == "POST" else NameForm(data={"version": str(g.case.version)})
    there = {current_user.id, *(n.row.user_id for n in state.named)}
    form.named.items = [
        (u.id, f"{u.name}, {ROLES[u.role].lower()}", "") for u in sealing.to_name(g.case) if u.id not in there
    ]
    if (
        request.method == "POST"
        and form.validate()
        and saved(
            form,
            lambda seen: sealing.name(current_user, case_id, seen, form.named.data or ""),
            "They may see it from now on.",
        )
    ):
        return redirect(url_for("sealed.home", case_id=case_id))
    return shown("cases/part.html", form, case=g.case, title="Name somebody who may see their home", names=["named"])


@pages.post("/cases/<id:case_id>/sealed-home/named/<id:named_id>/end")
@permission("home.name")
def unname(case_id: str, named_id: str) -> Page:
    """Somebody may see it no longer."""
    form = EmptyForm()
    if not saved(
        form, lambda seen: sealing.unname(current_user, case_id, seen, named_id), "They may see it no longer."
    ):
        flash(form.summary()[0].text, "important")
    return redirect(url_for("sealed.home", case_id=case_id))


@pages.route("/cases/<id:case_id>/sealed-home/ask", methods=["GET", "POST"])
@permission("home.ask")
@fresh.confirmed
def ask(case_id: str) -> Page:
    """Ask to see it, or that the seal be lifted."""
    if sealed_home.in_force(db.session, case_id) is None:
        abort(404)
    form = AskHomeForm() if request.method == "POST" else AskHomeForm(data={"version": str(g.case.version)})
    if (
        request.method == "POST"
        and form.validate()
        and saved(
            form,
            lambda seen: sealing.ask(current_user, case_id, seen, form.what.data or "", form.reason.data or ""),
            "Asked. A second person reads why, and agrees or not: ring them if it cannot wait.",
        )
    ):
        return redirect(url_for("sealed.home", case_id=case_id))
    return shown("cases/part.html", form, case=g.case, title="Ask about their sealed home", names=["what", "reason"])


@pages.route("/cases/<id:case_id>/sealed-home/asked/<id:asked_id>", methods=["GET", "POST"])
@permission("home.agree")
@fresh.confirmed
def settle(case_id: str, asked_id: str) -> Page:
    """The word of the second person."""
    asked = sealing.find_asked(case_id, asked_id)
    state = sealing.state(current_user, case_id)
    if asked is None:
        abort(404)
    if asked.id not in _settled_by(state):
        flash(_NOT_YOURS, "important")
        return redirect(url_for("sealed.home", case_id=case_id))
    form = SettleHomeForm() if request.method == "POST" else SettleHomeForm(data={"version": str(g.case.version)})
    if (
        request.method == "POST"
        and form.validate()
        and saved(
            form,
            lambda seen: sealing.settle(
                current_user, case_id, seen, asked_id, form.answer.data == "agree", form.word.data or ""
            ),
            "Written down.",
        )
    ):
        return redirect(url_for("sealed.home", case_id=case_id))
    return shown("cases/settle_home.html", form, case=g.case, asked=asked, minutes=sealing.numbers().shown_minutes)


@pages.post("/cases/<id:case_id>/sealed-home/show")
@permission("home.show")
@fresh.confirmed
def show(case_id: str) -> Page:
    """Where they live: for who is named, or to whom it was released; it is in no other answer of this service."""
    found = sealing.show(current_user, case_id)
    if found is None:
        flash("It is not shown to you: you are not named, or what was released to you is used or over.", "important")
        return redirect(url_for("sealed.home", case_id=case_id))
    return shown("cases/shown_home.html", EmptyForm(), case=g.case, found=found)


# ---- where it is still written down: said by what and how often, never in its words


def _papers(case_id: str, found: Collection[Home]) -> list[str]:
    """The numbers of what was frozen before, and says where they live."""
    if not found:
        return []
    kinds: tuple[tuple[str, Any], ...] = (("Record", Record), ("Copy", Edition), ("Letter", Letter))
    return [
        f"{called} {row.number}"
        for called, kind in kinds
        for row in db.session.execute(
            select(kind.number, kind.body).where(kind.case_id == case_id).order_by(kind.number)
        )
        if sealed_home.is_in(bytes(row.body).decode(), found)
    ]


def _words(case: Case, found: Collection[Home]) -> list[str]:
    """What people typed that says where they live: how many of which kind."""
    if not found:
        return []
    counted: Counter[str] = Counter()
    for mapper in Base.registry.mappers:
        table = mapper.local_table
        called = getattr(table, "name", "")
        if called not in TRACKED or called in _NOT_LOOKED_AT:
            continue
        of = mapper.class_.id if called == "housing_case" else getattr(mapper.class_, "case_id", None)
        texts = [
            getattr(mapper.class_, c.key)
            for c in mapper.column_attrs
            if isinstance(c.columns[0].type, String | Text | JSON)
        ]
        if of is None or not texts:
            continue
        for row in db.session.execute(select(*texts).where(of == case.id)):
            if any(value and sealed_home.is_in(str(value), found) for value in row):
                counted[NOUNS.get(called) or "What is known of the household"] += 1
    return [f"{many} × {what}" if many > 1 else what for what, many in sorted(counted.items())]


def _is_placed_there(case: Case, found: Collection[Home]) -> bool:
    """Is it a place that was proposed to them as well? Its pages say where that is."""
    listed = [a.unit for a in assessments.of_case(case.id)] if found else []
    return any(sealed_home.is_in(f"{unit.address} {unit.postcode}", found) for unit in listed)
