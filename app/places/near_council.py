"""How far data lies from the council: from its boundary, or where none is loaded from the postcodes of its district."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.settings import Settings

from .districts.districts import Districts
from .postcodes.gazetteer import Gazetteer, GazetteerProblem

_SQUARE_M = 1000  # of many points one in each square is looked at


def from_council(settings: Settings) -> Callable[[Any, Any], float | None]:
    """Metres from the council's district to the nearest of some points; None where nothing loaded says where the council is."""

    def metres(eastings: Any, northings: Any) -> float | None:
        import numpy

        squares = numpy.column_stack((eastings // _SQUARE_M, northings // _SQUARE_M)).astype(numpy.int64)
        _, one = numpy.unique(squares, axis=0, return_index=True)
        e, n = eastings[one], northings[one]
        districts = Districts(settings.districts)
        try:
            found = districts.metres_from(settings.council_authority, e, n)
            codes = districts.codes_of(settings.council_authority)
        finally:
            districts.close()
        return found if found is not None else _from_postcodes(settings, codes, numpy.column_stack((e, n)))

    return metres


def _from_postcodes(settings: Settings, codes: list[str], points: Any) -> float | None:
    from scipy.spatial import cKDTree

    gazetteer = Gazetteer(settings.gazetteer)
    try:
        ours = gazetteer.points_of(codes)
    except GazetteerProblem:
        return None
    finally:
        gazetteer.close()
    return float(cKDTree(ours).query(points)[0].min()) if ours else None
