"""From a label map to the exact outlines of its nuclei.

Outlines run along the edges of pixels: what they enclose is exactly the pixels of the nucleus. A
nucleus is cut into 4-connected parts, so that each becomes one valid polygon with holes.

Only corners are sought. An outline turns at each corner, so it leaves a corner along its row and
the next one along its column, and so on. Of the corners of a nucleus that lie in a row, in order,
the first is joined to the second, the third to the fourth, ...; and so it is in a column. That
gives each corner the one that follows it, without a walk along the pixels.
"""

from array import array
from dataclasses import dataclass
from itertools import chain

import numpy as np
from skimage.measure import label

from nucleibench.slides.grid import LOWER_RIGHT, UPPER_LEFT, changes, pixels_around
from nucleibench.slides.outlines import Outlines
from nucleibench.slides.ranges import expand, offsets_of

# Of the four pixels around a grid point, in their order: the one beside each in its row, the one
# beyond it in its column, and the one across.
BESIDE, BEYOND, ACROSS = [1, 0, 3, 2], [2, 3, 0, 1], [3, 2, 1, 0]

MINIMUM_TO_TOUCH = 8
"""A ring that touches itself has more vertices than this."""

MANY = 2**62
"""Keys below this are whole numbers of NumPy."""


@dataclass(frozen=True)
class _Corners:
    """Corners of outlines, sorted by label, row and column.

    Attributes:
        x: column of the grid point, int64 (n,), as all the others; 0 is the left edge.
        y: row of the grid point; 0 is the upper edge.
        label: of the nucleus.
        pixel: around which of the four pixels at the grid point the outline turns.
        missing: 0 where that pixel is of the nucleus, 1 where it is not, and the others are.
    """

    x: np.ndarray
    y: np.ndarray
    label: np.ndarray
    pixel: np.ndarray
    missing: np.ndarray

    @property
    def along_row(self) -> np.ndarray:
        """Whether the outline leaves the corner along its row, with the inside on its right."""
        return ((self.pixel == UPPER_LEFT) | (self.pixel == LOWER_RIGHT)) != (self.missing == 1)

    @property
    def upper_left(self) -> np.ndarray:
        """Whether it is the upper left corner of a pixel of the nucleus."""
        return (self.pixel == LOWER_RIGHT) & (self.missing == 0)


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
    order, rings = _walk(_following(corners))
    part = _find_parts(order[rings[:-1]], corners, labels)
    order, rings, part = _sort_rings(*_split(order, rings, part, corners))
    vertices = np.column_stack([corners.x[order] + origin[0], corners.y[order] + origin[1]])
    parts = _begins(part)
    nuclei = _begins(corners.label[order[rings[parts[:-1]]]])
    return Outlines(vertices.astype(np.int32), rings, parts, nuclei)


def _begins(owner: np.ndarray) -> np.ndarray:
    """Return where each owner's things begin, and the end; those of one follow each other."""
    return offsets_of(np.unique(owner, return_counts=True)[1])


def _find_corners(labels: np.ndarray) -> _Corners:
    """Find where outlines turn: around a pixel of a nucleus, or around one that is not of it."""
    padded = np.pad(labels, 1)
    turning = np.logical_and(*changes(padded))
    row, column = np.divmod(np.flatnonzero(turning), turning.shape[1])
    around = pixels_around(padded, row, column)
    turns = _turns(around)
    missing, pixel, point = np.unravel_index(np.flatnonzero(turns), turns.shape)
    # The pixel inside the corner: itself, or the one beside the pixel that is missing.
    owner = around[pixel ^ missing, point].astype(np.int64)
    x, y = column[point], row[point]
    order = _order(owner, y, 2 * x + pixel % 2)
    return _Corners(*(values[order] for values in (x, y, owner, pixel, missing)))


def _turns(around: np.ndarray) -> np.ndarray:
    """Tell where an outline turns around each of four pixels (4, n), as bool (2, 4, n).

    First around the outline's own pixel, then around one that is missing among three others.
    """
    beside, beyond, across = around[BESIDE], around[BEYOND], around[ACROSS]
    not_beside, alike = around != beside, beside == beyond
    own = (around != 0) & not_beside & (around != beyond)
    missing = (beside != 0) & alike & (beside == across) & not_beside
    return np.stack([own, missing])


def _order(owner: np.ndarray, line: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Return the order of different (owner, line, place), all of them integers from 0."""
    lines, places = int(line.max(initial=0)) + 1, int(place.max(initial=0)) + 1
    if owner.max(initial=0) < MANY // (lines * places):
        return np.argsort((owner * lines + line) * places + place)  # several times as fast
    return np.lexsort((place, line, owner))


def _following(corners: _Corners) -> np.ndarray:
    """Return for each corner the one that the outline reaches next."""
    here = np.arange(len(corners.x))
    # Whether its pixel is lower tells apart two corners of one nucleus at one grid point.
    by_column = _order(corners.label, corners.x, 2 * corners.y + corners.pixel // 2)
    in_column = np.empty_like(here)
    in_column[by_column] = by_column[here ^ 1]
    return np.where(corners.along_row, here ^ 1, in_column)


def _walk(following: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the corners of one closed ring after another, and where each ring begins, and the end.

    The first corner of a part lies on the ring around it, so that ring comes before its holes.
    It is the upper left corner of a pixel, and the first corner of a hole is none.
    """
    corners = np.arange(len(following))
    first = _find_first(following)
    behind = _count_behind(following, first)
    starts = np.flatnonzero(first == corners)
    rings = offsets_of(behind[starts] + 2)  # with the first corner once more at the end
    ring = np.empty_like(corners)
    ring[starts] = np.arange(len(starts))
    order = np.empty(rings[-1], np.int64)
    order[rings[ring[first] + 1] - 2 - behind] = corners
    order[rings[1:] - 1] = starts
    return order, rings


def _find_first(following: np.ndarray) -> np.ndarray:
    """Return the first corner of the ring of each corner: the least of 1, 2, 4, ... that follow."""
    first, jump = np.arange(len(following)), following
    while ((least := np.minimum(first, first[jump])) != first).any():
        first, jump = least, jump[jump]
    return first


def _count_behind(following: np.ndarray, first: np.ndarray) -> np.ndarray:
    """Return how many corners come after each one before its ring is back at the first."""
    last = following == first
    jump = np.where(last, np.arange(len(following)), following)
    behind = (~last).astype(np.int64)
    while not last[jump].all():
        behind, jump = behind + behind[jump], jump[jump]
    return behind


def _split(
    order: np.ndarray, rings: np.ndarray, part: np.ndarray, corners: _Corners
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Cut rings that touch themselves into rings that do not, of the same part."""
    points = corners.y * (corners.x.max(initial=0) + 1) + corners.x
    # Two corners of one nucleus at one grid point are neighbours in the order of corners.
    twin = np.append((np.diff(points) == 0) & (np.diff(corners.label) == 0), False)
    if not twin.any():
        return order, rings, part
    cut: list[list[list[int]]] = []
    for start, stop in zip(rings[:-1].tolist(), rings[1:].tolist(), strict=True):
        ring = order[start:stop]
        touches = len(ring) > MINIMUM_TO_TOUCH and twin[ring].any()
        simple = _simple_rings(ring.tolist(), points[ring].tolist()) if touches else [ring.tolist()]
        cut.append(simple)
    pieces = list(chain.from_iterable(cut))
    corner = np.array(array("q", chain.from_iterable(pieces)))
    return corner, offsets_of([len(p) for p in pieces]), np.repeat(part, [len(c) for c in cut])


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


def _sort_rings(
    order: np.ndarray, rings: np.ndarray, part: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sort rings by their parts."""
    if (np.diff(part) >= 0).all():
        return order, rings, part
    by_part = np.argsort(part, kind="stable")
    places = expand(rings[by_part], rings[by_part + 1])[0]
    return order[places], offsets_of(np.diff(rings)[by_part]), part[by_part]


def _find_parts(first: np.ndarray, corners: _Corners, labels: np.ndarray) -> np.ndarray:
    """Return the number of the part of each ring by its first corner, in the order of parts."""
    around, owner = corners.upper_left[first], corners.label[first]
    part = np.cumsum(around) - 1
    of_parts = owner[around]
    in_several = np.isin(owner[~around], of_parts[1:][np.diff(of_parts) == 0])
    if not in_several.any():
        return part
    inside = corners.pixel[first] ^ corners.missing[first]
    row, column = corners.y[first] + inside // 2 - 1, corners.x[first] + inside % 2 - 1
    islands = label(labels, background=0, connectivity=1)[row, column]
    part_of = np.zeros(islands.max() + 1, np.int64)
    part_of[islands[around]] = part[around]
    return part_of[islands]
