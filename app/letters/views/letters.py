"""Letters of a case: what is due, making one, looking at it before it goes, sending it, and what proves it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request, send_file, url_for
from flask_login import current_user

from app import jobs
from app.accounts.policy import may, permission
from app.assessments.models import DRAFT, SUBMITTED
from app.cases.household import household_of
from app.cases.models import Case
from app.checklists import read_folder
from app.clocks import law, today
from app.letters import asking, composed, context, due, lead, offered, sealed, service
from app.letters.models import Letter, LetterStep
from app.letters.reading import read_body
from app.letters.words import Kind, words
from app.notifications import messages
from app.web.page import Page, saved, shown
from forms.letters import AskForm, CancelForm, LeadStepForm, LetterForm, MailLetterForm, ProveForm, ReleaseForm

pages = Blueprint("letters", __name__)

_TO = ("to_name", "to_organisation", "to_address")
# Which boxes a fact of a letter is typed into.
_BOXES = {
    "applicant": "applicant", "household": "", "names": "", "children": "about", "people": "about", "question": "question",
    "ground": "ground", "by_when": "by_when", "seen": "seen", "put_right": "put_right",
}  # fmt: skip


@pages.get("/cases/<id:case_id>/letters")
@permission("letter.view")
def listed(case_id: str) -> Page:
    """What has to be sent and by when, what was sent with its proof, and what can be made."""
    case: Case = g.case
    made = service.of_case(case.id)
    assessment = context.placement(case.id)
    return render_template(
        "letters/letters.html",
        case=case,
        dues=due.of_case(case, today()),
        letters=made,
        kinds=words().kinds,
        steps=service.steps_of([letter.id for letter in made]),
        hows=service.HOW,
        may_leave=service.may_leave,
        assessment=assessment,
        address=context.address_of(assessment) if assessment else "",
        safety=context.safety(case, assessment),
        is_law=asking.is_law(today()),
        prompt=lead.prompt(case),
        asked=asking.of_case(case.id),
        offered=offered.of(assessment)
        if assessment and assessment.state in (DRAFT, SUBMITTED) and may(current_user.role, "answer.save")
        else [],
        answers=asking.ANSWERS,
        bodies=asking.BODIES,
    )


def _kind(code: str) -> Kind:
    kind = service.kind_of(code)
    if kind is None:
        abort(404)
    return kind


def boxes_of(kind: Kind, agency: str) -> list[str]:
    """The boxes that a kind of letter uses, in the order of the form."""
    facts = {fact for _, fact in kind.rows}
    if agency and not kind.release(agency).people:
        facts -= {"people", "children"}
    wanted = {_BOXES.get(fact, "") for fact in facts} | set(_TO)
    if "applicant" in kind.needs:
        wanted.add("applicant")
    return [
        name
        for name in ("agency", *_TO, "applicant", "about", "question", "ground", "seen", "put_right", "by_when")
        if name in wanted or name == "agency"
    ]


@pages.route("/cases/<id:case_id>/letters/new/<key:letter_kind>", methods=["GET", "POST"])
@permission("letter.make")
def make(case_id: str, letter_kind: str) -> Page:
    """What a letter needs beside what the case holds. What it will say is shown next, before anything leaves."""
    case, kind = g.case, _kind(letter_kind)
    agency = (request.form if request.method == "POST" else request.args).get("agency", "")[:40]
    if kind.agencies and agency not in dict(service.agencies()):
        return render_template("letters/which.html", case=case, kind=kind, agencies=service.agencies())
    found = read_folder().agencies.get(agency) if kind.agencies else None
    form = LetterForm() if request.method == "POST" else LetterForm(data=_suggested(case, kind, agency))
    members = household_of(case).members if case.members else ()
    form.applicant.items = [(m.key, m.name, "") for m in members if m.kind == "adult"] or [
        (m.key, m.name, "") for m in members if m.kind == "child"
    ]
    form.about.items = [(m.key, m.name, "") for m in members if kind.about != "children" or m.kind != "adult"]
    names = boxes_of(kind, agency)
    if request.method == "POST" and form.validate():
        to = service.To(*(str(form[name].data or "") for name in _TO))
        said = {name: form[name].data for name in names if name not in _TO} | {
            "agency": agency if kind.agencies else ""
        }
        made: list[str] = []
        if saved(
            form,
            lambda seen_version: made.append(service.make(current_user, case.id, seen_version, kind.code, to, said)),
            "The letter is made. Nothing has left yet: read it, then send it.",
        ):
            return redirect(url_for("letters.show", case_id=case.id, letter_id=made[0]))
    assessment = context.placement(case.id)
    return shown(
        "letters/make.html",
        form,
        case=case,
        kind=kind,
        names=names,
        agency=found,
        says=_says_of_place(case, kind, agency),
        conditions=_conditions(case) if kind.code == "offer" else [],
        assessment=assessment,
    )


def _suggested(case: Case, kind: Kind, agency: str) -> dict[str, Any]:
    """What the case holds already. Nobody is ticked, and no reason is written, for the officer."""
    stored: dict[str, Any] = {"version": str(case.version), "agency": agency}
    adults = [m.key for m in case.members if m.kind == "adult"]
    if len(adults) == 1:
        stored["applicant"] = adults[0]
    if kind.agencies and agency:
        found = read_folder().agencies[agency]
        stored |= {"question": kind.release(agency).asks or found.question, "ground": service.ground_of(agency)}
        if agency == "lead_professional":
            stored |= {"to_name": case.lead_name, "to_organisation": case.lead_agency}
    if kind.code == "lead_request":
        stored |= {"to_name": case.lead_name, "to_organisation": case.lead_agency}
    if kind.code == "host_notice" and (assessment := context.placement(case.id)):
        stored["to_organisation"] = context.where(assessment).name
    if kind.body:
        of_kind = [s for s in case.services if s.kind == kind.body]
        stored["to_organisation"] = of_kind[0].name if len(of_kind) == 1 and kind.body != "health_visiting" else ""
    return stored


def _says_of_place(case: Case, kind: Kind, agency: str) -> str:
    """How much of where they are the reader will be told, and why."""
    assessment = context.placement(case.id)
    safety = context.safety(case, assessment)
    if not any(fact == "place" for _, fact in kind.rows):
        return "This letter does not say where the place is."
    level = composed.place_level(kind.release(agency).place if assessment else "none", safety.level)
    said = {
        "address": "This letter gives the address of the place.",
        "area": "This letter names the district of the place, and not its address.",
        "route": "This letter does not say where the place is, only that they are reached through us.",
        "none": "This letter does not say where the place is.",
    }[level]
    return " ".join((said, *safety.why))


def _conditions(case: Case) -> list[str]:
    """What the decision asks for, to be put in words the family uses."""
    assessment = context.placement(case.id)
    return context.conditions_of(assessment) if assessment else []


def _letter(letter_id: str) -> Letter:
    found = service.find(g.case.id, letter_id)
    if found is None:
        abort(404)
    return found


_FORMS = {"release": ReleaseForm, "mail": MailLetterForm, "prove": ProveForm, "cancel": CancelForm}


@pages.get("/cases/<id:case_id>/letters/<id:letter_id>")
@permission("letter.view")
def show(case_id: str, letter_id: str) -> Page:
    """The letter as its reader will see it, how far it is, and what is done next."""
    return _page(_letter(letter_id))


def _page(letter: Letter, tried: str = "", form: Any = None) -> Page:
    forms = {name: kind(formdata=None, data={"version": str(g.case.version)}) for name, kind in _FORMS.items()}
    if form is not None:
        forms[tried] = form
    mails, steps = service.mails_of(letter.id), service.steps_of([letter.id]).get(letter.id, [])
    return shown(
        "letters/letter.html",
        form if form is not None else forms["prove"],
        case=g.case,
        letter=letter,
        kind=_kind(letter.kind),
        body=(body := read_body(letter.body, letter.sha256)),
        on=date.fromisoformat(body["on"]),
        forms=forms,
        steps=steps,
        hows=service.HOW,
        may_leave=service.may_leave(letter),
        mails=mails,
        told=jobs.told(messages.LETTER, [mail.id for mail in mails]),
        pdf=sealed.digest_of(letter.id, "pdf"),
        drawn=jobs.told(service.PDF, [letter.id]).get(letter.id),
        why=context.safety(g.case, context.placement(g.case.id)).why if letter.protected else (),
        review_by=_review_by(letter, steps),
        releases=may(current_user.role, "letter.release") and letter.made_by != current_user.id,
    )


def _review_by(letter: Letter, steps: Sequence[LetterStep]) -> date | None:
    """Until when a review can be asked for, of an offer that was given and whose duty carries one for certain."""
    told = service.review_from(letter, steps)
    return None if told is None else law.review_asked_by(told)


@pages.post("/cases/<id:case_id>/letters/<id:letter_id>/release")
@permission("letter.release")
def release(case_id: str, letter_id: str) -> Page:
    """A second person has read it, and lets it go."""
    letter, form = _letter(letter_id), ReleaseForm()
    if form.validate() and saved(
        form,
        lambda seen_version: service.release(current_user, letter.id, seen_version, form.release_why.data or ""),
        "The letter may leave.",
    ):
        return redirect(url_for("letters.show", case_id=case_id, letter_id=letter_id))
    return _page(_letter(letter_id), "release", form)


@pages.post("/cases/<id:case_id>/letters/<id:letter_id>/mail")
@permission("letter.make")
def mail(case_id: str, letter_id: str) -> Page:
    """Send it by mail; the pass phrase is shown once."""
    letter, form = _letter(letter_id), MailLetterForm()
    phrases: list[str] = []
    if form.validate() and saved(
        form,
        lambda seen_version: phrases.append(service.send(current_user, letter.id, seen_version, form.email.data or "")),
        "The letter is on its way.",
    ):
        return render_template(
            "letters/phrase.html", case=g.case, letter=letter, phrase=phrases[0], email=form.email.data
        )
    return _page(_letter(letter_id), "mail", form)


@pages.post("/cases/<id:case_id>/letters/<id:letter_id>/proof")
@permission("letter.make")
def prove(case_id: str, letter_id: str) -> Page:
    """It was posted or handed over; they have it; they answered."""
    letter, form = _letter(letter_id), ProveForm()
    if form.validate():
        assert form.on.data is not None
        on = form.on.data
        typed = (form.how.data or "", on, form.whom.data or "", form.note.data or "")
        if saved(
            form, lambda seen_version: service.prove(current_user, letter.id, seen_version, *typed), "Written down."
        ):
            return redirect(url_for("letters.show", case_id=case_id, letter_id=letter_id))
    return _page(_letter(letter_id), "prove", form)


@pages.post("/cases/<id:case_id>/letters/<id:letter_id>/cancel")
@permission("letter.make")
def cancel(case_id: str, letter_id: str) -> Page:
    """Take it back before it leaves."""
    letter, form = _letter(letter_id), CancelForm()
    if form.validate() and saved(
        form,
        lambda seen_version: service.cancel(current_user, letter.id, seen_version, form.cancel_why.data or ""),
        "The letter is taken back. It is kept, marked so.",
    ):
        return redirect(url_for("letters.listed", case_id=case_id))
    return _page(_letter(letter_id), "cancel", form)


@pages.get("/cases/<id:case_id>/letters/<id:letter_id>/letter.pdf")
@permission("letter.view")
def pdf(case_id: str, letter_id: str) -> Any:
    """The letter on paper, under a neutral name. One that waits for a second person is not printed."""
    letter = _letter(letter_id)
    kept = sealed.file_of(letter.id, "pdf")
    if kept is None or not service.may_leave(letter):
        flash("The letter cannot be printed yet.", "important")
        return redirect(url_for("letters.show", case_id=case_id, letter_id=letter_id))
    return send_file(
        io.BytesIO(kept.content),
        mimetype="application/pdf",
        as_attachment=True,
        download_name=f"{letter.number}.pdf",
        max_age=0,
    )


@pages.route("/cases/<id:case_id>/notices/<key:body>", methods=["GET", "POST"])
@permission("letter.make")
def ask(case_id: str, body: str) -> Page:
    """Whether one body may be told of a child: who was asked, and what they said."""
    case: Case = g.case
    if body not in asking.BODIES:
        abort(404)
    form = AskForm() if request.method == "POST" else AskForm(data={"version": str(case.version)})
    household = household_of(case)
    form.asked_of.items = [(m.key, m.name, "") for m in asking.whom(household, today())]
    if request.method == "POST" and form.validate():
        names = ("asked_of", "on", "answer", "details_on", "note")
        values = {name: form[name].data for name in names}
        if saved(
            form,
            lambda seen_version: asking.ask(current_user, case.id, seen_version, body, values, household),
            "Written down.",
        ):
            return redirect(url_for("letters.listed", case_id=case.id))
    return shown("letters/ask.html", form, case=case, body=asking.BODIES[body], is_law=asking.is_law(today()))


@pages.route("/cases/<id:case_id>/lead", methods=["GET", "POST"])
@permission("letter.make")
def leads(case_id: str) -> Page:
    """Who was asked to lead, what they said, and who leads now."""
    case: Case = g.case
    begun = {"version": str(case.version), "on": today()}
    form = LeadStepForm() if request.method == "POST" else LeadStepForm(data=begun)
    if request.method == "POST" and form.validate():
        values = {name: form[name].data or "" for name in ("name", "role", "agency", "email", "note")} | {
            "on": form.on.data
        }
        if saved(
            form,
            lambda seen_version: lead.step(current_user, case.id, seen_version, form.what.data or "", values),
            "Written down.",
        ):
            return redirect(url_for("cases.show", case_id=case.id))
    return shown(
        "letters/lead.html", form, case=case, steps=lead.steps(case.id), said=lead.STEPS, prompt=lead.prompt(case)
    )
