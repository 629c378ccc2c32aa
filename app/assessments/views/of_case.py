"""The assessment that an address names, where it is one of the case that it names too."""

from __future__ import annotations

from flask import abort, g

from app.assessments import service
from app.assessments.models import Assessment


def assessment_of_case(assessment_id: str) -> Assessment:
    """The assessment, or a page that does not exist: one of another case is the same answer as none."""
    found = service.find(g.case, assessment_id)
    if found is None:
        abort(404)
    return found
