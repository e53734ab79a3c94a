"""What Mask R-CNN finds in an image, as arrays and as a file."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nucleibench.errors import DataError
from nucleibench.files import atomic_path


@dataclass(frozen=True)
class Detections:
    """Nuclei found in an image, before thresholds are chosen."""

    shape: tuple[int, int]  # height and width of the image
    boxes: np.ndarray  # float32 (N, 4): top, left, bottom, right in pixels
    scores: np.ndarray  # float32 (N,): probability of being a nucleus
    masks: np.ndarray  # uint8 (N, 28, 28): probability inside the box, times 255


def write_detections(path: Path, found: Detections) -> None:
    """Write detections as a compressed ``.npz``, atomically."""
    with atomic_path(path) as temporary:
        np.savez_compressed(
            temporary, shape=found.shape, boxes=found.boxes, scores=found.scores, masks=found.masks
        )


def read_detections(path: Path) -> Detections:
    """Read what :func:`write_detections` wrote."""
    try:
        with np.load(path) as file:
            height, width = file["shape"].tolist()
            return Detections((height, width), file["boxes"], file["scores"], file["masks"])
    except (OSError, KeyError, ValueError) as error:
        raise DataError(f"{path}: not a file of detections ({error}); detect again") from error
