"""Label maps and masks in files of every kind."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from io import BytesIO

import numpy as np

from nucleibench.data.annotations import Annotation, ImageFacts, check_shape, suffix_of
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
    return _read(load_npy, content, where, image)


def read_mat(content: bytes, where: str, image: ImageFacts) -> Annotation:
    """Read a MATLAB file: its variable ``inst_map``, or its only array."""
    return _read(read_array, content, where, image)


def read_shape(name: str, content: bytes, where: str) -> tuple[int, ...] | None:
    """Return the shape of a label map; None where the file ``name`` is of another kind.

    Raises:
        DataError: it is damaged.
    """
    decode = DECODERS.get(suffix_of(name))
    return decode(content, where).shape if decode else None


def load_npy(content: bytes, where: str) -> np.ndarray:
    """Return the array of a ``.npy`` file; raise DataError where it holds anything else."""
    try:
        values = np.load(BytesIO(content), allow_pickle=False)
    except Exception as error:  # the reader raises whatever damaged bytes lead it to
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
    if annotation.labels.max(initial=0) > 1 and _is_mask(values, annotation.labels):
        return replace(annotation, notes=(*annotation.notes, TOUCHING))
    return annotation


def _is_mask(values: np.ndarray, labels: np.ndarray) -> bool:
    """Tell whether all nuclei have one value: nucleus 1 has the smallest."""
    first = np.unravel_index(np.argmax(labels == 1), labels.shape)
    return bool(values[first] == values.max())


DECODERS: Mapping[str, Callable[[bytes, str], np.ndarray]] = {
    ".tif": decode_mask,
    ".tiff": decode_mask,
    ".png": decode_mask,
    ".npy": load_npy,
    ".mat": read_array,
}
"""Suffix -> what turns the file's bytes into numbers."""
