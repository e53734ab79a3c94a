"""Which of the overlapping tiles of an image owns which nucleus.

Every tile answers for the nuclei whose centre lies in its core; the cores part the image without
gap, so no nucleus is counted twice. Half the overlap lies between a core and its tile's border, so
none is cut there as long as it is smaller than the overlap.
"""

from dataclasses import dataclass
from itertools import pairwise
from math import inf

import numpy as np

from nucleibench.prepare.tiles import tile_positions

# Two tiles can place the centre of a nucleus at a seam a little differently; cores this much
# larger than their share leave none unclaimed, and suppression removes what two claim.
MARGIN = 8  # pixels
# A box that comes so near to its tile's border may have been cut there.
NEAR = 2  # pixels


@dataclass(frozen=True)
class Place:
    """A tile's first pixel and side, and its core (top, left, bottom, right), in the image.

    Where the image ends, the core does not.
    """

    top: int
    left: int
    size: int
    core: tuple[float, float, float, float]

    @property
    def offset(self) -> np.ndarray:
        """What turns boxes of the tile into boxes of the image."""
        return np.array([self.top, self.left] * 2, np.float32)

    def owns(self, boxes: np.ndarray) -> np.ndarray:
        """Return which of the tile's boxes (N, 4) have their centre in the core, bool (N,).

        Those just outside are the tile's too, unless it cuts them: the next one has them whole.
        """
        centers = (boxes[:, :2] + boxes[:, 2:]) / 2 + self.offset[:2]
        first, last = np.array(self.core[:2]), np.array(self.core[2:])
        beyond = np.max(np.maximum(first - centers, centers - last), axis=1)
        return (beyond <= 0) | ((beyond < MARGIN) & ~self.cuts(boxes))

    def cuts(self, boxes: np.ndarray) -> np.ndarray:
        """Return which of the tile's boxes (N, 4) end where it does and the image goes on."""
        at_border = np.concatenate([boxes[:, :2] <= NEAR, boxes[:, 2:] >= self.size - NEAR], axis=1)
        return np.any(at_border & np.isfinite(self.core), axis=1)


def place_tiles(shape: tuple[int, ...], size: int, overlap: float) -> list[Place]:
    """Return the tiles of an image of shape (height, width, ...), row by row."""
    rows, columns = (tile_cores(side, size, overlap) for side in shape[:2])
    return [
        Place(top, left, size, (first_row, first_column, last_row, last_column))
        for top, first_row, last_row in rows
        for left, first_column, last_column in columns
    ]


def tile_cores(length: int, size: int, overlap: float) -> list[tuple[int, float, float]]:
    """Return (position, first, last) of each tile along a side; cores meet midway in overlaps.

    The first core begins at minus infinity, the last one ends at infinity.
    """
    positions = tile_positions(length, size, overlap)
    seams = [(before + size + after) / 2 for before, after in pairwise(positions)]
    return list(zip(positions, [-inf, *seams], [*seams, inf], strict=True))
