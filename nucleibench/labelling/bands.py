"""Bands of rows: what is computed by bands stays in the processor's cache and needs less memory."""

from collections.abc import Iterator

import numpy as np

PIXELS = 2**18
"""Of a band, about: a few maps of it fit in the cache of a processor."""


def cut_bands(shape: tuple[int, ...], beyond: int = 0) -> Iterator[tuple[slice, slice, slice]]:
    """Yield the bands of an array (height, width, ...) from above.

    Args:
        shape: of the array.
        beyond: rows above and below a band that decide what is computed of it.

    Yields:
        The rows of the band, those with the rows beyond, and where among these the band is.
    """
    height, width = shape[:2]
    rows = max(4 * beyond, PIXELS // max(width, 1), 1)
    for top in range(0, height, rows):
        bottom = min(top + rows, height)
        first = max(top - beyond, 0)
        band = slice(top, bottom)
        yield band, slice(first, bottom + beyond), slice(top - first, bottom - first)


def look_up(table: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return ``table[labels]`` of labels (height, width)."""
    found = np.empty(labels.shape, table.dtype)
    for band, *_ in cut_bands(labels.shape):
        np.take(table, labels[band], out=found[band], mode="clip")
    return found
