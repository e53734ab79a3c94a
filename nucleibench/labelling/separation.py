"""Separating touching nuclei: by what a network's maps say, or by their shape alone.

Each function takes the mask of nuclei, bool (height, width); the maps, float32 (height, width[,
maps]), the first of them the probability of nucleus; and the depth by which a learned map must fall
between two nuclei, 0 to 1. It returns labels int32 (height, width) of the whole mask.
"""

import cv2
import numpy as np
from scipy import ndimage
from skimage.feature import peak_local_max
from skimage.measure import label
from skimage.segmentation import watershed

from nucleibench.labelling.maxima import h_maxima

# In pixels at 40x: half the width of a small nucleus, and the smoothing that its outline needs.
MARKER_DISTANCE = 7
HEIGHT_SIGMA = 1.5
# In pixels at 40x: what is narrower than this in a learned map is no border between nuclei.
MAP_SIGMA = 2
# Where places fall by 1 within so many pixels, one nucleus ends and another begins.
FALL_WIDTH = 4


def first_map(maps: np.ndarray) -> np.ndarray:
    """Return the probability of nucleus (height, width) of maps (height, width[, maps])."""
    return maps if maps.ndim == 2 else maps[..., 0]


def connected_components(mask: np.ndarray, maps: np.ndarray, depth: float) -> np.ndarray:
    """Number the 4-connected objects: the paper's way, in which touching nuclei are one."""
    return label(mask, connectivity=1)


def separate_by_shape(mask: np.ndarray, maps: np.ndarray, depth: float) -> np.ndarray:
    """Separate touching nuclei by a watershed from the centres of mass of the mask.

    Height is the distance to the background weighted by the smoothed probability: narrow or
    doubtful necks part, wide certain ones do not. Peaks nearer than MARKER_DISTANCE are one
    nucleus.
    """
    height = ndimage.gaussian_filter(
        ndimage.distance_transform_edt(mask) * first_map(maps).astype(np.float32), HEIGHT_SIGMA
    )
    components = label(mask, connectivity=1)
    peaks = peak_local_max(
        height, min_distance=MARKER_DISTANCE, labels=components, exclude_border=False
    )
    markers = np.zeros(mask.shape, np.int32)
    markers[tuple(peaks.T)] = np.arange(1, len(peaks) + 1)
    return watershed(-height, markers, mask=mask)


def separate_by_map(mask: np.ndarray, maps: np.ndarray, depth: float) -> np.ndarray:
    """Separate by the second map, which is high inside a nucleus and low at its border.

    That is the probability of inside where the network learned boundaries, and the distance to
    the border where it learned that.
    """
    return _flood_peaks(mask, maps[..., 1], depth)


def separate_by_place(mask: np.ndarray, maps: np.ndarray, depth: float) -> np.ndarray:
    """Separate where the places in a nucleus jump back (Graham et al. 2019, HoVer-Net).

    Inside a nucleus places rise gently to the right and downwards; from one nucleus to the next
    they fall by up to 2. Certainty is the probability of nucleus without a fall, and 0 where
    places fall by 1 within FALL_WIDTH pixels.
    """
    across, down = np.ascontiguousarray(maps[..., 1]), np.ascontiguousarray(maps[..., 2])
    # Divided by 128, the 5 x 5 Sobel filter gives the slope a pixel.
    falls = np.minimum(
        cv2.Sobel(across, cv2.CV_32F, 1, 0, ksize=5, scale=1 / 128),
        cv2.Sobel(down, cv2.CV_32F, 0, 1, ksize=5, scale=1 / 128),
    )
    gentleness = 1 + FALL_WIDTH * np.clip(falls, -1 / FALL_WIDTH, 0)
    return _flood_peaks(mask, maps[..., 0] * gentleness, depth)


def _flood_peaks(mask: np.ndarray, certainty: np.ndarray, depth: float) -> np.ndarray:
    """Grow the peaks of the smoothed certainty (0 to 1) to the whole mask.

    The peaks are the h-maxima, so that two are one nucleus unless the certainty falls by more than
    ``depth`` on every way from the lower to the higher. An object of the mask without a peak is a
    nucleus of its own.
    """
    smooth = ndimage.gaussian_filter(certainty.astype(np.float32), MAP_SIGMA) * mask
    height = np.rint(255 * np.clip(smooth, 0, 1)).astype(np.uint8)
    peaks = label(h_maxima(height, max(1, round(255 * depth))) & mask)
    objects, count = ndimage.label(mask)
    marked = np.zeros(count + 1, bool)
    marked[objects[peaks > 0]] = True
    unmarked = ~marked[objects] & mask
    peaks[unmarked] = peaks.max() + objects[unmarked]
    return watershed(255 - height, peaks, mask=mask)
