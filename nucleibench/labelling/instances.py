"""From a network's maps of an image to an instance label map."""

from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
from scipy import ndimage
from skimage.segmentation import relabel_sequential

from nucleibench.errors import DataError
from nucleibench.files import read_json
from nucleibench.labelling.separation import first_map
from nucleibench.labelling.separations import LEARNED, SEPARATIONS
from nucleibench.labelling.settings import Candidates


@dataclass(frozen=True)
class PostProcessing:
    """How maps become instances.

    Attributes:
        threshold: a pixel is nucleus where its probability is at least this, 0 to 1.
        min_size: an object of fewer pixels than this is an artefact.
        separation: key of SEPARATIONS.
        depth: by which a learned map must fall between two nuclei, 0 to 1; for those of LEARNED.
        certainty: an object whose mean probability is less than this, 0 to 1, is an artefact.
    """

    threshold: float
    min_size: int
    separation: str
    depth: float = 0
    certainty: float = 0


def read_setting(path: str | Path) -> PostProcessing:
    """Read the setting that was chosen for a method, ``threshold.json``.

    Raises:
        DataError: it holds something else, that of an earlier version for instance.
    """
    try:
        return PostProcessing(**read_json(path))
    except TypeError as error:
        raise DataError(f"{path}: not a chosen setting ({error}); choose it again") from error


def list_settings(separation: str, candidates: Candidates) -> list[PostProcessing]:
    """Return every combination that makes a difference, the smallest sizes varying fastest."""
    depths = candidates.depths if separation in LEARNED else (0.0,)
    tried = product(candidates.thresholds, depths, candidates.certainties, candidates.min_sizes)
    return [
        PostProcessing(threshold, size, separation, depth, certainty)
        for threshold, depth, certainty, size in tried
    ]


def label_nuclei(maps: np.ndarray, settings: PostProcessing) -> np.ndarray:
    """Return instance labels int32 (height, width) of maps (height, width[, maps]).

    As in the paper: threshold the first map, the probability of nucleus in 0..1, fill holes,
    remove small objects; then number the objects, apart where ``separation`` asks to separate
    touching nuclei. Beyond the paper, objects that are doubtful as a whole may go too.
    """
    probabilities = first_map(maps)
    mask = ndimage.binary_fill_holes(probabilities >= settings.threshold)
    labels = SEPARATIONS[settings.separation](mask, maps, settings.depth)
    return remove_artefacts(labels, probabilities, settings)


def remove_artefacts(
    labels: np.ndarray, probabilities: np.ndarray, settings: PostProcessing
) -> np.ndarray:
    """Remove objects that are doubtful as a whole or small, and number the others from 1."""
    certain = remove_doubtful(labels, probabilities, settings.certainty)
    return remove_small(certain, settings.min_size)


def remove_doubtful(labels: np.ndarray, probabilities: np.ndarray, certainty: float) -> np.ndarray:
    """Remove objects whose mean probability is below ``certainty``."""
    counts = np.bincount(labels.ravel())
    sums = np.bincount(labels.ravel(), probabilities.ravel())
    return np.where((sums < certainty * counts)[labels], 0, labels)


def remove_small(labels: np.ndarray, min_size: int) -> np.ndarray:
    """Remove objects of fewer than ``min_size`` pixels and number the others from 1."""
    small = np.bincount(labels.ravel()) < min_size
    small[0] = False
    return relabel_sequential(np.where(small[labels], 0, labels))[0].astype(np.int32)
