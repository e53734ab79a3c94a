"""Convex hulls of many nuclei at once, and what is measured on them.

The hull of a nucleus is that of the middles of its pixels' edges, as in scikit-image: the hull of
the corners would be up to a pixel wider than a drawn shape. All is in half pixels, so that all
coordinates are whole and every comparison is exact.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from nucleibench.slides.ranges import expand
from nucleibench.slides.runs import Runs

PAIRS = 1_000_000
"""Pairs of vertices that are compared together: enough to be fast, few enough for the memory."""


@dataclass(frozen=True)
class _Chain:
    """The left side of hulls: vertices from top to bottom, one nucleus after another."""

    nucleus: np.ndarray
    x: np.ndarray
    y: np.ndarray

    def area_to_axis(self, count: int) -> np.ndarray:
        """Return the area between the chain and x = 0, in quarter pixels, float64 (count,)."""
        inside = self.nucleus[1:] == self.nucleus[:-1]
        area = (self.x[1:] + self.x[:-1]) * np.diff(self.y) / 2
        return np.bincount(self.nucleus[1:][inside], area[inside], count)


class Hulls:
    """Convex hulls of the nuclei of a block."""

    def __init__(self, runs: Runs, count: int) -> None:
        """Take the runs of ``count`` nuclei, none of which is empty."""
        self.count = count
        first = np.flatnonzero(_begins(runs.nucleus, runs.row))
        last = np.append(first[1:], len(runs.row)) - 1
        nucleus, row = runs.nucleus[first], runs.row[first]
        self._left = _chain(nucleus, row, runs.start[first])
        self._right = _chain(nucleus, row, -runs.stop[last])

    @cached_property
    def area(self) -> np.ndarray:
        """Area of each hull in pixels, float64."""
        width = self._left.area_to_axis(self.count) + self._right.area_to_axis(self.count)
        return -width / 4

    @cached_property
    def diameters(self) -> tuple[np.ndarray, np.ndarray]:
        """Least and greatest distance of two parallel lines around each hull in pixels, float64."""
        nucleus, x, y = self._ring()
        begin = np.searchsorted(nucleus, np.arange(self.count + 1))
        pairs = np.cumsum(np.diff(begin) ** 2)
        batches = np.unique(np.searchsorted(pairs, np.arange(0, pairs[-1], PAIRS), side="right"))
        stops = [*batches[1:].tolist(), self.count]
        parts = [
            _calipers(x, y, begin[first : stop + 1])
            for first, stop in zip(batches.tolist(), stops, strict=True)
        ]
        least, greatest = (np.concatenate(values) for values in zip(*parts, strict=True))
        return least / 2, greatest / 2

    def _ring(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return nucleus, x and y of all vertices in the order in which they go round."""
        left, right = self._left, self._right
        nucleus = np.concatenate([left.nucleus, right.nucleus])
        x, y = np.concatenate([left.x, -right.x]), np.concatenate([left.y, right.y])
        way = np.concatenate([left.y, -right.y])
        side = np.repeat([0, 1], [len(left.x), len(right.x)])
        order = np.lexsort((way, side, nucleus))
        return nucleus[order], x[order], y[order]


def _calipers(x: np.ndarray, y: np.ndarray, begin: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the least and greatest diameter of hulls whose vertices begin at these places."""
    vertex = np.arange(begin[0], begin[-1])
    hull = np.repeat(np.arange(len(begin) - 1), np.diff(begin))
    following = np.where(vertex + 1 == begin[1:][hull], begin[:-1][hull], vertex + 1)
    along_x, along_y = x[following] - x[vertex], y[following] - y[vertex]
    other, pair = expand(begin[:-1][hull], begin[1:][hull])
    across_x, across_y = x[other] - x[vertex][pair], y[other] - y[vertex][pair]
    starts = np.flatnonzero(np.diff(pair, prepend=-1))
    first = begin[:-1] - begin[0]
    farthest = np.maximum.reduceat(across_x**2 + across_y**2, starts)
    # How far each vertex lies from the line through an edge, times the length of the edge.
    apart = np.maximum.reduceat(np.abs(along_x[pair] * across_y - along_y[pair] * across_x), starts)
    length = np.hypot(along_x, along_y)
    width = np.divide(apart, length, out=np.full(len(length), np.inf), where=length > 0)
    return np.minimum.reduceat(width, first), np.sqrt(np.maximum.reduceat(farthest, first))


def _begins(*keys: np.ndarray) -> np.ndarray:
    """Return where a row of keys differs from the one before it, bool."""
    differs = [np.diff(key, prepend=key[:1] - 1) != 0 for key in keys]
    return np.logical_or.reduce(differs)


def _chain(nucleus: np.ndarray, row: np.ndarray, left: np.ndarray) -> _Chain:
    """Return the left side of hulls from the left end of each row of pixels."""
    joined = np.append((np.diff(nucleus) == 0) & (np.diff(row) == 1), False)
    above = left.copy()
    above[1:][joined[:-1]] = np.minimum(left[1:], left[:-1])[joined[:-1]]
    end = ~joined
    chain = _Chain(
        np.concatenate([nucleus, nucleus, nucleus[end]]),
        np.concatenate([2 * above + 1, 2 * left, 2 * left[end] + 1]),
        np.concatenate([2 * row, 2 * row + 1, 2 * row[end] + 2]),
    )
    return _bend(_take(chain, np.lexsort((chain.y, chain.nucleus))))


def _bend(chain: _Chain) -> _Chain:
    """Leave the vertices of the convex hull alone.

    A point to the right of the line from one point above it to one below it is not of the hull,
    whatever else there is. So all such points can go at once, until there are none.
    """
    while True:
        x, y = chain.x, chain.y
        inner = chain.nucleus[:-2] == chain.nucleus[2:]
        bends = (x[1:-1] - x[:-2]) * (y[2:] - y[:-2]) < (x[2:] - x[:-2]) * (y[1:-1] - y[:-2])
        stays = np.ones(len(x), bool)
        stays[1:-1] = bends | ~inner
        if stays.all():
            return chain
        chain = _take(chain, stays)


def _take(chain: _Chain, chosen: np.ndarray) -> _Chain:
    return _Chain(chain.nucleus[chosen], chain.x[chosen], chain.y[chosen])
