"""The page on which it is written down that some of a household leave it, and have a case of their own."""

from __future__ import annotations

from flask import g, redirect, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session

from app.accounts.policy import permission
from app.assessments import along as answers
from app.assessments import service as assessments
from app.assessments.models import SUBMITTED
from app.cases.alike import labels_of
from app.cases.models import Case
from app.clocks import today
from app.decisions import emergency
from app.extensions import db
from app.finding import along as finding
from app.lives import parting, steps
from app.lives.along import Along
from app.lives.parting import Parting
from app.lives.views.known import pages
from app.lives.words import CORRECTED, title
from app.sharing import parted, reached
from app.sharing.models import Share
from app.web.page import Page, saved, shown
from forms.lives import part_form

from .shown import way_in_words


@pages.route("/cases/<id:case_id>/part", methods=["GET", "POST"])
@permission("case.edit")
def part(case_id: str) -> Page:
    """Who leaves, since when, what goes with them, and what is written in their case only."""
    case: Case = g.case
    ways, homes = parting.to_be_asked(db.session, case)
    links = parted.open_links(db.session, case_id)
    ended = {s.about for s in steps.of_case(case_id, CORRECTED)}
    kind = part_form(
        [(s.id, f"{title(s)}. {way_in_words(s)}{' (holds no longer)' if s.id in ended else ''}") for s in ways],
        [(a.id, a.address) for a in homes],
        [(made.id, _whose(made)) for made in links if not reached.is_of_the_family(db.session, made.edition_id)],
    )
    form = (
        kind()
        if request.method == "POST"
        else kind(data={"version": str(case.version), **{f"link_{made.id}": "ends" for made in links}})
    )
    called = labels_of(case)
    form.who.items = [(m.key, called[m.key], "") for m in case.members]
    made: list[str] = []
    if (
        request.method == "POST"
        and form.validate()
        and saved(
            form,
            lambda seen: made.append(
                parting.write(
                    current_user,
                    case_id,
                    seen,
                    _told(form),
                    what_waits,
                    goes_along,
                    lambda session, old: parted.end(session, old, form.kept),
                )
            ),
            "Their case is made. What is known of them came along. Propose a place for them, and have each household assessed afresh.",
        )
    ):
        return redirect(url_for("cases.show", case_id=made[0]))
    return shown("lives/part.html", form, case=case, waits=what_waits(case), links=links)


def _told(form: object) -> Parting:
    f: object = form
    return Parting(
        who=f.who.data or [], on=f.on.data or today(), limited=f.limited.data == "yes", why=f.why.data or "", source=f.source.data or "",  # type: ignore[attr-defined]
        grade=f.grade.data or "E0", to=f.to.data or "", postcode=f.postcode.data or "", goes=f.goes,  # type: ignore[attr-defined]
    )  # fmt: skip


def _whose(made: Share) -> str:
    """Who has a link, in words."""
    return ", ".join(part for part in (made.recipient_name, made.recipient_role) if part)


def goes_along(session: Session, along: Along) -> None:
    """What goes along with people besides what is written down of them: answers, questions that wait for one, and former names."""
    answers.answers(session, along)
    finding.names(session, along)


def what_waits(case: Case) -> list[str]:
    """What a lead decides first: it was asked of the household as it is."""
    found = [
        f"{a.unit.address} waits for a safeguarding lead’s decision, asked for this household as it is. Take it back, or wait for the decision."
        for a in assessments.of_case(case.id)
        if a.state == SUBMITTED
    ]
    if emergency.waiting([case.id]):
        found.append(
            "An emergency decision waits for a safeguarding lead, taken for this household as it is. It is ratified or escalated first."
        )
    return found
