"""Reading and writing of RGB images (uint8) and instance label maps (integers, 0 = background)."""

from pathlib import Path

import cv2
import numpy as np
import tifffile

from nucleibench.errors import DataError
from nucleibench.files import atomic_path

PIXEL_SIZE = 0.25
"""Side of a pixel in micrometres at 40x, the scale of all datasets and trained networks."""


def read_rgb(path: str | Path) -> np.ndarray:
    """Read an image file as RGB uint8 of shape (height, width, 3)."""
    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if image is None:
        raise DataError(f"{path}: not a readable image; restore the file or import it again")
    return cv2.cvtColor(image, cv2.COLOR_BGR2RGB)


def write_rgb(path: str | Path, image: np.ndarray) -> None:
    """Write RGB uint8 of shape (height, width, 3), atomically; the suffix names the format."""
    with atomic_path(path) as temporary:
        if not cv2.imwrite(str(temporary), cv2.cvtColor(image, cv2.COLOR_RGB2BGR)):
            raise OSError(f"{path}: the image could not be written")


def read_labels(path: str | Path) -> np.ndarray:
    """Read an instance label map as int32 of shape (height, width)."""
    try:
        labels = tifffile.imread(path)
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: not a readable label map ({error}); make it again") from error
    if labels.ndim != 2 or not np.issubdtype(labels.dtype, np.integer):
        raise DataError(
            f"{path}: holds {labels.dtype} of shape {labels.shape}, but an instance label map is "
            "one integer per pixel"
        )
    return labels.astype(np.int32)


def write_labels(path: str | Path, labels: np.ndarray) -> None:
    """Write an instance label map as deflated TIFF, uint16 where it fits and uint32 else."""
    kind = np.uint16 if labels.max(initial=0) <= np.iinfo(np.uint16).max else np.uint32
    with atomic_path(path) as temporary:
        tifffile.imwrite(temporary, labels.astype(kind), compression="zlib")
