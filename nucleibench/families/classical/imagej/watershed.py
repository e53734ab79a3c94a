"""ImageJ's watershed of a mask (Process > Binary > Watershed), pixel by pixel, without Java.

The nuclei's centres are the maxima of the distance to the background that rise at least half a
pixel above the ridge to a higher one. From them the particles grow down through the distances,
level by level and direction by direction, never into a pixel that would join two of them.
Where particles meet a line of background one pixel wide remains.

On an exact distance map all further steps are ImageJ's (version 1.53t, public domain; Schmid's
maximum finder); ImageJ's own distances are up to 0.09 pixels short in about one pixel of 10,000.
"""

import numpy as np
from scipy import ndimage
from skimage.morphology import reconstruction

from nucleibench.labelling.maxima import h_maxima

TOLERANCE = 0.5
DIAGONAL = np.float32(np.sqrt(2))
MARKED = 255

# The eight neighbours as (row, column), clockwise from the north, and the order of growth.
NEIGHBOURS = [(-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1)]
GROWTH_ORDER = [7, 3, 1, 5, 0, 4, 2, 6]


def separate_particles(mask: np.ndarray) -> np.ndarray:
    """Return a copy of a bool mask (height, width) with touching particles cut apart."""
    if mask.all() or not mask.any():
        return mask.copy()
    distance = ndimage.distance_transform_edt(mask).astype(np.float32)
    centres = find_centres(distance)
    return _grow(_flatten_other_maxima(_to_levels(distance), centres), centres)


def find_centres(distance: np.ndarray) -> np.ndarray:
    """Find the areas within TOLERANCE of a maximum that rises more than that above its ridge.

    In terms of morphology these are the h-maxima of the ridge height.
    """
    return h_maxima(_ridge_height(distance), TOLERANCE) & (distance > 0)


def _ridge_height(distance: np.ndarray) -> np.ndarray:
    """Estimate how high the distance is between the pixels, where it has a maximum or a ridge."""
    middle = distance[1:-1, 1:-1]
    lowest = middle + np.float32(0.5) * DIAGONAL
    on_ridge = np.zeros(middle.shape, bool)
    for direction in range(4):
        one, other = _shifted(distance, direction), _shifted(distance, direction + 4)
        is_top = (middle >= one) & (middle >= other)
        on_ridge |= is_top
        height = np.where(is_top, (one + other) / 2, np.minimum(one, other))
        lowest = np.minimum(lowest, height + (DIAGONAL if direction % 2 else np.float32(1)))
    result = distance.copy()
    result[1:-1, 1:-1] = np.where(on_ridge & (middle > 0), lowest, middle)
    return result


def _shifted(values: np.ndarray, direction: int) -> np.ndarray:
    """Return the neighbours of all inner pixels in one direction."""
    (row, column), (height, width) = NEIGHBOURS[direction], values.shape
    return values[1 + row : height - 1 + row, 1 + column : width - 1 + column]


def _to_levels(distance: np.ndarray) -> np.ndarray:
    """Round distances to whole levels from 1 to 254, uint8; the background is 0."""
    above_one = float(distance.max()) - 1
    factor = min(253 / above_one, 1) if above_one > 0 else 1
    offset = 1 - above_one * (1 / 253 / 2 - 1e-6)
    levels = 1 + np.floor((distance.astype(np.float64) - offset) * factor + 0.5)
    return np.where(distance > 0, np.clip(levels, 1, 254), 0).astype(np.uint8)


def _flatten_other_maxima(levels: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Lower every maximum that is no centre to its saddle, so that growth leaves no island."""
    marked = np.where(centres, MARKED, levels)
    return reconstruction(np.where(centres, MARKED, 0), marked).astype(np.uint8)


def _grow(levels: np.ndarray, centres: np.ndarray) -> np.ndarray:
    growth = _Growth(levels, centres)
    waiting = np.empty(0, np.intp)
    for level in np.unique(levels[(levels > 0) & (levels < MARKED)])[::-1]:
        waiting = growth.grow_into(np.concatenate([growth.pixels_at(level), waiting]))
    return growth.particles()


class _Growth:
    """Particles that grow; images are flat and padded by one background pixel all round."""

    def __init__(self, levels: np.ndarray, centres: np.ndarray) -> None:
        self._levels = np.pad(levels, 1).ravel()
        self._width = levels.shape[1] + 2
        self._offsets = np.array([row * self._width + column for row, column in NEIGHBOURS])
        self._grown = np.zeros(self._levels.size, bool)
        # One bit for each neighbour that belongs to a particle.
        self._surroundings = np.zeros(self._levels.size, np.uint8)
        self._add(np.flatnonzero(np.pad(centres, 1)))

    def pixels_at(self, level: int) -> np.ndarray:
        """Return the pixels of one level that belong to no particle."""
        return np.flatnonzero((self._levels == level) & ~self._grown)

    def grow_into(self, pixels: np.ndarray) -> np.ndarray:
        """Add pixels to the particles in all directions in turn until none can be added.

        Returns those at the border of the mask that were not reached: they try again at the next
        level.
        """
        idle = 0
        while idle < len(GROWTH_ORDER) and len(pixels):
            for direction in GROWTH_ORDER:
                reached = GROWTH_TABLE[self._surroundings[pixels]] >> direction & 1 > 0
                idle = 0 if reached.any() else idle + 1
                self._add(pixels[reached])
                pixels = pixels[~reached]
        at_border = (self._levels[pixels[:, None] + self._offsets] == 0).any(axis=1)
        return pixels[at_border]

    def particles(self) -> np.ndarray:
        """Return the grown mask, bool (height, width)."""
        return self._grown.reshape(-1, self._width)[1:-1, 1:-1].copy()

    def _add(self, pixels: np.ndarray) -> None:
        self._grown[pixels] = True
        for bit, offset in enumerate(self._offsets):
            self._surroundings[pixels - offset] |= np.uint8(1 << bit)


def _make_growth_table() -> np.ndarray:
    """List for each of the 256 surroundings the directions in which a pixel may join, one bit each.

    A pixel may be reached from the opposite side, unless its neighbours are two separate groups:
    it would join two particles.
    """
    table = np.zeros(256, np.uint8)
    for surroundings in range(256):
        taken = [bool(surroundings >> side & 1) for side in range(8)]
        reachable = sum(1 << side for side in range(8) if taken[(side + 4) % 8])
        for side in (0, 2, 4, 6):  # a straight neighbour links the diagonal ones beside it
            if taken[side]:
                taken[side - 1] = taken[side + 1] = True
        changes = sum(taken[side] != taken[side - 1] for side in range(8))
        table[surroundings] = reachable if changes < 4 else 0
    return table


GROWTH_TABLE = _make_growth_table()
