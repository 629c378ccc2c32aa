"""What keeps a family apart from whoever they fled: staff who may be of a household, and homes that are held sealed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, or_, select

from app.accounts.models import User
from app.cases import sealing
from app.cases.homes import HomeAsked, HomeNamed, HomeSeal
from app.cases.ties import PossibleMatch
from app.database import now
from app.work.ordering import Row

from .asker import Asker


def _possible_matches(asker: Asker) -> Select[*tuple[Any, ...]]:
    return (
        select(PossibleMatch.id, PossibleMatch.case_id, PossibleMatch.found_at, PossibleMatch.holds)
        .where(
            PossibleMatch.settled_at.is_(None),
            PossibleMatch.user_id != asker.user.id,
            asker.sees(PossibleMatch.case_id),
        )
        .order_by(PossibleMatch.found_at, PossibleMatch.id)
    )


def possible_matches(asker: Asker) -> Iterator[Row]:
    """For the leads, and never for whom it is about; one query. Who it is, stands on its own page alone."""
    for row in asker.rows(_possible_matches) if asker.is_lead else ():
        yield Row(
            kind="possible_match", case_id=row.case_id, what="Somebody here may be of this household, or close to it", top=0 if row.holds else 1,
            said="The case is kept from them until you have looked." if row.holds else "They work on it now: look today. Say nothing to them.",
            since=row.found_at, endpoint="matches.settle", args={"case_id": row.case_id, "match_id": row.id}, link="Look, and settle it",
        )  # fmt: skip


def _homes(asker: Asker) -> Select[*tuple[Any, ...]]:
    return (
        select(HomeAsked.id, HomeAsked.case_id, HomeAsked.what, HomeAsked.asked_by, HomeAsked.asked_by_name, HomeAsked.asked_at,
               HomeAsked.verdict, HomeAsked.settled_by, HomeAsked.settled_by_name, HomeAsked.settled_at, HomeAsked.until, HomeAsked.shown_at,
               User.role, HomeNamed.id.label("named"))
        .join(HomeSeal, (HomeSeal.id == HomeAsked.seal_id) & HomeSeal.lifted_at.is_(None))
        .join(User, User.id == HomeAsked.asked_by)
        .outerjoin(HomeNamed, (HomeNamed.seal_id == HomeSeal.id) & (HomeNamed.user_id == asker.user.id) & HomeNamed.ended_at.is_(None))
        .where(asker.sees(HomeAsked.case_id), or_(HomeAsked.verdict.is_(None), HomeAsked.verdict == "agreed"))
        .order_by(HomeAsked.asked_at, HomeAsked.id)
    )  # fmt: skip


def homes(asker: Asker) -> Iterator[Row]:
    """Who asks for what is sealed, for whoever may be the second; what was released, for who asked and for the leads; one query."""
    moment = now()
    for row in asker.rows(_homes):
        page = {"case_id": row.case_id}
        theirs = row.asked_by == asker.user.id
        is_second = asker.is_lead or (row.role == "safeguarding_lead" and row.named is not None)
        if row.verdict is None and (theirs or is_second):
            what = (
                "You asked for what is held sealed" if theirs else f"{row.asked_by_name} asks for what is held sealed"
            )
            yield Row(
                kind="home_asked", case_id=row.case_id, what=what, said="A second person has to agree." if theirs else "",
                section="others" if theirs else "due", since=row.asked_at, endpoint="sealed.home" if theirs else "sealed.settle",
                args=page if theirs else {**page, "asked_id": row.id}, link="See it" if theirs else "Read why, and agree or refuse",
            )  # fmt: skip
        elif row.what == "show" and theirs and row.shown_at is None and row.until is not None and row.until > moment:
            yield Row(
                kind="home_released", case_id=row.case_id, what="What is held sealed was released to you, for once and for a short while",
                since=row.settled_at, endpoint="sealed.home", args=page, link="Show it",
            )  # fmt: skip
        elif (
            row.verdict == "agreed"
            and asker.is_lead
            and not theirs
            and row.settled_by != asker.user.id
            and _is_new(row.settled_at, moment)
        ):
            yield Row(
                kind="home_released", case_id=row.case_id, what=f"What is held sealed was released to {row.asked_by_name} by {row.settled_by_name}",
                since=row.settled_at, endpoint="sealed.home", args=page, link="Read why",
            )  # fmt: skip


def _is_new(settled_at: Any, moment: Any) -> bool:
    return bool(settled_at is not None and moment - settled_at < timedelta(days=sealing.numbers().told_days))
