"""Batches of tiles with the boxes and labels of their nuclei, for Mask R-CNN."""

import warnings

import numpy as np
from scipy import ndimage
from skimage.segmentation import relabel_sequential

from nucleibench.prepare.store import TileStore
from nucleibench.prepare.tiles import turn_square
from nucleibench.training.batches import TileBatches


class InstanceBatches(TileBatches):
    """Batches with boxes and labels, all of the same size, so that the network compiles once.

    The last batch of an epoch is filled up with tiles from its beginning.
    """

    def __init__(
        self,
        store: TileStore,
        split: str,
        batch_size: int,
        max_nuclei: int,
        rotate_flip: bool,
        seed: int,
    ) -> None:
        """Take a split of a store; training tiles are shuffled and, if ``rotate_flip``, turned."""
        super().__init__(store, split, batch_size, seed)
        self.batch_size, self.max_nuclei = batch_size, max_nuclei
        self.rotate_flip = rotate_flip and self.shuffled

    def __len__(self) -> int:
        """Return the number of batches in an epoch."""
        return -(-len(self.rows) // self.batch_size)

    def batch(self, epoch: int, index: int) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """Return images uint8 (batch, size, size, 3) and their nuclei, ``boxes`` and ``labels``.

        See :class:`nucleibench.families.mask_rcnn.training_model.TrainingMaskRCNN`.
        """
        rows = self.rows_of(epoch, index)
        images, tiles = self.store.images[rows], self.store.labels[rows]
        generator = np.random.default_rng([self.seed, epoch, index])
        if self.rotate_flip:
            images, tiles = turn_tiles(images, tiles, generator)
        found = [number_nuclei(tile, self.max_nuclei, generator) for tile in tiles]
        boxes, labels = (np.stack(parts) for parts in zip(*found, strict=True))
        return images, {"boxes": boxes, "labels": labels}

    def rows_of(self, epoch: int, index: int) -> np.ndarray:
        """Return the store's rows in a batch."""
        rows = super().rows_of(epoch, index)
        beginning = super().rows_of(epoch, 0)
        return np.concatenate([rows, np.resize(beginning, self.batch_size - len(rows))])


def turn_tiles(
    images: np.ndarray, labels: np.ndarray, generator: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Turn each tile and its labels alike, in one of eight ways drawn at random.

    Images are (batch, size, size, 3), labels (batch, size, size).
    """
    quarters, mirrored = generator.integers(0, (4, 2), (len(images), 2)).T
    turns = quarters + 4 * mirrored
    return _turn_all(images, turns), _turn_all(labels, turns)


def _turn_all(tiles: np.ndarray, turns: np.ndarray) -> np.ndarray:
    return np.stack([turn_square(tile, turn) for tile, turn in zip(tiles, turns, strict=True)])


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
