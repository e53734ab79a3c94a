"""Maps of a whole plane, strip by strip, tile by tile.

They are added up in the order of a plane that is predicted at once (``labelling.stitch``). So the
maps of a pixel depend on the image alone.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import product

import numpy as np

from nucleibench.prepare.tiles import pad_to_shape
from nucleibench.slides.pipeline import map_ahead
from nucleibench.slides.plane import Plane
from nucleibench.slides.tiling import Tile, TileGrid

CHUNK = 1024
"""Side of what is read at a time, in pixels of the plane."""

# Row and column of a chunk.
Place = tuple[int, int]

# From windows of tiles, uint8 (height, width, channels) of any size, to the maps (height, width[,
# maps]) of each, in their order.
WindowPredictor = Callable[[Iterable[np.ndarray]], Iterator[np.ndarray]]


def read_tiles(
    plane: Plane, grid: TileGrid, tiles: Sequence[Tile], threads: ThreadPoolExecutor, ahead: int
) -> Iterator[np.ndarray]:
    """Yield the windows of ``tiles``, which are row by row, uint8 (height, width, channels).

    The plane is read in chunks, each once, by ``threads``; ``ahead`` of them are read in advance.
    """
    wanted = list(dict.fromkeys(c for tile in tiles for c in _chunks_of(grid.box(tile))))
    read = map_ahead(threads, partial(_read_chunk, plane), wanted, ahead)
    coming = zip(wanted, read, strict=True)
    chunks: dict[Place, np.ndarray] = {}
    for tile in tiles:
        box = grid.box(tile)
        while any(chunk not in chunks for chunk in _chunks_of(box)):
            chunks.update([next(coming)])
        top = grid.tops[tile.place[0]]  # no tile that follows reaches higher
        for chunk in [chunk for chunk in chunks if chunk[0] < top // CHUNK]:
            del chunks[chunk]
        sides = (window.stop - window.start for window in (tile.rows, tile.columns))
        yield pad_to_shape(_paste(chunks, box), *sides)


def blend_tiles(
    grid: TileGrid, tiles: Sequence[Tile], predicted: Iterator[np.ndarray], left: int, right: int
) -> Iterator[np.ndarray]:
    """Yield the maps of the columns ``left`` to ``right``, float16 (rows, columns[, maps]).

    There is a strip for each row of tiles, with all rows that no later tile reaches. Maps are 0
    where there is no window. They are rounded as files of maps are. Give at least one tile.

    Args:
        grid: of the tiles.
        tiles: row by row.
        predicted: maps of the window of each.
        left: first column.
        right: the column after the last one.
    """
    coming = zip(tiles, predicted, strict=True)
    tile: Tile | None
    tile, maps = next(coming)
    lefts = [grid.lefts[each.place[1]] for each in tiles]
    canvas = _Canvas(grid, (min(lefts), max(lefts) + grid.size), maps.shape[2:])
    tops = [*grid.tops, grid.shape[0]]
    for row, top in enumerate(grid.tops):
        while tile and tile.place[0] == row:
            canvas.add(tile, maps)
            tile, maps = next(coming, (None, maps))
        yield canvas.take(tops[row + 1] - top, left, right)


class _Canvas:
    """Rows of maps to which tiles are added, as wide as the tiles reach."""

    def __init__(self, grid: TileGrid, columns: tuple[int, int], maps: tuple[int, ...]) -> None:
        """Take the columns from first to last, and how many maps there are, if it is an axis."""
        self._grid, self._columns, self._maps = grid, columns, maps
        self._sums = np.zeros((grid.size, columns[1] - columns[0], *maps), np.float32)
        self._filled = 0  # rows from above that are not all 0

    def add(self, tile: Tile, maps: np.ndarray) -> None:
        """Add the weighted maps of a window; the first row of its tile is the first one here."""
        (row, column), (rows, columns) = tile.place, self._grid.weights
        # Side by side, the maps of a row are one long row, which is fast.
        count = math.prod(self._maps)
        along = np.repeat(columns[column][tile.columns], count)
        weights = rows[row][tile.rows, None] * along
        left = self._grid.lefts[column] - self._columns[0] + tile.columns.start
        sums = self._sums.reshape(len(self._sums), -1)[tile.rows, left * count :][:, : len(along)]
        sums += maps.reshape(weights.shape) * weights
        self._filled = self._grid.size

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
