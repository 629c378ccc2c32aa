"""The list of cases, a case, and the pages on which its household is entered."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request, session, url_for
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import glass, purpose
from app.access.views import looked
from app.accounts.models import User
from app.accounts.policy import ROLES, may, permission
from app.assessments import service as assessments
from app.assessments import waiting
from app.assessments.models import DECIDED, DRAFT, SUBMITTED, WITHDRAWN, Assessment
from app.assessments.placed import is_placed
from app.cases import alike, handing, history, numbers, protected, sealing, service
from app.cases.ages import age_in_words
from app.cases.household import ADDRESS, HOUSEHOLD, MEMBER, household_of
from app.cases.models import Case, CaseMember
from app.cases.views.next_step import next_step
from app.cases.views.services import say_where
from app.clocks import today
from app.decisions import emergency
from app.decisions.views import of_case as after_decisions
from app.extensions import db
from app.letters import due, lead
from app.lives import families
from app.problem import StaleCase
from app.sharing import answers
from app.sharing import service as sharing
from app.suitability.casefile import wording
from app.web.page import Page, saved, shown, version_seen
from forms.accounts import EmptyForm
from forms.cases import (
    ASKED_ADDRESS,
    ASKED_HOUSEHOLD,
    ASKED_LEAD_PROFESSIONAL,
    AddressForm,
    AllocateForm,
    HouseholdForm,
    LeadProfessionalForm,
    SealedAddressForm,
)
from forms.members import ANOTHER, ASKED_MEMBER, EVERYTHING, MemberForm, TakeOutForm

pages = Blueprint("cases", __name__)
PAGE = 50
_STATE_WORDS = {
    DRAFT: "Being assessed",
    SUBMITTED: "Waiting for review",
    DECIDED: "Decided",
    WITHDRAWN: "Withdrawn",
}


@pages.get("/cases")
@permission("case.list")
def home() -> Page:
    """The list of cases, newest change first. What waits for whoever looks stands on the page of their work."""
    before = request.args.get("before", "")[:32]
    found = service.listed(current_user, PAGE + 1, before)
    names = names_of({c.assigned_to for c in found})
    return render_template(
        "cases/list.html",
        cases=found[:PAGE],
        more=found[PAGE - 1].id if len(found) > PAGE else "",
        names=names,
        marks=waiting.marks([c.id for c in found]),
        states=assessments.newest_states([c.id for c in found]),
        tonight=emergency.waiting([c.id for c in found]),
        unsettled=answers.unsettled([c.id for c in found]),
    )


def names_of(ids: set[str]) -> dict[str, str]:
    found = db.session.execute(select(User.id, User.name).where(User.id.in_(ids))).all()
    return {row.id: row.name for row in found}


@pages.get("/cases/<id:case_id>")
@permission("case.view")
def show(case_id: str) -> Page:
    """The case: household, placements, and what to do next."""
    case: Case = g.case
    issued = after_decisions.of_case(case.id)
    placements = [{**_placement(a), "issued": issued.get(a.id)} for a in assessments.of_case(case.id)]
    ages = {m.key: age_in_words(m, today()) for m in household_of(case).members} if case.members else {}
    called = alike.labels_of(case)
    officer = names_of({case.assigned_to}).get(case.assigned_to, "")
    ratify_by, unsettled = emergency.waiting([case.id]).get(case.id), answers.unsettled([case.id]).get(case.id, [])
    waits = any(p["to_review"] for p in placements) or bool(unsettled) or bool(ratify_by)
    asked_why = "glass" not in g and purpose.is_asked(current_user, case, session, today(), waits)
    return render_template(
        "cases/show.html",
        case=case,
        placements=placements,
        next=next_step(case, placements),
        ages=ages,
        called=called,
        officer=officer,
        handed=handing.last_of(case.id),
        tonight=glass.notes(case.id),
        words=wording.label,
        protected_count=len(protected.of_case(case.id)),
        ratify_by=ratify_by,
        unsettled=unsettled,
        why=looked.why_form() if asked_why else None,
        kept_from=len(service.are_kept_out(db.session, case.id)) if may(current_user.role, "case.exclude") else 0,
        asked_agencies=len(history.put_to_agencies(case)),
        late=due.open_late(due.of_case(case, today())),
        nobody_leads=lead.prompt(case),
        ask_of=sealing.whom_to_ask(case.id) if any(a.sealed for a in case.addresses) else [],
        seal_it=sealing.is_proposed(case),
    )


def _placement(a: Assessment) -> dict[str, Any]:
    """A proposed unit, how far its assessment is, and whether whoever looks may review it."""
    return {
        "unit": a.unit,
        "units": "; ".join((a.unit.address, *(other.door for other in a.unit.further))),
        "this": {"case_id": a.case_id, "assessment_id": a.id},
        "withdrawn": a.state == WITHDRAWN,
        "there": a.state != WITHDRAWN and a.starts is not None and a.starts <= today(),
        "changes": a.state == DRAFT,
        "state_words": "Returned by the safeguarding lead" if waiting.is_returned(a) else _STATE_WORDS[a.state],
        "returned": a.returned_note if waiting.is_returned(a) else "",
        "to_review": a.state == SUBMITTED and may(current_user.role, "decision.review"),
    }


@pages.route("/cases/<id:case_id>/household", methods=["GET", "POST"])
@permission("case.edit")
def household(case_id: str) -> Page:
    case: Case = g.case
    form = HouseholdForm(data=_household_values(case)) if request.method == "GET" else HouseholdForm()
    form.is_stored = True
    if request.method == "POST" and form.validate():
        values = HOUSEHOLD.columns(ASKED_HOUSEHOLD.said(form))
        number = form.council_number.data if form.council_number.raw_data else case.council_number

        def give(session: Session, taken: Case) -> None:
            numbers.give(session, current_user, taken, number or "")

        if saved(
            form,
            lambda seen_version: service.change(current_user, case.id, seen_version, values, give),
            "The household is saved.",
        ):
            return redirect(url_for("cases.show", case_id=case.id))
    return shown("cases/household.html", form, case=g.case, words=wording.label)


def _household_values(case: Case) -> dict[str, Any]:
    shown = {"version": str(case.version), "council_number": case.council_number}
    return shown | ASKED_HOUSEHOLD.shown(HOUSEHOLD.read(case))


@pages.route("/cases/<id:case_id>/members/new", methods=["GET", "POST"])
@pages.route("/cases/<id:case_id>/members/<id:member_id>", methods=["GET", "POST"])
@permission("case.edit")
def member(case_id: str, member_id: str | None = None) -> Page:
    case: Case = g.case
    person = next((m for m in case.members if m.id == member_id), None)
    if member_id is not None and person is None:
        abort(404)
    stored = {"version": str(case.version), **(ASKED_MEMBER.shown(MEMBER.read(person)) if person else {})}
    form = MemberForm(data=stored | _whose(person)) if request.method == "GET" else MemberForm()
    form.is_stored = person is not None
    others, called = [m for m in case.members if m is not person], alike.labels_of(case)
    form.couple_with.items = [(m.key, called[m.key], "") for m in others if m.kind == "adult"]
    form.mother.items = [(m.key, called[m.key], "") for m in others if m.kind != "unborn"]
    there: list[CaseMember] = []
    if request.method == "POST":
        said = _said(form, person)
        there = alike.not_told_apart(said, person, others)
        form.ask_whether_one(alike.question(said, there), {m.key: called[m.key] for m in there})
    if request.method == "POST" and form.validate():
        # A page that is out of date is told so first: what was sent twice is there by now, and is no second person.
        if there and version_seen(form) == case.version and form.same.data != ANOTHER:
            return _not_saved(form, case, person, there, called)
        apart = {*(person.told_apart if person else ()), *(m.key for m in there)}
        values = MEMBER.columns(_answered(form)) | {"told_apart": sorted(apart)}
        if saved(
            form,
            lambda seen_version: service.save_member(
                current_user,
                case.id,
                seen_version,
                member_id,
                values,
                lambda session, one: families.watched(current_user, session, one, is_placed),
            ),
            f"{values['name']} is saved.",
        ):
            return redirect(url_for("cases.show", case_id=case.id))
    ask_first = request.method == "GET" and not form.asked_of()
    return shown("cases/member.html", form, case=case, person=person, called=called, ask_first=ask_first)


def _whose(person: CaseMember | None) -> dict[str, str]:
    """Whose questions the page shows: of who is stored, or of whom the address names; the whole list where that is asked for."""
    of = request.args.get("of", "")
    if of == EVERYTHING:
        return {"asks": EVERYTHING}
    return {"kind": of} if person is None and of in ("adult", "child", "unborn") else {}


def _answered(form: MemberForm) -> dict[str, Any]:
    """What was said of what was asked; what this page did not ask stays as it is stored."""
    asked = form.answered()
    in_boxes = {name: of.boxes for name, of in ASKED_MEMBER.otherwise.items()}
    said = ASKED_MEMBER.said(form)
    return {name: value for name, value in said.items() if asked & set(in_boxes.get(name, (name,)))}


def _said(form: MemberForm, person: CaseMember | None) -> alike.Entry:
    """Who was typed, as far as they are told apart from others."""
    key = person.key if person else ""
    return alike.Entry(key, form.name.data or "", form.kind.data or "", form.born.data, form.due.data, form.mother.data)


def _not_saved(
    form: MemberForm, case: Case, person: CaseMember | None, there: list[CaseMember], called: dict[str, str]
) -> Page:
    """Nobody has said that this is another person: ask, or go to the entry that it is."""
    same = next((m for m in there if m.key == form.same.data), None)
    if same is None:
        form.refuse("same", "Say whether this is another person, or the same one entered twice.")
        return shown("cases/member.html", form, case=case, person=person, called=called, ask_first=False)
    twice = f" If {called[person.key]} is the same person, remove that entry with a reason." if person else ""
    flash(
        f"Nothing was saved: this is the entry that was there already. Add to it what is missing.{twice}", "important"
    )
    return redirect(url_for("cases.member", case_id=case.id, member_id=same.id))


@pages.route("/cases/<id:case_id>/addresses/new", methods=["GET", "POST"])
@pages.route("/cases/<id:case_id>/addresses/<id:part_id>", methods=["GET", "POST"])
@permission("case.edit")
def address(case_id: str, part_id: str | None = None) -> Page:
    case: Case = g.case
    entry = entry_of(case.addresses, part_id)
    kind: type[AddressForm] = SealedAddressForm if entry is not None and entry.sealed else AddressForm
    stored = ASKED_ADDRESS.shown(ADDRESS.read(entry)) if entry else {}
    if kind is SealedAddressForm:
        stored |= {"address": "", "postcode": ""}
    form = kind(data={"version": str(case.version), **stored}) if request.method == "GET" else kind()
    if request.method == "POST" and form.validate():
        values = ADDRESS.columns(ASKED_ADDRESS.said(form))
        if kind is SealedAddressForm and not form.address.data:  # what is closed stays as it is
            values = {name: value for name, value in values.items() if name not in ("address", "postcode")}
        if saved(
            form,
            lambda seen_version: service.save_address(current_user, case.id, seen_version, part_id, values),
            "The address is saved.",
        ):
            say_where(form.postcode.data or "")
            return redirect(url_for("cases.show", case_id=case.id))
    return shown("cases/part.html", form, case=case, title="Address", names=ASKED_ADDRESS.fields)


def entry_of(entries: Any, part_id: str | None) -> Any:
    found = next((e for e in entries if e.id == part_id), None)
    if part_id is not None and found is None:
        abort(404)
    return found


@pages.route("/cases/<id:case_id>/lead-professional", methods=["GET", "POST"])
@permission("case.edit")
def lead_professional(case_id: str) -> Page:
    case: Case = g.case
    fields = ASKED_LEAD_PROFESSIONAL.fields
    form = (
        LeadProfessionalForm(data={"version": str(case.version), **{n: getattr(case, f"lead_{n}") for n in fields}})
        if request.method == "GET"
        else LeadProfessionalForm()
    )
    if request.method == "POST" and form.validate():
        if form.accepted.data and not form.name.data:
            form.refuse("name", "Enter the name of the person who accepted.")
        else:
            values = {f"lead_{n}": value for n, value in ASKED_LEAD_PROFESSIONAL.said(form).items()}
            if saved(
                form,
                lambda seen_version: service.change(
                    current_user, case.id, seen_version, values, lead.noted(current_user, values)
                ),
                "The lead professional is saved.",
            ):
                return redirect(url_for("cases.show", case_id=case.id))
    return shown("cases/part.html", form, case=case, title="Lead professional", names=fields)


@pages.post("/cases/<id:case_id>/<any(members, addresses, services):part>/<id:part_id>/remove")
@permission("case.edit")
def remove(case_id: str, part: str, part_id: str) -> Page:
    """Remove what was entered by mistake; a person only with a reason, which stays."""
    if part == "members":
        return _take_out(part_id)
    form = EmptyForm()
    try:
        service.remove_part(current_user, case_id, version_seen(form), part, part_id)
        flash("Removed.", "success")
    except StaleCase:
        flash(
            "Somebody changed this case since you opened the page, so nothing was removed. Look at it again.",
            "important",
        )
    except service.CaseProblem as problem:
        flash(str(problem), "important")
    return redirect(url_for("cases.show", case_id=case_id))


def _take_out(member_id: str) -> Page:
    case: Case = g.case
    back = redirect(url_for("cases.show", case_id=case.id))
    member = next((m for m in case.members if m.id == member_id), None)
    if member is None:
        flash("This was removed while you were looking at it.", "important")
        return back
    name = alike.labels_of(case)[member.key]
    if any(a.state == SUBMITTED for a in assessments.of_case(case.id)):
        flash(
            f"An assessment waits for review, and it was judged with {name} in the household. The safeguarding lead can return it; then a person can be taken out.",
            "important",
        )
        return back
    form = (
        TakeOutForm()
        if "reason" in request.form
        else TakeOutForm(data={"version": request.form.get("version", "")}, formdata=None)
    )
    if (
        "reason" in request.form
        and form.validate()
        and saved(
            form,
            lambda seen_version: service.remove_member(
                current_user, case.id, seen_version, member_id, form.reason.data
            ),
            f"{name} is taken out. The reason stays under “What happened”.",
        )
    ):
        return back
    return shown("cases/part.html", form, case=case, title=f"Take {name} out of the household", names=["reason"])


@pages.route("/cases/<id:case_id>/allocate", methods=["GET", "POST"])
@permission("case.allocate")
def allocate(case_id: str) -> Page:
    case: Case = g.case
    officers = db.session.scalars(
        select(User)
        .where(User.active.is_(True), User.role.in_(handing.HOLD_CASES), User.id != case.assigned_to)
        .where(User.id.not_in(service.are_kept_out(db.session, case.id)))
        .order_by(User.name)
    ).all()
    form = AllocateForm(data={"version": str(case.version)}) if request.method == "GET" else AllocateForm()
    form.assigned_to.items = [(u.id, f"{u.name}, {ROLES[u.role].lower()}", "") for u in officers]
    if (
        request.method == "POST"
        and form.validate()
        and saved(
            form,
            lambda seen_version: handing.hand_over(
                current_user, case.id, seen_version, form.assigned_to.data or "", form.reason.data or ""
            ),
            "The case is handed over. Whoever has it now, and whoever had it, is told by mail.",
        )
    ):
        return redirect(url_for("cases.show", case_id=case_id))
    held = names_of({case.assigned_to}).get(case.assigned_to, "")
    title = f"Hand this case over from {held}" if held else "Hand this case over"
    return shown("cases/part.html", form, case=case, title=title, names=("assigned_to", "reason"))


@pages.post("/cases/<id:case_id>/<any(restrict, unrestrict):what>")
@permission("case.restrict")
def restrict(case_id: str, what: str) -> Page:
    try:
        then = sharing.end_links if what == "restrict" else None
        service.restrict(current_user, case_id, version_seen(EmptyForm()), what == "restrict", then)
        flash(
            "Only its officer, the safeguarding leads and auditors can see this case now. Links to its records have ended, and their readers are told so: share again with those who need it."
            if what == "restrict"
            else "The restriction is lifted.",
            "success",
        )
    except StaleCase:
        flash("Somebody changed this case since you opened the page. Look at it again.", "important")
    return redirect(url_for("cases.show", case_id=case_id))
