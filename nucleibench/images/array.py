"""An image that is in memory already, read as a file would be."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from nucleibench.errors import DataError
from nucleibench.images import colours
from nucleibench.images.depth import count_samples, find_depth, scaling_note
from nucleibench.images.interface import Raster
from nucleibench.images.pixel_size import PixelSize


class ArrayRaster(Raster):
    """An RGB image in memory."""

    def __init__(
        self, image: np.ndarray, name: str = "the image", notes: Sequence[str] = ()
    ) -> None:
        """Take RGB uint8 of shape (height, width, 3); ``name`` is what messages call it."""
        super().__init__(Path(name), [image.shape[:2]], PixelSize(), notes)
        self._image = image

    def _read_inside(self, level: int, top: int, left: int, height: int, width: int) -> np.ndarray:
        return self._image[top : top + height, left : left + width].copy()


def open_array(image: np.ndarray) -> ArrayRaster:
    """Return an image in memory, to be read as RGB uint8.

    Floats from 0 to 1 are scaled, and samples of 16 bits by how many are in use, as in files.

    Raises:
        DataError: it is grey, has another number of channels, or its values cannot be told.
    """
    image = np.asarray(image)
    if image.ndim != 3 or image.shape[2] != 3 or not image.size:
        raise DataError(
            f"an image of shape {image.shape} is not RGB; give an array (height, width, 3)"
        )
    rgb, notes = _scale(image)
    notes += [colours.COLOURLESS] if colours.colourless(rgb) else []
    return ArrayRaster(rgb, notes=notes)


def _scale(image: np.ndarray) -> tuple[np.ndarray, list[str]]:
    """Return an image of three channels as uint8, and notes."""
    if image.dtype == np.uint8:
        return image, []
    if image.dtype == np.uint16:
        depth = find_depth(count_samples(image))
        scaled = colours.to_eight_bits(image, depth.bits, cut=True)
        return scaled, [scaling_note(16, depth)]
    if (
        image.dtype.kind == "f"
        and np.isfinite(image).all()
        and 0 <= image.min() <= image.max() <= 1
    ):
        return np.rint(image * 255).astype(np.uint8), []
    raise DataError(
        f"an image of {image.dtype} from {image.min()} to {image.max()} is neither 8 nor 16 bits,"
        " nor floats from 0 to 1; convert it"
    )
