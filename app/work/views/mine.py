"""The first page after signing in: what waits for whoever looks, and what they looked at last."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from flask import Blueprint, abort, render_template
from flask_login import current_user

from app import clocks
from app.accounts.policy import ROLES, may, permission
from app.backups import keeping
from app.database import now
from app.suitability.casefile.codes import Role
from app.suitability.casefile.values import in_sentence
from app.web.page import Page
from app.work import service, team
from app.work.family import NOBODY
from app.work.ordering import Row, Section, cut, days_late, group_of
from app.work.service import About, Work
from app.work.sources import KINDS

pages = Blueprint("work", __name__)
# As much as somebody takes in at a look; of what is more the page says how much, and where all of it is.
FITS: Mapping[Section, int] = {"due": 20, "others": 12, "drafts": 10}
NOWHERE = About(reference="", restricted=False, family=NOBODY, holder="", holder_name="")


class Line(NamedTuple):
    """A row as the page says it: when, since when, of whom, for whom, and whose case it is where it is not their own."""

    row: Row
    group: str
    when: str
    since: str
    about: About | None
    whose: str


class Part(NamedTuple):
    """A section: its lines, how many there are in all, and the whole lists of what did not fit."""

    lines: Sequence[Line]
    how_many: int
    all_of: Sequence[tuple[str, str, int]]


@pages.get("/")
@permission("signed_in")
def mine() -> Page:
    """Due to them, today first; what waits for others; drafts; what they looked at last. Nothing of it is paged away."""
    work = service.of(current_user)
    parts = {section: cut(rows, FITS[section]) for section, rows in work.rows.items()}
    recent = service.looked_at(current_user)
    shown = [row for part in parts.values() for row in part.rows]
    known, names = _named(shown, recent)
    return render_template(
        "work/mine.html",
        **{
            section: Part(
                [_line(work, row, known, names) for row in part.rows],
                part.how_many,
                [(kind, KINDS[kind], many) for kind, many in part.all_of.items()],
            )
            for section, part in parts.items()
        },
        recent=[(case_id, known[case_id]) for case_id in recent if case_id in known],
        covers=work.covers,
        team=team.in_short(current_user) if may(current_user.role, "team.arrange") else None,
        role=in_sentence(ROLES[current_user.role]),
        kept=keeping.shown() if current_user.role == Role.ADMINISTRATOR else None,
        moment=f"{clocks.weekday_and_day(work.asker.on)}, {clocks.time_of_day(now())}",
    )


@pages.get("/work/<key:kind>")
@permission("signed_in")
def whole(kind: str) -> Page:
    """Everything of one kind that waits, however much it is."""
    if kind not in KINDS:
        abort(404)
    work = service.of(current_user)
    rows = [row for section in FITS for row in work.rows[section] if row.kind == kind]
    known, names = _named(rows, ())
    return render_template(
        "work/whole.html", title=KINDS[kind], lines=[_line(work, row, known, names) for row in rows]
    )  # fmt: skip


def _named(rows: Sequence[Row], recent: Collection[str]) -> tuple[dict[str, About], dict[str, str]]:
    """The cases that are named on the page, of those that may be seen, and the names of who else is."""
    ids = sorted({row.case_id for row in rows} - {""} | set(recent))
    return service.about(current_user, ids), service.names_of(sorted({row.owner for row in rows} - {""}))


def _line(work: Work, row: Row, known: Mapping[str, About], names: Mapping[str, str]) -> Line:
    about = known.get(row.case_id, NOWHERE) if row.case_id else None
    return Line(
        row=row, group="today" if row.top else group_of(row, work.asker.on), when=_when(row, work.asker.on),
        since=_since(row, work.asker.on), about=about, whose=_whose(work, row, about, names),
    )  # fmt: skip


def _when(row: Row, on: date) -> str:
    if row.due is None:
        return "Today" if row.section == "due" else ""
    if late := days_late(row, on):
        return f"{late} {'day' if late == 1 else 'days'} late"
    hour = f" {row.at}" if row.at else ""
    if row.due == on:
        return f"By{hour} today" if hour else "Today"
    ahead = clocks.day_ahead_in_words(row.due, on)
    return f"By{hour}, {in_sentence(ahead)}" if hour else f"By {in_sentence(ahead)}" if row.top else ahead


def _since(row: Row, on: date) -> str:
    """By which day, or since when."""
    if row.due is not None and row.due != on:
        return f"by {clocks.in_words(row.due)}"
    moment = row.since
    if moment is None:
        return ""
    day = clocks.local(moment).date()
    return f"since {clocks.time_of_day(moment)}" if day == on else f"since {clocks.in_words(day)}"


def _whose(work: Work, row: Row, about: About | None, names: Mapping[str, str]) -> str:
    """Whose case it is, and who was told of it, where that is somebody else."""
    said = []
    if about is not None and about.holder:
        away = next((each for each in work.covers if each.holder.id == about.holder), None)
        if away is not None:
            said.append(f"You cover for {about.holder_name} until {clocks.in_words(away.row.last)}.")
        elif about.holder != work.asker.user.id:
            said.append(f"Officer: {about.holder_name}.")
    if names.get(row.owner) and (about is None or row.owner != about.holder):
        said.append(f"{names[row.owner]} was told of it.")
    return " ".join(said)
