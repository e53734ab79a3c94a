"""The store of training tiles: memory-mapped arrays, shared by all jobs that train.

A store is a folder with ``images.npy`` (tiles, size, size, 3) uint8, ``labels.npy``
(tiles, size, size) uint16 instance labels, ``weights.npy`` (tiles, size, size) float16, the sheet
``tiles.csv`` (image, top, left, variant, split; one row a tile, in the arrays' order) and
``digests.json``, the SHA-256 of each array.
"""

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import DTypeLike

from nucleibench.errors import DataError
from nucleibench.files import atomic_path, file_digest, read_json, write_json

KINDS = {"images": np.uint8, "labels": np.uint16, "weights": np.float16}


@dataclass(frozen=True)
class TileStore:
    """An opened store; the arrays are read from disk as they are used.

    ``digests`` are the SHA-256 of the arrays by kind, and of the ``sheet``: of all that decides
    what is trained on.
    """

    images: np.ndarray
    labels: np.ndarray
    weights: np.ndarray
    sheet: pd.DataFrame
    digests: dict[str, str]

    @property
    def size(self) -> int:
        """Side of a tile in pixels."""
        return self.images.shape[1]

    def rows(self, split: str) -> np.ndarray:
        """Return the numbers of the tiles of a split, "train" or "validation"."""
        return np.flatnonzero(self.sheet["split"] == split)


def open_store(folder: str | Path) -> TileStore:
    """Open a store for reading; raise DataError where it is incomplete."""
    folder = Path(folder)
    try:
        sheet = pd.read_csv(folder / "tiles.csv")
        digests = read_json(folder / "digests.json")
        digests["sheet"] = file_digest(folder / "tiles.csv")
        arrays = {kind: np.load(folder / f"{kind}.npy", mmap_mode="r") for kind in KINDS}
    except FileNotFoundError as error:
        raise DataError(
            f"{folder}: not a tile store ({error}); run the tiling rule again"
        ) from error
    if any(len(array) != len(sheet) for array in arrays.values()):
        raise DataError(f"{folder}: arrays and tiles.csv disagree; run the tiling rule again")
    return TileStore(**arrays, sheet=sheet, digests=digests)


def create_array(path: str | Path, dtype: DTypeLike, shape: tuple[int, ...]) -> np.memmap:
    """Create a file of zeros and return it as a writable memory-mapped array.

    Space is reserved at once, so that a full disk is an OSError here and not a crash later.
    """
    array = np.lib.format.open_memmap(path, "w+", dtype, shape)
    with open(path, "r+b") as stream:
        os.posix_fallocate(stream.fileno(), 0, os.path.getsize(path))
    return array


def create_arrays(folder: str | Path, count: int, size: int) -> Path:
    """Create the arrays of a store of ``count`` tiles in a building site below ``folder``."""
    site = Path(folder) / ".building"
    site.mkdir(parents=True, exist_ok=True)
    for kind, dtype in KINDS.items():
        shape = (count, size, size, 3) if kind == "images" else (count, size, size)
        create_array(site / f"{kind}.npy", dtype, shape)
    return site


def open_arrays(site: Path) -> dict[str, np.ndarray]:
    """Open the arrays of a building site for filling, in any order, by any process."""
    return {kind: np.load(site / f"{kind}.npy", mmap_mode="r+") for kind in KINDS}


def finish_store(folder: str | Path, sheet: pd.DataFrame) -> None:
    """Move the arrays to their place; the sheet comes last: a store without one is not finished."""
    folder = Path(folder)
    site = folder / ".building"
    (folder / "tiles.csv").unlink(missing_ok=True)
    write_json(folder / "digests.json", {kind: file_digest(site / f"{kind}.npy") for kind in KINDS})
    for kind in KINDS:
        os.replace(site / f"{kind}.npy", folder / f"{kind}.npy")
    site.rmdir()
    with atomic_path(folder / "tiles.csv") as temporary:
        sheet.to_csv(temporary, index=False)
