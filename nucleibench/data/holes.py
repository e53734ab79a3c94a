"""Holes that a file lists as regions of their own, to holes of the regions that contain them."""

import numpy as np

from nucleibench.data.regions import OUTER, Regions


def attach_holes(regions: Regions, negative: np.ndarray) -> tuple[Regions, tuple[str, ...]]:
    """Give each hole to the region that contains it, wherever it stands in the file.

    A region contains a hole when most vertices of the hole lie in it; of several the smallest has
    it, so that a hole in a nucleus is none of the frame around both.

    Args:
        regions: each of one ring.
        negative: bool (regions,), which of them are holes.

    Returns:
        The regions with their holes, and what messages call the holes that lie in no region.
    """
    if not negative.any():
        return regions, ()
    hole_of = np.full(len(regions), OUTER)
    areas, boxes = regions.areas, regions.boxes
    positive = np.flatnonzero(~negative)
    for hole in np.flatnonzero(negative).tolist():
        around = _containing(regions, hole, positive, boxes)
        hole_of[hole] = min(around, key=lambda ring: areas[ring], default=OUTER)
    lost = np.flatnonzero(negative & (hole_of == OUTER)).tolist()
    return _regroup(regions, negative, hole_of), tuple(map(regions.describe, lost))


def _containing(
    regions: Regions, hole: int, positive: np.ndarray, boxes: tuple[np.ndarray, np.ndarray]
) -> list[int]:
    """Return the positive regions in which most of a hole lies."""
    from skimage.measure import points_in_poly

    low, high = boxes
    overlap = (low[positive] <= high[hole]) & (high[positive] >= low[hole])
    near = positive[overlap.all(axis=1)]
    points = regions.ring(hole)
    inside = [points_in_poly(points, regions.ring(ring)).mean() for ring in near]
    return [int(ring) for ring, share in zip(near, inside, strict=True) if share > 0.5]


def _regroup(regions: Regions, negative: np.ndarray, hole_of: np.ndarray) -> Regions:
    """Return the positive regions, each with its ring and then its holes."""
    number = np.cumsum(~negative) - 1
    outer = np.where(negative, hole_of, np.arange(len(regions)))
    rings = np.flatnonzero(outer != OUTER)
    rings = rings[np.lexsort((negative[rings], outer[rings]))]
    position = np.full(len(regions), OUTER)
    position[rings] = np.arange(len(rings))
    pieces = [regions.ring(ring) for ring in rings.tolist()]
    positive = [index for index in range(len(regions)) if not negative[index]]
    return Regions(
        tuple(regions.ids[index] for index in positive),
        tuple(regions.layers[index] for index in positive),
        np.concatenate([*pieces, np.empty((0, 2))]),
        np.cumsum([0, *map(len, pieces)]),
        number[outer[rings]],
        np.where(negative[rings], position[outer[rings]], OUTER),
    )
