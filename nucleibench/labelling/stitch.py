"""From overlapping tiles to one map of an image."""

import math
from collections.abc import Callable, Iterator

import numpy as np

from nucleibench.prepare.tiles import cut_tile, pad_to_tile, tile_positions

# Turns uint8 tiles (batch, size, size, 3) into float maps (batch, size, size[, maps]).
Predictor = Callable[[np.ndarray], np.ndarray]

# Networks halve a tile five times, so its side is a multiple of this.
GRAIN = 32


def blend_weights(length: int, size: int, overlap: float) -> np.ndarray:
    """Return the weight of each tile's pixels along one side, (tiles, size) float32.

    A raised cosine favours a tile's centre, where the network saw context on both sides. At every
    pixel of the side the weights of all tiles sum to 1, so the product of two sides' weights
    blends tiles in two dimensions without a second pass to normalise.
    """
    window = np.sin(np.pi * (np.arange(size) + 0.5) / size) ** 2 + 1e-3
    positions = tile_positions(length, size, overlap)
    total = np.zeros(max(length, size))
    for start in positions:
        total[start : start + size] += window
    return np.stack([window / total[start : start + size] for start in positions]).astype(
        np.float32
    )


def predict_map(
    image: np.ndarray, predictor: Predictor, size: int, overlap: float, batch_size: int
) -> np.ndarray:
    """Predict the float32 maps (height, width[, maps]) of an RGB uint8 image, tile by tile.

    Tiles are of ``size`` pixels, a multiple of 32, or of less where the image is smaller. Besides
    the maps themselves, memory does not grow with the image.
    """
    size = min(size, math.ceil(max(image.shape[:2]) / GRAIN) * GRAIN)
    padded = pad_to_tile(image, size)
    blended = np.zeros(0, np.float32)  # what the maps' number will replace
    rows, columns = (blend_weights(side, size, overlap) for side in padded.shape[:2])
    for places in _batches(padded.shape, size, overlap, batch_size):
        tiles = np.stack([cut_tile(padded, top, left, size) for _, _, top, left in places])
        predicted = predictor(tiles)
        if not blended.size:
            blended = np.zeros((*padded.shape[:2], *predicted.shape[3:]), np.float32)
        for (row, column, top, left), tile in zip(places, predicted, strict=True):
            # Transposed, the weights of a pixel serve all its maps.
            weights = rows[row] * columns[column][:, None]
            blended[top : top + size, left : left + size] += (tile.T * weights).T
    return blended[: image.shape[0], : image.shape[1]]


def _batches(
    shape: tuple[int, ...], size: int, overlap: float, batch_size: int
) -> Iterator[list[tuple[int, int, int, int]]]:
    places = [
        (row, column, top, left)
        for row, top in enumerate(tile_positions(shape[0], size, overlap))
        for column, left in enumerate(tile_positions(shape[1], size, overlap))
    ]
    for start in range(0, len(places), batch_size):
        yield places[start : start + batch_size]
