"""The order in which a plane is worked through, so that little of it is in memory.

A plane is divided into swaths from top to bottom. In a swath, maps come strip by strip from above,
and no more of them are kept than the next row of blocks needs. A block is a square of cells that
are labelled at a time; neither it nor the swath decides which nuclei are found.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from nucleibench.slides.cells import CELL, Region
from nucleibench.slides.strips import Strips
from nucleibench.slides.tissue import Tissue


@dataclass(frozen=True)
class Division:
    """How a plane is divided, in pixels; each side is a multiple of the one before.

    Attributes:
        cell: side of a cell.
        block: side of a block.
        swath: width of a swath.
    """

    cell: int = CELL
    block: int = CELL
    swath: int = 16 * CELL


@dataclass(frozen=True)
class Swath:
    """Columns of a plane.

    Attributes:
        left: the first column.
        right: the column after the last one.
        reach: how many columns to both sides are seen as well.
        shape: height and width of the plane.
    """

    left: int
    right: int
    reach: int
    shape: tuple[int, int]

    @property
    def seen(self) -> tuple[int, int]:
        """The first column that is seen, and the one after the last."""
        return max(0, self.left - self.reach), min(self.shape[1], self.right + self.reach)


def plan_swaths(shape: tuple[int, int], width: int, reach: int) -> list[Swath]:
    """Return the swaths of a plane from left to right."""
    return [
        Swath(left, min(shape[1], left + width), reach, shape) for left in range(0, shape[1], width)
    ]


def cut_regions(
    strips: Iterator[np.ndarray], swath: Swath, division: Division, tissue: Tissue
) -> Iterator[Region]:
    """Yield the regions of the blocks with tissue, row by row.

    Args:
        strips: float16 (rows, seen columns[, maps]) that together are the swath's maps.
        swath: the columns.
        division: of the plane.
        tissue: of the plane.
    """
    band = _Band(strips, swath.seen[0])
    for top in range(0, swath.shape[0], division.block):
        first = max(0, top - swath.reach)
        bottom = min(swath.shape[0], top + division.block)
        last = min(swath.shape[0], bottom + swath.reach)
        band.move(first, last)
        for left in range(swath.left, swath.right, division.block):
            right = min(swath.right, left + division.block)
            begin, end = max(0, left - swath.reach), min(swath.shape[1], right + swath.reach)
            # An object reaches from its cell down and to the right, and nuclei lie in tissue.
            if tissue.share(swath.shape, (top, left, last - top, end - left)):
                cells = _cells(top, bottom, division.cell), _cells(left, right, division.cell)
                yield Region(band.read(begin, end), (first, begin), cells)


def _cells(start: int, end: int, cell: int) -> range:
    """Return the numbers of the cells of a stretch that begins with one."""
    return range(start // cell, -(-end // cell))


class _Band:
    """Rows of maps in memory."""

    def __init__(self, strips: Iterator[np.ndarray], left: int) -> None:
        self._coming, self._left = strips, left
        self._strips: list[np.ndarray] = []
        self._top = 0  # of the first strip
        self._rows = 0, 0

    def move(self, first: int, last: int) -> None:
        """Hold rows ``first`` to ``last`` and let go of those above."""
        while self._strips and self._top + len(self._strips[0]) <= first:
            self._top += len(self._strips.pop(0))
        while self._top + sum(map(len, self._strips)) < last:
            self._strips.append(next(self._coming))
        self._rows = first - self._top, last - self._top

    def read(self, left: int, right: int) -> Strips:
        """Return the rows that are held, columns ``left`` to ``right`` of the plane."""
        columns = slice(left - self._left, right - self._left)
        tops = np.cumsum([0, *map(len, self._strips)])
        first, last = self._rows
        return Strips(
            [
                strip[max(0, first - top) : last - top, columns]
                for strip, top in zip(self._strips, tops[:-1], strict=True)
                if top < last
            ]
        )
