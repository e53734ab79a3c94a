"""Label maps and masks in files of every kind."""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import numpy as np

from nucleibench.data.annotations import Annotation, ImageFacts, check_shape
from nucleibench.data.decoding import decode_mask
from nucleibench.data.masks import label_nuclei
from nucleibench.data.mat_files import read_array
from nucleibench.errors import DataError

TOUCHING = "is a mask of one value, so nuclei that touch count as one"


def read_picture(content: bytes, where: str, image: ImageFacts) -> Annotation:
    """Read a TIFF or PNG of a mask or label map."""
    return _read(decode_mask, content, where, image)


def read_npy(content: bytes, where: str, image: ImageFacts) -> Annotation:
    """Read a NumPy array; one of Python objects, which could run code, is refused."""
    return _read(_load_npy, content, where, image)


def read_mat(content: bytes, where: str, image: ImageFacts) -> Annotation:
    """Read a MATLAB file: its variable ``inst_map``, or its only array."""
    return _read(read_array, content, where, image)


def _load_npy(content: bytes, where: str) -> np.ndarray:
    try:
        values = np.load(BytesIO(content), allow_pickle=False)
    except (ValueError, OSError, EOFError) as error:
        raise DataError(f"{where}: not a readable .npy file ({error}); restore it") from error
    if not isinstance(values, np.ndarray):
        raise DataError(f"{where}: holds several arrays; write the label map alone with np.save")
    return values


def _read(
    decode: Callable[[bytes, str], np.ndarray], content: bytes, where: str, image: ImageFacts
) -> Annotation:
    values = decode(content, where)
    check_shape(values.shape, where, image)
    annotation = label_nuclei(values, where)
    if annotation.labels.max(initial=0) > 1 and np.ptp(values[values > 0]) == 0:
        return replace(annotation, notes=(*annotation.notes, TOUCHING))
    return annotation
