"""Polygons to an instance label map by the rule of ``skimage.draw.polygon``, many at once.

The rule (O'Rourke, Computational Geometry in C, 1998): a pixel belongs to a polygon when a ray
from its centre to the right, or one to the left, crosses the outline an odd number of times, or
when a vertex lies on it. Asking that of every pixel and edge is slow. But an edge crosses a row
of pixels once: all pixels before that place count one crossing to their right, and all pixels
behind it one to their left. So the crossings of a row, in order, are the ends of the spans of
pixels inside, and only the pixel nearest to each crossing needs the exact question.
"""

from itertools import pairwise
from typing import NamedTuple

import numpy as np

VERTEX_TOLERANCE = 1e-12
"""Distance in pixels within which a vertex lies on a pixel's centre, as in scikit-image."""

BATCH = 256
"""Polygons drawn together: enough to be fast, few enough to stay in the processor's cache."""


class _Edges(NamedTuple):
    """Edges from (x1, y1) to (x0, y0), and the ring to which each belongs."""

    ring: np.ndarray
    x0: np.ndarray
    y0: np.ndarray
    x1: np.ndarray
    y1: np.ndarray


def rasterize_polygons(
    vertices: np.ndarray,
    offsets: np.ndarray,
    shape: tuple[int, int],
    owners: np.ndarray | None = None,
    hole_of: np.ndarray | None = None,
) -> np.ndarray:
    """Draw polygons into a label map; where several cover a pixel, the first one has it.

    A polygon of several rings has the pixels of all of them. A hole is drawn by the same rule as
    a polygon, and taken out of its ring.

    Args:
        vertices: float64 (n, 2), the (x, y) of all rings in pixels, one ring after another;
            pixel centres have whole coordinates. What lies outside the image is left out.
        offsets: integers (rings + 1,), where each ring begins in ``vertices``, and the end;
            no ring is empty.
        shape: (height, width) of the image.
        owners: integers (rings,), the polygon of each ring, in ascending order; left out, each
            ring is a polygon.
        hole_of: integers (rings,), the ring out of which a ring cuts a hole, -1 for none; left
            out, there are no holes.

    Returns:
        int32 (height, width), 0 = background. Labels follow the order of the polygons, without
        gaps: a polygon that gets no pixel gets no label.
    """
    height, width = shape
    rings = len(offsets) - 1
    owners = np.arange(rings) if owners is None else owners
    hole_of = np.full(rings, -1) if hole_of is None else hole_of
    # The column behind the image takes spans that end there; it is never drawn.
    labels = np.zeros((height, width + 1), np.int32)
    count = int(owners[-1]) + 1 if rings else 0
    ends = np.searchsorted(owners, np.arange(0, count + BATCH, BATCH))
    for first, last in pairwise(ends):
        bounds = offsets[first : last + 1]
        ring, pixel = _cover(vertices[bounds[0] : bounds[-1]], np.diff(bounds), labels.shape)
        kept = _outside_holes(ring, pixel, hole_of[first:last] - first, labels.size)
        _paint(labels, owners[first:last][ring[kept]] + 1, pixel[kept])
    return np.ascontiguousarray(_close_gaps(labels, count)[:, :width])


def _cover(
    vertices: np.ndarray, lengths: np.ndarray, shape: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray]:
    """Return ring and position in a label map for all pixels of rings, ring after ring."""
    edges = _edges(vertices, lengths)
    spans = [_spans(edges, shape, looking_right) for looking_right in (True, False)]
    return _pixels(np.concatenate([*spans, _vertices(edges, shape)]), shape[0] * shape[1])


def _outside_holes(
    ring: np.ndarray, pixel: np.ndarray, hole_of: np.ndarray, size: int
) -> np.ndarray:
    """Tell which pixels belong to a polygon: those of no hole, and cut out by none of the ring."""
    if (hole_of < 0).all():
        return np.ones(len(ring), bool)
    in_hole = hole_of[ring] >= 0
    cut_out = hole_of[ring[in_hole]] * size + pixel[in_hole]
    return ~in_hole & ~np.isin(ring * size + pixel, cut_out)


def _paint(labels: np.ndarray, values: np.ndarray, pixel: np.ndarray) -> None:
    """Set pixels in place where ``labels`` is free; of several values the first one stays."""
    flat = labels.reshape(-1)
    free = flat[pixel] == 0
    # Backwards, because of several values for one pixel the last one stays.
    flat[pixel[free][::-1]] = values[free][::-1]


def _edges(vertices: np.ndarray, lengths: np.ndarray) -> _Edges:
    ends = np.cumsum(lengths)
    previous = np.arange(len(vertices)) - 1
    previous[ends - lengths] = ends - 1
    return _Edges(np.repeat(np.arange(len(lengths)), lengths), *vertices.T, *vertices[previous].T)


def _spans(edges: _Edges, shape: tuple[int, int], looking_right: bool) -> np.ndarray:
    """Return the spans of pixels that see an odd number of crossings on one side.

    Spans are places (start, stop), ``stop`` excluded, in a stack of one label map per ring.
    """
    low, high = np.minimum(edges.y0, edges.y1), np.maximum(edges.y0, edges.y1)
    # An edge counts in the row of its upper end looking right, in that of its lower end looking
    # left: a pixel on the outline so sees an odd number on one side at least.
    rows = (
        (np.ceil(low), np.ceil(high)) if looking_right else (np.floor(low) + 1, np.floor(high) + 1)
    )
    first, stop = (np.clip(row, 0, shape[0]).astype(np.int64) for row in rows)
    row, edge = _expand(first, stop)
    column, distance = _meeting_points(edges, edge, row)
    column = column + (distance > 0 if looking_right else distance >= 0)
    return np.sort(_places(edges.ring[edge], row, column, shape)).reshape(-1, 2)


def _meeting_points(
    edges: _Edges, edge: np.ndarray, row: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the column nearest to where an edge meets a row, and the distance from it rightwards.

    The distance is computed as scikit-image computes it, so that its sign agrees to the last bit.
    """
    x0, y0, x1, y1 = edges.x0[edge], edges.y0[edge] - row, edges.x1[edge], edges.y1[edge] - row
    height = y1 - y0
    column = np.rint(x0 - y0 * ((x1 - x0) / height))
    return column, ((x0 - column) * y1 - (x1 - column) * y0) / height


def _vertices(edges: _Edges, shape: tuple[int, int]) -> np.ndarray:
    """Return the vertices that lie on a pixel's centre, as spans of one pixel."""
    column, row = np.rint(edges.x0), np.rint(edges.y0)
    on_pixel = (np.abs(edges.x0 - column) < VERTEX_TOLERANCE) & (
        np.abs(edges.y0 - row) < VERTEX_TOLERANCE
    )
    on_pixel &= (row >= 0) & (row < shape[0]) & (column >= 0) & (column < shape[1] - 1)
    place = _places(edges.ring, row, column, shape)[on_pixel]
    return np.column_stack([place, place + 1])


def _places(
    ring: np.ndarray, row: np.ndarray, column: np.ndarray, shape: tuple[int, int]
) -> np.ndarray:
    """Return positions in a stack of one label map per ring."""
    column = np.clip(column, 0, shape[1] - 1).astype(np.int64)
    return (ring * shape[0] + row.astype(np.int64)) * shape[1] + column


def _pixels(spans: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return ring and position in a label map of ``size`` for all pixels of spans."""
    spans = spans[np.argsort(spans[:, 0], kind="stable")]
    spans = spans[np.any(np.diff(spans, axis=0, prepend=-1), axis=1)]
    place, span = _expand(*spans.T)
    ring = spans[:, 0] // size
    return ring[span], place - (ring * size)[span]


def _expand(start: np.ndarray, stop: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return all integers of the ranges ``start <= i < stop``, and the range of each."""
    length = stop - start
    owner = np.repeat(np.arange(len(length)), length)
    return np.arange(len(owner)) + (start - np.cumsum(length) + length)[owner], owner


def _close_gaps(labels: np.ndarray, count: int) -> np.ndarray:
    """Renumber labels up to ``count`` so that those without a pixel leave no gap."""
    present = np.zeros(count + 1, bool)
    present[labels.reshape(-1)] = True
    if present[1:].all():
        return labels
    present[0] = False
    return np.take((np.cumsum(present) * present).astype(np.int32), labels)
