"""Where tiles lie in a plane, and which part of each is predicted.

Tiles lie where they would lie if the plane were predicted at once (``labelling.stitch``). Of each,
a window around its tissue is predicted. Neither depends on how the plane is divided.
"""

import math
from dataclasses import dataclass
from itertools import product

import numpy as np

from nucleibench.labelling.stitch import GRAIN, blend_weights
from nucleibench.prepare.tiles import tile_positions
from nucleibench.slides.tissue import Tissue

STEP, SEEN = 128, 32
"""A window begins and ends at multiples of the first in its tile, and reaches at least as far as
the second beyond tissue, in pixels. Smaller steps save little, and networks meet more sizes."""

# Row and column of a tile in the grid.
Place = tuple[int, int]


@dataclass(frozen=True)
class Tile:
    """A tile of which a window is predicted.

    Attributes:
        place: row and column of the tile in the grid.
        rows: of the tile, that lie in the window.
        columns: the same.
    """

    place: Place
    rows: slice
    columns: slice


@dataclass(frozen=True)
class TileGrid:
    """Where tiles lie in a plane.

    Attributes:
        shape: height and width of the plane.
        size: side of a tile.
        tops: first row of each row of tiles.
        lefts: first column of each column of tiles.
        weights: of the pixels of a tile, by its row and by its column, float32 (tiles, size) each.
    """

    shape: tuple[int, int]
    size: int
    tops: list[int]
    lefts: list[int]
    weights: tuple[np.ndarray, np.ndarray]

    def box(self, tile: Tile) -> tuple[int, int, int, int]:
        """Return top, left, height and width of the part of a window that lies in the plane."""
        corner = self.tops[tile.place[0]], self.lefts[tile.place[1]]
        windows = tile.rows, tile.columns
        top, left = (first + window.start for first, window in zip(corner, windows, strict=True))
        height, width = (
            min(first + window.stop, side) - first - window.start
            for first, window, side in zip(corner, windows, self.shape, strict=True)
        )
        return top, left, height, width

    def cut(self, place: Place, tissue: Tissue) -> Tile | None:
        """Return a tile with the window around its tissue, or None where it has none."""
        whole = Tile(place, slice(0, self.size), slice(0, self.size))
        top, left, height, width = self.box(whole)
        if not (found := tissue.bounds(self.shape, (top, left, height, width))):
            return None
        rows, columns = (
            _cut_side(span, first, self.size) if side >= self.size else slice(0, self.size)
            for span, first, side in zip(found, (top, left), self.shape, strict=True)
        )
        return Tile(place, rows, columns)


def lay_tiles(shape: tuple[int, int], size: int, overlap: float) -> TileGrid:
    """Return the grid of tiles of ``size``, or of less where the plane is smaller."""
    size = min(size, math.ceil(max(shape) / GRAIN) * GRAIN)
    sides = [max(side, size) for side in shape]
    tops, lefts = (tile_positions(side, size, overlap) for side in sides)
    rows, columns = (blend_weights(side, size, overlap) for side in sides)
    return TileGrid(shape, size, tops, lefts, (rows, columns))


def choose_tiles(grid: TileGrid, tissue: Tissue, left: int, right: int) -> list[Tile]:
    """Return the tiles with tissue that have pixels in columns ``left`` to ``right``, by rows."""
    columns = [
        column
        for column, first in enumerate(grid.lefts)
        if first < right and first + grid.size > left
    ]
    tiles = (grid.cut(place, tissue) for place in product(range(len(grid.tops)), columns))
    return [tile for tile in tiles if tile]


def _cut_side(span: tuple[int, int], first: int, size: int) -> slice:
    """Return which pixels of a side of a tile are seen.

    Args:
        span: of the tissue, in pixels of the plane.
        first: pixel of the tile in the plane.
        size: of the tile.
    """
    start, stop = (edge - first for edge in span)
    begin = max(0, start - SEEN) // STEP * STEP
    return slice(begin, min(size, math.ceil((stop + SEEN) / STEP) * STEP))
