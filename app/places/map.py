"""One small map, drawn as SVG without any network: points, their radii, a scale bar and north."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

_WIDTH, _HEIGHT, _EDGE = 640, 360, 46


class Spot(NamedTuple):
    """A point on the British National Grid, metres; ``mark`` is the letter or number drawn in it."""

    mark: str
    label: str
    easting: int
    northing: int
    radius_m: int


Line = Sequence[Sequence[int]]


def box(spots: Sequence[Spot]) -> tuple[int, int, int, int]:
    """West, south, east and north of what the map shows, in metres of the grid."""
    west, east = min(s.easting - s.radius_m for s in spots), max(s.easting + s.radius_m for s in spots)
    south, north = min(s.northing - s.radius_m for s in spots), max(s.northing + s.radius_m for s in spots)
    more = max(east - west, north - south, 400)
    return west - more, south - more, east + more, north + more


def svg(spots: Sequence[Spot], edge: Sequence[Line] = (), letters_percent: int = 100) -> str:
    """The map of the first spot (the unit) and the others; an empty string when there are fewer than two.

    Args:
        edge: the district's own line where it is near, as lists of easting and northing.
        letters_percent: how large its marks and words are drawn: larger where the whole map is printed small.
    """

    def sized(units: int) -> int:
        return units * letters_percent // 100

    if len(spots) < 2:
        return ""
    west, east = min(s.easting - s.radius_m for s in spots), max(s.easting + s.radius_m for s in spots)
    south, north = min(s.northing - s.radius_m for s in spots), max(s.northing + s.radius_m for s in spots)
    scale = min((_WIDTH - 2 * _EDGE) / max(east - west, 200), (_HEIGHT - 2 * _EDGE) / max(north - south, 200))
    middle_e, middle_n = (west + east) / 2, (south + north) / 2

    def at(spot: Spot) -> tuple[int, int]:
        return round(_WIDTH / 2 + (spot.easting - middle_e) * scale), round(
            _HEIGHT / 2 - (spot.northing - middle_n) * scale
        )

    home_x, home_y = at(spots[0])
    parts = [f'<rect x="0" y="0" width="{_WIDTH}" height="{_HEIGHT}" fill="#f7f9fa"/>']
    for line in edge:
        points = " ".join(
            f"{round(_WIDTH / 2 + (e - middle_e) * scale)},{round(_HEIGHT / 2 - (n - middle_n) * scale)}"
            for e, n in line
        )
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="#0b0c0c" stroke-width="2.5" stroke-dasharray="10 4 2 4"/>'
        )
    for spot in spots[1:]:
        x, y = at(spot)
        parts.append(
            f'<line x1="{home_x}" y1="{home_y}" x2="{x}" y2="{y}" stroke="#505a5f" stroke-width="1.5" stroke-dasharray="5 4"/>'
        )
    for spot in spots:
        x, y = at(spot)
        parts.append(
            f'<circle cx="{x}" cy="{y}" r="{max(3, round(spot.radius_m * scale))}" fill="#1f4e5f" fill-opacity="0.12" stroke="#1f4e5f" stroke-width="0.7"/>'
        )
    marks: dict[tuple[int, int], list[str]] = {}
    for spot in spots:
        marks.setdefault(at(spot), []).append(spot.mark)  # two at one point share a label: neither hides the other
    for place, ((x, y), here) in enumerate(marks.items()):
        mark = " ".join(here)
        high = sized(11)
        half = high + sized(5) * (len(mark) - 1)
        colour, corner = ("#942514", 0) if place == 0 else ("#1f4e5f", high)
        parts.append(
            f'<rect x="{x - half}" y="{y - high}" width="{2 * half}" height="{2 * high}" rx="{corner}" fill="{colour}"/>'
            f'<text x="{x}" y="{y + sized(5)}" font-size="{sized(14)}" font-weight="bold" fill="#fff" text-anchor="middle">{escape(mark)}</text>'
        )
    bar_m = _bar(scale)
    bar = round(bar_m * scale)
    label = f"{bar_m} m" if bar_m < 1000 else f"{bar_m // 1000} km"
    parts.append(
        f'<line x1="16" y1="{_HEIGHT - 16}" x2="{16 + bar}" y2="{_HEIGHT - 16}" stroke="#0b0c0c" stroke-width="3"/>'
    )
    parts.append(f'<text x="16" y="{_HEIGHT - 22}" font-size="{sized(13)}" fill="#0b0c0c">{label}</text>')
    parts.append(
        f'<path d="M {_WIDTH - 24} 34 L {_WIDTH - 18} 14 L {_WIDTH - 12} 34 Z" fill="#0b0c0c"/><text x="{_WIDTH - 18}" y="{35 + sized(13)}" font-size="{sized(13)}" fill="#0b0c0c" text-anchor="middle">N</text>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}" font-family="DR, DRF, Inter, sans-serif">'
        + "".join(parts)
        + "</svg>"
    )


def in_words(spots: Sequence[Spot], has_edge: bool = False) -> str:
    """What the map shows, for those who do not see it."""
    edge = " The line of dashes and dots is the edge of the district." if has_edge else ""
    others = ", ".join(f"{s.mark} {s.label}" for s in spots[1:])
    return f"Map with the proposed unit (square) and {others}. Circles show how uncertain each point is. The distances are in the table.{edge}"


def _bar(scale: float) -> int:
    """A round number of metres that draws a bar of at most 160 units."""
    best = 10
    for step in (10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000):
        if step * scale <= 160:
            best = step
    return best
