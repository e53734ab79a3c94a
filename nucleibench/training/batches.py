"""Batches as a pure function of seed, epoch and position, so that any epoch can be repeated."""

from typing import Any, Protocol

import keras
import numpy as np

from nucleibench.compute.devices import check_batch_size, device_count
from nucleibench.prepare.store import TileStore


class Batches(Protocol):
    """What the training loop asks of its data."""

    def __len__(self) -> int:
        """Return the number of batches in an epoch."""

    def batch(self, epoch: int, index: int) -> tuple[Any, Any]:
        """Return inputs and targets of a batch as NumPy arrays."""

    def describe(self, epoch: int, index: int) -> str:
        """Say which tiles are in a batch, for an error message."""


class TileBatches:
    """Which tiles of a store's split are in which batch; training tiles are shuffled each epoch.

    Where several devices share a batch, the last one of the validation is filled up with the
    split's first tiles until their parts are equal.
    """

    def __init__(self, store: TileStore, split: str, batch_size: int, seed: int) -> None:
        self.store, self.seed = store, seed
        self.rows = store.rows(split)
        self.shuffled = split == "train"
        check_batch_size(batch_size)
        self.batch_size = min(batch_size, len(self.rows))

    def __len__(self) -> int:
        """Count full batches in training, where a smaller last one would weigh its tiles more."""
        whole, rest = divmod(len(self.rows), self.batch_size)
        return whole if self.shuffled else whole + bool(rest)

    def rows_of(self, epoch: int, index: int) -> np.ndarray:
        """Return the store's rows in a batch."""
        rows = self.rows
        if self.shuffled:
            rows = np.random.default_rng([self.seed, epoch]).permutation(rows)
        chosen = rows[index * self.batch_size : (index + 1) * self.batch_size]
        missing = -len(chosen) % device_count()
        return np.concatenate([chosen, np.resize(rows, missing)]) if missing else chosen

    def describe(self, epoch: int, index: int) -> str:
        """Name the tiles of a batch by image, position and variant."""
        tiles = self.store.sheet.iloc[self.rows_of(epoch, index)]
        return ", ".join(
            f"{tile.image} at ({tile.top}, {tile.left}) variant {tile.variant}"
            for tile in tiles.itertuples()
        )


class EpochSequence(keras.utils.PyDataset):
    """One epoch of :class:`Batches` for Keras, prepared by threads while the network computes."""

    def __init__(self, batches: Batches, epoch: int) -> None:
        super().__init__(workers=2, max_queue_size=4)
        self.batches, self.epoch = batches, epoch

    def __len__(self) -> int:
        """Return the number of batches."""
        return len(self.batches)

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        """Return a batch; Keras wants several inputs as a tuple."""
        inputs, targets = self.batches.batch(self.epoch, index)
        return (tuple(inputs) if isinstance(inputs, list) else inputs), targets
