"""Images as they lie in archives, from bytes to arrays.

TIFF goes through tifffile because OpenCV draws a picture with false pixels from a damaged one;
all else goes through OpenCV, which is faster and refuses damaged PNG.
"""

from io import BytesIO

import cv2
import numpy as np
import tifffile

from nucleibench.errors import DataError

TIFF_SIGNATURES = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


def decode_rgb(data: bytes, name: str) -> np.ndarray:
    """Decode a colour image to RGB uint8 (height, width, 3); an alpha channel is dropped.

    Raises:
        DataError: ``data`` is not a readable image, or not one of 8-bit colours; the message
            calls it ``name``.
    """
    image = _decode(data, name)
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] not in (3, 4):
        raise DataError(
            f"{name}: {image.dtype} pixels of shape {image.shape} are not an 8-bit RGB image; "
            "convert it"
        )
    return np.ascontiguousarray(image[..., :3])


def decode_mask(data: bytes, name: str) -> np.ndarray:
    """Decode a mask or label image to integers (height, width).

    A mask saved as colours is accepted where its colour channels agree; alpha is dropped.

    Raises:
        DataError: ``data`` is not a readable image, or its colours differ; the message calls
            it ``name``.
    """
    image = _decode(data, name)
    if image.ndim == 3:
        first, *others = np.moveaxis(image, 2, 0)[:3]
        if any(np.any(first != other) for other in others):
            raise DataError(f"{name}: has colours, where a mask or label map was expected")
        image = first
    return image


def _decode(data: bytes, name: str) -> np.ndarray:
    try:
        image = _decode_tiff(data) if data.startswith(TIFF_SIGNATURES) else _decode_other(data)
    except Exception as error:  # decoders raise whatever damaged bytes lead them to
        raise DataError(f"{name}: not a readable image ({error}); restore the file") from error
    if image is None or image.ndim < 2 or image.size == 0:
        raise DataError(f"{name}: not a readable image; restore the file")
    return image


def _decode_tiff(data: bytes) -> np.ndarray:
    return tifffile.imread(BytesIO(data))


def _decode_other(data: bytes) -> np.ndarray | None:
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if image is None or image.ndim == 2:
        return image
    return cv2.cvtColor(image, {3: cv2.COLOR_BGR2RGB, 4: cv2.COLOR_BGRA2RGBA}[image.shape[2]])
