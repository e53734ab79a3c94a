"""From the detections in an image to its nuclei."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import cv2
import numpy as np

from nucleibench.errors import DataError
from nucleibench.families.mask_rcnn.detections import Detections, read_detections
from nucleibench.families.mask_rcnn.family import MaskRCNNMethod
from nucleibench.files import read_json
from nucleibench.labelling.instances import remove_small
from nucleibench.labelling.settings import Candidates

METHOD = MaskRCNNMethod

MASK_THRESHOLD = 0.5  # He et al. 2017, section 3.1
# A mask of which less than this share is still free repeats nuclei that are there already.
MIN_FREE_SHARE = 0.5


@dataclass(frozen=True)
class LabelSetting:
    """Which detections become nuclei; chosen on validation images."""

    min_score: float
    max_iou: float  # of two boxes that overlap more, the one with the better score stays
    min_size: int  # pixels


def list_candidates(method: MaskRCNNMethod, candidates: Candidates) -> list[LabelSetting]:
    """Return the settings that validation images choose from, smallest sizes varying fastest."""
    tried = product(method.scores, method.max_ious, candidates.min_sizes)
    return [LabelSetting(*values) for values in tried]


def read_setting(path: str | Path) -> LabelSetting:
    """Read the setting that was chosen for a method, from JSON.

    Raises:
        DataError: the file holds something else.
    """
    try:
        return LabelSetting(**read_json(path))
    except TypeError as error:
        raise DataError(f"{path}: not a chosen setting ({error}); choose it again") from error


def label_image(
    image: str, setting: LabelSetting, method: MaskRCNNMethod, sources: Sequence[Path]
) -> np.ndarray:
    """Return the labels int32 (height, width) of ``{image}.npz`` in the folder of detections.

    Raises:
        DataError: it is not a file of detections.
    """
    (folder,) = sources
    return label_detections(read_detections(folder / f"{image}.npz"), setting)


def label_detections(found: Detections, setting: LabelSetting) -> np.ndarray:
    """Return the instance label map int32 (height, width), numbered from 1.

    The best-scored nuclei come first; a pixel belongs to the first one that covers it.
    """
    labels = np.zeros(found.shape, np.int32)
    for number, row in enumerate(choose(found, setting.min_score, setting.max_iou), start=1):
        window, mask = place_mask(found.boxes[row], found.masks[row], found.shape)
        free = mask & (labels[window] == 0)
        if free.sum() >= MIN_FREE_SHARE * mask.sum():
            labels[window][free] = number
    return remove_small(labels, setting.min_size)


def choose(found: Detections, min_score: float, max_iou: float) -> np.ndarray:
    """Return the rows of the detections that pass both thresholds, best first."""
    corners, sides = found.boxes[:, :2], found.boxes[:, 2:] - found.boxes[:, :2]
    boxes = np.concatenate([corners, sides], axis=1).astype(float)
    kept = cv2.dnn.NMSBoxes(boxes.tolist(), found.scores.tolist(), min_score, max_iou)
    return np.asarray(kept, int).ravel()


def place_mask(
    box: np.ndarray, mask: np.ndarray, shape: tuple[int, int]
) -> tuple[tuple[slice, slice], np.ndarray]:
    """Return the window of an image that a box covers and the nucleus' pixels in it, bool.

    ``mask`` is uint8 (28, 28); it is interpolated linearly at the centres of the pixels.
    """
    rows, row_weights = _sample(box[0], box[2], shape[0], mask.shape[0])
    columns, column_weights = _sample(box[1], box[3], shape[1], mask.shape[1])
    probabilities = row_weights @ (mask / 255) @ column_weights.T
    return (rows, columns), probabilities >= MASK_THRESHOLD


def _sample(start: float, stop: float, length: int, cells: int) -> tuple[slice, np.ndarray]:
    """Return the pixels whose centres lie in an interval, and the cells' weights at each."""
    pixels = slice(max(0, int(np.ceil(start - 0.5))), min(length, int(np.ceil(stop - 0.5))))
    centers = np.arange(pixels.start, pixels.stop) + 0.5
    position = (centers - start) / max(stop - start, 1e-6) * cells - 0.5
    position = np.clip(position, 0, cells - 1)[:, None]
    return pixels, np.maximum(0, 1 - np.abs(position - np.arange(cells)))
