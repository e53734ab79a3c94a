"""Outlines with fewer vertices, nowhere more than half a pixel from the exact ones.

An exact outline climbs a slope in steps of one pixel. The middles of its straight pieces lie on the
slope itself, so vertices are chosen among these middles, and among the corners between two longer
pieces, as Douglas and Peucker (1973) choose them: a line may stand for a stretch of the outline
where that keeps within half a pixel of it; otherwise it is broken where the stretch is farthest
away.
"""

import numpy as np
import shapely

from nucleibench.slides.outlines import Outlines, concatenate
from nucleibench.slides.ranges import expand, offsets_of

TOLERANCE = 0.5
"""Pixels that an outline may move."""

TRIANGLE = 4
"""Vertices of the smallest closed ring."""


def simplify_outlines(outlines: Outlines) -> Outlines:
    """Return outlines with fewer vertices, valid and within half a pixel of exact ones.

    An outline that would touch itself or vanish is left as it is, which concerns nuclei of a few
    pixels.

    Args:
        outlines: as :func:`~nucleibench.slides.polygons.trace_outlines` gives them.
    """
    if not len(outlines):
        return outlines
    points, chosen, rings = _candidates(outlines)
    kept = _keep(points, chosen, rings)
    lengths = np.add.reduceat(kept.astype(np.int64), rings[:-1])
    simple = Outlines(points[kept], offsets_of(lengths), outlines.parts, outlines.nuclei)
    place = np.arange(len(outlines))
    valid = np.where(_are_valid(simple), place, place + len(outlines))
    return concatenate([simple, outlines]).select(valid)


def _candidates(outlines: Outlines) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the middles and ends of the straight pieces of each ring, all the way round.

    A ring begins, and ends, with the point that is farthest from its middle: an end of the shape is
    a vertex in any case.

    Returns:
        Points, float64 (n, 2); whether each can become a vertex, bool (n,); and where rings begin.
    """
    corners = outlines.vertices.astype(np.float64)
    pieces = np.delete(np.arange(len(corners)), outlines.rings[1:] - 1)
    ends = corners[pieces + 1]
    middles = (corners[pieces] + ends) / 2
    long = np.abs(ends - corners[pieces]).sum(axis=1) > 1
    lengths = np.diff(outlines.rings) - 1
    points = np.stack([middles, ends], axis=1).reshape(-1, 2)
    chosen = np.stack([np.ones_like(long), long & _next(long, lengths)], axis=1).ravel()
    way = _way_round(points, chosen, 2 * lengths)
    return points[way], chosen[way], offsets_of(2 * lengths + 1)


def _next(values: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Return for each value of a ring the one that follows it."""
    following = np.roll(values, -1)
    begin = offsets_of(lengths)
    following[begin[1:] - 1] = values[begin[:-1]]
    return following


def _way_round(points: np.ndarray, chosen: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Return the places of the points of rings, from the farthest one that may be chosen to it."""
    begin = offsets_of(lengths)[:-1]
    ring = np.repeat(np.arange(len(lengths)), lengths)
    middle = np.add.reduceat(points, begin) / lengths[:, None]
    reach = np.where(chosen, ((points - middle[ring]) ** 2).sum(axis=1), -1)
    first = _first_maxima(reach, ring, begin)[0] - begin
    step, ring = expand(np.zeros_like(lengths), lengths + 1)
    return begin[ring] + (first[ring] + step) % lengths[ring]


def _keep(points: np.ndarray, chosen: np.ndarray, rings: np.ndarray) -> np.ndarray:
    """Return which points become vertices, bool (n,)."""
    kept = np.zeros(len(points), bool)
    first, last = rings[:-1], rings[1:] - 1
    kept[first] = kept[last] = True
    while len(first):
        bend, worst = _farthest(points, first, last)
        bent = worst > TOLERANCE
        first, bend, last = first[bent], bend[bent], last[bent]
        # Beside a corner that cannot become a vertex lie two middles that can.
        beside = np.where(bend + 1 < last, bend + 1, bend - 1)
        bend = np.where(chosen[bend], bend, beside)
        kept[bend] = True
        first, last = np.concatenate([first, bend]), np.concatenate([bend, last])
        divisible = last - first > 1
        first, last = first[divisible], last[divisible]
    return kept


def _farthest(
    points: np.ndarray, first: np.ndarray, last: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the point of each stretch that is farthest from its chord, and its distance."""
    inner, stretch = expand(first + 1, last)
    distance = _distance(points[inner], points[first][stretch], points[last][stretch])
    begin = np.flatnonzero(np.diff(stretch, prepend=-1))
    place, worst = _first_maxima(distance, stretch, begin)
    return inner[place], worst


def _first_maxima(
    values: np.ndarray, owner: np.ndarray, begin: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the place of the maximum of each owner, whose values begin at ``begin``, and it."""
    maxima = np.maximum.reduceat(values, begin)
    hit = np.flatnonzero(values == maxima[owner])
    return hit[np.unique(owner[hit], return_index=True)[1]], maxima


def _distance(points: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Return the distance of points from the lines between two points each."""
    chord, reach = end - start, points - start
    length = (chord**2).sum(axis=1)
    along = np.divide(
        (reach * chord).sum(axis=1), length, out=np.zeros_like(length), where=length > 0
    )
    return np.hypot(*(reach - np.clip(along, 0, 1)[:, None] * chord).T)


def _are_valid(outlines: Outlines) -> np.ndarray:
    """Return which nuclei have valid polygons, bool (nuclei,)."""
    first_ring = outlines.parts[outlines.nuclei[:-1]]
    valid = np.minimum.reduceat(np.diff(outlines.rings), first_ring) >= TRIANGLE
    valid[valid] = shapely.is_valid(outlines.select(np.flatnonzero(valid)).geometries())
    return valid
