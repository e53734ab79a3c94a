"""The connected pieces of each value of a label map, by its runs.

A run is a stretch of pixels of one value in a row. There are some 16 thousand in an image of a
million pixels and a thousand nuclei, so to join runs is far cheaper than to join pixels.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Pieces:
    """The pieces (8-connectivity) of each value of a label map.

    Attributes:
        values: (values,), ascending, without the background.
        numbered: int32 (height, width), the values numbered from 1 in ascending order.
        areas_of_pieces: int64 (pieces,), pixels of each.
        value_of_piece: (pieces,), place of its value among the values.
    """

    values: np.ndarray
    numbered: np.ndarray
    areas_of_pieces: np.ndarray
    value_of_piece: np.ndarray

    @property
    def areas(self) -> np.ndarray:
        """Pixels of each value."""
        return np.bincount(self.value_of_piece, self.areas_of_pieces).astype(int)

    @property
    def counts(self) -> np.ndarray:
        """Number of pieces of each value."""
        return np.bincount(self.value_of_piece)

    def count_large(self, smallest: int) -> np.ndarray:
        """Return the number of pieces of each value that have so many pixels or more."""
        large = self.areas_of_pieces >= smallest
        return np.bincount(self.value_of_piece[large], minlength=len(self.values))


def find_pieces(labels: np.ndarray) -> Pieces:
    """Find the pieces of a label map, int32 (height, width) with 0 = background.

    Labels without gaps are not copied.
    """
    starts, lengths = _find_runs(labels)
    value = labels.reshape(-1)[starts]
    order = _order_of(value, np.flatnonzero(value))
    values, place = _number(value[order])
    piece = _join(place, starts[order], lengths[order], labels.shape)
    areas = np.bincount(piece, lengths[order]).astype(np.int64)
    value_of_piece = np.empty(len(areas), np.int64)
    value_of_piece[piece] = place
    if values.max(initial=0) == len(values):  # as most tools write them
        return Pieces(values, labels, areas, value_of_piece)
    numbers = np.zeros(len(starts), np.int32)
    numbers[order] = place + 1
    numbered = np.repeat(numbers, lengths).reshape(labels.shape)
    return Pieces(values, numbered, areas, value_of_piece)


def _find_runs(labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return where in the flat map each run begins, and its length."""
    begins = np.ones(labels.shape, bool)
    np.not_equal(labels[:, 1:], labels[:, :-1], out=begins[:, 1:])
    starts = np.flatnonzero(begins)
    return starts, np.diff(starts, append=labels.size)


def _order_of(value: np.ndarray, runs: np.ndarray) -> np.ndarray:
    """Return some runs in the order of their values, then of their places."""
    # In one number, for a sort of numbers is far quicker than one that returns the order.
    both = (value[runs].astype(np.int64) << 32) | runs
    both.sort()
    return both & 0xFFFFFFFF


def _number(ascending: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the distinct values of an ascending array, and the place of each among them."""
    first = np.diff(ascending, prepend=-1) > 0
    return ascending[first], np.cumsum(first) - 1


def _join(
    place: np.ndarray, starts: np.ndarray, lengths: np.ndarray, shape: tuple[int, ...]
) -> np.ndarray:
    """Return the piece of each run; runs are in the order of their values, then of their places."""
    # Slow to import, and whoever only lists images does not need it.
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    # Every value has a map of its own, one behind the other, and every row a pixel of margin. So
    # positions ascend, and a run that touches one of the row above has the same value.
    width = shape[1] + 1
    begin = place * 2 * (shape[0] + 1) * width + starts + starts // shape[1]
    end = begin + lengths
    first = np.searchsorted(end, begin - width)
    counts = np.searchsorted(begin, end - width, "right") - first
    below = np.repeat(np.arange(len(place)), counts)
    above = np.arange(len(below)) + np.repeat(first - np.cumsum(counts) + counts, counts)
    edges = coo_array((np.ones(len(below), bool), (below, above)), (len(place), len(place)))
    return connected_components(edges, directed=False)[1]
