"""Batches of tiles with what networks of the U-Net kind learn of each pixel."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from nucleibench.prepare.settings import Variation
from nucleibench.prepare.store import TileStore
from nucleibench.prepare.targets import TARGETS
from nucleibench.prepare.variation import vary_tile
from nucleibench.training.batches import TileBatches


class SemanticBatches(TileBatches):
    """Batches of tiles with what networks of the U-Net kind learn of each pixel.

    ``target`` is a key of TARGETS. ``variation`` changes training tiles anew in every epoch; None
    leaves them. ``stage_one`` holds further inputs (tiles, height, width, maps), one array a
    network, in the order of the store: the maps that GB U-Net starts from.
    """

    def __init__(
        self,
        store: TileStore,
        split: str,
        batch_size: int,
        seed: int,
        target: str,
        variation: Variation | None = None,
        stage_one: Sequence[np.ndarray] = (),
    ) -> None:
        super().__init__(store, split, batch_size, seed)
        if variation and len(stage_one):
            raise ValueError("stage-one maps are made once, of tiles that do not vary")
        self.target, self.stage_one = TARGETS[target], stage_one
        self.variation = variation if self.shuffled else None

    def batch(self, epoch: int, index: int) -> tuple[Any, np.ndarray]:
        """Return uint8 images (with stage-one maps, where given) and targets.

        Targets are float32 (batch, height, width, 2 + maps): class, weight, maps.
        """
        rows = self.rows_of(epoch, index)
        tiles = [self.store.images[rows], self.store.labels[rows], self.store.weights[rows]]
        if self.variation:
            generator = np.random.default_rng([self.seed, epoch, index])
            varied = [
                vary_tile(image, labels, weights, self.variation, generator)
                for image, labels, weights in zip(*tiles, strict=True)
            ]
            tiles = [np.stack(arrays) for arrays in zip(*varied, strict=True)]
        images, labels, weights = tiles
        return self._inputs(images, rows), self._targets(labels, weights)

    def _targets(self, labels: np.ndarray, weights: np.ndarray) -> np.ndarray:
        targets = np.empty((*labels.shape, 2 + self.target.maps), np.float32)
        for place, tile in enumerate(labels):
            drawn = self.target.draw(tile)
            targets[place, ..., 0], targets[place, ..., 2:] = drawn[..., 0], drawn[..., 1:]
        targets[..., 1] = weights
        return targets

    def _inputs(self, images: np.ndarray, rows: np.ndarray) -> Any:
        if not len(self.stage_one):
            return images
        maps = np.concatenate([maps[rows] for maps in self.stage_one], axis=-1)
        return [images, maps.astype(np.float32)]
