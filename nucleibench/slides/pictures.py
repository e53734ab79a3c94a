"""A picture of an image with the outlines of its nuclei, smaller than the image if need be."""

from pathlib import Path

import numpy as np

from nucleibench.images import write_rgb
from nucleibench.images.interface import Raster
from nucleibench.slides.outlines import Outlines
from nucleibench.slides.ranges import expand

LIMIT = 5000
"""Longest side of a picture in pixels: 75 MB at the most, in memory."""

GREEN = (0, 255, 0)
OPACITY = 0.8
"""Of the lines: some of the image shines through."""


class OutlinePicture:
    """A picture with an image under it, to which outlines are added in any order."""

    def __init__(self, shape: tuple[int, int], limit: int = LIMIT) -> None:
        """Take (height, width) of the whole image, and the longest side that a picture may have."""
        self.factor = 1
        while max(shape) > limit * self.factor:
            self.factor *= 2
        height, width = (-(-side // self.factor) for side in shape)
        self._image = np.full((height, width, 3), 255, np.uint8)
        self._lines = np.zeros((height, width), bool)

    def lay_under(self, raster: Raster) -> None:
        """Lay the image under the lines, in the size of the picture.

        Raises:
            DataError: the file is damaged.
        """
        top = 0
        for band in raster.shrunk(*self._image.shape[:2]):
            self._image[top : top + len(band)] = band
            top += len(band)

    def draw(self, outlines: Outlines) -> None:
        """Draw exact outlines: a pixel of the picture on either side of them becomes green."""
        ends = (2 * outlines.vertices.astype(np.int64) + self.factor) // (2 * self.factor)
        begin, end = ends[:-1], ends[1:]
        within = np.ones(len(begin), bool)
        within[outlines.rings[1:-1] - 1] = False
        for along, across, lines in ((0, 1, self._lines), (1, 0, self._lines.T)):
            low, high = np.sort([begin[within, along], end[within, along]], axis=0)
            place, edge = expand(low, high)
            line = begin[within, across][edge]
            for side in (line - 1, line):
                seen = (side >= 0) & (side < len(lines)) & (place < lines.shape[1])
                lines[side[seen], place[seen]] = True

    def write(self, path: str | Path) -> None:
        """Write the picture, atomically; the suffix names the format."""
        picture = self._image.copy()
        for channel, value in zip(np.moveaxis(picture, -1, 0), GREEN, strict=True):
            mixed = OPACITY * value + (1 - OPACITY) * np.arange(256)
            channel[self._lines] = np.rint(mixed).astype(np.uint8)[channel[self._lines]]
        write_rgb(path, picture)
