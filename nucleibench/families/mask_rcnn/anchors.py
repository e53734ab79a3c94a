"""The boxes that the region proposal network starts from."""

from collections.abc import Sequence

import numpy as np

from nucleibench.families.mask_rcnn.constants import RATIOS, STRIDES


def make_anchors(tile_size: int, sizes: Sequence[float], zoom: int) -> np.ndarray:
    """Return all anchors of a tile, float32 (anchors, 4), in the order of the network's outputs.

    Level by level (P2..P6), row by row, cell by cell, ratio by ratio. The anchors of a level have
    the area ``size ** 2`` (Ren et al. 2015; one size a level as in Lin et al. 2017). Centres lie at
    multiples of the stride, as those of the network whose COCO weights may be loaded. All numbers
    are in pixels of the tile, which the network sees ``zoom`` times larger.
    """
    levels = zip(STRIDES, sizes, strict=True)
    return np.concatenate(
        [_level_anchors(tile_size * zoom // stride, stride / zoom, size) for stride, size in levels]
    )


def _level_anchors(cells: int, stride: float, size: float) -> np.ndarray:
    roots = np.sqrt(RATIOS)
    half = np.stack([size / roots, size * roots], axis=-1) / 2
    steps = np.arange(cells) * stride
    centers = np.stack(np.meshgrid(steps, steps, indexing="ij"), axis=-1)[:, :, None, :]
    boxes = np.concatenate([centers - half, centers + half], axis=-1)
    return boxes.reshape(-1, 4).astype(np.float32)
