"""Maps of a region, in the strips in which they came.

Regions overlap by more than half. To copy each whole would take a tenth of the time of labelling,
and most of its memory.
"""

from collections.abc import Sequence

import numpy as np

from nucleibench.labelling.separation import first_map
from nucleibench.slides.objects import Box


class Strips:
    """Rows of maps that lie in several arrays.

    Attributes:
        shape: height and width.
    """

    def __init__(self, parts: Sequence[np.ndarray]) -> None:
        """Take float16 arrays (rows, width[, maps]) from top to bottom; they are never changed."""
        self._parts = parts
        self._tops = np.cumsum([0, *map(len, parts)])
        self.shape = int(self._tops[-1]), parts[0].shape[1]

    def read(self, box: Box) -> np.ndarray:
        """Return the maps in a box that lies inside, float32 (height, width[, maps])."""
        bottom = box.top + box.height
        columns = slice(box.left, box.left + box.width)
        rows = (
            part[max(0, box.top - top) : bottom - top, columns]
            for part, top in zip(self._parts, self._tops[:-1], strict=True)
            if top < bottom and box.top < top + len(part)
        )
        return np.concatenate([part.astype(np.float32) for part in rows])

    def reaches(self, threshold: float) -> np.ndarray:
        """Return where the first map is at least ``threshold``, bool (height, width).

        Args:
            threshold: above 0.
        """
        # Numbers above 0 have the order of their bits, and whole numbers are compared much faster.
        least = _least(threshold).view(np.int16)
        reached = np.empty(self.shape, bool)
        for part, top in zip(self._parts, self._tops[:-1], strict=True):
            bits = first_map(part).view(np.int16)
            np.greater_equal(bits, least, out=reached[top : top + len(part)])
        return reached


def _least(threshold: float) -> np.float16:
    """Return the least float16 that is at least ``threshold``, as float32 compares them."""
    nearest = np.float16(threshold)
    if np.float32(nearest) >= np.float32(threshold):
        return nearest
    return np.nextafter(nearest, np.float16(np.inf))
