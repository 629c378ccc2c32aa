"""Old samples judged by today's code: case files, assessments left in the database, and records on their own checklist."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from app.assessments import judging
from app.assessments.models import Assessment
from app.cases.models import Case
from app.checklists import read_folder
from app.decisions import versions
from app.extensions import db
from app.records.models import Record
from app.suitability.assess import assess
from app.suitability.reading import case_file

from . import shapes
from .samples import OldInstance, Sample

Shapes = dict[str, dict[str, Any]]


def case_files(trees: Mapping[str, Any], council: str) -> Shapes:
    """Shapes of case files, judged on today's checklist.

    Raises:
        CaseFileError: one of them is no longer a case file.
    """
    checklist = read_folder()
    return {
        name: shapes.of_result(assess(checklist, case_file.build(tree, checklist), council))
        for name, tree in trees.items()
    }


def assessments(sample_day: Any, council: str) -> Shapes:
    """Shapes of every assessment of the database in hand, judged as on the day of the sample, by reference and number."""
    found: Shapes = {}
    query = select(Assessment, Case.reference).join(Case).order_by(Case.reference, Assessment.created_at)
    for assessment, reference in db.session.execute(query).unique():
        number = 1 + sum(name.startswith(f"assessments/{reference}/") for name in found)
        result = judging.judge(assessment, sample_day, council).result
        found[f"assessments/{reference}/{number}"] = shapes.of_result(result)
    return found


def records() -> dict[str, dict[str, Any]]:
    """What every record of the database in hand holds, by the reference of its case."""
    rows = db.session.execute(select(Record.body, Case.reference).join(Case, Case.id == Record.case_id))
    return {f"records/{reference}": json.loads(body) for body, reference in rows}


def replayed(contents: Mapping[str, Any], council: str) -> dict[str, Any]:
    """The shape of a record judged again on its own checklist, through the service's own replay.

    Raises:
        CannotReplay: it is not a record any more, or its checklist is not kept.
    """
    told = versions.replay(contents, council)
    now = json.loads(json.dumps(contents["result"]))
    gone: list[tuple[list[Any], int]] = []
    for difference in told.differences:
        *parents, last = [int(p) if p.isdigit() else p for p in re.findall(r"[^.\[\]]+", difference["path"])]
        here = now
        for step in parents:
            here = here[step]
        if isinstance(last, int) and last >= len(here):
            here.append(difference["now"])
        elif isinstance(last, int) and difference["now"] is None:
            gone.append((here, last))
        else:
            here[last] = difference["now"]
    for where, at in reversed(gone):
        del where[at]
    return shapes.of_report(now)


def of_instance(instance: OldInstance) -> tuple[Shapes, Shapes]:
    """What the samples of one database say, and what today's code makes of them, by the same names."""
    sample: Sample = instance.sample
    council = sample.about["council"]
    was: Shapes = {}
    with instance.app.app_context():
        now = assessments(sample.day, council)
        for name, contents in records().items():
            was[name] = shapes.of_report(contents["result"])
            now[name] = replayed(contents, council)
    was |= {name: shape for name, shape in sample.results.items() if name.startswith("assessments/")}
    return was, now


def of_case_files(sample: Sample) -> tuple[Shapes, Shapes]:
    """The same of a version's case files."""
    was = {name: shape for name, shape in sample.results.items() if name.startswith("case_files/")}
    return was, case_files(sample.case_files, sample.about["council"])
