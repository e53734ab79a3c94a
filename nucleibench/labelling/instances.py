"""From a network's maps of an image to an instance label map."""

from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np

from nucleibench.errors import DataError
from nucleibench.files import read_json
from nucleibench.labelling.bands import look_up
from nucleibench.labelling.objects import fill_holes
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
    mask = fill_holes(probabilities >= settings.threshold)
    labels = SEPARATIONS[settings.separation](mask, maps, settings.depth)
    return remove_artefacts(labels, probabilities, settings)


def remove_artefacts(
    labels: np.ndarray, probabilities: np.ndarray, settings: PostProcessing
) -> np.ndarray:
    """Remove objects that are doubtful as a whole or small, and number the others from 1."""
    inside = labels > 0
    numbers = labels[inside]
    sizes = np.bincount(numbers, minlength=1)
    kept = sizes >= settings.min_size
    if settings.certainty > 0:
        sums = np.bincount(numbers, probabilities[inside], minlength=1)
        kept &= ~(sums < settings.certainty * sizes)
    return _keep(labels, kept & (sizes > 0))


def remove_small(labels: np.ndarray, min_size: int) -> np.ndarray:
    """Remove objects of fewer than ``min_size`` pixels and number the others from 1."""
    sizes = np.bincount(labels[labels > 0], minlength=1)
    return _keep(labels, sizes >= max(min_size, 1))


def _keep(labels: np.ndarray, kept: np.ndarray) -> np.ndarray:
    """Number the kept labels from 1 in ascending order; ``kept`` is bool for each, 0 not among."""
    return look_up(np.where(kept, np.cumsum(kept), 0).astype(np.int32), labels)
