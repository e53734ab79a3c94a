"""What is odd about outlines that are drawn as they are: parts, crossings, boxes."""

import numpy as np

from nucleibench.data.regions import Regions, ring_areas, ring_boxes
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
    low, high = ring_boxes(regions)
    ring = np.repeat(np.arange(len(low)), np.diff(regions.offsets))
    vertices = regions.vertices
    at_corner = ((vertices == low[ring]) | (vertices == high[ring])).all(axis=1)
    at_corners = np.logical_and.reduceat(at_corner, regions.offsets[:-1])
    sides = high - low
    return (
        at_corners & (sides > 0).all(axis=1) & np.isclose(ring_areas(regions), sides.prod(axis=1))
    )


def _describe_parts(regions: Regions) -> tuple[str, ...]:
    parts = np.bincount(regions.owners[regions.is_outer], minlength=len(regions))
    odd = np.flatnonzero(parts > 1).tolist()
    if not odd:
        return ()
    names = name_some([f"{regions.describe(region)} ({parts[region]} parts)" for region in odd])
    return (f"{names}: several outlines in one region, counted as one nucleus",)


def _describe_crossed(regions: Regions) -> tuple[str, ...]:
    import shapely

    rings = np.repeat(np.arange(len(regions.offsets) - 1), np.diff(regions.offsets))
    outlines = shapely.linearrings(regions.vertices, indices=rings)
    # Most outlines nearly fill their hull, so that a crossing can hide little; asking costs time.
    areas = ring_areas(regions)
    filled = areas / np.maximum(shapely.area(shapely.convex_hull(outlines)), 1e-9)
    asked = np.flatnonzero(regions.is_outer & ((filled < 1 - CROSSED) | (filled > 1 + 1e-6)))
    crossed = asked[~shapely.is_simple(outlines[asked])]
    # Where a ring crosses itself, its parts have areas of both signs, and one of them is drawn.
    drawn = shapely.area(shapely.make_valid(shapely.polygons(outlines[crossed])))
    lost = np.abs(drawn - areas[crossed]) > CROSSED * drawn
    odd = sorted({int(region) for region in regions.owners[crossed[lost]]})
    if not odd:
        return ()
    names = name_some([regions.describe(region) for region in odd])
    return (f"{names}: the outline crosses itself; what it encloses twice is left out",)


def _describe_boxes(regions: Regions) -> tuple[str, ...]:
    areas, outer = ring_areas(regions), np.flatnonzero(regions.is_outer)
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
