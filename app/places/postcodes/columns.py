"""Postcodes in columns, as they are read and before they are packed: about 30 bytes each instead of a tuple's 200."""

from __future__ import annotations

from array import array
from typing import Any, NamedTuple

LIVE, TERMINATED, NOT_TOLD = 1, 0, 2
NO_POINT = 0
# Positional quality as Code-Point Open writes it; 0 where nobody told.
QUALITIES = (0, 10, 20, 30, 40, 50, 60, 90)
# ONSPD and NSPL use another scale. Source: places.md 1.1. What was terminated before the scale began is as weak as 40.
FROM_GRID_INDICATOR = {"1": 10, "2": 20, "3": 30, "4": 40, "5": 50, "6": 60, "8": 40, "9": 90}


class Dataset(NamedTuple):
    """Where rows come from, and the day the data is of."""

    name: str
    data_date: str


class Columns:
    """Rows added in any order. ``dataset`` is a place in ``datasets``."""

    NAMES = ("key", "e", "n", "authority", "grade", "live", "dataset")

    def __init__(self) -> None:
        self.key, self.e, self.n = array("q"), array("i"), array("i")
        self.authority, self.grade, self.live, self.dataset = array("h"), array("b"), array("b"), array("b")
        self.datasets: list[Dataset] = []
        self.codes: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self.key)

    def add(
        self, key: int, easting: int, northing: int, authority: str, live: int, grade: int, dataset: int = 0
    ) -> None:
        """One postcode; an easting of 0 is a postcode without a point."""
        self.key.append(key)
        self.e.append(easting)
        self.n.append(northing)
        self.authority.append(self.codes.setdefault(authority, len(self.codes)))
        self.live.append(live)
        self.grade.append(grade)
        self.dataset.append(dataset)

    def extend(self, key: Any, easting: Any, northing: Any, authority: Any, grade: Any, live: Any) -> None:
        """Many postcodes of the first data set, as arrays; authorities by number."""
        given = {"key": key, "e": easting, "n": northing, "authority": authority, "grade": grade, "live": live}
        for name, column in {**given, "dataset": live * 0}.items():
            mine: array[int] = getattr(self, name)
            mine.frombytes(column.astype(mine.typecode).tobytes())

    def taken(self, name: str) -> Any:
        """A column as an array of numpy, which this no longer holds: what is large is there once."""
        import numpy

        column: array[int] = getattr(self, name)
        setattr(self, name, array(column.typecode))
        return numpy.frombuffer(column, column.typecode) if len(column) else numpy.zeros(0, column.typecode)

    def code_list(self) -> list[str]:
        return sorted(self.codes, key=self.codes.__getitem__)
