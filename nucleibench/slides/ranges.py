"""Pieces of flat arrays: where they begin, and what is in them."""

from collections.abc import Sequence

import numpy as np


def offsets_of(lengths: Sequence[int] | np.ndarray) -> np.ndarray:
    """Return where pieces of these lengths begin, and the end; int64 (pieces + 1,)."""
    return np.concatenate([[0], np.cumsum(np.asarray(lengths, np.int64))])


def expand(start: np.ndarray, stop: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return all integers of the ranges ``start <= i < stop``, and the range of each."""
    length = stop - start
    owner = np.repeat(np.arange(len(length)), length)
    return np.arange(len(owner)) + (start - np.cumsum(length) + length)[owner], owner
