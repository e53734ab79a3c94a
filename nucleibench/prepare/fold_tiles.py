"""The tiles of a fold: those of the images of every organ, with which of them train."""

import os
from pathlib import Path

import numpy as np
import pandas as pd

from nucleibench.errors import DataError
from nucleibench.files import atomic_path, read_json, write_json
from nucleibench.prepare.settings import Validation
from nucleibench.prepare.split import draw_validation_images, draw_validation_tiles
from nucleibench.prepare.store import KINDS


def split_tiles(
    tiles: pd.DataFrame, images: pd.DataFrame, validation: Validation, seed: int
) -> pd.DataFrame:
    """Return the sheet of tiles with the splits of a fold: those of the images, or validation.

    Args:
        tiles: sheet of a store, of the images of every organ.
        images: sheet of the dataset in the fold.
        validation: how validation tiles are drawn from those of the training images.
        seed: of that draw.

    Raises:
        DataError: validation takes every tile that could train.
    """
    splits = tiles["image"].map(images.set_index("image")["split"]).to_numpy(object)
    training = np.flatnonzero(splits == "train")
    if validation.unit == "tile":
        validates = draw_validation_tiles(len(training), validation.fraction, seed)
    else:
        drawn = draw_validation_images(images, validation, seed)
        validates = tiles["image"].isin(drawn).to_numpy()[training]
    if validates.all():
        raise DataError(
            "nothing is left to train on: beside the organ that is held out there are too few "
            "images; hold out fewer organs, or add images"
        )
    splits[training[validates]] = "validation"
    return tiles.assign(split=splits)


def write_fold_tiles(
    store: str | Path, images: pd.DataFrame, folder: str | Path, validation: Validation, seed: int
) -> None:
    """Write a store whose arrays are links to those of another, and whose sheet is the fold's.

    Args:
        store: folder of the store of every organ.
        images: sheet of the dataset in the fold.
        folder: where to write.
        validation: how validation tiles are drawn.
        seed: of that draw.
    """
    store, folder = Path(store), Path(folder)
    tiles = pd.read_csv(store / "tiles.csv", dtype={"image": str})
    for kind in KINDS:
        link = folder / f"{kind}.npy"
        link.unlink(missing_ok=True)
        # Relative, so that the folder of results can be moved.
        link.symlink_to(os.path.relpath(store / link.name, folder))
    write_json(folder / "digests.json", read_json(store / "digests.json"))
    with atomic_path(folder / "tiles.csv") as temporary:
        split_tiles(tiles, images, validation, seed).to_csv(temporary, index=False)
