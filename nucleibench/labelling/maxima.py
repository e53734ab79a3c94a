"""The maxima that mark nuclei."""

import cv2
import numpy as np
from skimage.morphology import local_maxima

from nucleibench.labelling.bands import cut_bands


def h_maxima(heights: np.ndarray, depth: float) -> np.ndarray:
    """Find the h-maxima of mathematical morphology (Soille 2003), bool (height, width).

    Two peaks are apart where on every way from the lower to the higher the height falls by more
    than ``depth``.

    Args:
        heights: uint8 or float32 (height, width).
        depth: in the unit of the heights.
    """
    lowered = cv2.subtract(heights, np.full_like(heights, depth))
    return local_maxima(_reconstruct(lowered, heights))


def _reconstruct(seed: np.ndarray, limit: np.ndarray) -> np.ndarray:
    """Let the heights of ``seed`` spread under ``limit`` until nothing changes.

    Whatever the order in which pixels rise, they end at the same height. So one band of rows after
    another is finished, as often as its neighbours change it.
    """
    bands = [around for _, around, _ in cut_bands(seed.shape, beyond=1)]
    while any([_spread(seed[band], limit[band]) for band in bands]):  # all, not up to the first
        pass
    return seed


def _spread(seed: np.ndarray, limit: np.ndarray) -> bool:
    """Let heights spread in a band, in place, and return whether any rose.

    Peaks of nuclei are narrow, so that tens of rounds do.
    """
    rose = False
    while True:
        spread = cv2.min(cv2.dilate(seed, np.ones((3, 3), np.uint8)), limit)
        if np.array_equal(spread, seed):
            return rose
        seed[:] = spread
        rose = True
