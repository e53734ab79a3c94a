"""Where tiles lie in an image; cutting them out, and turning them."""

import math
from collections.abc import Iterator

import numpy as np


def tile_positions(length: int, size: int, overlap: float) -> list[int]:
    """Return the first pixel of each tile along one side of an image.

    The tiles cover every pixel, are spread evenly, and their number is the one whose overlap
    comes nearest to ``overlap`` (a fraction of the tile, 0 <= overlap < 1). A 1000 px side and
    256 px tiles give 4 positions at 10% and 7 at 50%, hence the 16 training tiles per image that
    the paper's 560 imply. A side shorter than a tile gives one tile, to be padded.
    """
    if length <= size:
        return [0]
    room = length - size
    steps = max(round(room / (size * (1 - overlap))), math.ceil(room / size))
    return [round(step * room / steps) for step in range(steps + 1)]


def tile_corners(shape: tuple[int, ...], size: int, overlap: float) -> Iterator[tuple[int, int]]:
    """Yield (top, left) of the tiles of an image of shape (height, width, ...), row by row."""
    for top in tile_positions(shape[0], size, overlap):
        for left in tile_positions(shape[1], size, overlap):
            yield top, left


def pad_to_tile(image: np.ndarray, size: int) -> np.ndarray:
    """Pad (height, width, ...) at the bottom and right so that each side is at least ``size``.

    Mirrored borders show the network tissue instead of a black edge.
    """
    return pad_to_shape(image, size, size)


def pad_to_shape(image: np.ndarray, height: int, width: int) -> np.ndarray:
    """Pad (height, width, ...) likewise to at least this height and width."""
    wanted = height, width
    missing = [max(0, least - side) for least, side in zip(wanted, image.shape, strict=False)]
    widths = [(0, side) for side in missing] + [(0, 0)] * (image.ndim - 2)
    return np.pad(image, widths, mode="symmetric") if any(missing) else image


def cut_tile(image: np.ndarray, top: int, left: int, size: int) -> np.ndarray:
    """Return the tile (size, size, ...) whose first pixel is (top, left)."""
    return image[top : top + size, left : left + size]


def turn_square(array: np.ndarray, turn: int) -> np.ndarray:
    """Return one of the eight ways to lay (size, size[, channels]); 4 to 7 are mirrored."""
    turned = np.rot90(array, turn % 4)
    return np.ascontiguousarray(turned[:, ::-1] if turn >= 4 else turned)


def turn_back(array: np.ndarray, turn: int) -> np.ndarray:
    """Undo :func:`turn_square`."""
    straight = array[:, ::-1] if turn >= 4 else array
    return np.ascontiguousarray(np.rot90(straight, -turn % 4))
