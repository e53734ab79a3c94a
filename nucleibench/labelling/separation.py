"""Separating touching nuclei: by what a network's maps say, or by their shape alone.

Each function takes the mask of nuclei, bool (height, width); the maps, float32 (height, width[,
maps]), the first of them the probability of nucleus; and the depth by which a learned map must fall
between two nuclei, 0 to 1. It returns labels int32 (height, width) of the whole mask.
"""

from collections.abc import Callable

import cv2
import numpy as np
from scipy import ndimage
from skimage.feature import peak_local_max

from nucleibench.labelling.bands import cut_bands
from nucleibench.labelling.flooding import grow_markers
from nucleibench.labelling.maxima import h_maxima
from nucleibench.labelling.objects import label_objects
from nucleibench.labelling.smoothing import SMOOTHING_REACH, smooth_levels

# In pixels at 40x: half the width of a small nucleus, and the smoothing that its outline needs.
MARKER_DISTANCE = 7
HEIGHT_SIGMA = 1.5
# Where places fall by 1 within so many pixels, one nucleus ends and another begins.
FALL_WIDTH = 4
# Of the Sobel filter, in pixels.
SLOPE_REACH = 2


def first_map(maps: np.ndarray) -> np.ndarray:
    """Return the probability of nucleus (height, width) of maps (height, width[, maps])."""
    return maps if maps.ndim == 2 else maps[..., 0]


def connected_components(mask: np.ndarray, maps: np.ndarray, depth: float) -> np.ndarray:
    """Number the 4-connected objects: the paper's way, in which touching nuclei are one."""
    return label_objects(mask)[0]


def separate_by_shape(mask: np.ndarray, maps: np.ndarray, depth: float) -> np.ndarray:
    """Separate touching nuclei by a watershed from the centres of mass of the mask.

    Height is the distance to the background weighted by the smoothed probability: narrow or
    doubtful necks part, wide certain ones do not. Peaks nearer than MARKER_DISTANCE are one
    nucleus.
    """
    height = ndimage.gaussian_filter(
        ndimage.distance_transform_edt(mask) * first_map(maps).astype(np.float32), HEIGHT_SIGMA
    )
    components = label_objects(mask)[0]
    peaks = peak_local_max(
        height, min_distance=MARKER_DISTANCE, labels=components, exclude_border=False
    )
    markers = np.zeros(mask.shape, np.int32)
    markers[tuple(peaks.T)] = np.arange(1, len(peaks) + 1)
    return grow_markers(-height, markers, mask)


def separate_by_map(mask: np.ndarray, maps: np.ndarray, depth: float) -> np.ndarray:
    """Separate by the second map, which is high inside a nucleus and low at its border.

    That is the probability of inside where the network learned boundaries, and the distance to
    the border where it learned that.
    """
    return _flood_peaks(mask, maps, depth, lambda band: band[..., 1])


def separate_by_place(mask: np.ndarray, maps: np.ndarray, depth: float) -> np.ndarray:
    """Separate where the places in a nucleus jump back (Graham et al. 2019, HoVer-Net).

    Inside a nucleus places rise gently to the right and downwards; from one nucleus to the next
    they fall by up to 2. Certainty is the probability of nucleus without a fall, and 0 where
    places fall by 1 within FALL_WIDTH pixels.
    """
    return _flood_peaks(mask, maps, depth, _find_gentle)


def _find_gentle(maps: np.ndarray) -> np.ndarray:
    falls = _slope(maps[..., 1], 1, 0)
    np.minimum(falls, _slope(maps[..., 2], 0, 1), out=falls)
    certainty = np.clip(falls, -1 / FALL_WIDTH, 0, out=falls)
    certainty *= FALL_WIDTH
    certainty += 1
    certainty *= maps[..., 0]
    return certainty


def _slope(places: np.ndarray, across: int, down: int) -> np.ndarray:
    """Return by how much places change a pixel; the 5 x 5 Sobel filter gives 128 times as much."""
    places = np.ascontiguousarray(places, np.float32)
    return cv2.Sobel(places, cv2.CV_32F, across, down, ksize=5, scale=1 / 128)


def _flood_peaks(
    mask: np.ndarray, maps: np.ndarray, depth: float, tell: Callable[[np.ndarray], np.ndarray]
) -> np.ndarray:
    """Grow the peaks of the smoothed certainty (0 to 1) to the whole mask.

    The peaks are the h-maxima, so that two are one nucleus unless the certainty falls by more than
    ``depth`` on every way from the lower to the higher. An object of the mask without a peak is a
    nucleus of its own. ``tell`` gives the certainty of maps; a pixel's depends on those up to
    SLOPE_REACH away.
    """
    height = np.empty(mask.shape, np.uint8)
    for band, around, inner in cut_bands(mask.shape, SLOPE_REACH + SMOOTHING_REACH):
        certainty = np.ascontiguousarray(tell(maps[around]), np.float32)
        height[band] = smooth_levels(certainty, mask[around])[inner]
    peaks = label_objects(h_maxima(height, max(1, round(255 * depth))) & mask, connectivity=8)[0]
    return grow_markers(255 - height, peaks, mask)
