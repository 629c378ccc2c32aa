"""Who did and who looked at what: of one case, and for the auditor of all. On the screen, and as a table to take away."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime, timedelta
from typing import Any

from flask import Response, abort, g, render_template, request
from flask_login import current_user
from sqlalchemy import select

from app import clocks
from app.accounts.policy import ROLES, permission
from app.audit import details
from app.audit import service as audit
from app.cases import service
from app.cases.models import Case
from app.cases.numbers import named
from app.cases.ties import PossibleMatch
from app.checklists import name_of
from app.chronology.before_after import Line, Told
from app.database import now
from app.direction import harmless
from app.extensions import db
from app.lives import steps
from app.notifications.models import Telling
from app.records import process
from app.settings import current_settings
from app.suitability.casefile.values import in_sentence
from app.web.page import Page, file_name
from forms.timeline import EVERYTHING, LOOKS, SHOWN, AcrossForm, TimelineForm

from .household import names_of, pages

TIMELINE = 200  # entries on one page
LONGEST_TABLE = 20_000
LONGEST_PAPER = 1_000  # some forty pages; more is for the table
_NOBODY_HERE = "The recipient or the system"


def _asked(form: TimelineForm, case_id: str) -> audit.Asked:
    looks = {LOOKS: True, EVERYTHING: None}.get(form.show.data or "", False)
    return audit.Asked(
        case_id=case_id, who=form.who.data or "", since=_midnight(form.since.data), before=_midnight(form.until.data, 1), looks=looks,
    )  # fmt: skip


def _midnight(day: Any, later: int = 0) -> datetime | None:
    return None if day is None else clocks.begins(day + timedelta(days=later))


def _before() -> int | None:
    before = request.args.get("before", "")
    if before and not (before.isascii() and before.isdigit() and len(before) <= 9):
        abort(404)
    return int(before) if before else None


def _people(asked: audit.Asked) -> list[tuple[str, str]]:
    names = names_of(set(audit.actors(asked)))
    return sorted(names.items(), key=lambda each: each[1].casefold())


@pages.get("/cases/<id:case_id>/timeline")
@permission("audit.view")
def timeline(case_id: str) -> Page:
    """Of one case, newest first: what was done, unless something else is asked for."""
    form, before = TimelineForm(_people(audit.Asked(case_id))), _before()
    fine = not request.args or form.validate()
    asked = _asked(form, case_id) if fine else audit.Asked(case_id)
    found = audit.entries(asked, TIMELINE + 1, before) if fine else []
    events = found[:TIMELINE]
    says = steps.without_withheld(details.all_opened(events), g.case.id)
    told = Told(g.case, [c for said in says.values() for c in said.get("changed", ())])
    page = render_template(
        "cases/timeline.html",
        case=g.case,
        form=form,
        events=events,
        older=events[-1].seq if len(found) > TIMELINE else None,
        asked=_address(),
        counts={
            "changes": audit.how_many(audit.Asked(case_id, looks=False)),
            "looks": audit.how_many(audit.Asked(case_id, looks=True)),
        },
        names=names_of({e.actor_id for e in events}),
        about={seq: _about(said) for seq, said in says.items()},
        lines={seq: told.lines(said.get("changed", ())) for seq, said in says.items()},
        erased={e.seq for e in events if e.commitment and not says[e.seq]},
        changed={seq for seq, said in says.items() if details.UNREADABLE in said},
        actions=audit.ACTIONS,
        roles=ROLES,
    )
    return page if fine else (page, 422)


@pages.get("/cases/<id:case_id>/timeline.csv")
@permission("audit.view")
def timeline_table(case_id: str) -> Response:
    """The same as a table, with what each entry changed."""
    form = TimelineForm(_people(audit.Asked(case_id)))
    if request.args and not form.validate():
        abort(422)
    return _table(audit.entries(_asked(form, case_id), LONGEST_TABLE), g.case, f"timeline-{g.case.reference}.csv")


@pages.get("/cases/<id:case_id>/timeline.pdf")
@permission("audit.view")
def timeline_pdf(case_id: str) -> Response:
    """The same on paper, with what each entry changed."""
    form = TimelineForm(_people(audit.Asked(case_id)))
    if request.args and not form.validate():
        abort(422)
    found = audit.entries(_asked(form, case_id), LONGEST_PAPER + 1)
    try:
        made = process.render(
            _paper(found[:LONGEST_PAPER], len(found) > LONGEST_PAPER, form), drawn_by="app.cases.timeline_paper"
        )
    except process.RenderFailed:
        abort(503)
    answer = Response(made, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{file_name(f"timeline-{g.case.reference}.pdf")}"'
    return answer


def _paper(events: Any, cut: bool, form: TimelineForm) -> bytes:
    says = steps.without_withheld(details.all_opened(events), g.case.id)
    told = Told(g.case, [c for said in says.values() for c in said.get("changed", ())])
    names, moment = names_of({e.actor_id for e in events}), now()
    entries = [
        {
            "number": e.seq,
            "at": clocks.moment_in_words(e.at),
            "who": ", ".join(
                part for part in (names.get(e.actor_id, _NOBODY_HERE), in_sentence(ROLES.get(e.actor_role, ""))) if part
            ),
            "what": audit.ACTIONS.get(e.action, e.action),
            "about": in_sentence(_about(says[e.seq])),
            "lines": [line._asdict() for line in told.lines(says[e.seq].get("changed", ()))],
            "erased": bool(e.commitment and not says[e.seq]),
        }
        for e in events
    ]
    return json.dumps(
        {
            "reference": g.case.reference,
            "council": current_settings().council_name,
            "shown": dict(SHOWN).get(form.show.data or "", SHOWN[0][1]),
            "on": clocks.local(moment).date().isoformat(),
            "made_by": current_user.name,
            "made": clocks.moment_in_words(moment),
            "cut": LONGEST_PAPER if cut else 0,
            "entries": entries,
            "head": f"{events[0].seq}, {events[0].hash.hex() if events[0].hash else 'not linked'}" if events else "",
        }
    ).encode()


@pages.get("/audit")
@permission("audit.across")
def across() -> Page:
    """Of every case that may be seen, and of none: accounts, data sets. What was changed is told on the case's own timeline."""
    form, before = AcrossForm(_people(_anywhere())), _before()
    fine = not request.args or form.validate()
    asked = _across(form) if fine else None
    audit.viewed("audit.viewed", "audit", "", "")
    found = audit.entries(asked, TIMELINE + 1, before) if asked else []
    events = found[:TIMELINE]
    page = render_template(
        "cases/across.html",
        form=form,
        events=events,
        older=events[-1].seq if len(found) > TIMELINE else None,
        asked=_address(),
        names=names_of({e.actor_id for e in events}),
        cases=_references(events),
        actions=audit.ACTIONS,
        roles=ROLES,
    )
    return page if fine else (page, 422)


@pages.get("/audit.csv")
@permission("audit.across")
def across_table() -> Response:
    """The same as a table."""
    form = AcrossForm(_people(_anywhere()))
    if request.args and not form.validate():
        abort(422)
    audit.viewed("audit.downloaded", "audit", "", "")
    asked = _across(form)
    return _table(audit.entries(asked, LONGEST_TABLE) if asked else [], None, "audit.csv")


def _anywhere() -> audit.Asked:
    """Entries of every case that this person may see, and of none."""
    return audit.Asked(cases=service.visible_to(current_user).with_only_columns(Case.id), but=_about_oneself())


def _about_oneself() -> Any:
    """What was found of whoever asks, and that a lead was told of it: entries of no case, and not for them."""
    mine = select(PossibleMatch.id).where(PossibleMatch.user_id == current_user.id)
    told = select(Telling.id).where(Telling.kind == "possible_match", Telling.object_id.in_(mine))
    return mine.union_all(told)


def _across(form: AcrossForm) -> audit.Asked | None:
    """What to show; None where the reference is of no case that may be seen."""
    visible = service.visible_to(current_user)
    case_id = ""
    if form.reference.data:
        of = [case.id for case in named(form.reference.data)]
        case_id = db.session.scalar(visible.with_only_columns(Case.id).where(Case.id.in_(of)).limit(1)) or ""
        if not case_id:
            return None
    return _asked(form, case_id)._replace(cases=visible.with_only_columns(Case.id), but=_about_oneself())


def _references(events: Any) -> dict[str, str]:
    ids = {e.case_id for e in events if e.case_id}
    return {
        row.id: row.reference for row in db.session.execute(select(Case.id, Case.reference).where(Case.id.in_(ids)))
    }


def _address() -> dict[str, Any]:
    """What the page was asked for, for its own links."""
    return {name: value for name, value in request.args.items() if name != "before"}


def _about(said: dict[str, Any]) -> str:
    detail = said.get("detail", {})
    return name_of(detail.get("criterion") or detail.get("pattern") or "")


def _table(events: Any, case: Case | None, name: str) -> Response:
    says = steps.without_withheld(details.all_opened(events), case.id) if case is not None else {}
    told = Told(case, [c for said in says.values() for c in said.get("changed", ())])
    names, cases = names_of({e.actor_id for e in events}), _references(events)
    out = io.StringIO()
    write = csv.writer(out)
    write.writerow(["Entry", "When", "Who", "Role", "Case", "What", "What it was about", "Field", "Was", "Is", "Hash"])
    for e in events:
        said = says.get(e.seq, {})
        begins = [
            e.seq, clocks.local(e.at).isoformat(timespec="seconds"), names.get(e.actor_id, _NOBODY_HERE), ROLES.get(e.actor_role, ""),
            cases.get(e.case_id, ""), audit.ACTIONS.get(e.action, e.action), in_sentence(_about(said)),
        ]  # fmt: skip
        for line in told.lines(said.get("changed", ())) or [Line("", "", "")]:
            write.writerow(harmless([*begins, *line, e.hash.hex() if e.hash else ""]))
    if len(events) == LONGEST_TABLE:
        write.writerow([f"Only the newest {LONGEST_TABLE:,} entries are here: choose days to get the others."])
    answer = Response("\ufeff" + out.getvalue(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{file_name(name)}"'
    return answer
