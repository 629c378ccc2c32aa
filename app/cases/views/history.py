"""The pages on which what happened is entered: nights, health contacts, enquiries, events, money, danger now."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, g, redirect, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session

from app.accounts.policy import permission
from app.cases import history, service
from app.cases.household import NIGHTS, household_of
from app.cases.models import Case
from app.checklists import read_folder
from app.clocks import today
from app.decisions import record_contents
from app.problem import StaleCase
from app.suitability.casefile import wording
from app.suitability.casefile.codes import Grade
from app.suitability.casefile.history import Event
from app.suitability.casefile.household import Spell
from app.suitability.casefile.values import LONGEST_NAME
from app.suitability.checklist.criterion import Agency
from app.web.page import Page, saved, shown, version_seen
from forms.accounts import EmptyForm
from forms.cases import SpellForm
from forms.history import NO_DANGER, PARTS, BudgetForm, DangerForm, line_of

pages = Blueprint("history", __name__)
TITLES = {
    "contacts": (
        "Health contacts",
        "Each contact of each child in 12 months, with whose reason it is. A child is brought or not brought.",
    ),
    "enquiries": (
        "Questions put to agencies",
        "Who was asked, what exactly, on what ground, by when, and what came back. Silence is never clearance.",
    ),
    "events": ("What happened", "Days that matter: patterns look for them. Write who did what, never a label."),
}
_PART = "<any(contacts, enquiries, events):part>"


@pages.route(f"/cases/<id:case_id>/history/{_PART}", methods=["GET", "POST"])
@pages.route(f"/cases/<id:case_id>/history/{_PART}/<int(max=999):number>", methods=["GET", "POST"])
@permission("case.edit")
def entries(case_id: str, part: str, number: int | None = None) -> Page:
    """A list with a form to add to it, or one entry to change."""
    case: Case = g.case
    listed: list[Any] = list(history.entries(case, part))
    if number is not None and number >= len(listed):
        abort(404)
    agencies = read_folder().agencies
    stored = _stored(listed[number]) if number is not None else _put(part, agencies.get(request.args.get("agency", "")))
    form = PARTS[part](data={"version": str(case.version), **stored}) if request.method == "GET" else PARTS[part]()
    names = record_contents.subject_names(household_of(case)) if case.members else {}
    called = {a.code: a.name for a in agencies.values()}
    _offer(form, case, called, names)
    if request.method == "POST" and form.validate():
        values = form.entry()
        if part == "enquiries" and form.listed.data:
            values |= _put(part, agencies[values["agency"]])
        if saved(
            form, lambda seen_version: history.save(current_user, case.id, seen_version, part, number, values), "Saved."
        ):
            return redirect(url_for("history.entries", case_id=case.id, part=part))
    title, says = TITLES[part]
    return shown(
        "cases/history.html",
        form,
        case=case,
        part=part,
        number=number,
        title=title,
        says=says,
        lines=[(line_of(part, e, names, called), _day(e)) for e in listed],
    )


def _put(part: str, agency: Agency | None) -> dict[str, Any]:
    """The exact question of an agency that must be asked, so that nobody types it again."""
    if part != "enquiries" or agency is None:
        return {}
    return {"agency": agency.code, "question": agency.question, "ground": agency.ground[:LONGEST_NAME]}


def _stored(entry: Any) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in type(entry).model_fields}


def _day(entry: Any) -> Any:
    return getattr(entry, "on", None) or getattr(entry, "asked", None)


def _offer(form: Any, case: Case, agencies: dict[str, str], names: dict[str, str]) -> None:
    if hasattr(form, "child"):
        form.child.items = [(m.key, names[m.key], "") for m in case.members if m.kind == "child"]
    if hasattr(form, "agency"):
        form.agency.items = [(code, name, "") for code, name in agencies.items()]
    if hasattr(form, "who"):
        form.who.items = [(m.key, names[m.key], "") for m in case.members]


@pages.post(f"/cases/<id:case_id>/history/{_PART}/<int(max=999):number>/remove")
@permission("case.edit")
def remove_entry(case_id: str, part: str, number: int) -> Page:
    """Remove what was entered by mistake."""
    try:
        history.remove(current_user, case_id, version_seen(EmptyForm()), part, number)
        flash("Removed.", "success")
    except StaleCase:
        flash(
            "Somebody changed this case since you opened the page, so nothing was removed. Look at it again.",
            "important",
        )
    except service.CaseProblem as problem:
        flash(str(problem), "important")
    return redirect(url_for("history.entries", case_id=case_id, part=part))


@pages.post("/cases/<id:case_id>/history/contacts/none")
@permission("case.edit")
def no_contacts(case_id: str) -> Page:
    """The services were asked and have no contacts to list."""
    form = EmptyForm()
    if not saved(
        form,
        lambda seen_version: history.none_known(current_user, case_id, seen_version),
        "Written down: asked, none to list.",
    ):
        flash("Somebody changed this case since you opened the page. Look at it again.", "important")
    return redirect(url_for("history.entries", case_id=case_id, part="contacts"))


@pages.route("/cases/<id:case_id>/money", methods=["GET", "POST"])
@permission("case.edit")
def money(case_id: str) -> Page:
    """A week's money: affordability is worked out from it."""
    case: Case = g.case
    stored = {name: _pounds(pence) for name, pence in (case.budget or {}).items()}
    form = BudgetForm(data={"version": str(case.version), **stored}) if request.method == "GET" else BudgetForm()
    names = [f.name for f in form if f.name not in ("version", "csrf_token")]
    if request.method == "POST" and form.validate():
        values = {n: form[n].pence for n in names if form[n].pence is not None}
        if saved(
            form,
            lambda seen_version: service.change(current_user, case.id, seen_version, {"budget": values}),
            "The money is saved.",
        ):
            return redirect(url_for("cases.show", case_id=case.id))
    return shown("cases/part.html", form, case=case, title="A week’s money", names=names)


def _pounds(pence: int) -> str:
    return f"{pence // 100}.{pence % 100:02d}"


@pages.route("/cases/<id:case_id>/danger", methods=["GET", "POST"])
@permission("case.edit")
def danger(case_id: str) -> Page:
    """Danger now: 999 before anything else. The form can wait and nothing is lost."""
    case: Case = g.case
    form = (
        DangerForm(data={"version": str(case.version), "danger": case.danger})
        if request.method == "GET"
        else DangerForm()
    )
    form.before = tuple(case.danger or ())
    if request.method == "POST" and form.validate():
        values: dict[str, Any] = {"danger": [word for word in form.danger.data if word != NO_DANGER]}
        over = set(form.before) - set(values["danger"])
        what = f"Over: {', '.join(wording.DANGER[word].lower() for word in sorted(over))}. {form.ended.data}"

        def told(session: Session, locked: Case) -> None:
            if over:
                history.add_event(locked, Event(kind="improving_report", on=today(), what=what, grade=Grade.E2))

        said = "Written down. Call 999 now if you have not." if values["danger"] else "Written down: none of these now."
        if saved(form, lambda seen_version: service.change(current_user, case.id, seen_version, values, told), said):
            return redirect(url_for("cases.show", case_id=case.id))
    return shown("cases/danger.html", form, case=case)


@pages.route("/cases/<id:case_id>/bed-and-breakfast", methods=["GET", "POST"])
@permission("case.edit")
def spells(case_id: str) -> Page:
    """Nights already spent in bed and breakfast: the 42 nights are counted from them."""
    case: Case = g.case
    form = SpellForm() if request.method == "POST" else SpellForm(data={"version": str(case.version)})
    if request.method == "POST" and form.validate():
        nights = Spell.model_validate({"first": form.first.data, "last": form.last.data})
        if saved(
            form,
            lambda seen_version: service.add_spell(current_user, case.id, seen_version, nights),
            "The nights are added.",
        ):
            return redirect(url_for("history.spells", case_id=case.id))
    return shown("cases/spells.html", form, case=case, spells=[NIGHTS.plain(run) for run in case.nights])


@pages.post("/cases/<id:case_id>/bed-and-breakfast/none")
@permission("case.edit")
def no_nights(case_id: str) -> Page:
    """The family was asked and was in no bed and breakfast on this application."""
    form = EmptyForm()
    if not saved(
        form,
        lambda seen_version: service.no_nights(current_user, case_id, seen_version),
        "Written down: asked, no nights.",
    ):
        flash("Somebody changed this case since you opened the page. Look at it again.", "important")
    return redirect(url_for("history.spells", case_id=case_id))


@pages.post("/cases/<id:case_id>/bed-and-breakfast/<int(max=99):number>/remove")
@permission("case.edit")
def remove_spell(case_id: str, number: int) -> Page:
    form = EmptyForm()
    if not saved(
        form, lambda seen_version: service.remove_spell(current_user, case_id, seen_version, number), "Removed."
    ):
        flash(
            "Somebody changed this case since you opened the page, so nothing was removed. Look at it again.",
            "important",
        )
    return redirect(url_for("history.spells", case_id=case_id))
