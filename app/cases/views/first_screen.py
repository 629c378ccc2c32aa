"""The first screen: a family who is here and the place they would go, on one page, and then the result."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask_login import current_user

from app.accounts.policy import permission
from app.assessments.service import AssessmentProblem
from app.assessments.stay import STAY
from app.cases.household import HOUSEHOLD
from app.checklists import read_folder
from app.clocks import today
from app.database import new_id
from app.finding import duplicates
from app.placements import first_screen
from app.placements.first_screen import First, Told
from app.places import service as places
from app.places.postcodes import postcode as postcodes
from app.properties.models import Unit
from app.properties.service import UNIT
from app.suitability.advice.first_told import TOPICS
from app.suitability.advice.sheets import FAMILY, OFFICER
from app.web.page import Page, shown
from forms.first_screen import DOCUMENT, NOTHING, FirstScreenForm, first_screen_form, lines_wanted

pages = Blueprint("first_screen", __name__)
# Of the council's list, those who tell nothing at the door: the family is named by line, the officer is who writes.
_NOT_ASKED = (FAMILY, OFFICER, "supervisor")


@pages.route("/cases/new", methods=["GET", "POST"])
@permission("case.create")
def screen() -> Page:
    """Who is here, why they left, where they would go and when, and what has been said; saved, it leads to the result."""
    checklist = read_folder()
    agencies = {code: a.name for code, a in checklist.agencies.items() if code not in _NOT_ASKED}
    made = first_screen_form(lines_wanted(), agencies)
    form = made() if request.method == "POST" else made(data={"opening": new_id()})
    known = _known(form)
    form.kinds_known = known is not None
    problem: first_screen.AnotherFamily | None = None
    alike: list[duplicates.Possible] = []
    if request.method == "POST" and "more" not in request.form and form.validate():
        alike = _alike(form)
        try:
            if not alike:
                return _to_result(form, known)
            form.refuse(
                "another",
                "A case may be there already for this family. Look at what is shown, and go on there or tick the box.",
            )
        except first_screen.AnotherFamily as found:
            form.refuse("", str(found))
            problem = found
        except AssessmentProblem as found_:
            form.refuse({"postcode": "address"}.get(found_.field, found_.field), str(found_))
    numbers = {s.name: s.on(today()) if s.dated else s.value for s in checklist.settings.values()}
    _name(form)
    return shown(
        "cases/first_screen.html",
        form,
        topics=[(topic, topic.hint.format_map(numbers)) for topic in TOPICS],
        known=problem,
        alike=alike,
    )


def _alike(form: FirstScreenForm) -> list[duplicates.Possible]:
    """Cases that may be of this family, unless they were shown and ticked as others; of a page that was saved before, its own is none."""
    people = [duplicates.Somebody(p.name, p.born) for p in form.people() if p.kind != "unborn"]
    found = [each for each in duplicates.possible(current_user, people) if each.case_id != form.opening.data]
    shown_before = set((form.alike.data or "").split())
    form.alike.data = " ".join(each.case_id for each in found)
    return [] if form.another.data and {each.case_id for each in found} <= shown_before else found


def _to_result(form: FirstScreenForm, known: Unit | None) -> Page:
    opened = first_screen.open_with_place(current_user, form.opening.data or "", _first(form, known))
    if opened.before:
        flash(
            "This family was saved already, and nothing was saved twice. If you changed something on that page, change it in the case.",
            "important",
        )
    else:
        _say_where(form)
        if known is not None:
            flash("This place is known from an earlier case. What does not change in a building was taken from there: check it.", "important")  # fmt: skip
    return redirect(url_for("assessments.result", case_id=opened.case_id, assessment_id=opened.assessment_id))


def _first(form: FirstScreenForm, known: Unit | None) -> First:
    """What was typed, as fields."""
    people = form.people()
    mothers = [p.name for p in people if p.tie and p.tie.relationship == "mother"]
    unborn = f"Unborn child of {mothers[0]}"[:200] if len(mothers) == 1 else "Unborn child"
    left = form.left_because.data or None
    starts = form.starts.day or (today() if form.urgency.data == "tonight" else None)
    stay = {"urgency": form.urgency.data, "starts": starts, "nights": form.nights.number}
    return First(
        people={
            p.at: {
                "name": p.name or unborn,
                "kind": p.kind,
                "born": p.born,
                "due": p.due,
                "relationship": p.tie.relationship if p.tie else "",
            }
            for p in people
        },
        household=HOUSEHOLD.columns({"left_because": left, "left_note": form.left_note.data or ""}),
        unit=UNIT.columns(_unit(form, known)),
        stay=STAY.columns(stay),
        told=[_told(form, topic) for topic in TOPICS if form.told(topic).data],
    )


def _unit(form: FirstScreenForm, known: Unit | None) -> dict[str, Any]:
    """The place as typed, over what is known of it."""
    ticked = form.shares.data
    shares = [] if NOTHING in ticked else list(ticked) or None
    typed = {"kind": form.kind.data, "floor": form.floor.number, "shares": shares}
    found = first_screen.of_the_building(known) if known is not None else {}
    found |= {name: value for name, value in typed.items() if value is not None}
    return {
        **found,
        **first_screen.follows_from_sharing(shares),
        "address": known.address if known is not None else _address(form),
        "postcode": known.postcode if known is not None else _postcode(form),
    }


def _postcode(form: FirstScreenForm) -> str:
    return next((postcodes.display(code) for code in postcodes.in_text(form.address.data or "")), "")


def _address(form: FirstScreenForm) -> str:
    """What was typed, without a postcode at its end: that has a place of its own."""
    typed = form.address.data or ""
    last = next((code for code in postcodes.in_text(typed)), "")
    written = re.compile(rf"[\s,]*{re.escape(last[:-3])}\s*{re.escape(last[-3:])}[\s.]*$", re.IGNORECASE)
    return (written.sub("", typed) if last else typed) or typed


def _known(form: FirstScreenForm) -> Unit | None:
    """The place, where its very address was typed in a case this person may see. No list of places is shown: who sits here sees the screen."""
    return first_screen.known_place(current_user, form.address.data or "", _postcode(form))


def _told(form: FirstScreenForm, topic: Any) -> Told:
    speaker, chosen = form.speaker(topic), form.told(topic, "who").data or ""
    alone = bool(form.told(topic, "alone").data) if topic.alone and speaker is not None else None
    return Told(
        topic=topic,
        said=form.told(topic).data,
        who=speaker,
        agency="" if chosen == DOCUMENT else chosen.removeprefix("a-") if speaker is None else "",
        name="" if speaker is not None else form.told(topic, "name").data or "",
        words=form.told(topic, "words").data or "",
        about=form.whom(topic),
        alone=alone,
    )


def _name(form: FirstScreenForm) -> None:
    """People are offered by the names that were typed."""
    for topic in TOPICS:
        for box in (form.told(topic, "who"), *([form.told(topic, "about")] if topic.about == "adult" else [])):
            box.items = [
                (value, form.called(int(value[1:])) if value[1:].isdigit() else words, note)
                for value, words, note in box.items
            ]


def _say_where(form: FirstScreenForm) -> None:
    """What is not known of the place holds up nothing; it is said what it leaves open."""
    postcode = _postcode(form)
    if not postcode:
        flash(
            "There is no postcode in the address, so distances cannot be measured yet. Add it once you know it.",
            "important",
        )
        return
    place = places.locate(postcode)
    if place.reason:
        flash(f"{place.reason}{'' if place.has_point else ' Distances cannot be measured yet.'}", "important")
