"""Colour images as the workflow keeps them."""

from pathlib import Path

import cv2
import numpy as np

from nucleibench.files import atomic_path
from nucleibench.images.decoding import open_plain

PNG_SETTINGS = [
    *(cv2.IMWRITE_PNG_COMPRESSION, 1),
    *(cv2.IMWRITE_PNG_FILTER, cv2.IMWRITE_PNG_FILTER_SUB),
]
"""Colour images are written faster so than by default, and are half as large."""


def read_rgb(path: str | Path) -> np.ndarray:
    """Read an image file as RGB uint8 of shape (height, width, 3).

    Raises:
        DataError: it cannot be opened, is damaged, or its colours cannot be told for certain.
    """
    with open_plain(path) as raster:
        return raster.read(0, 0, *raster.shape)


def write_rgb(path: str | Path, image: np.ndarray) -> None:
    """Write RGB uint8 of shape (height, width, 3), atomically; the suffix names the format."""
    bgr = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    content = cv2.imencode(Path(path).suffix, bgr, PNG_SETTINGS)[1]
    with atomic_path(path) as temporary:
        # OpenCV itself does not say why a file cannot be written.
        temporary.write_bytes(content.tobytes())
