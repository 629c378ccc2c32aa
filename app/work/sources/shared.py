"""What readers of a record say: somebody who does not agree, something added, and links that nobody here answers for."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import Select, func, select

from app.assessments.models import Assessment
from app.decisions.models import Decision
from app.extensions import db
from app.notifications.models import Telling
from app.records.models import Record
from app.sharing import answers, left
from app.sharing.models import Share, ShareWord
from app.work.ordering import Row

from .asker import Asker

_WHAT = {"disputed": "A professional does not agree", "not_me": "Lead professional is wrong"}


def disagreements(asker: Asker) -> Iterator[Row]:
    """Whoever may settle it hears them; whose case it is, and whoever had a part, sees that it waits; four queries."""
    open_ones = [one for one, _ in answers.unsettled_for(asker.user)]
    ids = {one.share_id for one in open_ones}
    if not open_ones:
        return
    part_in, told = _had_a_part(ids), _told({one.case_id for one in open_ones})
    for one in open_ones:
        had_a_part = asker.user.id in part_in.get(one.share_id, ())
        owner = told.get(one.share_id, "")
        own = {"case_id": one.case_id, "record_id": one.record_id, "share_id": one.share_id}
        hears = asker.is_second and not had_a_part
        endpoint = "words.taken" if one.word_id else "answers.settle"
        which = own | ({"word_id": one.word_id} if one.word_id else {})
        who = ", ".join(part for part in (one.response_name, one.recipient_role) if part)
        somebody_else = "" if hears else " Somebody who had no part in the decision rings them."
        yield Row(
            kind="disagreement", case_id=one.case_id, what=_WHAT[one.response], since=one.responded_at, top=1,
            said=f"{who}: “{one.response_reason}”{somebody_else}" if one.response_reason else f"{who}.{somebody_else}",
            section="due" if hears or asker.is_lead else "others", owner="" if owner == asker.user.id else owner,
            endpoint=endpoint if hears else "cases.show", args=which if hears else {"case_id": one.case_id},
            link="Read and answer them" if hears else "See what they say",
        )  # fmt: skip


def _had_a_part(share_ids: Collection[str]) -> dict[str, set[str]]:
    """Of each share, who began, handed in or decided what its reader answered; one query."""
    query = (
        select(Share.id, Decision.reviewer, Assessment.submitted_by, Assessment.created_by)
        .join(Record, Record.id == Share.record_id)
        .join(Decision, Decision.record_id == func.coalesce(Record.reissue_of, Record.id))
        .join(Assessment, Assessment.id == Decision.assessment_id)
        .where(Share.id.in_(share_ids))
    )
    return {row[0]: {id for id in row[1:] if id} for row in db.session.execute(query)}


def _told(case_ids: Collection[str]) -> dict[str, str]:
    """Who was asked to hear them, by share; one query."""
    query = select(Telling.object_id, Telling.owner).where(
        Telling.case_id.in_(case_ids), Telling.kind == "disagreement", Telling.owner.is_not(None)
    )
    return {row[0]: row[1] or "" for row in db.session.execute(query.order_by(Telling.made_at))}


def _said(asker: Asker) -> Select[*tuple[Any, ...]]:
    return (
        select(ShareWord.id, ShareWord.case_id, ShareWord.share_id, ShareWord.kind, ShareWord.said, ShareWord.said_by,
               ShareWord.said_at, Share.record_id)
        .join(Share, Share.id == ShareWord.share_id)
        .where(asker.sees(ShareWord.case_id), ShareWord.kind != answers.DISAGREES, ShareWord.taken_at.is_(None))
        .where(ShareWord.case_id.in_(asker.held) | (func.coalesce(func.nullif(Share.held_by, ""), Share.made_by) == asker.user.id))
    )  # fmt: skip


def said(asker: Asker) -> Iterator[Row]:
    """What a reader added or says is wrong, and nobody has written down what was done with it; one query."""
    for row in asker.rows(_said):
        wrong = row.kind != "added"
        args = {"case_id": row.case_id, "record_id": row.record_id, "share_id": row.share_id, "word_id": row.id}
        yield Row(
            kind="said", case_id=row.case_id, said=f"{row.said_by}: “{row.said}”", since=row.said_at,
            what="A reader says that something is wrong" if wrong else "A reader added something",
            endpoint="words.taken", args=args, link="Read and answer",
        )  # fmt: skip


def left_behind(asker: Asker) -> Iterator[Row]:
    """Links whose sharer’s account is disabled; two queries."""
    for share, _ in left.left_behind(asker.user):
        args = {"case_id": share.case_id, "record_id": share.record_id}
        which = {**args, "share_id": share.id}
        yield Row(
            kind="left", case_id=share.case_id, what="Shared by somebody whose account is disabled: take it over or end it",
            said=f"To {share.recipient_name}, {share.recipient_role}.", since=share.made_at, endpoint="records.show", args=args,
            link="Open the record", buttons=(("sharing.take_over", which, "Take it over"), ("sharing.revoke", which, "End it")),
        )  # fmt: skip
