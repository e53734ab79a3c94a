"""Images of every kind but slides, out of files or out of bytes."""

from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import numpy as np

from nucleibench.errors import DataError
from nucleibench.images.faults import damaged
from nucleibench.images.interface import Raster
from nucleibench.images.pictures import open_picture
from nucleibench.images.tiff import SIGNATURES, open_tiff


def open_plain(path: str | Path) -> Raster:
    """Open an image file for reading by region.

    Raises:
        DataError: it is damaged, or its colours cannot be told for certain.
    """
    try:
        stream = open(path, "rb")  # noqa: SIM115 - a raster of a TIFF goes on reading from it
    except OSError as error:
        raise DataError(
            f"{path}: not a readable image ({error.strerror}); restore it, or the right to read it"
        ) from error
    try:
        return _open(stream, str(path))
    except BaseException:
        stream.close()
        raise


def open_content(content: bytes, where: str) -> Raster:
    """Open an image whose bytes are at hand, such as a member of an archive.

    Args:
        content: the bytes.
        where: what messages call it.

    Raises:
        DataError: it is damaged, or its colours cannot be told for certain.
    """
    return _open(BytesIO(content), where)


def decode_rgb(content: bytes, where: str) -> np.ndarray:
    """Decode a whole image to RGB uint8 of shape (height, width, 3).

    Args:
        content: the bytes of a file.
        where: what messages call it.

    Raises:
        DataError: it is damaged, or its colours cannot be told for certain.
    """
    with open_content(content, where) as raster:
        return raster.read(0, 0, *raster.shape)


def _open(stream: BinaryIO, where: str) -> Raster:
    signature = stream.read(4)
    stream.seek(0)
    if not signature:
        raise damaged(where, "it is empty")
    if signature in SIGNATURES:
        return open_tiff(stream, where)
    with stream:
        return open_picture(stream, where)
