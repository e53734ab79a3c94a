"""The nuclei of a slide, square by square, as outlines or as circles, in few bytes."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
import pandas as pd
import shapely

from nucleibench.page.viewer.packing import pack
from nucleibench.page.viewer.shapes import to_numbers
from nucleibench.slides.outlines import Outlines, concatenate
from nucleibench.slides.simplify import simplify_outlines

NUCLEI = 500
"""About as many lie in a square."""

SMALLEST = 256
"""Pixels of the side of a square."""

COARSER = (1, 2, 4)
"""By how much outlines may be coarser than the picture, where they take too much."""

HALF = 0.5
"""Pixels of the picture that an outline may be off; of the slide, what smoothing takes."""

BATCH = 20_000
"""Nuclei whose outlines are smoothed at a time."""

Numbers = Callable[[np.ndarray], list[np.ndarray]]
"""From the places of some nuclei to what is packed of them."""


@dataclass(frozen=True)
class Marks:
    """Nuclei in squares.

    Attributes:
        kind: what a nucleus is drawn as.
        unit: pixels of the slide in which they are counted.
        error: pixels of the slide that an outline is off at the most.
        side: of a square in pixels of the slide.
        squares: ``column/row`` -> packed nuclei whose middles lie in it.
    """

    kind: Literal["outlines", "circles"]
    unit: float
    error: float
    side: int
    squares: dict[str, str]

    @property
    def size(self) -> int:
        """Bytes that the nuclei take in the page."""
        return sum(map(len, self.squares.values()))


def mark_outlines(
    outlines: Outlines, shape: tuple[int, int], scale: float, limit: int
) -> Marks | None:
    """Return the outlines of nuclei; None where they take more than ``limit`` bytes.

    Args:
        outlines: in pixels of the slide.
        shape: height and width of the slide in pixels.
        scale: pixels of the picture for a pixel of the slide, at most 1. Outlines are as fine as
            half a pixel of the picture, or coarser where that makes them fit.
        limit: in bytes of base64.
    """
    smooth = _smooth(outlines).geometries()
    bounds = shapely.bounds(smooth).reshape(-1, 4)
    middles = (bounds[:, :2] + bounds[:, 2:]) / 2
    for factor in COARSER:
        tolerance = HALF * (factor / scale - 1)
        # Vertices of smooth outlines are multiples of half a pixel: these are not rounded.
        unit = max(HALF, tolerance)
        error = HALF + tolerance + (math.sqrt(0.5) * unit if unit > HALF else 0)
        numbers = partial(_numbers, _simplify(smooth, tolerance), unit)
        marks = _mark("outlines", unit, error, middles, shape, numbers)
        if marks.size <= limit:
            return marks
    return None


def mark_circles(nuclei: pd.DataFrame, shape: tuple[int, int], pixel_size: float) -> Marks:
    """Return nuclei as circles of their areas.

    Args:
        nuclei: with the columns ``x_px``, ``y_px`` and ``area_um2``.
        shape: height and width of the slide in pixels.
        pixel_size: side of a pixel in micrometres.
    """
    middles = nuclei[["x_px", "y_px"]].to_numpy(np.float64)
    radii = np.sqrt(nuclei["area_um2"].to_numpy(np.float64) / math.pi) / pixel_size
    circles = np.rint(np.column_stack([middles, radii])).astype(np.int64)
    return _mark("circles", 1, 1, middles, shape, lambda chosen: [circles[chosen].ravel()])


def _mark(
    kind: Literal["outlines", "circles"],
    unit: float,
    error: float,
    middles: np.ndarray,
    shape: tuple[int, int],
    numbers: Numbers,
) -> Marks:
    """Pack the nuclei of each square."""
    side = max(SMALLEST, round(math.sqrt(NUCLEI * math.prod(shape) / max(1, len(middles)))))
    squares: dict[tuple[int, int], list[int]] = {}
    for place, square in enumerate((middles // side).astype(np.int64).tolist()):
        squares.setdefault((square[0], square[1]), []).append(place)
    packed = {f"{x}/{y}": pack(numbers(np.array(own))) for (x, y), own in squares.items()}
    return Marks(kind, unit, error, side, packed)


def _numbers(outlines: Outlines, unit: float, chosen: np.ndarray) -> list[np.ndarray]:
    return to_numbers(outlines.select(chosen), 1 / unit)


def _smooth(outlines: Outlines) -> Outlines:
    """Return outlines without the steps of pixels, if they have them."""
    if not np.array_equal(outlines.vertices, np.rint(outlines.vertices)):
        return outlines
    batches = np.array_split(np.arange(len(outlines)), 1 + len(outlines) // BATCH)
    return concatenate([simplify_outlines(outlines.select(batch)) for batch in batches])


def _simplify(geometries: np.ndarray, tolerance: float) -> Outlines:
    """Return outlines of fewer vertices, each within the tolerance, in pixels of the slide."""
    if not len(geometries):
        return Outlines(np.empty((0, 2)), *(np.zeros(1, np.int64) for _ in range(3)))
    simple = shapely.simplify(geometries, tolerance, preserve_topology=True)
    # A MultiPolygon keeps its layout where all are of this type.
    lists = [shapely.multipolygons([one]) if one.geom_type == "Polygon" else one for one in simple]
    _, vertices, (rings, parts, nuclei) = shapely.to_ragged_array(np.array(lists, object))
    return Outlines(vertices, rings, parts, nuclei)
