"""From a map of nucleus probabilities to an instance label map."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import ndimage
from skimage.feature import peak_local_max
from skimage.measure import label
from skimage.segmentation import relabel_sequential, watershed


@dataclass(frozen=True)
class PostProcessing:
    """How a probability map becomes instances."""

    threshold: float  # nucleus where the probability is at least this
    min_size: int  # pixels; smaller objects are artefacts
    separation: str  # key of SEPARATIONS


def label_nuclei(probabilities: np.ndarray, settings: PostProcessing) -> np.ndarray:
    """Return instance labels int32 (height, width) of a probability map in 0..1.

    As in the paper: threshold, fill holes, remove small objects; then number the objects, apart
    where ``separation`` asks to separate touching nuclei.
    """
    mask = ndimage.binary_fill_holes(probabilities >= settings.threshold)
    labels = SEPARATIONS[settings.separation](mask, probabilities)
    return remove_small(labels, settings.min_size)


def remove_small(labels: np.ndarray, min_size: int) -> np.ndarray:
    """Remove objects of fewer than ``min_size`` pixels and number the others from 1."""
    small = np.bincount(labels.ravel()) < min_size
    small[0] = False
    return relabel_sequential(np.where(small[labels], 0, labels))[0].astype(np.int32)


def connected_components(mask: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Number the 4-connected objects: the paper's way, in which touching nuclei are one."""
    return label(mask, connectivity=1)


def separate_by_watershed(mask: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Separate touching nuclei by a watershed from the centres of mass of the mask.

    Height is the distance to the background weighted by the smoothed probability: narrow or
    doubtful necks part, wide certain ones do not. Peaks nearer than MARKER_DISTANCE are one
    nucleus.
    """
    height = ndimage.gaussian_filter(
        ndimage.distance_transform_edt(mask) * probabilities.astype(np.float32), HEIGHT_SIGMA
    )
    components = label(mask, connectivity=1)
    peaks = peak_local_max(
        height, min_distance=MARKER_DISTANCE, labels=components, exclude_border=False
    )
    markers = np.zeros(mask.shape, np.int32)
    markers[tuple(peaks.T)] = np.arange(1, len(peaks) + 1)
    return watershed(-height, markers, mask=mask)


# In pixels at 40x: half the width of a small nucleus, and the smoothing that its outline needs.
MARKER_DISTANCE = 7
HEIGHT_SIGMA = 1.5

SEPARATIONS: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "none": connected_components,
    "watershed": separate_by_watershed,
}
