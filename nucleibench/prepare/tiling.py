"""Cut, or warp, the training images into a store of tiles."""

import zlib
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from nucleibench.errors import DataError
from nucleibench.images import read_labels, read_rgb
from nucleibench.images.resampling import resample_labels, scale_shape
from nucleibench.parallel import map_in_processes
from nucleibench.prepare.augment import draw_coordinates, identity_coordinates, warp_all
from nucleibench.prepare.settings import Augmentation, Tiles, Validation
from nucleibench.prepare.split import draw_validation_images, draw_validation_tiles
from nucleibench.prepare.store import create_arrays, finish_store, open_arrays
from nucleibench.prepare.tiles import pad_to_tile, tile_corners


@dataclass(frozen=True)
class Tiling:
    """How training images become tiles."""

    tiles: Tiles
    augmentation: Augmentation
    validation: Validation
    seed: int


@dataclass(frozen=True)
class Sources:
    """Folders with one file per image: RGB ``.png``, labels ``.tif``, weights ``.npy``.

    Labels have the image's own scale, all else that of the networks.
    """

    images: Path
    labels: Path
    weights: Path

    def read(self, image: str) -> dict[str, np.ndarray]:
        """Return the arrays of an image by kind, as a tile store names them."""
        pixels, labels = read_rgb(self.images / f"{image}.png"), self.labels / f"{image}.tif"
        return {
            "images": pixels,
            "labels": resample_labels(read_labels(labels), pixels.shape[:2]),
            "weights": np.load(self.weights / f"{image}.npy").astype(np.float32),
        }


def plan_tiles(images: pd.DataFrame, tiling: Tiling) -> pd.DataFrame:
    """List the tiles of all training images (columns image, top, left, variant, split).

    Raises:
        DataError: there is no training image, or validation takes every tile.
    """
    training = images[images["split"] == "train"]
    rows = [
        (row.image, top, left, variant)
        for row in training.itertuples()
        for top, left in tile_corners(
            scale_shape((row.height, row.width), row.pixel_size),
            tiling.tiles.size,
            tiling.tiles.overlap,
        )
        for variant in range(tiling.tiles.variants)
    ]
    tiles = pd.DataFrame(rows, columns=["image", "top", "left", "variant"])
    validates = _validation_mask(images, tiles, tiling)
    if validates.all():
        raise DataError(
            f"nothing is left to train on: of {len(training)} training images, those of the test "
            f"organ and the reference of colour normalisation aside, validation takes all; add "
            f"images or lower validation.fraction, now {tiling.validation.fraction:g}"
        )
    return tiles.assign(split=np.where(validates, "validation", "train"))


def _validation_mask(images: pd.DataFrame, tiles: pd.DataFrame, tiling: Tiling) -> np.ndarray:
    if tiling.validation.unit == "tile":
        return draw_validation_tiles(len(tiles), tiling.validation.fraction, tiling.seed)
    drawn = draw_validation_images(images, tiling.validation, tiling.seed)
    return tiles["image"].isin(drawn).to_numpy()


def write_tiles(
    images: pd.DataFrame, sources: Sources, folder: str | Path, tiling: Tiling, workers: int
) -> None:
    """Write the store of all training tiles, in parallel over the images."""
    plan = plan_tiles(images, tiling)
    site = create_arrays(folder, len(plan), tiling.tiles.size)
    job = partial(_write_image_tiles, sources=sources, site=site, tiling=tiling)
    list(map_in_processes(job, [tiles for _, tiles in plan.groupby("image")], workers))
    finish_store(folder, plan)


def _write_image_tiles(tiles: pd.DataFrame, sources: Sources, site: Path, tiling: Tiling) -> None:
    arrays = sources.read(tiles["image"].iloc[0])
    padded = {kind: pad_to_tile(array, tiling.tiles.size) for kind, array in arrays.items()}
    store = open_arrays(site)
    half = (tiling.tiles.size - 1) / 2
    for row in tiles.itertuples():
        coordinates = _tile_coordinates(row.image, row.top, row.left, row.variant, tiling)
        warped = warp_all(padded, coordinates, (row.top + half, row.left + half))
        for kind, tile in warped.items():
            store[kind][row.Index] = tile


def _tile_coordinates(image: str, top: int, left: int, variant: int, tiling: Tiling) -> np.ndarray:
    if variant == 0:
        return identity_coordinates(tiling.tiles.size)
    # Seeded by what the tile is, so that neither order nor workers change a pixel.
    entropy = [tiling.seed, zlib.crc32(image.encode()), top, left, variant]
    return draw_coordinates(tiling.tiles.size, tiling.augmentation, np.random.default_rng(entropy))
