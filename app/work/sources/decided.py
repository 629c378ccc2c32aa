"""What follows a decision: an emergency to ratify, a family to be moved, conditions with their days, corrections to counter-sign."""

from __future__ import annotations

from collections.abc import Iterator

from app.decisions import afterwards, escalated
from app.decisions.afterwards import CONDITION, CORRECTION
from app.work.ordering import Row

from .asker import Asker

TO_MOVE = "Not suitable, and the family is there: find them another place"


def emergencies(asker: Asker) -> Iterator[Row]:
    """Emergency decisions that wait for a lead, and families that were to be moved; one query."""
    to_ratify, to_move = escalated.waiting_for(asker.user)
    for e, _, by in to_ratify:
        args = {"case_id": e.case_id, "assessment_id": e.assessment_id, "emergency_id": e.id}
        taken = f"Taken by {e.taken_by_name} for {e.nights} {'night' if e.nights == 1 else 'nights'}."
        if asker.is_lead:
            yield Row(
                kind="ratify", case_id=e.case_id, what="An emergency placement waits for your yes or no", due=by, top=2,
                said=f"{taken} Say where they sleep next, too.", since=e.taken_at, endpoint="emergency.ratify", args=args,
                link="Ratify or escalate",
            )  # fmt: skip
        elif e.taken_by == asker.user.id or e.case_id in asker.held:
            yield Row(
                kind="to_be_ratified", case_id=e.case_id, section="others", due=by, said=taken, since=e.taken_at,
                what="A safeguarding lead ratifies or escalates the emergency decision", endpoint="cases.show",
                args={"case_id": e.case_id}, link="See the case",
            )  # fmt: skip
    for e, _, by in to_move:
        args = {"case_id": e.case_id, "assessment_id": e.assessment_id, "emergency_id": e.id}
        yield Row(
            kind="move", case_id=e.case_id, what=TO_MOVE, section="due" if e.case_id in asker.held else "others",
            due=by, since=e.ratified_at, endpoint="emergency.moved", args=args, link="Write down where they are",
        )  # fmt: skip


def after(asker: Asker) -> Iterator[Row]:
    """Of decisions that stand; one query."""
    for step, _, record_id in afterwards.waiting_for(asker.user, asker.soon):
        mine = step.case_id in asker.held
        of_record = {"case_id": step.case_id, "record_id": record_id}
        if step.kind == CONDITION:
            late = step.due is not None and step.due < asker.on
            if not mine and not (late and asker.is_second):
                continue  # a lead and a senior officer hear of it once it has lapsed
            said = f"Given another day: {step.said}" if step.about else step.said
            # Past its day it is back for the lead who looks at it again: see decision 0109.
            to_do = mine or (late and asker.is_lead)
            what = "A condition is past its day and nobody has seen it met" if late else "A condition is due"
            yield Row(
                kind="condition", case_id=step.case_id, what=what, said=said, due=step.due,
                section="due" if to_do else "others", endpoint="afterwards.condition", args={**of_record, "step_id": step.id},
                link="Seen, or not seen",
            )  # fmt: skip
        elif step.kind == CORRECTION:
            if asker.is_second and step.taken_by != asker.user.id:
                yield Row(
                    kind="correction", case_id=step.case_id, what="A correction waits for a second person",
                    said=f"Asked for by {step.taken_by_name}.", since=step.taken_at, endpoint="afterwards.countersign",
                    args={**of_record, "step_id": step.id}, link="Read and counter-sign",
                )  # fmt: skip
            elif mine or step.taken_by == asker.user.id:
                yield Row(
                    kind="correction_asked", case_id=step.case_id, section="others", what="A correction waits for a second person",
                    since=step.taken_at, endpoint="records.show", args=of_record, link="See the record",
                )  # fmt: skip
        else:
            yield Row(
                kind="move", case_id=step.case_id, what=TO_MOVE, due=step.due, section="due" if mine else "others",
                since=step.taken_at, endpoint="afterwards.moved", args={**of_record, "step_id": step.id},
                link="Write down where they are",
            )  # fmt: skip
