"""Where a slide has tissue, seen at low resolution: not glass, ink, black borders or padding.

The numbers below were checked at ``CELL_UM`` a pixel on the 36 images of MoNuSeg that are not
breast and on the 27 of CoNSeP: the ink in three of CoNSeP's is found, none is seen elsewhere, and
all 36,112 nuclei lie in tissue or beside it.
"""

import math
from dataclasses import dataclass, field

import cv2
import numpy as np
from scipy import ndimage

from nucleibench.images.interface import Raster

CELL_UM = 8
"""Side of a pixel of the tissue mask, in micrometres: about a nucleus."""

# Glass is pale, and nearly grey; what is exactly white was filled in by a scanner or a reader.
PALE, GREY, FILLED = 150, 30, 254
# Share of an image that must be pale to say what glass looks like.
LEAST_GLASS = 0.005
# Of tissue in any channel, over glass; natural logarithm. No nucleus of these images has
# less both in its own cell and in all around it.
LEAST_DENSITY = 0.05
# Ink absorbs red more than green (blue, green), or nearly as much blue as green and little red
# (red). Blood absorbs at most 1.0 more blue than red.
RED_TO_GREEN, LEAST_RED = 1.05, 0.3
BLUE_TO_GREEN, BLUE_OVER_RED = 0.85, 1.1
# Black in all channels, or dark and grey: borders and black ink.
BLACK, DARK, COLORLESS = 60, 130, 20

MARGIN_UM = 16
"""Tissue is widened by this, so that no nucleus at its edge is lost."""
SPECK_UM2, ALONE_UM = 500, 100
"""Less tissue than this with no other nearer than that is dust; in fat, single nuclei are near
others. Less ink than this is a dark nucleus."""
HOLE_UM2 = 20_000
"""Smaller holes in tissue are tissue."""


@dataclass(frozen=True)
class Tissue:
    """Tissue of an image.

    Attributes:
        mask: bool (rows, columns), spread over the whole image.
        glass: RGB of glass, 0 to 255.
        ink: bool (rows, columns), spread likewise: ink or black, and the cells beside it.
    """

    mask: np.ndarray
    glass: tuple[float, float, float]
    ink: np.ndarray = field(default_factory=lambda: np.zeros((1, 1), bool))

    @property
    def lacks_ink(self) -> bool:
        """Whether there is ink that is not taken for tissue."""
        return bool(self.ink.any()) and not self.mask.all()

    def share(self, shape: tuple[int, int], box: tuple[int, int, int, int]) -> float:
        """Return which share of the cells that a box meets is tissue.

        Args:
            shape: height and width of the image in any pixels.
            box: top, left, height and width in such pixels, inside the image.
        """
        return float(self.mask[self._cells_of(shape, box)].mean())

    def bounds(
        self, shape: tuple[int, int], box: tuple[int, int, int, int]
    ) -> list[tuple[int, int]]:
        """Return the first row and column, and those after the last, of the tissue of a box.

        Cells with tissue that the box meets count as a whole. The arguments are those of
        :meth:`share`.

        Returns:
            Two pairs, of rows and of columns, in pixels of ``shape``; none without tissue.
        """
        cells = self._cells_of(shape, box)
        found = np.nonzero(self.mask[cells])
        if not len(found[0]):
            return []
        ends = [
            (met.start + at.min(), met.start + at.max() + 1)
            for met, at in zip(cells, found, strict=True)
        ]
        return [
            (int(first * side // count), int(-(-last * side // count)))
            for (first, last), side, count in zip(ends, shape, self.mask.shape, strict=True)
        ]

    def _cells_of(
        self, shape: tuple[int, int], box: tuple[int, int, int, int]
    ) -> tuple[slice, slice]:
        """Return the rows and columns of cells that a box meets."""
        rows, columns = (
            slice(start * count // side, -(-(start + length) * count // side))
            for start, length, count, side in zip(
                box[:2], box[2:], self.mask.shape, shape, strict=True
            )
        )
        return rows, columns

    def at(self, shape: tuple[int, int], rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """Return whether points (n,) in the pixels of ``shape`` lie in tissue, bool (n,)."""
        places = [
            np.minimum((point * cells / side).astype(int), cells - 1)
            for point, cells, side in zip((rows, columns), self.mask.shape, shape, strict=True)
        ]
        return self.mask[tuple(places)]

    def ink_in(self, shape: tuple[int, int], box: tuple[int, int, int, int]) -> np.ndarray:
        """Return which pixels of a box of the image may have ink, bool (height, width).

        The arguments are those of :meth:`share`.
        """
        top, left, height, width = box
        rows, columns = self.ink.shape
        down = np.arange(top, top + height) * rows // shape[0]
        along = np.arange(left, left + width) * columns // shape[1]
        return self.ink[np.ix_(down, along)]


def take_all(raster: Raster, pixel_size: float) -> Tissue:
    """Take the whole image for tissue."""
    overview = _overview(raster, pixel_size)
    ink = _find_ink(overview, _cell_um2(raster, pixel_size, overview))
    return Tissue(np.ones((1, 1), bool), estimate_glass(overview), _widen(ink, 1))


def find_tissue(raster: Raster, pixel_size: float) -> Tissue:
    """Find the tissue of an image; ``pixel_size`` is the side of its pixels in micrometres."""
    overview = _overview(raster, pixel_size)
    glass = estimate_glass(overview)
    cell = _cell_um2(raster, pixel_size, overview)
    ink = _find_ink(overview, cell)
    tissue = ~is_glass(overview, glass) & ~ink
    near = _widen(tissue, round(ALONE_UM / 2 / math.sqrt(cell)))
    tissue = _without_small(tissue, SPECK_UM2 / cell, near)
    tissue = _widen(tissue, round(MARGIN_UM / math.sqrt(cell)))
    holes = ndimage.binary_fill_holes(tissue) & ~tissue
    tissue |= holes & ~_without_small(holes, HOLE_UM2 / cell)
    return Tissue(tissue & ~ink, glass, _widen(ink, 1))


def _cell_um2(raster: Raster, pixel_size: float, overview: np.ndarray) -> float:
    """Return the area of a pixel of the overview in square micrometres."""
    return pixel_size**2 * math.prod(raster.shape) / math.prod(overview.shape[:2])


def _find_ink(overview: np.ndarray, cell: float) -> np.ndarray:
    return _without_small(is_ink(overview), SPECK_UM2 / cell)


def estimate_glass(overview: np.ndarray) -> tuple[float, float, float]:
    """Return the RGB of the glass in an overview, white where there is hardly any."""
    darkest, lightest = overview.min(axis=-1), overview.max(axis=-1)
    pale = (darkest >= PALE) & (lightest - darkest <= GREY) & (darkest < FILLED)
    if pale.mean() < LEAST_GLASS:
        return 255.0, 255.0, 255.0
    red, green, blue = np.percentile(overview[pale], 95, axis=0)
    return float(red), float(green), float(blue)


def is_glass(image: np.ndarray, glass: tuple[float, float, float]) -> np.ndarray:
    """Return which pixels of an RGB uint8 image are as pale as glass, bool (height, width)."""
    return np.logical_and.reduce([d <= LEAST_DENSITY for d in densities(image, glass)])


def is_ink(overview: np.ndarray) -> np.ndarray:
    """Return which pixels of an RGB uint8 overview are ink or black, bool (height, width)."""
    darkest, lightest = overview.min(axis=-1), overview.max(axis=-1)
    black = (lightest < BLACK) | ((lightest < DARK) & (lightest - darkest < COLORLESS))
    return is_colored_ink(overview) | black


def is_colored_ink(image: np.ndarray) -> np.ndarray:
    """Return which pixels of an RGB uint8 image have the colours of ink, bool (height, width)."""
    red, green, blue = densities(image, (255, 255, 255))
    cold = (red > RED_TO_GREEN * green) & (red > LEAST_RED)
    warm = (blue > BLUE_TO_GREEN * green) & (blue - red > BLUE_OVER_RED)
    return cold | warm


def without_ink(labels: np.ndarray, image: np.ndarray) -> np.ndarray:
    """Return labels int (height, width) without those of which most pixels have ink's colours.

    Args:
        labels: 0 = background.
        image: RGB uint8 (height, width, 3).
    """
    places = np.nonzero(labels)
    numbers = labels[places]
    pixels = np.bincount(numbers, minlength=1)
    inked = np.bincount(numbers, is_colored_ink(image[places]), len(pixels))
    return np.where(2 * inked > pixels, 0, np.arange(len(pixels)))[labels]


def _overview(raster: Raster, pixel_size: float) -> np.ndarray:
    return raster.overview(max(1, round(max(raster.shape) * pixel_size / CELL_UM)))


def densities(image: np.ndarray, glass: tuple[float, float, float]) -> list[np.ndarray]:
    """Return the optical density (...) of red, green and blue of RGB uint8 (..., 3)."""
    tables = -np.log(np.maximum(np.arange(256), 1) / np.array(glass)[:, None])
    return [table.take(image[..., channel]) for channel, table in enumerate(tables)]


def _widen(mask: np.ndarray, cells: int) -> np.ndarray:
    square = np.ones((2 * cells + 1, 2 * cells + 1), np.uint8)
    return cv2.dilate(mask.astype(np.uint8), square) > 0


def _without_small(mask: np.ndarray, size: float, joined: np.ndarray | None = None) -> np.ndarray:
    """Return the mask without 8-connected pieces of fewer than ``size`` pixels.

    What is connected in ``joined``, which contains the mask, is one piece.
    """
    whole = mask if joined is None else joined
    _, pieces = cv2.connectedComponents(whole.astype(np.uint8))
    return mask & (np.bincount(pieces[mask], minlength=pieces.max() + 1) >= size)[pieces]
