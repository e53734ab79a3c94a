"""Bringing images, or regions of them, to the networks' scale, and labels back.

A region comes out as if the whole image were brought to that scale. OpenCV resizes a region as an
image of its own, so that pixels fall at slightly other places than in the whole. Here each pixel's
weights belong to its place in the whole image.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from scipy.sparse import csr_array

from nucleibench.errors import DataError
from nucleibench.images import PIXEL_SIZE

# The curvature of OpenCV's bicubic interpolation.
CUBIC = -0.75

SAME_SCALE = 0.01
"""By how much a scale differs from 1 at most where an image stays as it is: 40x of most scanners,
0.248 to 0.252 micrometres, is one scale."""


@dataclass(frozen=True)
class Scale:
    """The pixels of an image.

    Attributes:
        shape: height and width in pixels.
        pixel_size: side of a pixel in micrometres.
    """

    shape: tuple[int, int]
    pixel_size: float = PIXEL_SIZE

    @property
    def seen(self) -> tuple[int, int]:
        """Height and width that the image has at the networks' scale."""
        return scale_shape(self.shape, self.pixel_size)

    def bring_back(self, labels: np.ndarray) -> np.ndarray:
        """Bring labels of the networks' scale to the image's own; those of its own stay.

        Raises:
            DataError: they have neither shape.
        """
        if labels.shape not in (self.shape, self.seen):
            raise DataError(
                f"labels have {_describe(labels.shape)} pixels, but the image has"
                f" {_describe(self.shape)}, and {_describe(self.seen)} at {PIXEL_SIZE} micrometres"
            )
        return resample_labels(labels, self.shape)


@dataclass(frozen=True)
class Side:
    """One side of an image at two scales.

    Attributes:
        source: its length in pixels of the image.
        length: its length in pixels of the other scale.
        weights: what the pixels of the image give to each of the other scale, float32
            (length, source).
        nearest: the pixel of the other scale in which the centre of each of the image lies, int64
            (source,), ascending.
    """

    source: int
    length: int
    weights: csr_array
    nearest: np.ndarray

    def span(self, start: int, length: int) -> tuple[int, int]:
        """Return the first pixel of the image, and how many, that a stretch is made of."""
        if self.length == self.source:
            return start, length
        used = self.weights[start : start + length].indices
        return int(used.min()), int(used.max() - used.min()) + 1


def scale_side(source: int, pixel_size: float) -> Side:
    """Return a side of an image whose pixels have a size in micrometres, at the networks' scale."""
    length = _scale_length(source, pixel_size)
    return Side(source, length, _weigh(source, length), _find_nearest(source, length))


def scale_shape(shape: tuple[int, int], pixel_size: float) -> tuple[int, int]:
    """Return the height and width that an image has at the networks' scale.

    Args:
        shape: height and width in pixels of the image.
        pixel_size: side of such a pixel in micrometres.
    """
    return _scale_length(shape[0], pixel_size), _scale_length(shape[1], pixel_size)


def resample_image(image: np.ndarray, pixel_size: float) -> np.ndarray:
    """Bring RGB uint8 (height, width, 3) to the networks' scale; itself where it has that scale.

    ``pixel_size`` is the side of its pixels in micrometres.
    """
    height, width = image.shape[:2]
    if scale_shape((height, width), pixel_size) == (height, width):
        return image
    rows, columns = scale_side(height, pixel_size), scale_side(width, pixel_size)
    return resample(image, rows.weights, columns.weights)


def resample_labels(labels: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Bring labels (height, width) to another shape: each pixel takes the label at its centre."""
    if labels.shape == tuple(shape):
        return labels
    sides = zip(shape, labels.shape, strict=True)
    return labels[np.ix_(*(_find_nearest(length, source) for length, source in sides))]


def resample(pixels: np.ndarray, rows: csr_array, columns: csr_array) -> np.ndarray:
    """Return uint8 (height, width, n) of pixels (..., ..., n) and the weights of both sides.

    There are 1 to 4, 6 or 8 channels: OpenCV turns these, and faster than NumPy.
    """
    height, width, channels = rows.shape[0], *pixels.shape[1:]
    tall = rows @ pixels.reshape(len(pixels), -1).astype(np.float32)
    turned = cv2.transpose(tall.reshape(height, width, channels))
    both = columns @ turned.reshape(width, -1)
    np.clip(np.rint(both, out=both), 0, 255, out=both)
    back = cv2.transpose(both.astype(np.uint8).reshape(-1, height, channels))
    return back.reshape(height, -1, channels)


def _describe(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape[::-1]))


def _scale_length(source: int, pixel_size: float) -> int:
    scale = pixel_size / PIXEL_SIZE
    return source if abs(scale - 1) <= SAME_SCALE else max(1, round(source * scale))


def _find_nearest(source: int, length: int) -> np.ndarray:
    """Return, for each pixel of ``source``, the one of ``length`` in which its centre lies."""
    nearest = ((np.arange(source) + 0.5) * length / source).astype(np.int64)
    return np.minimum(nearest, length - 1)


def _weigh(source: int, length: int) -> csr_array:
    """Bicubic where a side grows, the mean of what each pixel covers where it shrinks."""
    first, weights = (_cubic if length > source else _cover)(source / length, length)
    places = np.clip(first[:, None] + np.arange(weights.shape[1]), 0, source - 1)
    rows = np.repeat(np.arange(length), weights.shape[1])
    entries = weights.astype(np.float32).ravel(), (rows, places.ravel())
    return csr_array(entries, shape=(length, source))


def _cubic(step: float, length: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the first of four pixels, and their weights (length, 4)."""
    centre = (np.arange(length) + 0.5) * step - 0.5
    below = np.floor(centre)
    near = np.stack([centre - below, 1 - (centre - below)])
    far = near + 1
    inner = ((CUBIC + 2) * near - (CUBIC + 3)) * near**2 + 1
    outer = ((CUBIC * far - 5 * CUBIC) * far + 8 * CUBIC) * far - 4 * CUBIC
    weights = np.stack([outer[0], inner[0], inner[1], outer[1]], axis=1)
    return below.astype(np.int64) - 1, weights


def _cover(step: float, length: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the first pixel that each covers, and the shares (length, pixels) of all of them."""
    start = np.arange(length) * step
    first = np.floor(start).astype(np.int64)
    pixels = first[:, None] + np.arange(math.ceil(step) + 1)
    end = np.minimum(start[:, None] + step, pixels + 1)
    covered = np.maximum(end - np.maximum(start[:, None], pixels), 0)
    return first, covered / covered.sum(axis=1, keepdims=True)
