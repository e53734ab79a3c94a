"""The classical methods by name, and the segmentation of a folder of images with one of them.

A method is a frozen dataclass: its fields are its settings, its call turns an image into labels.
What the settings are by default stands in the configuration's schema.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from nucleibench.data.sheets import images_of_split, read_sheet
from nucleibench.errors import ConfigurationError, DataError
from nucleibench.images import read_rgb, write_labels
from nucleibench.parallel import map_in_processes
from nucleibench.segment.classical_fiji import Fiji
from nucleibench.segment.classical_grey import Otsu, Watershed
from nucleibench.segment.classical_hematoxylin import Hematoxylin
from nucleibench.segment.imagej import ImageJ

Segment = Callable[[np.ndarray], np.ndarray]

CLASSICAL: dict[str, type[Segment]] = {
    "otsu": Otsu,
    "watershed": Watershed,
    "fiji": Fiji,
    "imagej": ImageJ,
    "hematoxylin": Hematoxylin,
}


def build_method(algorithm: str, settings: Mapping[str, Any]) -> Segment:
    """Return a method of CLASSICAL with its settings.

    Raises:
        ConfigurationError: there is no such algorithm, or these are not its settings.
    """
    if algorithm not in CLASSICAL:
        raise ConfigurationError(
            f"no classical algorithm {algorithm!r}; choose one of {', '.join(CLASSICAL)}"
        )
    known = [field.name for field in fields(CLASSICAL[algorithm])]
    if set(settings) != set(known):
        raise ConfigurationError(
            f"the settings of algorithm {algorithm!r} are {', '.join(known)},"
            f" not {', '.join(settings) or 'none'}"
        )
    return CLASSICAL[algorithm](**settings)


def segment_folder(
    segment: Segment,
    sheet_csv: str | Path,
    images_folder: str | Path,
    output_folder: str | Path,
    split: str,
    workers: int,
) -> None:
    """Segment ``{image}.png`` of every row of one split of an image sheet to ``{image}.tif``.

    Args:
        segment: turns an RGB image into labels, as the methods of build_method do.
        sheet_csv: sheet with the columns image and split.
        images_folder: RGB images.
        output_folder: instance label maps go here.
        split: which rows of the sheet.
        workers: number of processes. ImageJ takes one, so that it starts once.
    """
    images = images_of_split(read_sheet(sheet_csv), split)
    if not images:
        raise DataError(f"{sheet_csv}: no image of split {split!r}")
    segment_file = partial(
        _segment_file,
        segment=segment,
        images_folder=Path(images_folder),
        output_folder=Path(output_folder),
    )
    workers = min(workers, getattr(segment, "max_workers", workers))
    for _ in map_in_processes(segment_file, images, workers):
        pass


def _segment_file(name: str, segment: Segment, images_folder: Path, output_folder: Path) -> None:
    write_labels(output_folder / f"{name}.tif", segment(read_rgb(images_folder / f"{name}.png")))
