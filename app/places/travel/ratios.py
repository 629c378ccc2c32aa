"""How much longer a walk is than the straight line, on a network that is loaded: what the estimate's interval is held against.

Pairs of points of ways, drawn by a fixed seed, each measured on the network and in a straight line. Source: places.md 5 and 11.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy

from .walking import Network

SHARES = (1, 5, 25, 50, 75, 95, 99)
BANDS = ((200, 500), (500, 1000), (1000, 2000), (2000, 3500))  # metres in a straight line
_TRIES = 60  # origins for each hundred pairs


class Band(NamedTuple):
    """Pairs of one straight-line distance. ``shares`` are the ratios under which so many in a hundred lie (see ``SHARES``)."""

    low_m: int
    high_m: int
    pairs: int
    shares: tuple[float, ...]
    within: float  # the share of pairs whose ratio is inside the estimate's interval
    longer: float  # the share whose walk is longer than the estimate's longest


def measured(
    network: Network, points: Any, interval: tuple[float, float], pairs: int = 2000, seed: int = 19
) -> tuple[list[Band], int]:
    """Ratios of walk to straight line by distance, the last band being all pairs; and how many pairs no way joins.

    Args:
        points: eastings and northings that pairs are drawn of, in metres, one row each.
        interval: the lowest and the highest factor that the estimate allows for.
    """
    draw = numpy.random.default_rng(seed)
    ratios: list[tuple[float, float]] = []
    apart = 0
    each = max(1, pairs // _TRIES)
    for _ in range(pairs * 4):
        if len(ratios) >= pairs:
            break
        origin = points[draw.integers(len(points))]
        ends = points[draw.integers(len(points), size=each * 4)]
        straight = numpy.hypot(ends[:, 0] - origin[0], ends[:, 1] - origin[1])
        fits = numpy.flatnonzero((straight >= BANDS[0][0]) & (straight < BANDS[-1][1]))[:each]
        found = network.metres((origin[0], origin[1]), [(x, y) for x, y in ends[fits]])
        for metres, line in zip(found, straight[fits], strict=True):
            if metres is None:
                apart += 1
            else:
                ratios.append((float(line), metres / float(line)))
    kept = ratios[:pairs]
    whole = (BANDS[0][0], BANDS[-1][1])
    return [_band(band, kept, interval) for band in (*BANDS, whole)], apart


def _band(band: tuple[int, int], ratios: Sequence[tuple[float, float]], interval: tuple[float, float]) -> Band:
    mine = numpy.array([ratio for line, ratio in ratios if band[0] <= line < band[1]])
    low, high = interval
    some = len(mine) > 0
    return Band(
        low_m=band[0],
        high_m=band[1],
        pairs=len(mine),
        shares=tuple(round(float(value), 2) for value in numpy.percentile(mine, SHARES)) if some else (),
        within=round(float(((mine >= low - 0.005) & (mine <= high)).mean()), 3) if some else 0.0,
        longer=round(float((mine > high).mean()), 3) if some else 0.0,
    )
