"""Objects of a mask: its 8-connected pieces with their holes filled.

All that labelling does to an object depends on the object and the maps close to it, because two
objects never touch, not even at a corner. So an object may be labelled in any region in which it
lies whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np

from nucleibench.slides.ranges import offsets_of


class Box(NamedTuple):
    """A rectangle of pixels."""

    top: int
    left: int
    height: int
    width: int

    @property
    def slices(self) -> tuple[slice, slice]:
        """Where it lies in an array."""
        rows = slice(self.top, self.top + self.height)
        return rows, slice(self.left, self.left + self.width)


@dataclass(frozen=True)
class Objects:
    """The objects of a region.

    Attributes:
        outlines: the outer pixels of each object, int32 (n, 1, 2), as OpenCV has them.
        boxes: top, left, height and width of each object, int64 (objects, 4).
        cuts: pixels that were taken out of objects that are too large, bool (height, width);
            None where no object is.
    """

    outlines: Sequence[np.ndarray]
    boxes: np.ndarray
    cuts: np.ndarray | None

    def window(self, numbers: np.ndarray, margin: int, shape: tuple[int, ...]) -> Box:
        """Return the box of the objects ``numbers`` and a margin, in a region of ``shape``."""
        boxes = self.boxes[numbers]
        first = np.maximum(boxes[:, :2].min(axis=0) - margin, 0)
        last = np.minimum((boxes[:, :2] + boxes[:, 2:]).max(axis=0) + margin, shape[:2])
        return Box(*map(int, (*first, *(last - first))))

    def draw_all(self, shape: tuple[int, ...], window: Box) -> np.ndarray:
        """Draw all objects of a region of ``shape``, and return a window of it, bool."""
        return self.draw(np.arange(len(self.boxes)), Box(0, 0, *shape[:2]))[window.slices]

    def draw(self, numbers: np.ndarray, window: Box) -> np.ndarray:
        """Draw the objects ``numbers``, which lie in a window, as bool (height, width)."""
        canvas = np.zeros((window.height, window.width), np.uint8)
        outlines = [self.outlines[number] for number in numbers]
        corner = -window.left, -window.top
        cv2.drawContours(canvas, outlines, -1, 1, cv2.FILLED, offset=corner)
        return canvas > 0


def find_objects(mask: np.ndarray, corner: tuple[int, int], limit: int) -> Objects:
    """Find the objects of a region's mask.

    A piece of the mask that is longer or wider than ``limit`` is cut along every row and column of
    the whole plane whose number is a multiple of ``limit``, wherever the region lies.

    Args:
        mask: bool (height, width).
        corner: row and column of the region's first pixel in the plane.
        limit: in pixels.
    """
    objects = _outline(mask)
    if (objects.boxes[:, 2:] <= limit).all():
        return objects
    cuts = _cut(mask, corner, limit)
    objects = _outline(mask & ~cuts)
    return Objects(objects.outlines, objects.boxes, cuts)


def _outline(mask: np.ndarray) -> Objects:
    # What lies in a hole has no outer outline, and an outline filled has no hole.
    outlines, _ = cv2.findContours(mask.view(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return Objects(outlines, _boxes(outlines), None)


def _boxes(outlines: Sequence[np.ndarray]) -> np.ndarray:
    """Return top, left, height and width of each outline, int64 (n, 4)."""
    if not outlines:
        return np.empty((0, 4), np.int64)
    points = np.concatenate(outlines)[:, 0, ::-1].astype(np.int64)
    begins = offsets_of([len(outline) for outline in outlines])[:-1]
    first, last = np.minimum.reduceat(points, begins), np.maximum.reduceat(points, begins)
    return np.hstack([first, last - first + 1])


def _cut(mask: np.ndarray, corner: tuple[int, int], limit: int) -> np.ndarray:
    """Return the pixels of pieces beyond ``limit`` that lie on lines of the plane."""
    _, pieces, statistics, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    sides = statistics[:, [cv2.CC_STAT_HEIGHT, cv2.CC_STAT_WIDTH]]
    large = (sides > limit).any(axis=1)
    large[0] = False
    on_row, on_column = (
        (np.arange(side) + start) % limit == 0
        for side, start in zip(mask.shape, corner, strict=True)
    )
    return large[pieces] & (on_row[:, None] | on_column)
