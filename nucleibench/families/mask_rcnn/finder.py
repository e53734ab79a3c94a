"""Nuclei in whole images: found tile by tile, each by the one tile that owns it."""

import warnings
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from nucleibench.families.mask_rcnn.constants import MASK_SIZE
from nucleibench.families.mask_rcnn.detections import Detections
from nucleibench.families.mask_rcnn.network import (
    BoxesInTiles,
    Detector,
    MaskRCNN,
    Outliner,
    TileDetections,
)
from nucleibench.families.mask_rcnn.places import Place, place_tiles
from nucleibench.families.mask_rcnn.settings import Detection
from nucleibench.prepare.tiles import cut_tile, pad_to_tile

OUTLINED_AT_ONCE = 32  # boxes per call of the mask head

# Tiles (batch, size, size, 3) -> their detections, in NumPy.
Detect = Callable[[np.ndarray], TileDetections]
# One tile's pyramid and boxes (1, N, 4) -> nucleus probabilities (1, N, 28, 28).
Outline = Callable[[BoxesInTiles], np.ndarray]
# Of a tile: boxes in the image, scores, masks, and which boxes may be cut by the tile's border.
Part = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


class Finder:
    """Finds nuclei in images of any size by what finds them in tiles."""

    def __init__(
        self, detect: Detect, outline: Outline, size: int, settings: Detection, batch_size: int
    ) -> None:
        """Take what finds nuclei in ``batch_size`` tiles of ``size`` pixels a side."""
        self.detect, self.outline = detect, outline
        self.size, self.settings, self.batch_size = size, settings, batch_size

    def find(self, image: np.ndarray) -> Detections:
        """Find the nuclei in an RGB uint8 image (height, width, 3)."""
        padded = pad_to_tile(image, self.size)
        found = [part for places in self._batches(padded) for part in self._search(padded, places)]
        boxes, scores, masks, cut = (np.concatenate(parts) for parts in zip(*found, strict=True))
        self._check_whole(cut)
        return Detections(image.shape[:2], boxes, scores, masks)

    def _batches(self, image: np.ndarray) -> Iterator[list[Place]]:
        places = place_tiles(image.shape, self.size, self.settings.overlap)
        for start in range(0, len(places), self.batch_size):
            yield places[start : start + self.batch_size]

    def _search(self, image: np.ndarray, places: Sequence[Place]) -> Iterator[Part]:
        tiles = np.stack([cut_tile(image, place.top, place.left, self.size) for place in places])
        # A shorter last batch would compile the network again.
        found = self.detect(tiles[np.arange(self.batch_size) % len(tiles)])
        for row, place in enumerate(places):
            boxes, scores = found["boxes"][row], found["scores"][row]
            self._check_room(scores, place)
            owned = (scores > 0) & place.owns(boxes)
            pyramid = [level[row : row + 1] for level in found["pyramid"]]
            boxes, scores = boxes[owned], scores[owned]
            masks = self._outline(pyramid, boxes)
            yield boxes + place.offset, scores, masks, place.cuts(boxes)

    def _check_room(self, scores: np.ndarray, place: Place) -> None:
        if np.all(scores > 0):
            warnings.warn(
                f"the tile at ({place.top}, {place.left}) gave max_per_tile = {len(scores)} "
                "detections and may hold more: raise max_per_tile",
                stacklevel=2,
            )

    def _check_whole(self, cut: np.ndarray) -> None:
        if cut.any():
            warnings.warn(
                f"{cut.sum()} of {len(cut)} nuclei reach the border of their tile and may be cut "
                f"there: raise overlap ({self.settings.overlap} of {self.size} px)",
                stacklevel=2,
            )

    def _outline(self, pyramid: list[np.ndarray], boxes: np.ndarray) -> np.ndarray:
        """Return the masks uint8 (N, 28, 28) of boxes (N, 4) in a tile."""
        parts = [np.zeros((0, MASK_SIZE, MASK_SIZE), np.uint8)]
        for start in range(0, len(boxes), OUTLINED_AT_ONCE):
            chunk = boxes[start : start + OUTLINED_AT_ONCE]
            padded = np.zeros((1, OUTLINED_AT_ONCE, 4), np.float32)
            padded[0, : len(chunk)] = chunk
            masks = self.outline({"pyramid": pyramid, "boxes": padded})[0, : len(chunk)]
            parts.append(np.round(masks * 255).astype(np.uint8))
        return np.concatenate(parts)


def build_finder(network: MaskRCNN, settings: Detection, batch_size: int) -> Finder:
    """Return the finder that uses a trained network, compiled, on ``batch_size`` tiles at once."""
    detector = Detector(network, settings.max_per_tile, settings.min_score, settings.max_iou)
    outliner = Outliner(network)
    return Finder(
        detector.predict_on_batch,
        outliner.predict_on_batch,
        network.tile_size,
        settings,
        batch_size,
    )
