"""From a label map to the exact outlines of its nuclei.

Outlines run along the edges of pixels: what they enclose is exactly the pixels of the nucleus. A
nucleus is cut into 4-connected parts, so that each becomes one valid polygon with holes.

Only corners are sought. An outline turns at each corner, so it leaves a corner along its row and
the next one along its column, and so on. Of the corners of one part that lie in a row, in order,
the first is joined to the second, the third to the fourth, ...; and so it is in a column. That
gives each corner the one that follows it, without a walk along the pixels.
"""

from dataclasses import dataclass

import numpy as np
from skimage.measure import label

from nucleibench.slides.grid import LOWER_RIGHT, UPPER_LEFT, changes, pixels_around
from nucleibench.slides.outlines import Outlines
from nucleibench.slides.ranges import offsets_of

# Of the four pixels around a grid point, in their order: the one beside each in its row, the one
# beyond it in its column, and the one across.
BESIDE, BEYOND, ACROSS = [1, 0, 3, 2], [2, 3, 0, 1], [3, 2, 1, 0]

MINIMUM_TO_TOUCH = 8
"""A ring that touches itself has more vertices than this."""


@dataclass(frozen=True)
class _Corners:
    """Corners of outlines, sorted by label, part, row and column.

    Attributes:
        x: column of the grid point, int64 (n,), as all the others; 0 is the left edge.
        y: row of the grid point; 0 is the upper edge.
        label: of the nucleus.
        part: of the nucleus, numbered so that parts of one label follow each other.
        lower: whether the pixel in the corner lies below the grid point, 0 or 1. It tells apart
            two corners of one part that share a grid point.
        along_row: whether the outline leaves the corner along its row.
    """

    x: np.ndarray
    y: np.ndarray
    label: np.ndarray
    part: np.ndarray
    lower: np.ndarray
    along_row: np.ndarray


def trace_outlines(labels: np.ndarray, origin: tuple[int, int] = (0, 0)) -> Outlines:
    """Return the exact outlines of all nuclei of a label map, in ascending order of their labels.

    Args:
        labels: integers (height, width), 0 = background.
        origin: (x, y) of the first pixel in the whole image.

    Returns:
        Outlines with int32 vertices, only where an outline turns. Polygons are valid (OGC Simple
        Features): parts and rings may touch at a vertex, but no ring touches itself.
    """
    corners = _find_corners(labels)
    walked, starts = _split(*_walk(_following(corners).tolist()), corners)
    order = np.array(walked, np.int64)
    vertices = np.column_stack([corners.x[order] + origin[0], corners.y[order] + origin[1]])
    rings = np.append(starts, len(order)).astype(np.int64)
    first = order[rings[:-1]]
    parts = _begins(corners.part[first])
    nuclei = _begins(corners.label[first[parts[:-1]]])
    return Outlines(vertices.astype(np.int32), rings, parts, nuclei)


def _begins(owner: np.ndarray) -> np.ndarray:
    """Return where each owner's things begin, and the end; those of one follow each other."""
    return offsets_of(np.unique(owner, return_counts=True)[1])


def _find_corners(labels: np.ndarray) -> _Corners:
    """Find where outlines turn: around one pixel of a part, or around one that is not of it."""
    parts = np.pad(label(labels, background=0, connectivity=1), 1)
    row, column = np.nonzero(np.logical_and(*changes(parts)))
    around = pixels_around(parts, row, column)
    turns_in, pixel, point = np.nonzero(_turns(around))
    # The pixel inside the corner: itself, or the one beside the pixel that is missing.
    inside = pixel ^ turns_in
    x, y, part = column[point], row[point], around[inside, point]
    owner = labels[y + inside // 2 - 1, x + inside % 2 - 1]
    part = _rank_parts(part, owner)[part]
    # With the inside on the right hand, and so the other way round at a missing pixel.
    along_row = ((pixel == UPPER_LEFT) | (pixel == LOWER_RIGHT)) != (turns_in == 1)
    order = np.lexsort((2 * x + pixel % 2, y, part))
    found = (x, y, owner, part, pixel // 2, along_row)
    return _Corners(*(values[order] for values in found))


def _turns(around: np.ndarray) -> np.ndarray:
    """Tell where an outline turns around each of four pixels (4, n), as bool (2, 4, n).

    First around the outline's own pixel, then around one that is missing among three others.
    """
    beside, beyond, across = around[BESIDE], around[BEYOND], around[ACROSS]
    own = (around > 0) & (around != beside) & (around != beyond)
    missing = (beside > 0) & (beside == beyond) & (beside == across) & (around != beside)
    return np.stack([own, missing])


def _rank_parts(part: np.ndarray, owner: np.ndarray) -> np.ndarray:
    """Return for each part its place in the order of labels, int64."""
    owner_of = np.zeros(part.max(initial=0) + 1, np.int64)
    owner_of[part] = owner
    rank = np.empty_like(owner_of)
    rank[np.argsort(owner_of, kind="stable")] = np.arange(len(owner_of))
    return rank


def _following(corners: _Corners) -> np.ndarray:
    """Return for each corner the one that the outline reaches next."""
    here = np.arange(len(corners.x))
    by_column = np.lexsort((2 * corners.y + corners.lower, corners.x, corners.part))
    in_column = np.empty_like(here)
    in_column[by_column] = by_column[here ^ 1]
    return np.where(corners.along_row, here ^ 1, in_column)


def _walk(following: list[int]) -> tuple[list[int], list[int]]:
    """Return the corners of one closed ring after another, and where each ring begins.

    The first corner of a part lies on the ring around it, so that ring comes before its holes.
    """
    order: list[int] = []
    starts: list[int] = []
    seen = bytearray(len(following))
    for corner in range(len(following)):
        if seen[corner]:
            continue
        starts.append(len(order))
        while not seen[corner]:
            seen[corner] = 1
            order.append(corner)
            corner = following[corner]
        order.append(corner)
    return order, starts


def _split(order: list[int], starts: list[int], corners: _Corners) -> tuple[list[int], list[int]]:
    """Cut rings that touch themselves into rings that do not."""
    points = corners.y * (corners.x.max(initial=0) + 1) + corners.x
    # Two corners of one part at one grid point are neighbours in the order of corners.
    twin = np.append((np.diff(points) == 0) & (np.diff(corners.part) == 0), False)
    if not twin.any():
        return order, starts
    rings: list[list[int]] = []
    for start, stop in zip(starts, [*starts[1:], len(order)], strict=True):
        ring = order[start:stop]
        touches = len(ring) > MINIMUM_TO_TOUCH and twin[ring].any()
        rings += _simple_rings(ring, points[ring].tolist()) if touches else [ring]
    lengths = offsets_of([len(ring) for ring in rings])
    return [corner for ring in rings for corner in ring], lengths[:-1].tolist()


def _simple_rings(ring: list[int], points: list[int]) -> list[list[int]]:
    """Cut a closed ring at each grid point that it visits twice; the outer ring comes first."""
    point_of = dict(zip(ring, points, strict=True))
    rings: list[list[int]] = []
    path: list[int] = []
    place: dict[int, int] = {}
    for corner, point in zip(ring, points, strict=True):
        if (begin := place.get(point)) is not None:
            rings.append([*path[begin:], path[begin]])
            for left in path[begin:]:
                del place[point_of[left]]
            del path[begin:]
        place[point] = len(path)
        path.append(corner)
    return rings[::-1]
