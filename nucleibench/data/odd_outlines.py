"""What is odd about outlines that are drawn as they are: parts, crossings, boxes."""

import numpy as np
import shapely

from nucleibench.data.regions import Regions
from nucleibench.data.samples import name_some

CROSSED = 0.1
"""Part of the area that a ring loses or gains where it crosses itself, from which on it is told."""

BOXES = 5
"""Rectangles along the image's sides that are told of if most regions are such."""

TIMES_LARGER = 4
"""How much larger a frame is than the median of the regions in it, or a box than that of all."""


def describe_outlines(regions: Regions) -> tuple[str, ...]:
    """Return what is odd about regions that are taken for nuclei, in words."""
    if not len(regions):
        return ()
    return (*_describe_parts(regions), *_describe_crossed(regions), *_describe_boxes(regions))


def find_rectangles(regions: Regions) -> np.ndarray:
    """Tell which rings are rectangles with sides along the image's, bool (rings,)."""
    if not len(regions):
        return np.zeros(0, bool)
    low, high = regions.boxes
    sides = high - low
    full = (sides > 0).all(axis=1) & np.isclose(regions.areas, sides.prod(axis=1))
    if not full.any():
        return full
    ring = np.repeat(np.arange(len(low)), np.diff(regions.offsets))
    vertices = regions.vertices
    at_corner = ((vertices == low[ring]) | (vertices == high[ring])).all(axis=1)
    return full & np.logical_and.reduceat(at_corner, regions.offsets[:-1])


def _describe_parts(regions: Regions) -> tuple[str, ...]:
    parts = np.bincount(regions.owners[regions.is_outer], minlength=len(regions))
    odd = np.flatnonzero(parts > 1).tolist()
    if not odd:
        return ()
    names = name_some([f"{regions.describe(region)} ({parts[region]} parts)" for region in odd])
    return (f"{names}: several outlines in one region, counted as one nucleus",)


def _describe_crossed(regions: Regions) -> tuple[str, ...]:
    rings = np.repeat(np.arange(len(regions.offsets) - 1), np.diff(regions.offsets))
    doubted = regions.is_outer & ~_goes_round_once(regions, rings)
    doubtful = np.flatnonzero(doubted)
    if not len(doubtful):
        return ()
    asks = doubted[rings]
    numbers = (np.cumsum(doubted) - 1)[rings[asks]]
    outlines = shapely.linearrings(regions.vertices[asks], indices=numbers)
    # Most outlines nearly fill their hull, so that a crossing can hide little; asking costs time.
    areas = regions.areas[doubtful]
    filled = areas / np.maximum(shapely.area(shapely.convex_hull(outlines)), 1e-9)
    asked = np.flatnonzero((filled < 1 - CROSSED) | (filled > 1 + 1e-6))
    crossed = asked[~shapely.is_simple(outlines[asked])]
    # Where a ring crosses itself, its parts have areas of both signs, and one of them is drawn.
    drawn = shapely.area(shapely.make_valid(shapely.polygons(outlines[crossed])))
    lost = np.abs(drawn - areas[crossed]) > CROSSED * drawn
    odd = sorted({int(region) for region in regions.owners[doubtful[crossed[lost]]]})
    if not odd:
        return ()
    names = name_some([regions.describe(region) for region in odd])
    return (f"{names}: the outline crosses itself; what it encloses twice is left out",)


def _goes_round_once(regions: Regions, rings: np.ndarray) -> np.ndarray:
    """Tell which rings go once and never back round the middle of their box: none crosses itself.

    Args:
        regions: with these rings.
        rings: the ring of each vertex.
    """
    low, high = regions.boxes
    starts, following = regions.offsets[:-1], np.arange(1, len(rings) + 1)
    following[regions.offsets[1:] - 1] = starts
    x, y = (regions.vertices - ((low + high) / 2)[rings]).T
    turn = x * y[following] - x[following] * y
    ahead, back = (np.logical_and.reduceat(way, starts) for way in (turn > 0, turn < 0))
    changes = np.add.reduceat((y < 0) != (y[following] < 0), starts, dtype=int)
    return (ahead | back) & (changes == 2)


def _describe_boxes(regions: Regions) -> tuple[str, ...]:
    areas, outer = regions.areas, np.flatnonzero(regions.is_outer)
    boxes = outer[find_rectangles(regions)[outer]]
    if len(boxes) < BOXES or len(boxes) <= len(regions) / 2:
        boxes = boxes[areas[boxes] > TIMES_LARGER * np.median(areas[outer])]
    if not len(boxes):
        return ()
    names = name_some([regions.describe(region) for region in regions.owners[boxes]], 3)
    return (
        f"{len(boxes)} of {len(regions)} regions are rectangles ({names}); are they boxes or"
        " fields? Each counts as a nucleus",
    )
