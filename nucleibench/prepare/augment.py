"""Augmentation: one composed warp per variant, the same for image, labels and weights.

The paper (Lagree et al. 2021, U-Net) applies random combinations of rotation, distortion, skew,
shear and flip. Here they are multiplied into one map of coordinates, so that every pixel is
interpolated once, and the map reads from the whole image, so that a rotated tile's corners show
the tissue that is really there.
"""

from collections.abc import Mapping
from functools import lru_cache

import cv2
import numpy as np

from nucleibench.prepare.settings import Augmentation

# Control points of the elastic distortion along one side of a tile: coarse enough to bend nuclei
# together rather than crumple each.
DISTORTION_GRID = 5


def draw_coordinates(size: int, ranges: Augmentation, generator: np.random.Generator) -> np.ndarray:
    """Draw a warp of a tile: (size, size, 2) float32 x and y offsets from the tile's centre."""
    points = identity_coordinates(size) + _draw_distortion(size, ranges, generator)
    matrix = _draw_homography((size - 1) / 2, ranges, generator)
    return cv2.perspectiveTransform(points.reshape(1, -1, 2), matrix).reshape(size, size, 2)


@lru_cache(maxsize=4)  # all tiles of a training have one size
def identity_coordinates(size: int) -> np.ndarray:
    """Return the coordinates of the untouched tile, in the form of :func:`draw_coordinates`.

    They are shared by all callers, and read-only.
    """
    half = (size - 1) / 2
    axis = np.linspace(-half, half, size, dtype=np.float32)
    points = np.stack(np.meshgrid(axis, axis), axis=-1)
    points.flags.writeable = False
    return points


def _draw_distortion(
    size: int, ranges: Augmentation, generator: np.random.Generator
) -> np.ndarray | float:
    drawn = generator.uniform(-1, 1, (DISTORTION_GRID, DISTORTION_GRID, 2)).astype(np.float32)
    amount = ranges.distortion * _applied(ranges, generator)
    if not amount:
        return 0.0
    return cv2.resize(drawn * amount, (size, size), interpolation=cv2.INTER_CUBIC)


def _draw_homography(
    half: float, ranges: Augmentation, generator: np.random.Generator
) -> np.ndarray:
    def draw(limit: float) -> float:
        return generator.uniform(-limit, limit) * _applied(ranges, generator)

    angle, shear = np.deg2rad(draw(ranges.rotation)), np.tan(np.deg2rad(draw(ranges.shear)))
    mirror = -1.0 if ranges.flip and generator.random() < ranges.probability else 1.0
    cosine, sine = np.cos(angle), np.sin(angle)
    linear = np.array([[cosine, -sine], [sine, cosine]]) @ [[mirror, mirror * shear], [0, 1]]
    matrix = np.eye(3)
    matrix[:2, :2] = linear
    matrix[2, :2] = draw(ranges.skew) / half, draw(ranges.skew) / half
    matrix[:2, :2] *= (1 + ranges.scale) ** draw(1)
    return matrix


def _applied(ranges: Augmentation, generator: np.random.Generator) -> bool:
    return bool(generator.random() < ranges.probability)


def warp_all(
    arrays: Mapping[str, np.ndarray], coordinates: np.ndarray, centre: tuple[float, float]
) -> dict[str, np.ndarray]:
    """Read arrays (height, width[, channels]) at ``coordinates`` around ``centre`` (row, column).

    All have one height and width. Integer label maps (2-D, labels of an int32) are read at the
    nearest pixel, all else is interpolated linearly; beyond the border the image is mirrored.
    """
    points = _place(coordinates, centre)
    return {name: _read(array, points) for name, array in arrays.items()}


def _place(coordinates: np.ndarray, centre: tuple[float, float]) -> np.ndarray:
    return cv2.add(coordinates, (centre[1], centre[0], 0, 0))


def _read(array: np.ndarray, points: np.ndarray) -> np.ndarray:
    is_labels = array.ndim == 2 and array.dtype.kind in "iu"
    source = array.astype(np.int32, copy=False) if is_labels else array
    order = cv2.INTER_NEAREST if is_labels else cv2.INTER_LINEAR
    warped = cv2.remap(source, points, None, order, borderMode=cv2.BORDER_REFLECT)
    return warped.astype(array.dtype, copy=False)
