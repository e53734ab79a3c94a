"""The maxima that mark nuclei."""

import cv2
import numpy as np
from skimage.morphology import local_maxima


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

    Peaks of nuclei are narrow, so that tens of rounds do, each a fraction of a millisecond.
    """
    while True:
        spread = cv2.min(cv2.dilate(seed, np.ones((3, 3), np.uint8)), limit)
        if np.array_equal(spread, seed):
            return seed
        seed = spread
