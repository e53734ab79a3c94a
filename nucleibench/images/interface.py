"""What every image that is read by region can do."""

import itertools
import math
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

import cv2
import numpy as np

from nucleibench.images.pixel_size import PixelSize

WHITE = 255
"""What lies outside an image, or under its transparent parts: glass."""

BAND_PIXELS = 2**24
"""About as many pixels are held at a time to make an overview."""


class Raster(ABC):
    """An image opened for reading by region. Close it, or use it in a ``with`` statement.

    Attributes:
        path: the file.
        shape: height and width in full-resolution pixels.
        pixel_size: side of a pixel in micrometres as the file states it; None where it states
            none, or one that cannot be.
        pixel_size_source: which statement that was, such as ``TIFF resolution``; "" where none.
    """

    def __init__(
        self,
        path: str | Path,
        level_shapes: Sequence[tuple[int, int]],
        pixel_size: PixelSize,
        notes: Sequence[str] = (),
    ) -> None:
        """Take what is known; ``level_shapes`` begins with the full resolution."""
        self.path = Path(path)
        self.shape = level_shapes[0]
        self.pixel_size = pixel_size.micrometres
        self.pixel_size_source = pixel_size.source
        self._told = (*notes, *pixel_size.notes)
        self._level_shapes = tuple(level_shapes)

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What was converted, assumed or is odd, in words for the user.

        An image whose samples lie in the file as they are is read as a whole for this.

        Raises:
            DataError: the file is damaged.
        """
        return (*self._told, *self._find_oddities())

    def _find_oddities(self) -> list[str]:
        """Return what only a look through the whole file shows."""
        return []

    @abstractmethod
    def _read_inside(self, level: int, top: int, left: int, height: int, width: int) -> np.ndarray:
        """Read a region that lies inside a level, in pixels of that level; RGB uint8, a copy."""

    def read(self, top: int, left: int, height: int, width: int) -> np.ndarray:
        """Read a region in full resolution; what lies outside the image is white.

        Returns:
            RGB uint8 of shape (height, width, 3), the caller's own.

        Raises:
            ValueError: the height or width is negative.
            DataError: the file is damaged there.
        """
        rows = _overlap(top, height, self.shape[0])
        columns = _overlap(left, width, self.shape[1])
        if not (rows and columns):
            return np.full((height, width, 3), WHITE, np.uint8)
        inside = self._read_inside(0, rows[0], columns[0], len(rows), len(columns))
        if inside.shape[:2] == (height, width):
            return np.ascontiguousarray(inside)
        region = np.full((height, width, 3), WHITE, np.uint8)
        first_row, first_column = rows[0] - top, columns[0] - left
        region[first_row:, first_column:][: len(rows), : len(columns)] = inside
        return region

    def overview(self, longest: int) -> np.ndarray:
        """Read the whole image, made smaller where its longer side has more than ``longest`` px.

        Returns:
            RGB uint8 of shape (height, width, 3), as :meth:`shrunk` makes it.

        Raises:
            ValueError: ``longest`` is below 1.
            DataError: the file is damaged.
        """
        if longest < 1:
            raise ValueError(f"an overview of {longest} pixels cannot be; ask for 1 or more")
        scale = min(1.0, longest / max(self.shape))
        height, width = (max(1, round(side * scale)) for side in self.shape)
        return np.concatenate(list(self.shrunk(height, width)))

    def shrunk(self, height: int, width: int) -> Iterator[np.ndarray]:
        """Yield the whole image in this size, at most its own, from top to bottom, band by band.

        It is averaged from the smallest pyramid level that is large enough.

        Yields:
            RGB uint8 of shape (rows, width, 3).

        Raises:
            DataError: the file is damaged.
        """
        level = self._level_for(height, width)
        level_height, level_width = self._level_shapes[level]
        count = min(height, math.ceil(level_height * level_width / BAND_PIXELS))
        ends = [height * number // count for number in range(count + 1)]
        for first, end in itertools.pairwise(ends):
            top, bottom = (round(row * level_height / height) for row in (first, end))
            band = self._read_inside(level, top, 0, bottom - top, level_width)
            yield cv2.resize(band, (width, end - first), interpolation=cv2.INTER_AREA)

    def _level_for(self, height: int, width: int) -> int:
        """Return the smallest level that is at least as large."""
        enough = [
            level
            for level, shape in enumerate(self._level_shapes)
            if shape[0] >= height and shape[1] >= width
        ]
        return max(enough, key=lambda level: -self._level_shapes[level][0])

    def close(self) -> None:  # noqa: B027
        """Close the file; what is held in memory needs nothing."""

    def __enter__(self) -> Self:
        """Return the image itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file."""
        self.close()


def _overlap(start: int, length: int, size: int) -> range:
    """Return the part of ``length`` positions from ``start`` that lies inside ``size``."""
    return range(max(0, start), min(size, start + length))
