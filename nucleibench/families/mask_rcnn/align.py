"""ROIAlign (He et al. 2017, section 3) as two matrix products.

Bilinear interpolation is separable: each bin of a region is a weighted mean of the map's rows and
of its columns. A pair of small weight matrices per region thus replaces gathering, and its
gradient is again a matrix product, on every backend.
"""

import math
from collections.abc import Sequence
from typing import TypeAlias

from keras import KerasTensor, ops

from nucleibench.families.mask_rcnn.boxes import areas
from nucleibench.families.mask_rcnn.constants import STRIDES

Tensor: TypeAlias = KerasTensor

SAMPLES = 2  # per bin and axis: the paper's four points
CANONICAL_LEVEL, CANONICAL_SIZE = 4, 224  # Lin et al. 2017, Eq. 1: a 224 px box belongs to P4


def interpolation_weights(
    start: Tensor, stop: Tensor, bins: int, cells: int, stride: int
) -> Tensor:
    """Return the weights (..., bins, cells) of a map's cells in the bins of intervals.

    Intervals run from ``start`` to ``stop`` (...) in pixels; cell i of the map has its centre at
    pixel (i + 1/2) * stride. Beyond the outermost centres the map is constant.
    """
    fractions = (ops.arange(bins * SAMPLES, dtype="float32") + 0.5) / (bins * SAMPLES)
    start, stop = ops.expand_dims(start, -1), ops.expand_dims(stop, -1)
    position = (start + fractions * (stop - start)) / stride - 0.5
    position = ops.expand_dims(ops.clip(position, 0.0, cells - 1.0), -1)
    weights = ops.relu(1.0 - ops.abs(position - ops.arange(cells, dtype="float32")))
    grouped = ops.reshape(weights, (-1, *weights.shape[1:-2], bins, SAMPLES, cells))
    return ops.mean(grouped, axis=-2)


def align_rois(features: Tensor, boxes: Tensor, bins: int, stride: int) -> Tensor:
    """Crop a map (batch, height, width, channels) to (batch, regions, bins, bins, channels)."""
    rows = interpolation_weights(boxes[..., 0], boxes[..., 2], bins, features.shape[1], stride)
    columns = interpolation_weights(boxes[..., 1], boxes[..., 3], bins, features.shape[2], stride)
    rows, columns = ops.cast(rows, features.dtype), ops.cast(columns, features.dtype)
    bands = ops.einsum("brph,bhwc->brpwc", rows, features)
    return ops.matmul(ops.expand_dims(columns, 2), bands)


def pyramid_level(boxes: Tensor) -> Tensor:
    """Return the level 2..5, int32, whose features serve a box (Lin et al. 2017, Eq. 1)."""
    ratio = ops.sqrt(ops.maximum(areas(boxes), 1e-6)) / CANONICAL_SIZE
    # A little more, lest rounding puts a box of just 112 px below its level.
    level = CANONICAL_LEVEL + ops.floor(ops.log(ratio) / math.log(2) + 1e-6)
    return ops.cast(ops.clip(level, 2, 5), "int32")


def align_pyramid(pyramid: Sequence[Tensor], boxes: Tensor, bins: int) -> Tensor:
    """Crop each region from its level of the pyramid P2..P5 (see :func:`align_rois`)."""
    level = pyramid_level(boxes)
    crops = 0.0
    for number, (features, stride) in enumerate(zip(pyramid, STRIDES, strict=False), start=2):
        here = ops.cast(level == number, features.dtype)[..., None, None, None]
        crops = crops + here * align_rois(features, boxes, bins, stride)
    return crops
