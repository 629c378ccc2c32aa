"""What is written down of a placement beside the answers, read in one query: plans, acceptances, reasons, the unit's own parts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import BindParameter, bindparam

from app.cases import protected
from app.cases.models import ProtectedPlace
from app.extensions import db
from app.lives.models import LifeStep
from app.lives.words import BORN
from app.properties.models import UnitCertificate, UnitRoom
from app.together import Rows, Together, fill

from .models import Assessment, SavedAcceptance, SavedMitigation, SavedPatternAnswer

_CASE: BindParameter[str] = bindparam("case_id")
_UNIT: BindParameter[str] = bindparam("unit_id")
_ALL = Together(
    planned=Rows(SavedMitigation, SavedMitigation.case_id == _CASE, "recorded_at"),
    acceptances=Rows(
        SavedAcceptance, (SavedAcceptance.case_id == _CASE) & (SavedAcceptance.unit_id == _UNIT), "recorded_at"
    ),
    patterns=Rows(
        SavedPatternAnswer,
        (SavedPatternAnswer.case_id == _CASE) & (SavedPatternAnswer.unit_id == _UNIT),
        "recorded_at",
    ),
    protected=Rows(ProtectedPlace, protected.in_use(_CASE), "made_at"),
    rooms=Rows(UnitRoom, UnitRoom.unit_id == _UNIT, "created_at"),
    births=Rows(LifeStep, (LifeStep.case_id == _CASE) & (LifeStep.kind == BORN), "recorded_at"),
    certificates=Rows(UnitCertificate, UnitCertificate.unit_id == _UNIT, "created_at"),
)


class Written(NamedTuple):
    """All of it, each in the order in which it was written down."""

    planned: Sequence[SavedMitigation]  # in every unit of the case: what was promised before stands among them
    plans: Sequence[SavedMitigation]  # in this unit
    acceptances: Sequence[SavedAcceptance]
    patterns: Sequence[SavedPatternAnswer]
    protected: Sequence[ProtectedPlace]
    births: Sequence[LifeStep] = ()  # of children who are members since; whom they were born in place of stands there


def of(assessment: Assessment) -> Written:
    """What is written down of a placement; its unit has its rooms and certificates from here on."""
    found = _ALL.ask(db.session, case_id=assessment.case_id, unit_id=assessment.unit_id)
    fill(assessment.unit, {name: found[name] for name in ("rooms", "certificates")})
    planned = found["planned"]
    return Written(
        planned=planned,
        plans=[plan for plan in planned if plan.unit_id == assessment.unit_id],
        acceptances=found["acceptances"],
        patterns=found["patterns"],
        protected=found["protected"],
        births=found["births"],
    )
