"""Annotations of an image, whatever kind of file they lie in, to labels.

A kind is a suffix: one line of :data:`READERS`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from nucleibench.errors import DataError
from nucleibench.registry import Registry

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class ImageFacts:
    """What is known of an image when its annotation is read.

    Attributes:
        image: id of the image.
        shape: (height, width) in pixels.
        pixel_size: side of a pixel in micrometres.
    """

    image: str
    shape: tuple[int, int]
    pixel_size: float


@dataclass(frozen=True)
class Annotation:
    """What an annotation says.

    Attributes:
        labels: int32 (height, width), nuclei are 1, 2, ... without gaps, 0 = background.
        notes: what was left out or is odd, in words.
    """

    labels: "np.ndarray"
    notes: tuple[str, ...] = ()


AnnotationReader = Callable[[bytes, str, ImageFacts], Annotation]
"""(content of the file, what messages call it, image) -> annotation, or a DataError."""

READERS: Registry[AnnotationReader] = Registry(
    "kind of annotation",
    {
        ".tif": "nucleibench.data.label_maps:read_picture",
        ".tiff": "nucleibench.data.label_maps:read_picture",
        ".png": "nucleibench.data.label_maps:read_picture",
        ".npy": "nucleibench.data.label_maps:read_npy",
        ".mat": "nucleibench.data.label_maps:read_mat",
        ".xml": "nucleibench.data.aperio:read_annotation",
        ".geojson": "nucleibench.data.json_files:read_annotation",
        ".json": "nucleibench.data.json_files:read_annotation",
    },
)


def check_shape(shape: tuple[int, ...], where: str, image: ImageFacts) -> None:
    """Raise DataError where a label map has not the (height, width) of its image."""
    if shape != image.shape:
        raise DataError(
            f"{where}: has {_describe(shape)} pixels, but the image {image.image} has "
            f"{_describe(image.shape)}{_guess(shape, image.shape)}; write it at the size of the "
            "image"
        )


def _describe(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, reversed(shape)))


def _guess(shape: tuple[int, ...], expected: tuple[int, int]) -> str:
    """Say how it may have come to another shape than expected."""
    if shape == expected[::-1]:
        return " (rows and columns seem to be exchanged)"
    if len(shape) == 2 and shape[0] * expected[1] == shape[1] * expected[0]:
        return f" (it seems to be of another scale, {shape[0] / expected[0]:g} times the image's)"
    return ""


def suffix_of(name: str) -> str:
    """Return the suffix of a file by which its kind is known, in lower case."""
    return PurePosixPath(name).suffix.lower()


def read_annotation(name: str, content: bytes, where: str, image: ImageFacts) -> Annotation:
    """Read the annotation of an image.

    Args:
        name: name of the file, whose suffix says of which kind it is.
        content: its bytes.
        where: what messages call it.
        image: the image.

    Raises:
        DataError: the kind is unknown, the file is damaged, or it cannot be the annotation of
            the image.
    """
    if suffix_of(name) not in READERS:
        raise DataError(f"{where}: no kind of annotation; write it as one of {', '.join(READERS)}")
    return READERS[suffix_of(name)](content, where, image)
