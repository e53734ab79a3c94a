"""Outlined regions of an annotation, as arrays: tens of thousands of vertices a file."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

OUTER = -1
"""In ``hole_of``: a ring around a region, not around a hole."""


@dataclass(frozen=True)
class Regions:
    """Regions in the order of the file.

    A region has a ring around it, or several where it lies in pieces, and rings around its holes.
    The centre of the first pixel of the image is (0, 0).

    Attributes:
        ids: region ids as written in the file.
        layers: name of the layer of each region, "" where the file has no layers.
        vertices: float64 (n, 2), the (x, y) of all rings in pixels, one ring after another.
        offsets: int64 (rings + 1,), where each ring begins in ``vertices``, and the end.
        owners: int64 (rings,), the region of each ring, in ascending order.
        hole_of: int64 (rings,), the ring out of which a ring cuts a hole, ``OUTER`` for none.
    """

    ids: tuple[str, ...]
    layers: tuple[str, ...]
    vertices: np.ndarray
    offsets: np.ndarray
    owners: np.ndarray
    hole_of: np.ndarray

    def __len__(self) -> int:
        """Return how many regions there are."""
        return len(self.ids)

    @property
    def is_outer(self) -> np.ndarray:
        """Whether each ring lies around a region, bool (rings,)."""
        return self.hole_of == OUTER

    @cached_property
    def areas(self) -> np.ndarray:
        """Square pixels that each ring encloses, float64 (rings,); none is empty."""
        starts, ends = self.offsets[:-1], self.offsets[1:] - 1
        if not len(starts):
            return np.empty(0)
        following = np.arange(1, len(self.vertices) + 1)
        following[ends] = starts
        (x, y), (next_x, next_y) = self.vertices.T, self.vertices[following].T
        return np.abs(np.add.reduceat(x * next_y - next_x * y, starts)) / 2

    @cached_property
    def boxes(self) -> tuple[np.ndarray, np.ndarray]:
        """Least and greatest (x, y) of each ring, float64 (rings, 2) each; none is empty."""
        starts = self.offsets[:-1]
        if not len(starts):
            return np.empty((0, 2)), np.empty((0, 2))
        low = np.minimum.reduceat(self.vertices, starts)
        return low, np.maximum.reduceat(self.vertices, starts)

    def ring(self, index: int) -> np.ndarray:
        """Return the vertices of a ring, float64 (vertices, 2)."""
        return self.vertices[self.offsets[index] : self.offsets[index + 1]]

    @cached_property
    def has_layers(self) -> bool:
        """Whether there are several layers."""
        return len(set(self.layers)) > 1

    def describe(self, index: int) -> str:
        """Return what messages call a region; ids may begin anew in every layer."""
        layer = f" of layer {self.layers[index]}" if self.has_layers else ""
        return f"region {self.ids[index]}{layer}"

    def select(self, keep: np.ndarray) -> "Regions":
        """Return the regions for which ``keep``, bool (regions,), is true."""
        ids = tuple(name for name, kept in zip(self.ids, keep, strict=True) if kept)
        layers = tuple(name for name, kept in zip(self.layers, keep, strict=True) if kept)
        return self._renumbered(ids, layers, keep, keep[self.owners])

    def without_short_rings(self) -> "Regions":
        """Return the regions without rings of fewer than three vertices, which enclose nothing.

        A region loses the holes of a ring that goes, and goes itself with its last ring.
        """
        long = np.diff(self.offsets) >= 3
        keep = long & (self.is_outer | long[self.hole_of])
        whole = self._renumbered(self.ids, self.layers, np.ones(len(self), bool), keep)
        return whole.select(np.isin(np.arange(len(self)), whole.owners))

    def _renumbered(
        self, ids: tuple[str, ...], layers: tuple[str, ...], keep: np.ndarray, rings: np.ndarray
    ) -> "Regions":
        """Return these regions and rings, numbered anew."""
        lengths = np.diff(self.offsets)
        hole_of = np.where(self.is_outer, OUTER, (np.cumsum(rings) - 1)[self.hole_of])
        return Regions(
            ids,
            layers,
            self.vertices[np.repeat(rings, lengths)],
            np.concatenate([[0], np.cumsum(lengths[rings])]),
            (np.cumsum(keep) - 1)[self.owners[rings]],
            hole_of[rings],
        )


def collect_regions(
    ids: Sequence[str], layers: Sequence[str], polygons: Sequence[Sequence[Sequence[np.ndarray]]]
) -> Regions:
    """Return regions given one by one.

    Args:
        ids: id of each region.
        layers: layer of each region.
        polygons: the polygons of each region; a polygon is a ring around it, then rings around its
            holes, each float (vertices, 2) of (x, y).
    """
    rings: list[np.ndarray] = []
    owners: list[int] = []
    hole_of: list[int] = []
    for owner, region in enumerate(polygons):
        for polygon in region:
            outer = len(rings)
            rings += polygon
            owners += [owner] * len(polygon)
            hole_of += [OUTER, *[outer] * (len(polygon) - 1)][: len(polygon)]
    vertices = np.concatenate([*rings, np.empty((0, 2))]).astype(float)
    offsets = np.cumsum([0, *map(len, rings)])
    numbers = (np.array(values, np.int64) for values in (owners, hole_of))
    return Regions(tuple(ids), tuple(layers), vertices, offsets, *numbers)


def drop_short_regions(regions: Regions) -> tuple[Regions, tuple[str, ...]]:
    """Leave out regions of fewer than three vertices, which enclose nothing.

    Returns:
        The other regions, and the ids of those left out.
    """
    long = np.diff(regions.offsets) >= 3
    keep = np.isin(np.arange(len(regions)), regions.owners[regions.is_outer & long])
    if keep.all() and long.all():
        return regions, ()
    dropped = tuple(name for name, kept in zip(regions.ids, keep, strict=True) if not kept)
    return regions.without_short_rings(), dropped
