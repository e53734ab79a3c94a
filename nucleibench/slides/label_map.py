"""The label map of an image as a tiled TIFF, drawn from outlines strip by strip."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import tifffile
from imagecodecs import deflate_encode

from nucleibench.files import atomic_path
from nucleibench.slides.nuclei import NucleusStore
from nucleibench.slides.runs import draw_labels

TILE = 512
SMALLEST = 1024
"""Longest side of the smallest level of a pyramid, in pixels."""


def write_label_map(
    path: str | Path,
    shape: tuple[int, int],
    store: NucleusStore,
    pixel_size: float,
    *,
    pyramid: bool,
) -> None:
    """Write the labels of an image, atomically: the number of a nucleus in each of its pixels.

    The file is a deflated OME-TIFF of uint32 in tiles, which also holds the pixel size. No more
    than a strip of tiles is in memory.

    Args:
        path: ends in ``.tif``.
        shape: (height, width) of the image in pixels.
        store: its nuclei, finished.
        pixel_size: side of a pixel in micrometres.
        pyramid: add levels, each with every second row and column of the one before.
    """
    steps = _steps(max(shape)) if pyramid else [1]
    layout = {"dtype": np.uint32, "tile": (TILE, TILE), "compression": "zlib"}
    size = {f"PhysicalSize{axis}": pixel_size for axis in "XY"}
    units = {f"PhysicalSize{axis}Unit": "µm" for axis in "XY"}
    with (
        atomic_path(path) as temporary,
        tifffile.TiffWriter(temporary, byteorder="<", ome=True, bigtiff=True) as writer,
    ):
        for step in steps:
            kind = (
                {"subifds": len(steps) - 1, "metadata": {"axes": "YX", **size, **units}}
                if step == 1
                else {"subfiletype": 1}
            )
            level = -(-shape[0] // step), -(-shape[1] // step)
            writer.write(_tiles(level, store, step), shape=level, **layout, **kind)


def _steps(side: int) -> list[int]:
    """Return the steps of the levels of a pyramid: 1, 2, 4, ..."""
    steps = [1]
    while side > SMALLEST * steps[-1]:
        steps.append(2 * steps[-1])
    return steps


def _tiles(level: tuple[int, int], store: NucleusStore, step: int) -> Iterator[bytes]:
    """Yield the tiles of a level, deflated, row by row; at the edges they are filled up with 0."""
    empty = _deflate(np.zeros((TILE, TILE), np.uint32))
    height, width = (-(-side // TILE) * TILE for side in level)
    for top in range(0, height, TILE):
        strip = np.zeros((TILE, width), np.uint32)
        for numbers, outlines in store.outlines(top * step, (top + TILE) * step):
            draw_labels(strip, outlines, numbers, (0, top * step), step)
        for tile in np.split(strip, width // TILE, axis=1):
            # Most of a slide is glass.
            yield _deflate(tile) if tile.any() else empty


def _deflate(tile: np.ndarray) -> bytes:
    return bytes(deflate_encode(tile.astype("<u4").tobytes()))
