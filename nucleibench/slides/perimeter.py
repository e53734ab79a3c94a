"""Perimeters of nuclei by Crofton's formula.

The length of an outline is in proportion to how often lines meet it. Lines in four directions
through the centres of pixels meet it where two pixels in a row, a column or a diagonal differ, so
all that counts is how often each of the 16 ways occurs in which a nucleus can fill the four pixels
around a grid point. On discs and ellipses of the size of nuclei the error is 0.3% on average; that
of the length along the pixels' edges is 27%.
"""

import numpy as np

from nucleibench.slides.grid import changes, pixels_around

# Upper left, upper right, lower left and lower right pixel in the index of the weights below.
_BITS = np.array([8, 2, 4, 1], np.uint8)[:, None]

# The weights of scikit-image's perimeter_crofton with four directions.
_S, _D = np.pi / 4, np.pi / (4 * np.sqrt(2))
WEIGHTS = np.array(
    [0, _S + _D, _D, 2 * _D, 0, _S + _D, 0, _D, _S, 2 * _S, _D, _D, _S, 2 * _S, 0, 0]
)


def measure_perimeters(labels: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """Return the perimeter of each nucleus in pixels, float64 (n,).

    Args:
        labels: integers (height, width), 0 = background.
        numbers: all labels above 0 in it, ascending, (n,).
    """
    padded = np.pad(labels, 1)
    changing = np.logical_or(*changes(padded))
    around = pixels_around(padded, *np.divmod(np.flatnonzero(changing), changing.shape[1]))
    highest = around.max(axis=0)
    counts = _count_ways(around, highest, numbers)
    several = around[:, ((around != highest) & (around > 0)).any(axis=0)]
    for pixel, label in enumerate(several):
        # A label that fills several of the four pixels counts once, and the highest is counted.
        new = (label > 0) & (label != several.max(axis=0))
        new &= ~(several[:pixel] == label).any(axis=0)
        counts += _count_ways(several[:, new], label[new], numbers)
    return counts @ WEIGHTS


def _count_ways(around: np.ndarray, label: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """Count the ways in which a label fills the pixels (4, n) around each point, int64 (n, 16)."""
    filled = ((around == label) * _BITS).sum(axis=0, dtype=np.uint8)
    places = np.searchsorted(numbers, label) * len(WEIGHTS) + filled
    shape = len(numbers), len(WEIGHTS)
    return np.bincount(places, minlength=shape[0] * shape[1]).reshape(shape)
