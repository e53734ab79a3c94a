"""The distinct colours of an image with their counts.

A 1000 x 1000 H&E image has 70,000 to 350,000 distinct colours. Whatever depends on the colour of a
pixel alone is computed once per colour and weighted by its count: exact, and several times cheaper.
"""

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

# Darker than this in all three channels is no tissue but a border or ink: in 59 H&E images no more
# than five pixels of a million are.
BLACK = 30

# Beer-Lambert: optical density of the 256 grey values, 0 counted as 1 and 255 as nearly 0.
_DENSITY = np.maximum(-np.log(np.maximum(np.arange(256), 1) / 255), 1e-6)


@dataclass(frozen=True)
class ColorTable:
    """Distinct colours of one image.

    Attributes:
        colors: RGB uint8 of shape (n, 3), in ascending order.
        counts: pixels of each colour, int64 of shape (n,).
    """

    colors: np.ndarray
    counts: np.ndarray

    @cached_property
    def densities(self) -> np.ndarray:
        """Optical density of each colour, float64 of shape (3, n), natural logarithm, above 0."""
        return _DENSITY[self.colors.T]

    @property
    def pixels(self) -> int:
        """How many pixels all colours together have."""
        return int(self.counts.sum())

    def select(self, chosen: np.ndarray) -> "ColorTable":
        """Return the table of the colours for which ``chosen`` (bool, shape (n,)) holds."""
        return ColorTable(self.colors[chosen], self.counts[chosen])

    def without_black(self) -> "ColorTable":
        """Return the table without black borders and ink."""
        return self.select(self.colors.max(axis=1) >= BLACK)

    def tissue(self, luminosity_threshold: float) -> "ColorTable":
        """Return the colours of tissue: CIE lightness below the threshold (0 to 1), not black."""
        lab = cv2.cvtColor(self.colors[:, None], cv2.COLOR_RGB2LAB)
        return self.select(lab[:, 0, 0] / 255 < luminosity_threshold).without_black()


def count_colors(image: np.ndarray) -> ColorTable:
    """List the distinct colours of an RGB uint8 image."""
    keys = np.sort(_pack(image), axis=None)
    starts = np.flatnonzero(np.diff(keys, prepend=keys[0] + 1))
    return ColorTable(_unpack(keys[starts]), np.diff(starts, append=keys.size))


def replace_colors(image: np.ndarray, table: ColorTable, colors: np.ndarray) -> np.ndarray:
    """Replace every colour of ``table`` in ``image`` by the one of the same row in ``colors``."""
    lookup = np.empty(1 << 24, np.uint32)
    lookup[_pack(table.colors)] = _pack(colors)
    return _unpack(lookup[_pack(image)])


def _pack(colors: np.ndarray) -> np.ndarray:
    red, green, blue = (colors[..., channel].astype(np.uint32) for channel in range(3))
    return red << 16 | green << 8 | blue


def _unpack(keys: np.ndarray) -> np.ndarray:
    return np.stack([keys >> 16, keys >> 8 & 255, keys & 255], axis=-1).astype(np.uint8)
