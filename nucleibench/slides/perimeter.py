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
_BITS = np.array([8, 2, 4, 1])[:, None]

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
    around = pixels_around(padded, *np.nonzero(np.logical_or(*changes(padded))))
    counts = np.zeros((len(numbers), len(WEIGHTS)), np.int64)
    for pixel, label in enumerate(around):
        # A label that fills several of the four pixels counts once.
        new = (label > 0) & ~(around[:pixel] == label).any(axis=0)
        filled = ((around[:, new] == label[new]) * _BITS).sum(axis=0)
        nucleus = np.searchsorted(numbers, label[new])
        counts += np.bincount(nucleus * len(WEIGHTS) + filled, minlength=counts.size).reshape(
            counts.shape
        )
    return counts @ WEIGHTS
