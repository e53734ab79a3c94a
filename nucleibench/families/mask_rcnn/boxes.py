"""Arithmetic of boxes (..., 4), laid out as the docstring of the package says."""

import math
from typing import TypeAlias

from keras import KerasTensor, ops

Tensor: TypeAlias = KerasTensor

# Standard deviations that box shifts are divided by, so that the losses weigh them alike.
SPREAD = (0.1, 0.1, 0.2, 0.2)
# A shift can enlarge a side this much at most; without a bound the exponential overflows.
MAX_LOG_SCALE = math.log(1000 / 16)


def areas(boxes: Tensor) -> Tensor:
    """Return the area (...) of each box; 0 for padding."""
    sides = ops.maximum(boxes[..., 2:] - boxes[..., :2], 0.0)
    return sides[..., 0] * sides[..., 1]


def pairwise_iou(first: Tensor, second: Tensor) -> Tensor:
    """Return the intersection over union (..., N, M) of boxes (..., N, 4) and (..., M, 4)."""
    shared = _pairwise_extent(first, second, 0) * _pairwise_extent(first, second, 1)
    union = areas(first)[..., :, None] + areas(second)[..., None, :] - shared
    return shared / ops.maximum(union, 1e-6)


def _pairwise_extent(first: Tensor, second: Tensor, axis: int) -> Tensor:
    """Return how far boxes overlap along the rows (0) or columns (1)."""
    last = ops.minimum(first[..., :, None, axis + 2], second[..., None, :, axis + 2])
    return ops.relu(last - ops.maximum(first[..., :, None, axis], second[..., None, :, axis]))


def encode_boxes(boxes: Tensor, references: Tensor) -> Tensor:
    """Return the shifts (dy, dx, dh, dw) that turn references into boxes (Girshick 2014, app. C).

    Pairs with padding give finite but meaningless shifts; mask them.
    """
    center, sides = _center_and_sides(references)
    box_center, box_sides = _center_and_sides(boxes)
    shifts = ops.concatenate([(box_center - center) / sides, ops.log(box_sides / sides)], axis=-1)
    return shifts / ops.convert_to_tensor(SPREAD, "float32")


def decode_boxes(shifts: Tensor, references: Tensor, size: int) -> Tensor:
    """Apply shifts to references and clip the boxes to a tile of ``size`` pixels a side."""
    shifts = shifts * ops.convert_to_tensor(SPREAD, "float32")
    center, sides = _center_and_sides(references)
    center = center + shifts[..., :2] * sides
    sides = sides * ops.exp(ops.minimum(shifts[..., 2:], MAX_LOG_SCALE))
    boxes = ops.concatenate([center - sides / 2, center + sides / 2], axis=-1)
    return ops.clip(boxes, 0.0, float(size))


def gather(rows: Tensor, indices: Tensor) -> Tensor:
    """Pick rows (batch, N, ...) by indices (batch, K): (batch, K, ...)."""
    extra = rows.ndim - 2
    indices = ops.reshape(indices, (-1, indices.shape[1], *[1] * extra))
    return ops.take_along_axis(rows, indices, axis=1)


def pad_rows(rows: Tensor, count: int) -> Tensor:
    """Append zeros to rows (batch, N, ...) up to (batch, count, ...)."""
    missing = count - rows.shape[1]
    return ops.pad(rows, [(0, 0), (0, missing)] + [(0, 0)] * (rows.ndim - 2))


def _center_and_sides(boxes: Tensor) -> tuple[Tensor, Tensor]:
    center = (boxes[..., :2] + boxes[..., 2:]) / 2
    return center, ops.maximum(boxes[..., 2:] - boxes[..., :2], 1e-3)
