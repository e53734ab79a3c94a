"""Regions that are no nuclei but frames: what was annotated, a tissue, the whole image.

A program that draws nuclei also draws the field in which they were drawn, often in a layer of its
own. Its outline encloses nuclei, or most of the image.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from nucleibench.data.annotations import ImageFacts
from nucleibench.data.masks import HALF
from nucleibench.data.odd_outlines import TIMES_LARGER, find_rectangles
from nucleibench.data.regions import Regions
from nucleibench.data.samples import name_some

LARGE = 1000.0
"""Square micrometres; the largest nucleus of 71 real images has 322."""

ENCLOSED = 3
"""Regions whose centres lie in a frame. One nucleus may lie on another, or two."""

ENCLOSED_BY_RECTANGLE = 2
"""The same for a rectangle with sides along the image's, which nuclei do not have."""

ENCLOSED_BY_LARGE = 1
"""The same for a region that is too large for a nucleus."""

MANY_AROUND_ONE = 0.1
"""Part of the regions that lie around one other, above which they may be cells."""


def leave_out_frames(regions: Regions, image: ImageFacts) -> tuple[Regions, tuple[str, ...]]:
    """Return the regions without frames, and notes on what was left out or looks odd.

    Args:
        regions: of an annotation.
        image: the image.
    """
    enclosures = _Enclosures(regions, image)
    reasons = enclosures.frames
    keep = np.ones(len(regions), bool)
    keep[list(reasons)] = False
    layers = dict.fromkeys(regions.layers[region] for region in reasons)
    notes = tuple(_describe_layer(regions, layer, reasons, keep) for layer in layers)
    kept = regions.select(keep) if reasons else regions
    return kept, notes + enclosures.describe_cells()


@dataclass(frozen=True)
class _Enclosures:
    """Which regions lie in which."""

    regions: Regions
    image: ImageFacts

    @property
    def areas(self) -> np.ndarray:
        """Square pixels that each ring encloses."""
        return self.regions.areas

    @cached_property
    def centres(self) -> np.ndarray:
        """(x, y) of the middle of the box around each ring."""
        low, high = self.regions.boxes
        return low / 2 + high / 2

    @cached_property
    def rectangles(self) -> np.ndarray:
        """Whether each ring is a rectangle with sides along the image's."""
        return find_rectangles(self.regions)

    @cached_property
    def enclosed(self) -> dict[int, np.ndarray]:
        """Outer ring -> the outer rings of other regions whose centres lie in it, if any do."""
        found = {ring: self._inside(ring, others) for ring, others in self._candidates()}
        return {ring: inside for ring, inside in found.items() if len(inside)}

    @cached_property
    def frames(self) -> dict[int, str]:
        """Region -> what makes it a frame, in words."""
        outer = np.flatnonzero(self.regions.is_outer)
        large = outer[self.areas[outer] > HALF * np.prod(self.image.shape)].tolist()
        found: dict[int, str] = {}
        for ring in [*self.enclosed, *large]:
            if reason := self._encloses_many(ring) or self._covers_most(ring):
                found.setdefault(int(self.regions.owners[ring]), reason)
        return found

    def describe_cells(self) -> tuple[str, ...]:
        """Return a note where so many regions lie around one other that they may be cells."""
        around = [
            int(self.regions.owners[ring])
            for ring, inside in self.enclosed.items()
            if self.areas[ring] > self.areas[inside].max()
        ]
        around = [region for region in around if region not in self.frames]
        if len(around) <= max(2, MANY_AROUND_ONE * len(self.regions)):
            return ()
        names = name_some([self.regions.describe(region) for region in around], 3)
        return (
            f"{len(around)} of {len(self.regions)} regions lie around another ({names}); are they "
            "cells around nuclei? Each counts as a nucleus",
        )

    def _candidates(self) -> Iterator[tuple[int, np.ndarray]]:
        """Yield each outer ring in whose box centres of others lie, with all rings near it."""
        from scipy.spatial import KDTree

        low, high = self.regions.boxes
        outer = np.flatnonzero(self.regions.is_outer)
        centres, reach = self.centres[outer], (high / 2 - low / 2)[outer].max(axis=1)
        tree = KDTree(centres, balanced_tree=False)
        # Squares around boxes: a million regions are counted in seconds.
        counts = tree.query_ball_point(centres, reach, p=np.inf, return_length=True)
        for place in np.flatnonzero(counts > 1).tolist():  # each ring is in its own box
            ring = int(outer[place])
            near = outer[sorted(tree.query_ball_point(centres[place], reach[place], p=np.inf))]
            in_box = (self.centres[near] > low[ring]) & (self.centres[near] < high[ring])
            if in_box.all(axis=1).sum() > 1:
                yield ring, near

    def _inside(self, ring: int, others: np.ndarray) -> np.ndarray:
        """Return which of the rings near one have their centres in it, and in no hole of it."""
        from skimage.measure import points_in_poly

        owners = self.regions.owners
        others = others[owners[others] != owners[ring]]
        inside = others[points_in_poly(self.centres[others], self.regions.ring(ring))]
        for hole in self._holes.get(ring, ()):
            in_hole = points_in_poly(self.centres[inside], self.regions.ring(hole))
            inside = inside[~in_hole]
        return inside

    @cached_property
    def _holes(self) -> dict[int, list[int]]:
        """Outer ring -> the rings of its holes."""
        found: dict[int, list[int]] = {}
        for hole in np.flatnonzero(~self.regions.is_outer).tolist():
            found.setdefault(int(self.regions.hole_of[hole]), []).append(hole)
        return found

    def _encloses_many(self, ring: int) -> str:
        inside = self.enclosed.get(ring, np.empty(0, int))
        if not len(inside) or self.areas[ring] < TIMES_LARGER * np.median(self.areas[inside]):
            return ""
        return f"encloses {len(inside)} other(s)" if len(inside) >= self._enough(ring) else ""

    def _enough(self, ring: int) -> int:
        """Return how many regions in a ring make it a frame."""
        if self.areas[ring] * self.image.pixel_size**2 > LARGE:
            return ENCLOSED_BY_LARGE
        return ENCLOSED_BY_RECTANGLE if self.rectangles[ring] else ENCLOSED

    def _covers_most(self, ring: int) -> str:
        share = self.areas[ring] / np.prod(self.image.shape)
        return f"covers {min(share, 1):.0%} of the image" if share > HALF else ""


def _describe_layer(regions: Regions, layer: str, reasons: dict[int, str], keep: np.ndarray) -> str:
    """Say which regions of a layer are frames, and whether the layer holds anything else."""
    found = [region for region in reasons if regions.layers[region] == layer]
    named = name_some([f"region {regions.ids[region]} {reasons[region]}" for region in found])
    rest = sum(kept for kept, name in zip(keep, regions.layers, strict=True) if name == layer)
    where = f"layer {layer}: " if layer else ""
    what = "taken for a frame, not a nucleus" if len(found) == 1 else "taken for frames, not nuclei"
    alone = "" if rest or not layer else "; the layer holds nothing else"
    return f"{where}{named}; {what}, and left out{alone}"
