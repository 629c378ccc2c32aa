"""The sheet of a conversation: everything this speaker can answer, on one page, saved under one source."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, TypeVar

from flask import Blueprint, abort, flash, g, redirect, request, url_for
from flask_login import current_user

from app import clocks
from app.accounts.policy import permission
from app.assessments import answers, judging
from app.assessments.models import Assessment, SavedAnswer
from app.assessments.service import AssessmentProblem
from app.assessments.views.of_case import assessment_of_case
from app.clocks import today
from app.conversations import service
from app.conversations.groups import groups
from app.conversations.may_say import may_say
from app.conversations.rows import Sheet, askable, could_be_added, marked, short_names
from app.conversations.service import Said
from app.conversations.speaking import Speaking, held, speaking_of
from app.database import new_id, now
from app.settings import current_settings
from app.suitability.advice.due import due_words, is_tonight
from app.suitability.advice.held_already import Held, held_already
from app.suitability.advice.sheets import FAMILY, OFFICER, Line, counts_once, lines
from app.suitability.casefile.values import in_sentence
from app.suitability.checklist.checklist import Checklist
from app.suitability.facts.topics import either
from app.web.page import Page, shown
from forms.answers import value_in_words
from forms.sheets import Asked, SheetForm, as_written, sheet_form

T = TypeVar("T")
pages = Blueprint("conversations", __name__)
PRINTED_FIRST = 25  # lines on the first side of a printed sheet
MOST_BESIDE = 6  # people beside each other in a table of one question


@pages.route("/cases/<id:case_id>/assessments/<id:assessment_id>/sheets/<key:speaker>", methods=["GET", "POST"])
@permission("answer.save")
def sheet(case_id: str, assessment_id: str, speaker: str) -> Page:
    """What one speaker can answer, about everybody at once; nothing chosen is not asked."""
    assessment = assessment_of_case(assessment_id)
    judged = _judged(assessment)
    if judged is None:
        return redirect(url_for("cases.show", case_id=case_id))
    earlier = judged.elsewhere
    checklist = judged.checklist
    typed = request.method == "POST"
    speaking = speaking_of(
        checklist, judged.file.household, speaker, request.form if typed else request.args, taken_out=typed
    )
    if speaking is None:
        abort(404)
    kept = Kept(judged, speaking, fresh=not typed)
    follows, code, alone = judged.following, speaking.code, speaking.alone
    asked = follows.once(("lines", code, alone), lambda: lines(checklist, follows.result, code, alone))
    # Of a sheet that was opened before, while nothing changed, the page has its rows as they were shown: none is made again.
    there = kept.part("sheet", partial(Sheet.made, judged, asked, speaking, request.form))
    rows = () if kept.has_all else there.rows
    begun = {} if typed else _begun(speaking)
    form = sheet_form(rows, person_needed=speaking.needs_name)(data=begun)
    if speaking.paper:
        form.person.label.text, form.on.label.text = "Who wrote or signed it, if it says", "The date on it"
    form.more.items = [] if kept.has_all else could_be_added(judged, there, speaking)
    form.then.items = _then(judged, speaking)
    if form.then.data not in [item[0] for item in form.then.items]:
        form.then.data = None  # answered meanwhile: nothing of what was said here is lost for that
    adds = typed and request.form.get("do") == "add"
    if not typed or adds:
        _mark(form, judged)
    elif form.validate():
        if _record(form, judged.checklist, assessment_id, speaking, there):
            flash(f"Saved {clocks.time_of_day(now())}.", "success")
            return redirect(
                _after(case_id, assessment_id, form.then.data if request.form.get("do") == "then" else None)
            )
        judged = judging.judge(assessment_of_case(assessment_id), today(), current_settings().council_authority)
        _mark(form, judged)  # what is refused because of somebody else’s answer is chosen again beside that answer
    if adds and not form.more.data:
        form.more.errors = ["Choose the question that you want to add."]
    told = _told(form) if typed else frozenset()
    return shown(
        "conversations/sheet.html",
        form,
        case=g.case,
        assessment=assessment,
        speaking=speaking,
        agency=checklist.agencies[speaking.code],
        due=due_words(checklist.agencies[speaking.code], judged.file.placement, judged.file.on),
        is_tonight=is_tonight(judged.file.placement, judged.file.on),
        asks_exactly=speaking.kind == "agency",
        may_say=may_say(judged.file),
        other=_other(case_id, assessment_id, speaking),
        title=speaking.title(checklist, assessment.unit.address),
        kept=kept.part,
        groups=[]
        if kept.has_all
        else groups(
            checklist,
            [_line(at, line, there.rows, judged, speaking, earlier, told) for at, line in enumerate(there.lines)],
            [line.criterion for line in there.asked],
            [field.name for field in form if field.errors],
            _heard(judged, speaking, there),
            speaking.alone,
        ),
        counts_as=speaking.counts_as(),
        gaps=kept.part("gaps", lambda: _gaps(there, form)),
    )


def _then(judged: judging.Judged, speaking: Speaking) -> list[tuple[str, ...]]:
    """With whom else a conversation is open, in the order of the calls: by what the address of their sheet says, what it is called.

    Nothing stands on a sheet of the family: whoever reads over a shoulder must not learn who else is asked, or asked alone.
    """
    if speaking.code == FAMILY:
        return []
    return judged.following.once(("then", speaking), lambda: list(_others(judged, speaking)))


def _others(judged: judging.Judged, speaking: Speaking) -> Iterator[tuple[str, str]]:
    for call in judged.following.calls:
        there = [Speaking(call.speaker, call.speaker)]
        if call.speaker == FAMILY:
            adults = judged.file.household.adults()
            there = [Speaking(FAMILY, m.key, m.name, call.alone) for m in adults]
        for one in there:
            if one.key != speaking.key or speaking.paper:
                yield f"{one.key}{'?alone' if one.alone else ''}", one.called(judged.checklist)


def _after(case_id: str, assessment_id: str, then: str | None) -> str:
    """Where the officer goes from a sheet that is saved: to the next conversation, where they chose one, else to the result."""
    here: dict[str, Any] = {"case_id": case_id, "assessment_id": assessment_id}
    if not then:
        return url_for("assessments.result", **here)
    key, _, alone = then.partition("?")
    return url_for("conversations.sheet", **here, speaker=key, alone="1" if alone else None)


def _other(case_id: str, assessment_id: str, speaking: Speaking) -> str:
    """To the sheet of a letter or record of theirs, and back; nobody of the family has one."""
    if speaking.code == FAMILY:
        return ""
    paper = None if speaking.paper else "1"
    return url_for(
        "conversations.sheet", case_id=case_id, assessment_id=assessment_id, speaker=speaking.key, paper=paper
    )


class Kept:
    """Of a page that rests on the case file and on who speaks, what its parts came to; nothing where something was typed.

    What was answered before is shown as it is stored: an answer never changes, so which they are stands in the name.
    """

    PARTS = ("sheet", "gaps", "rows", "more")

    def __init__(self, judged: judging.Judged, speaking: Speaking, fresh: bool) -> None:
        said = tuple(a.id for a in judged.answers), tuple(a.id for a in judged.elsewhere)
        self._of = (speaking, judged.assessment.unit_id, said)
        self._following, self._fresh = judged.following, fresh
        self.has_all = fresh and all(judged.following.has((name, *self._of)) for name in self.PARTS)

    def part(self, name: str, caller: Callable[[], T]) -> T:
        """A part of the page: as it was, or as it is made now."""
        return self._following.once((name, *self._of), caller) if self._fresh else caller()


def _judged(assessment: Assessment) -> judging.Judged | None:
    try:
        return judging.judge(assessment, today(), current_settings().council_authority, elsewhere=True)
    except judging.NotReady:
        return None


def _begun(speaking: Speaking) -> dict[str, Any]:
    """What stands in the boxes at first: now, on the telephone; and who it is, where that is known."""
    person = current_user.name if speaking.code == OFFICER else speaking.name
    how = "face_to_face" if speaking.code in (FAMILY, OFFICER) else "telephone"
    begun = {"key": new_id(), **speaking.query}
    # A paper has the date that stands on it, and one without a date has none.
    return begun if speaking.paper else begun | {"person": person, "how": how, "on": today()}


def _mark(form: SheetForm, judged: judging.Judged) -> None:
    """What each row showed when the sheet was opened."""
    for row in form.rows:
        if not form[f"{row.name}.seen"].data or request.form.get("do") != "add":
            form[f"{row.name}.seen"].data = marked(judged.answers, row)


def _record(form: SheetForm, checklist: Checklist, assessment_id: str, speaking: Speaking, there: Sheet) -> bool:
    """Save what was chosen. Where something could not be saved, a sentence stands beside it; everything else is saved."""
    put = {line.criterion: line.words for line in there.lines}
    said = [
        Said(row.criterion, row.subject, form.value_of(row), form[f"{row.name}.seen"].data or "", form.words_of(row))
        for row in form.rows
        if askable(row, speaking, there.adults)
    ]
    # What opened meanwhile, because of these very answers, did not stand on the page that was sent: nobody was asked it.
    wanted = [row for row in there.wanted() if f"{row.name}.seen" in request.form]
    try:
        refused = service.record(current_user, assessment_id, held(form, speaking, checklist, wanted, put), said)
    except AssessmentProblem as problem:
        form.refuse({"name": "person"}.get(problem.field, problem.field), str(problem))
        return False
    for (criterion, subject), why in refused.items():
        field = f"{criterion}-{subject}"
        counted = checklist.criteria[criterion].answer == "counts"
        at = f"{field}.{next(iter(checklist.criteria[criterion].counts))}" if counted else field
        form[at].errors = [*form[at].errors, why]
    return not refused


def _line(
    at: int,
    line: Line,
    rows: list[Asked],
    judged: judging.Judged,
    speaking: Speaking,
    earlier: Sequence[SavedAnswer],
    told: frozenset[str],
) -> dict[str, Any]:
    """A line as the page shows it. On a sheet of the family stands only what that person said before: they may see the screen.

    Args:
        earlier: what was told of people when another place was asked about.
        told: the rows in which something was typed or chosen, or has to be mended, by their names.
    """
    criterion = judged.checklist.criteria[line.criterion]
    # What somebody said alone stands on no sheet at which another of the family may sit.
    told_alone = {c.key for c in judged.file.household.conversations if c.alone}
    once = counts_once(criterion, speaking.code)
    mine = [row for row in rows if row.criterion is criterion]
    each = [
        {
            "row": row,
            "about": row.about,
            "short": short_names(judged.file.household).get(row.subject, row.about),
            **_written_down(judged, row, speaking),
            "said": [
                _said(criterion, a, a.unit_id not in (None, judged.assessment.unit_id))
                for a in (
                    *answers.of_row(earlier, criterion.id, row.subject),
                    *answers.of_row(judged.answers, criterion.id, row.subject),
                )
                if speaking.code != FAMILY
                or (a.source_name == speaking.name and (speaking.alone or a.conversation not in told_alone))
            ],
            "worries": [o for o, option in criterion.options.items() if option.means in ("worrying", "partly")],
        }
        for row in mine
    ]
    return {
        **line._asdict(),
        "name": criterion.name,
        "prints_later": at == PRINTED_FIRST,
        "beside": len(mine) if 1 < len(mine) <= MOST_BESIDE and not mine[0].is_typed else 0,
        "each": each,
        "rests": not criterion.is_asked_alone and _rests(line, each, told),
        "once": either(in_sentence(judged.checklist.agencies[c].name) for c in once),
    }


def _told(form: SheetForm) -> frozenset[str]:
    """The rows in which something is typed or chosen, or has to be mended, by their names."""
    return frozenset(f.name.split(".")[0] for f in form if f.errors or (f.data and not f.name.endswith(".seen")))


def _rests(line: Line, each: Sequence[dict[str, Any]], told: frozenset[str]) -> bool:
    """May it stand as its name until it is asked?

    Not what nobody moves in without, what could change the outcome, what anybody has answered, or what is typed already.
    """
    answered = any(one["said"] or one["row"].name in told for one in each)
    return not (line.before_keys or line.changes or answered)


def _heard(judged: judging.Judged, speaking: Speaking, there: Sheet) -> frozenset[str]:
    """What stands closed on this adult's sheet, and opens where it is wanted or what was said is doubted.

    Once another adult of the family was talked with: what they told of everybody it is about, and for everybody but the first adult of
    the household what is not about them.
    What was told alone is of no sheet but theirs: alone, everybody but the first adult of the household is asked about themselves
    first, whether anybody was talked with before or not. Whoever sees the page learns nothing from what stands closed on it.
    """
    is_first = [speaking.key] == [m.key for m in judged.file.household.adults()[:1]]
    if speaking.code == FAMILY and speaking.alone:
        return frozenset(
            line.criterion
            for line in there.asked
            if not (
                is_first or speaking.key in line.subjects or judged.checklist.criteria[line.criterion].is_asked_alone
            )
        )
    others = {
        c.key
        for c in judged.file.household.conversations
        if c.speaker == "family" and c.who != speaking.key and not c.alone
    }
    if speaking.code != FAMILY or not others:
        return frozenset()
    told = {(a.criterion, a.subject) for a in judged.answers if a.conversation in others}
    return frozenset(
        line.criterion
        for line in there.asked
        if (not is_first and speaking.key not in line.subjects)
        or all((line.criterion, s) in told for s in line.subjects)
    )


def _written_down(judged: judging.Judged, row: Asked, speaking: Speaking) -> dict[str, Any]:
    """What a form holds of it, and what one choice sends that confirms it."""
    found = _held(judged, row, speaking)
    return {"held": found, "so": as_written(found.value) if found is not None and found.value is not None else ""}


def _held(judged: judging.Judged, row: Asked, speaking: Speaking) -> Held | None:
    """A parent sees what is known of the place and of themselves, and of nobody else."""
    held = held_already(judged.checklist, judged.file, row.criterion.id, row.subject)
    is_theirs = speaking.code != FAMILY or row.subject == speaking.key or (held is not None and held.of_the_place)
    return held if is_theirs else None


def _said(criterion: Any, a: SavedAnswer, of_another_place: bool) -> dict[str, str]:
    who = ", ".join(part for part in (a.source_name, a.source_role, a.source_agency) if part) or "Not named"
    when = clocks.in_words(a.on) or "day not known"
    return {
        "who": who,
        "words": value_in_words(criterion, a.value),
        "when": f"{when}, asked about another place" if of_another_place else when,
    }


def _gaps(there: Sheet, form: SheetForm) -> str:
    """How much of it is not asked yet, and what nobody moves in without."""
    on_sheet = {line.criterion for line in there.asked}
    left = [r for r in there.rows if r.criterion.id in on_sheet and form.value_of(r) is None]
    keys = {line.criterion for line in there.asked if line.before_keys}
    needed = sum(row.criterion.id in keys for row in left)
    return f"{len(left)} of {len(there.rows)} not asked; {needed} needed before keys."
