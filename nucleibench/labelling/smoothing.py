"""Smoothed certainties as grey levels."""

import cv2
import numpy as np
from scipy import ndimage

MAP_SIGMA = 2
"""In pixels at 40x: what is narrower than this in a learned map is no border between nuclei."""
SMOOTHING_REACH = 4 * MAP_SIGMA
"""Where the Gaussian ends, as SciPy ends it."""
NEAR = 1e-3
"""Levels: much more than single precision errs in the sum of one Gaussian."""
MANY = 0.01
"""Share of pixels that are better filtered all together than one by one."""


def smooth_levels(certainty: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Return the smoothed certainty inside the mask in levels 0..255, uint8 (height, width).

    OpenCV filters in single precision. Its error differs with the place of a pixel in the array,
    and could change the level where the value lies between two. Those few pixels are filtered again
    in double precision, so that a level depends on the pixels around it alone.

    Args:
        certainty: float32 (height, width), 0 to 1.
        mask: bool (height, width); outside of it the level is 0.
    """
    kernel = _kernel()
    fast = cv2.sepFilter2D(certainty, cv2.CV_32F, kernel, kernel, borderType=cv2.BORDER_REFLECT)
    values = np.multiply(fast, 255, out=fast)
    levels = np.rint(values)
    unsure = _find_unsure(values, levels, mask)
    if len(unsure) > MANY * mask.size:
        levels = _to_levels(ndimage.gaussian_filter(certainty, MAP_SIGMA))
    elif len(unsure):
        levels.flat[unsure] = _to_levels(_smooth_at(certainty, unsure))
    inside = np.clip(levels, 0, 255, out=levels).astype(np.uint8)
    return np.multiply(inside, mask, out=inside)


def _find_unsure(values: np.ndarray, levels: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Return the flat places of values between two levels, inside the mask; overwrite values."""
    off = np.abs(np.subtract(values, levels, out=values), out=values)
    return np.flatnonzero((off > 0.5 - NEAR) & mask)


def _to_levels(smooth: np.ndarray) -> np.ndarray:
    return np.rint(255 * smooth)


def _kernel() -> np.ndarray:
    weights = np.exp(-0.5 / MAP_SIGMA**2 * np.arange(-SMOOTHING_REACH, SMOOTHING_REACH + 1) ** 2)
    return weights / weights.sum()


def _smooth_at(certainty: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Return the Gaussian at some pixels, float32 (n,); each direction is rounded as SciPy does."""
    reach = SMOOTHING_REACH
    around = cv2.copyMakeBorder(certainty, reach, reach, reach, reach, cv2.BORDER_REFLECT)
    rows, columns = np.unravel_index(places, certainty.shape)
    kernel = _kernel()
    side = (len(kernel), len(kernel))
    windows = np.lib.stride_tricks.sliding_window_view(around, side)[rows, columns]
    along = np.einsum("nij,i->nj", windows.astype(np.float64), kernel).astype(np.float32)
    return (along.astype(np.float64) @ kernel).astype(np.float32)
