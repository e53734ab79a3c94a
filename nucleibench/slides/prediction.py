"""Maps of a whole plane, strip by strip, tile by tile.

Tiles lie where they would lie if the plane were predicted at once (``labelling.stitch``), and are
added up in the same order: a pixel's maps depend on the image alone.
"""

import math
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import islice, product

import numpy as np

from nucleibench.labelling.stitch import GRAIN, Predictor, blend_weights
from nucleibench.prepare.tiles import pad_to_tile, tile_positions
from nucleibench.slides.pipeline import map_ahead
from nucleibench.slides.plane import Plane
from nucleibench.slides.tissue import Tissue

CHUNK = 1024
"""Side of what is read at a time, in pixels of the plane."""

# Row and column of a tile in the grid, or of a chunk.
Place = tuple[int, int]


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

    def box(self, place: Place) -> tuple[int, int, int, int]:
        """Return top, left, height and width of the part of a tile that lies in the plane."""
        height, width = (min(self.size, side) for side in self.shape)
        return self.tops[place[0]], self.lefts[place[1]], height, width


def lay_tiles(shape: tuple[int, int], size: int, overlap: float) -> TileGrid:
    """Return the grid of tiles of ``size``, or of less where the plane is smaller."""
    size = min(size, math.ceil(max(shape) / GRAIN) * GRAIN)
    sides = [max(side, size) for side in shape]
    tops, lefts = (tile_positions(side, size, overlap) for side in sides)
    rows, columns = (blend_weights(side, size, overlap) for side in sides)
    return TileGrid(shape, size, tops, lefts, (rows, columns))


def choose_tiles(grid: TileGrid, tissue: Tissue, left: int, right: int) -> list[Place]:
    """Return the tiles with tissue that have pixels in columns ``left`` to ``right``, by rows."""
    columns = [
        column
        for column, first in enumerate(grid.lefts)
        if first < right and first + grid.size > left
    ]
    return [
        place
        for place in product(range(len(grid.tops)), columns)
        if tissue.share(grid.shape, grid.box(place))
    ]


def read_tiles(
    plane: Plane, grid: TileGrid, places: Sequence[Place], threads: ThreadPoolExecutor, ahead: int
) -> Iterator[np.ndarray]:
    """Yield tiles, RGB uint8 (size, size, 3), in the order of ``places``, which are row by row.

    The plane is read in chunks, each once, by ``threads``; ``ahead`` of them are read in advance.
    """
    wanted = list(dict.fromkeys(c for place in places for c in _chunks_of(grid.box(place))))
    read = map_ahead(threads, partial(_read_chunk, plane), wanted, ahead)
    coming = zip(wanted, read, strict=True)
    chunks: dict[Place, np.ndarray] = {}
    for place in places:
        box = grid.box(place)
        while any(chunk not in chunks for chunk in _chunks_of(box)):
            chunks.update([next(coming)])
        for chunk in [chunk for chunk in chunks if chunk[0] < box[0] // CHUNK]:
            del chunks[chunk]
        yield pad_to_tile(_paste(chunks, box), grid.size)


def predict_tiles(
    tiles: Iterator[np.ndarray], predictor: Predictor, batch_size: int
) -> Iterator[np.ndarray]:
    """Yield the maps (size, size[, maps]) of each tile, computed ``batch_size`` at a time."""
    while batch := list(islice(tiles, batch_size)):
        yield from predictor(np.stack(batch))


def blend_tiles(
    grid: TileGrid, places: Sequence[Place], predicted: Iterator[np.ndarray], left: int, right: int
) -> Iterator[np.ndarray]:
    """Yield the maps of the columns ``left`` to ``right``, float16 (rows, columns[, maps]).

    There is a strip for each row of tiles, with all rows that no later tile reaches. Maps are 0
    where there is no tile. They are rounded as files of maps are. Give at least one tile.

    Args:
        grid: of the tiles.
        places: of the tiles, row by row.
        predicted: maps of each.
        left: first column.
        right: the column after the last one.
    """
    coming = zip(places, predicted, strict=True)
    place, maps = next(coming)
    columns = [grid.lefts[column] for _, column in places]
    start, end = min(left, *columns), max(right, max(columns) + grid.size)
    canvas = np.zeros((grid.size, end - start, *maps.shape[2:]), np.float32)
    tops = [*grid.tops, grid.shape[0]]
    for row, top in enumerate(grid.tops):
        while place[0] == row:
            _add(canvas, grid, place, maps, grid.lefts[place[1]] - start)
            place, maps = next(coming, ((-1, -1), maps))
        done = tops[row + 1] - top
        yield canvas[:done, left - start : right - start].astype(np.float16)
        canvas = np.concatenate([canvas[done:], np.zeros_like(canvas[:done])])


def _add(canvas: np.ndarray, grid: TileGrid, place: Place, maps: np.ndarray, left: int) -> None:
    """Add the weighted maps of a tile, whose first column in the canvas is ``left``."""
    rows, columns = grid.weights
    # Transposed, the weights of a pixel serve all its maps.
    weights = rows[place[0]] * columns[place[1]][:, None]
    canvas[:, left : left + grid.size] += (maps.T * weights).T


def _chunks_of(box: tuple[int, int, int, int]) -> list[Place]:
    """Return the chunks that a box lies in."""
    return list(product(*_chunk_ranges(box)))


def _chunk_ranges(box: tuple[int, int, int, int]) -> tuple[range, range]:
    """Return the rows and columns of the chunks that a box lies in."""
    top, left, height, width = box
    rows = range(top // CHUNK, (top + height - 1) // CHUNK + 1)
    return rows, range(left // CHUNK, (left + width - 1) // CHUNK + 1)


def _read_chunk(plane: Plane, chunk: Place) -> np.ndarray:
    top, left = (number * CHUNK for number in chunk)
    height, width = plane.shape[0] - top, plane.shape[1] - left
    return plane.read(top, left, min(CHUNK, height), min(CHUNK, width))


def _paste(chunks: dict[Place, np.ndarray], box: tuple[int, int, int, int]) -> np.ndarray:
    """Put a box together from the chunks that it lies in."""
    rows, columns = _chunk_ranges(box)
    top, left, height, width = box
    top, left = top - rows[0] * CHUNK, left - columns[0] * CHUNK
    whole = [np.concatenate([chunks[row, column] for column in columns], axis=1) for row in rows]
    return np.concatenate(whole)[top : top + height, left : left + width]
