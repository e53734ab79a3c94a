"""Batches of tiles with the boxes and labels of their nuclei, for Mask R-CNN."""

import warnings

import numpy as np
from scipy import ndimage
from skimage.segmentation import relabel_sequential

from nucleibench.prepare.store import TileStore
from nucleibench.training.batches import TileBatches


class InstanceBatches(TileBatches):
    """Batches with boxes and labels, all of the same size, so that the network compiles once.

    The last batch of an epoch is filled up with tiles from its beginning.
    """

    def __init__(
        self, store: TileStore, split: str, batch_size: int, max_nuclei: int, flips: bool, seed: int
    ) -> None:
        """Serve a split of a store; training tiles are shuffled and, with ``flips``, turned."""
        super().__init__(store, split, batch_size, seed)
        self.batch_size, self.max_nuclei = batch_size, max_nuclei
        self.flips = flips and self.shuffled

    def __len__(self) -> int:
        """Return the number of batches in an epoch."""
        return -(-len(self.rows) // self.batch_size)

    def batch(self, epoch: int, index: int) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """Return images (batch, size, size, 3) uint8 and the targets ``boxes`` and ``labels``.

        Their form is that of :class:`nucleibench.training.mask_rcnn_model.TrainingMaskRCNN`.
        """
        rows = self.rows_of(epoch, index)
        images, tiles = self.store.images[rows], self.store.labels[rows]
        generator = np.random.default_rng([self.seed, epoch, index])
        if self.flips:
            images, tiles = flip_tiles(images, tiles, generator)
        found = [number_nuclei(tile, self.max_nuclei, generator) for tile in tiles]
        boxes, labels = (np.stack(parts) for parts in zip(*found, strict=True))
        return images, {"boxes": boxes, "labels": labels}

    def rows_of(self, epoch: int, index: int) -> np.ndarray:
        """Return the store's rows in a batch."""
        rows = super().rows_of(epoch, index)
        beginning = super().rows_of(epoch, 0)
        return np.concatenate([rows, np.resize(beginning, self.batch_size - len(rows))])


def flip_tiles(
    images: np.ndarray, labels: np.ndarray, generator: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Turn each square tile and its labels in one of the eight ways that keep it a square."""
    images, labels = images.copy(), labels.copy()
    for row, (turns, mirror) in enumerate(generator.integers(0, (4, 2), (len(images), 2))):
        for array in (images, labels):
            turned = np.rot90(array[row], turns)
            array[row] = turned[:, ::-1] if mirror else turned
    return images, labels


def number_nuclei(
    labels: np.ndarray, max_nuclei: int, generator: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return the boxes (max_nuclei, 4) of a tile's nuclei and its labels, numbered in their order.

    Where there are more than ``max_nuclei``, a random sample stays, with a warning; the others
    become background.
    """
    labels, count = _number(labels)
    if count > max_nuclei:
        warnings.warn(
            f"a tile has {count} nuclei, more than max_nuclei = {max_nuclei}: a random sample "
            "is trained on; raise max_nuclei to train on all",
            stacklevel=2,
        )
        chosen = 1 + generator.permutation(count)[:max_nuclei]
        labels, count = _number(np.where(np.isin(labels, chosen), labels, 0))
    boxes = np.zeros((max_nuclei, 4), np.float32)
    for row, (rows, columns) in enumerate(ndimage.find_objects(labels)):
        boxes[row] = rows.start, columns.start, rows.stop, columns.stop
    return boxes, labels


def _number(labels: np.ndarray) -> tuple[np.ndarray, int]:
    numbered = relabel_sequential(labels.astype(np.int32))[0].astype(np.int32)
    return numbered, int(numbered.max(initial=0))
