"""A picture of a slide in tiles of several sizes, as small as a page needs it."""

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image

from nucleibench.images.interface import Raster
from nucleibench.page.viewer.pictures import encode_webp

TILE = 512
"""Side of a tile in pixels."""

PIXELS = 64_000_000
"""Of the largest picture that is tried: 192 MB in memory."""

SHRINK = 0.95
"""A picture that is too large is made smaller by as much as it should, and by this."""


@dataclass(frozen=True)
class Pyramid:
    """A picture in tiles.

    Attributes:
        width: of the largest picture in pixels.
        height: of the largest picture in pixels.
        scale: pixels of the largest picture for a pixel of the slide, at most 1.
        levels: how many sizes there are; each but the largest is half of the next.
        tiles: ``level/column/row`` -> WebP in base64; level 0 is the smallest.
    """

    width: int
    height: int
    scale: float
    levels: int
    tiles: dict[str, str]


def build_pyramid(raster: Raster, limit: int, pixels: int = PIXELS) -> Pyramid:
    """Return the largest picture of a slide whose tiles take no more than ``limit`` bytes.

    Args:
        raster: the slide.
        limit: in bytes of base64; a picture of one tile is returned in any case.
        pixels: that the picture has at most.
    """
    scale = min(1.0, math.sqrt(pixels / math.prod(raster.shape)))
    picture = raster.overview(max(1, round(scale * max(raster.shape))))
    while True:
        pyramid = _cut(picture, picture.shape[1] / raster.shape[1])
        size = sum(map(len, pyramid.tiles.values()))
        if size <= limit or max(picture.shape) <= TILE:
            return pyramid
        picture = _shrink(picture, SHRINK * math.sqrt(limit / size))


def _cut(picture: np.ndarray, scale: float) -> Pyramid:
    height, width = picture.shape[:2]
    levels = 1 + max(0, math.ceil(math.log2(max(height, width) / TILE)))
    tiles: dict[str, str] = {}
    for level in reversed(range(levels)):
        tiles |= {f"{level}/{x}/{y}": encode_webp(tile) for x, y, tile in _tiles(picture)}
        picture = cv2.resize(picture, _half(picture), interpolation=cv2.INTER_AREA)
    return Pyramid(width, height, scale, levels, tiles)


def _half(picture: np.ndarray) -> tuple[int, int]:
    """Return half of the width and height, rounded up as OpenSeadragon does."""
    height, width = picture.shape[:2]
    return -(-width // 2), -(-height // 2)


def _tiles(picture: np.ndarray) -> Iterator[tuple[int, int, Image.Image]]:
    """Yield column, row and picture of each tile."""
    rows, columns = (range(-(-side // TILE)) for side in picture.shape[:2])
    for y, x in itertools.product(rows, columns):
        tile = picture[y * TILE : (y + 1) * TILE, x * TILE : (x + 1) * TILE]
        yield x, y, Image.fromarray(np.ascontiguousarray(tile))


def _shrink(picture: np.ndarray, factor: float) -> np.ndarray:
    height, width = (max(1, round(factor * side)) for side in picture.shape[:2])
    return cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
