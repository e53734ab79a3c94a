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
    lefts = [grid.lefts[column] for _, column in places]
    canvas = _Canvas(grid, (min(lefts), max(lefts) + grid.size), maps.shape[2:])
    tops = [*grid.tops, grid.shape[0]]
    for row, top in enumerate(grid.tops):
        while place[0] == row:
            canvas.add(place, maps)
            place, maps = next(coming, ((-1, -1), maps))
        yield canvas.take(tops[row + 1] - top, left, right)


class _Canvas:
    """Rows of maps to which tiles are added, as wide as the tiles reach."""

    def __init__(self, grid: TileGrid, columns: tuple[int, int], maps: tuple[int, ...]) -> None:
        """Take the columns from first to last, and how many maps there are, if it is an axis."""
        self._grid, self._columns, self._maps = grid, columns, maps
        self._sums = np.zeros((grid.size, columns[1] - columns[0], *maps), np.float32)
        self._filled = 0  # rows from above that are not all 0

    def add(self, place: Place, maps: np.ndarray) -> None:
        """Add the weighted maps of a tile, whose first row is the first one here."""
        rows, columns = self._grid.weights
        # Side by side, the maps of a row are one long row, which is fast.
        count = math.prod(self._maps)
        weights = rows[place[0]][:, None] * np.repeat(columns[place[1]], count)
        size, left = self._grid.size, self._grid.lefts[place[1]] - self._columns[0]
        sums = self._sums.reshape(size, -1)[:, left * count : (left + size) * count]
        sums += maps.reshape(size, -1) * weights
        self._filled = size

    def take(self, count: int, left: int, right: int) -> np.ndarray:
        """Return columns of the first rows as float16, and go ``count`` rows down."""
        taken = np.zeros((count, right - left, *self._maps), np.float16)
        first, last = max(left, self._columns[0]), min(right, self._columns[1])
        if self._filled > 0:
            inside = slice(first - self._columns[0], last - self._columns[0])
            taken[:, first - left : last - left] = self._sums[:count, inside]
            rest = self._sums[count:].copy()
            self._sums[: len(rest)] = rest
            self._sums[len(rest) :] = 0
            self._filled -= count
        return taken


def _chunks_of(box: tuple[int, int, int, int]) -> list[Place]:
    """Return the chunks that a box lies in."""
    top, left, height, width = box
    rows = range(top // CHUNK, (top + height - 1) // CHUNK + 1)
    return list(product(rows, range(left // CHUNK, (left + width - 1) // CHUNK + 1)))


def _read_chunk(plane: Plane, chunk: Place) -> np.ndarray:
    top, left = (number * CHUNK for number in chunk)
    height, width = plane.shape[0] - top, plane.shape[1] - left
    return plane.read(top, left, min(CHUNK, height), min(CHUNK, width))


def _paste(chunks: dict[Place, np.ndarray], box: tuple[int, int, int, int]) -> np.ndarray:
    """Put a box together from the chunks that it lies in."""
    top, left, height, width = box
    pasted: np.ndarray | None = None
    for place in _chunks_of(box):
        chunk = chunks[place]
        rows, inside = _overlap(top, height, place[0])
        columns, beside = _overlap(left, width, place[1])
        if pasted is None:
            pasted = np.empty((height, width, chunk.shape[2]), chunk.dtype)
        pasted[rows, columns] = chunk[inside, beside]
    return np.asarray(pasted)


def _overlap(start: int, length: int, number: int) -> tuple[slice, slice]:
    """Return the part of a box's side that lies in a chunk: in the box, and in the chunk."""
    first = max(start, number * CHUNK)
    last = min(start + length, (number + 1) * CHUNK)
    return slice(first - start, last - start), slice(first % CHUNK, first % CHUNK + last - first)
