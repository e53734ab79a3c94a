"""Nuclei in whole images by Mask R-CNN: found tile by tile, each by the one tile that owns it."""

import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from nucleibench.images import read_rgb
from nucleibench.models.mask_rcnn.network import Detector, MaskRCNN, Outliner
from nucleibench.models.mask_rcnn.settings import MASK_SIZE
from nucleibench.prepare.tiles import cut_tile, pad_to_tile
from nucleibench.segment.mask_rcnn_store import Detections, write_detections
from nucleibench.segment.mask_rcnn_tiles import Place, place_tiles

OUTLINED_AT_ONCE = 32  # boxes per call of the mask head


@dataclass(frozen=True)
class DetectionSettings:
    """How nuclei are looked for."""

    overlap: float  # fraction of a tile
    batch_size: int  # tiles
    max_per_tile: int  # detections
    min_score: float  # lowest score that is kept, at most the lowest threshold to choose from
    max_iou: float  # of two boxes in a tile overlapping more, the better stays


# Tiles (batch, size, size, 3) -> boxes, scores and pyramid as Detector gives them, in NumPy.
Detect = Callable[[np.ndarray], dict[str, Any]]
# One tile's pyramid and boxes (1, N, 4) -> nucleus probabilities (1, N, 28, 28).
Outline = Callable[[dict[str, Any]], np.ndarray]


class Finder:
    """Finds nuclei in images of any size by what finds them in tiles of ``size`` pixels."""

    def __init__(
        self, detect: Detect, outline: Outline, size: int, settings: DetectionSettings
    ) -> None:
        self.detect, self.outline = detect, outline
        self.size, self.settings = size, settings

    def find(self, image: np.ndarray) -> Detections:
        """Find the nuclei in an RGB uint8 image (height, width, 3)."""
        padded = pad_to_tile(image, self.size)
        found = [part for places in self._batches(padded) for part in self._search(padded, places)]
        boxes, scores, masks, cut = (np.concatenate(parts) for parts in zip(*found, strict=True))
        self._check_whole(cut)
        return Detections(image.shape[:2], boxes, scores, masks)

    def _batches(self, image: np.ndarray) -> Iterator[list[Place]]:
        places = place_tiles(image.shape, self.size, self.settings.overlap)
        for start in range(0, len(places), self.settings.batch_size):
            yield places[start : start + self.settings.batch_size]

    def _search(self, image: np.ndarray, places: Sequence[Place]) -> Iterator[tuple]:
        tiles = np.stack([cut_tile(image, place.top, place.left, self.size) for place in places])
        # A shorter last batch would compile the network again.
        full = tiles[np.arange(self.settings.batch_size) % len(tiles)]
        found = self.detect(full)
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
        parts = [np.zeros((0, MASK_SIZE, MASK_SIZE), np.uint8)]
        for start in range(0, len(boxes), OUTLINED_AT_ONCE):
            chunk = boxes[start : start + OUTLINED_AT_ONCE]
            padded = np.zeros((1, OUTLINED_AT_ONCE, 4), np.float32)
            padded[0, : len(chunk)] = chunk
            masks = self.outline({"pyramid": pyramid, "boxes": padded})[0, : len(chunk)]
            parts.append(np.round(masks * 255).astype(np.uint8))
        return np.concatenate(parts)


def build_finder(network: MaskRCNN, settings: DetectionSettings) -> Finder:
    """Return the finder that uses a trained network, compiled."""
    detector = Detector(network, settings.max_per_tile, settings.min_score, settings.max_iou)
    return Finder(
        detector.predict_on_batch,
        Outliner(network).predict_on_batch,
        network.tile_size,
        settings,
    )


def detect_folder(
    network: MaskRCNN,
    settings: DetectionSettings,
    images: Sequence[str],
    images_folder: Path,
    output_folder: Path,
) -> None:
    """Write the detections of each image ``{image}.png`` as ``{image}.npz``."""
    finder = build_finder(network, settings)
    for image in tqdm(images, desc="detect", unit="image"):
        found = finder.find(read_rgb(images_folder / f"{image}.png"))
        write_detections(output_folder / f"{image}.npz", found)
