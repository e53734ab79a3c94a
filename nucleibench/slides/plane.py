"""An image as networks see it: at their scale and in their colours, read by region.

Its pixels have a side of 0.25 micrometres. What is read of it does not depend on how it is cut into
regions.
"""

from collections.abc import Callable
from threading import Lock

import numpy as np

from nucleibench.images.interface import Raster
from nucleibench.images.resampling import resample, scale_side

# From RGB uint8 (height, width, 3) to as many pixels in other colours, each by itself.
Recolor = Callable[[np.ndarray], np.ndarray]


class Plane:
    """An image at the networks' scale.

    Attributes:
        shape: height and width in pixels of the plane.
    """

    def __init__(self, raster: Raster, pixel_size: float, recolor: Recolor) -> None:
        """Take an image, the side of its pixels in micrometres, and what changes its colours."""
        self._raster, self._recolor, self._lock = raster, recolor, Lock()  # files have one position
        self._sides = [scale_side(side, pixel_size) for side in raster.shape]
        self.shape = self._sides[0].length, self._sides[1].length

    @property
    def is_scaled(self) -> bool:
        """Whether the image has another scale."""
        return self.shape != tuple(self._raster.shape)

    def read(self, top: int, left: int, height: int, width: int) -> np.ndarray:
        """Read a region that lies inside the plane, RGB uint8 (height, width, 3).

        Threads may read at the same time.
        """
        places = (top, height), (left, width)
        spans = [side.span(*place) for side, place in zip(self._sides, places, strict=True)]
        (first_row, rows), (first_column, columns) = spans
        pixels = self._recolor(self.read_original((first_row, first_column), (rows, columns)))
        if not self.is_scaled:
            return pixels
        weights = [
            side.weights[start : start + length, first : first + count]
            for side, (start, length), (first, count) in zip(
                self._sides, places, spans, strict=True
            )
        ]
        return resample(pixels, *weights)

    def read_original(self, corner: tuple[int, int], shape: tuple[int, int]) -> np.ndarray:
        """Read a region of the image itself, RGB uint8; threads may read at the same time."""
        with self._lock:
            return self._raster.read(*corner, *shape)

    def bring_back(
        self, labels: np.ndarray, corner: tuple[int, int]
    ) -> tuple[np.ndarray, tuple[int, int]]:
        """Bring labels (height, width) of a region to the pixels of the image.

        ``corner`` is the row and column of the region's first pixel; the labels are returned with
        theirs in the image.
        """
        if not self.is_scaled:
            return labels, corner
        places, firsts = [], []
        for side, start, length in zip(self._sides, corner, labels.shape, strict=True):
            first, end = np.searchsorted(side.nearest, [start, start + length])
            places.append(side.nearest[first:end] - start)
            firsts.append(int(first))
        return labels[np.ix_(*places)], (firsts[0], firsts[1])
