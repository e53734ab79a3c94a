"""What a network of the U-Net kind learns of each pixel, drawn from instance labels.

The paper's networks learn nucleus or not, so touching nuclei merge. The other targets hold what
tells them apart: their boundaries, the distance from them, or where a pixel lies in its nucleus.
"""

import cv2
import numpy as np

from nucleibench.prepare.targets import Target

# Width in pixels of the boundary class, inside the nucleus: the annotators' uncertainty.
BOUNDARY_WIDTH = 2


def inner_distance(labels: np.ndarray) -> np.ndarray:
    """Return each pixel's distance in pixels to its nucleus' border, float32 (height, width).

    Pixels with a 4-neighbour of another label are the border and have 1; background has 0. The
    frame of the image is no border: nuclei go on beyond it.
    """
    labels = labels.astype(np.int32)
    border = np.zeros(labels.shape, bool)
    for axis in (0, 1):
        here, there = (np.moveaxis(array, axis, 0) for array in (labels, border))
        differs = here[1:] != here[:-1]
        there[1:] |= differs
        there[:-1] |= differs
    inside = ((labels > 0) & ~border).astype(np.uint8)
    distance = cv2.distanceTransform(inside, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    # Without any border the transform has nothing to measure from.
    distance = np.minimum(distance, sum(labels.shape))
    return np.where(labels > 0, distance + 1, 0).astype(np.float32)


def draw_nucleus(labels: np.ndarray) -> np.ndarray:
    """Draw background and nucleus: the paper's target."""
    return (labels > 0)[..., None].astype(np.float32)


def draw_boundary(labels: np.ndarray) -> np.ndarray:
    """Draw background, inside, and the boundary of BOUNDARY_WIDTH pixels inside each nucleus."""
    distance = inner_distance(labels)
    classes = np.where(distance > BOUNDARY_WIDTH, 1, 2) * (distance > 0)
    return classes[..., None].astype(np.float32)


def draw_distance(labels: np.ndarray) -> np.ndarray:
    """Draw nucleus or not, and the distance to the border as a share of the nucleus' largest."""
    distance = inner_distance(labels)
    numbers = _number(labels)
    largest = np.zeros(numbers.max() + 1, np.float32)
    np.maximum.at(largest, numbers.ravel(), distance.ravel())
    share = distance / np.maximum(largest, 1)[numbers]
    return np.stack([labels > 0, share], axis=-1).astype(np.float32)


def draw_horizontal_vertical(labels: np.ndarray) -> np.ndarray:
    """Draw nucleus or not, and each pixel's place in its nucleus (Graham et al. 2019, HoVer-Net).

    From left to right, and from top to bottom, places run from -1 over 0 at the centre of mass to
    1; they jump where nuclei touch.
    """
    rows, columns = np.nonzero(labels)
    numbers = _number(labels)[rows, columns] - 1
    drawn = np.zeros((*labels.shape, 3), np.float32)
    drawn[rows, columns, 0] = 1
    drawn[rows, columns, 1] = _places(columns, numbers)
    drawn[rows, columns, 2] = _places(rows, numbers)
    return drawn


def _number(labels: np.ndarray) -> np.ndarray:
    """Number labels without gaps, so that tables of them stay small; background stays 0."""
    values = np.union1d(labels, [0])
    return np.searchsorted(values, labels)


def _places(positions: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """Return positions relative to their nucleus' mean, scaled to -1..0 and 0..1."""
    counts = np.bincount(numbers)
    offsets = positions - (np.bincount(numbers, positions) / counts)[numbers]
    extents = np.zeros((2, len(counts)))
    np.maximum.at(extents[0], numbers, -offsets)
    np.maximum.at(extents[1], numbers, offsets)
    sides = (offsets > 0).astype(int)
    return offsets / np.maximum(extents[sides, numbers], 1e-6)


NUCLEUS = Target(classes=2, maps=0, draw=draw_nucleus)
BOUNDARY = Target(classes=3, maps=0, draw=draw_boundary)
DISTANCE = Target(classes=2, maps=1, draw=draw_distance)
HORIZONTAL_VERTICAL = Target(classes=2, maps=2, draw=draw_horizontal_vertical)
