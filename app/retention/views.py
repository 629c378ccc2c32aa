"""What is kept and for how long: of one case its holds, complaints and proposals; of all cases the schedule, what waits, and certificates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, abort, flash, g, redirect, render_template, url_for
from flask_login import current_user
from sqlalchemy import select

from app.accounts import fresh
from app.accounts.models import User
from app.accounts.policy import ROLES, may, permission
from app.audit import service as audit
from app.cases import service as cases
from app.cases.models import Case
from app.clocks import today
from app.deadlines import service as deadlines
from app.deadlines.models import MET
from app.extensions import db
from app.records import process
from app.web.page import Page, saved, shown
from forms.retention import AcknowledgeForm, AgreeForm, ComplaintForm, HoldForm, KeepForm, LiftForm

from . import certificate, complaints, due, holds, proposing, schedule
from .models import Disposal, DisposalStep

pages = Blueprint("retention", __name__)
_SKELETON = 2000


# ---- of one case


@pages.get("/cases/<id:case_id>/keeping")
@permission("case.view")
def of_case(case_id: str) -> str:
    """How long it is kept, what holds it, who complained, and what was proposed."""
    case, listed = g.case, _complaints(g.case)
    can_write = may(current_user.role, "case.hold")
    proposals = proposing.of_case(db.session, case_id)
    waiting = next((p for p in proposals if p.is_open), None)
    return render_template(
        "retention/of_case.html",
        case=case,
        reckoned=due.reckon(schedule.read(), proposing.facts_of(db.session, case)),
        holds=holds.of_case(db.session, case_id),
        kinds=holds.KINDS,
        complaints=listed,
        to_acknowledge={at for at, each in enumerate(listed) if each.one.state != MET and can_write},
        proposals=proposals,
        waiting=waiting,
        rule=schedule.read().rule(waiting.row.rule) if waiting else None,
        roles=ROLES,
        today=today(),
    )


def _complaints(case: Case) -> list[Any]:
    page = deadlines.of_case(case, today())
    return [
        s
        for part in (page.late, page.coming, page.without, page.over)
        for s in part
        if s.one.kind.code == complaints.CLOCK
    ]


@pages.route("/cases/<id:case_id>/keeping/hold", methods=["GET", "POST"])
@permission("case.hold")
def hold(case_id: str) -> Page:
    """Hold a case, with a reason."""
    form = HoldForm()
    form.kind.items = [(code, name, "") for code, name in holds.KINDS.items()]
    return _saved_or_shown(
        form, "retention/hold.html",
        lambda seen: holds.put(current_user, case_id, seen, form.kind.data or "", form.reason.data or ""),
        "It is held: nothing of it is destroyed until a safeguarding lead lifts it.",
    )  # fmt: skip


@pages.route("/cases/<id:case_id>/keeping/holds/<id:hold_id>/lift", methods=["GET", "POST"])
@permission("case.lift_hold")
def lift(case_id: str, hold_id: str) -> Page:
    """Lift a hold of this case, with a reason."""
    found = holds.find(hold_id, case_id)
    if found is None:
        abort(404)
    form = LiftForm()
    return _saved_or_shown(
        form, "retention/lift.html", lambda seen: holds.lift(current_user, hold_id, case_id, seen, form.reason.data or ""),
        "The hold is lifted.", held=found.hold, kinds=holds.KINDS,
    )  # fmt: skip


@pages.route("/cases/<id:case_id>/keeping/complaint", methods=["GET", "POST"])
@permission("case.hold")
def complain(case_id: str) -> Page:
    """A complaint about what is done with somebody's data: its date begins, and the case is held."""
    form = ComplaintForm()
    form.way.items = [(code, name, "") for code, name in complaints.WAYS.items()]
    return _saved_or_shown(
        form, "retention/complaint.html",
        lambda seen: complaints.write(current_user, case_id, seen, form.on.data or today(), form.way.data or "", form.said.data or ""),
        "The complaint is written down. It is to be acknowledged within 30 days, and nothing of the case is destroyed.",
    )  # fmt: skip


@pages.route("/cases/<id:case_id>/keeping/complaints/<id:complaint_id>/acknowledged", methods=["GET", "POST"])
@permission("case.hold")
def acknowledge(case_id: str, complaint_id: str) -> Page:
    """That a complaint was acknowledged in writing."""
    found = next((c for c in _complaints(g.case) if c.id == complaint_id), None)
    if found is None:
        abort(404)
    form = AcknowledgeForm()
    return _saved_or_shown(
        form, "retention/acknowledged.html",
        lambda seen: deadlines.answer(
            current_user, case_id, seen, complaint_id, {"met": True, "on": form.on.data or today(), "said": form.said.data or ""}
        ),
        "It is written down that the complaint was acknowledged. The hold stands until a safeguarding lead lifts it.",
        complaint=found,
    )  # fmt: skip


@pages.route("/cases/<id:case_id>/keeping/proposals/<id:disposal_id>/agree", methods=["GET", "POST"])
@permission("case.dispose")
@fresh.confirmed
def agree(case_id: str, disposal_id: str) -> Page:
    """Agree that a case is destroyed, once it was said lately that it is them."""
    proposal = _proposal(case_id, disposal_id)
    form = AgreeForm()
    values = {"proposal": proposal, "rule": schedule.read().rule(proposal.row.rule), "roles": ROLES}
    if form.is_submitted() and form.validate():
        second: list[bool] = []
        if saved(
            form,
            lambda seen: second.append(
                proposing.agree(
                    current_user, case_id, seen, disposal_id, form.looked_after.data or "", form.reason.data or ""
                )
            ),
            "You agreed.",
        ):
            flash(
                "Two agreed: the case is destroyed within minutes, and a certificate says so." if second[0]
                else "Another person has to agree before anything is destroyed.", "important",
            )  # fmt: skip
            return redirect(url_for("retention.listed") if second[0] else url_for("retention.of_case", case_id=case_id))
    form.version.data = form.version.data or str(g.case.version)
    return shown("retention/agree.html", form, case=g.case, **values)


@pages.route("/cases/<id:case_id>/keeping/proposals/<id:disposal_id>/keep", methods=["GET", "POST"])
@permission("case.dispose")
def keep(case_id: str, disposal_id: str) -> Page:
    """Keep a case that was proposed, until a day, with a reason."""
    proposal = _proposal(case_id, disposal_id)
    form = KeepForm()
    return _saved_or_shown(
        form, "retention/keep.html",
        lambda seen: proposing.keep(current_user, case_id, seen, disposal_id, form.until.data or today(), form.reason.data or ""),
        "It is kept.", proposal=proposal,
    )  # fmt: skip


def _proposal(case_id: str, disposal_id: str) -> proposing.Proposal:
    found = next((p for p in proposing.of_case(db.session, case_id) if p.row.id == disposal_id), None)
    return found if found is not None else abort(404)


def _saved_or_shown(form: Any, template: str, save: Callable[[int], object], told: str, **values: Any) -> Page:
    if form.is_submitted() and form.validate() and saved(form, save, told):
        return redirect(url_for("retention.of_case", case_id=g.case.id))
    form.version.data = form.version.data or str(g.case.version)
    return shown(template, form, case=g.case, **values)


# ---- of all cases


@pages.get("/keeping")
@permission("keeping.view")
def listed() -> str:
    """The schedule, what waits for somebody, holds on every case, and what was destroyed."""
    audit.viewed("keeping.viewed", "keeping", "all", "")
    return _all(_hold_form(formdata=None))[0]


@pages.post("/keeping/hold")
@permission("keeping.hold_all")
def hold_all() -> Page:
    """Hold every case there is."""
    form = _hold_form()
    if form.validate():
        holds.put_on_every_case(current_user, form.kind.data or "", form.reason.data or "")
        flash("Every case is held: nothing is destroyed until a safeguarding lead lifts it.", "success")
        return redirect(url_for("retention.listed"))
    return _all(form)


@pages.route("/keeping/holds/<id:hold_id>/lift", methods=["GET", "POST"])
@permission("keeping.hold_all")
def lift_all(hold_id: str) -> Page:
    """Lift a hold on every case, with a reason."""
    found = holds.find(hold_id, None)
    if found is None:
        abort(404)
    form = LiftForm()
    if (
        form.is_submitted()
        and form.validate()
        and saved(
            form, lambda _: holds.lift(current_user, hold_id, None, None, form.reason.data or ""), "The hold is lifted."
        )
    ):
        return redirect(url_for("retention.listed"))
    return shown("retention/lift.html", form, case=None, held=found.hold, kinds=holds.KINDS)


def _hold_form(**kw: Any) -> HoldForm:
    form = HoldForm(**kw)
    form.kind.items = [(code, name, "") for code, name in holds.KINDS.items()]
    return form


def _all(form: HoldForm) -> tuple[str, int]:
    over = select(DisposalStep.disposal_id).where(DisposalStep.what != proposing.AGREED)
    waiting = db.session.execute(
        select(Disposal, Case.reference)
        .join(Case, Case.id == Disposal.case_id)
        .where(cases.seen_by(current_user, Disposal.case_id), Disposal.id.not_in(over))
        .order_by(Disposal.due, Disposal.id)
        .limit(500)
    ).all()
    steps = db.session.scalars(
        select(DisposalStep).where(DisposalStep.disposal_id.in_([row.id for row, _ in waiting]))
    ).all()
    said: dict[str, list[DisposalStep]] = {}
    for step in steps:
        said.setdefault(step.disposal_id, []).append(step)
    held = set(db.session.scalars(holds.held()))
    return shown(
        "retention/all.html", form, schedule=schedule.read(), waiting=waiting, said=said, held=held,
        holds=holds.on_every_case(db.session), kinds=holds.KINDS, certificates=certificate.listed(),
    )  # fmt: skip


@pages.get("/keeping/destroyed/<id:destruction_id>")
@permission("keeping.view")
def destroyed(destruction_id: str) -> str:
    """A certificate, and who did what and when in the case: all that is left of it."""
    found = certificate.find(destruction_id)
    if found is None:
        abort(404)
    row, said = found
    audit.viewed("keeping.viewed", "destruction", row.id, "")
    entries = audit.entries(audit.Asked(row.case_id, looks=None), _SKELETON)
    of = select(User.id, User.name).where(User.id.in_({e.actor_id for e in entries}))
    names = {each.id: each.name for each in db.session.execute(of)}
    return render_template(
        "retention/destroyed.html", row=row, said=said, entries=entries, names=names, roles=ROLES, actions=audit.ACTIONS,
        cut=_SKELETON if len(entries) == _SKELETON else 0, many=sum(said["rows"].values()),
    )  # fmt: skip


@pages.get("/keeping/destroyed/<id:destruction_id>/certificate.pdf")
@permission("keeping.view")
def paper(destruction_id: str) -> Response:
    """The certificate on paper."""
    found = certificate.find(destruction_id)
    if found is None:
        abort(404)
    try:
        made = certificate.pdf(found[0])
    except process.RenderFailed:
        abort(503)
    audit.viewed("certificate.downloaded", "destruction", found[0].id, "")
    answer = Response(made, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{found[0].number}.pdf"'
    return answer
