"""From a network's maps of an image to an instance label map."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy import ndimage
from skimage.segmentation import relabel_sequential

from nucleibench.segment.separations import MARKED, SEPARATIONS


@dataclass(frozen=True)
class PostProcessing:
    """How maps become instances."""

    threshold: float  # nucleus where the probability is at least this
    min_size: int  # pixels; smaller objects are artefacts
    separation: str  # key of SEPARATIONS
    marker: float = 0  # certainty, 0 to 1, from which a pixel marks a nucleus; for MARKED ones


def list_candidates(
    separation: str,
    probabilities: Sequence[float],
    markers: Sequence[float],
    min_sizes: Sequence[int],
) -> list[PostProcessing]:
    """Return every combination that makes a difference, the smallest sizes varying fastest."""
    tried = product(probabilities, markers if separation in MARKED else [0.0], min_sizes)
    return [
        PostProcessing(threshold, size, separation, marker) for threshold, marker, size in tried
    ]


def label_nuclei(maps: np.ndarray, settings: PostProcessing) -> np.ndarray:
    """Return instance labels int32 (height, width) of maps (height, width[, maps]).

    As in the paper: threshold the first map, the probability of nucleus in 0..1, fill holes,
    remove small objects; then number the objects, apart where ``separation`` asks to separate
    touching nuclei.
    """
    probabilities = maps if maps.ndim == 2 else maps[..., 0]
    mask = ndimage.binary_fill_holes(probabilities >= settings.threshold)
    labels = SEPARATIONS[settings.separation](mask, maps, settings.marker)
    return remove_small(labels, settings.min_size)


def remove_small(labels: np.ndarray, min_size: int) -> np.ndarray:
    """Remove objects of fewer than ``min_size`` pixels and number the others from 1."""
    small = np.bincount(labels.ravel()) < min_size
    small[0] = False
    return relabel_sequential(np.where(small[labels], 0, labels))[0].astype(np.int32)
