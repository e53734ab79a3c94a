"""Images and masks as they lie in archives, from bytes to arrays and back.

Images go through the reader of all images. Masks are integers of any kind: TIFF through tifffile,
because OpenCV draws a mask with false pixels from a damaged one, and all else through OpenCV.
"""

from io import BytesIO

import cv2
import numpy as np

from nucleibench.errors import DataError
from nucleibench.images.decoding import decode_rgb
from nucleibench.images.faults import telling_damage
from nucleibench.images.tiff import SIGNATURES
from nucleibench.images.tiff_pixels import check_whole, open_pages

__all__ = ["decode_mask", "decode_rgb", "encode_image"]

COLOURS = {1: 1, 2: 1, 3: 3, 4: 3}
"""Channels -> how many of them are colours; another one is alpha."""


def decode_mask(data: bytes, name: str) -> np.ndarray:
    """Decode a mask or label image to numbers (height, width), or (pages, height, width).

    A mask saved as colours is accepted where its colour channels agree; alpha is dropped.

    Raises:
        DataError: ``data`` is not a readable image, or its colours differ; the message calls
            it ``name``.
    """
    image = _decode(data, name)
    if image.ndim != 3 or image.shape[2] not in COLOURS:
        return image
    first, *others = np.moveaxis(image, 2, 0)[: COLOURS[image.shape[2]]]
    if any(np.any(first != other) for other in others):
        raise DataError(
            f"{name}: has colours, where a mask or label map was expected; write one number a pixel"
        )
    return first


def _decode(data: bytes, name: str) -> np.ndarray:
    with telling_damage(name):
        image = _decode_tiff(data) if data.startswith(SIGNATURES) else _decode_other(data)
        if image is None or image.ndim < 2 or image.size == 0:
            raise ValueError("no pixels in it")
        return image


def _decode_tiff(data: bytes) -> np.ndarray:
    with open_pages(BytesIO(data)) as tif:
        for page in tif.pages:
            check_whole(page)
        return tif.asarray()


def _decode_other(data: bytes) -> np.ndarray | None:
    if not data:
        return None
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if image is None or image.ndim == 2:
        return image
    return cv2.cvtColor(image, {3: cv2.COLOR_BGR2RGB, 4: cv2.COLOR_BGRA2RGBA}[image.shape[2]])


def encode_image(image: np.ndarray, suffix: str) -> bytes:
    """Encode a mask (height, width), or an RGB or RGBA image (height, width, 3 or 4).

    Args:
        image: uint8.
        suffix: names the format, such as ``.png``.
    """
    if image.ndim == 3:
        image = cv2.cvtColor(image, {3: cv2.COLOR_RGB2BGR, 4: cv2.COLOR_RGBA2BGRA}[image.shape[2]])
    return cv2.imencode(suffix, image)[1].tobytes()
