"""From the prediction of another tool to the labels of an image."""

import sys
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from nucleibench.data.annotations import ImageFacts, read_annotation
from nucleibench.data.label_folders import find_labels
from nucleibench.data.samples import name_some
from nucleibench.data.sheets import images_of_split, read_sheet
from nucleibench.errors import DataError
from nucleibench.families.interface import Method

METHOD = Method


def label_image(image: str, setting: None, method: Method, sources: Sequence[Path]) -> np.ndarray:
    """Return the labels int32 (height, width) that a tool predicted, numbered from 1.

    Args:
        image: its id.
        setting: there is nothing to choose.
        method: its settings do not change what predictions mean.
        sources: the folder of the predictions, and the sheet of the dataset.

    Raises:
        DataError: a prediction is missing, of no image, or not of this image.
    """
    folder, sheet = sources
    files, facts = _match(folder, sheet)
    path = files[image]
    annotation = read_annotation(path.name, path.read_bytes(), str(path), facts[image])
    for note in annotation.notes:
        print(f"Warning: {path}: {note}", file=sys.stderr)
    return annotation.labels


@lru_cache(maxsize=1)
def _match(folder: Path, sheet_csv: Path) -> tuple[dict[str, Path], dict[str, ImageFacts]]:
    """Return image -> file and image -> facts, where each image to test has a prediction."""
    files, sheet = find_labels(folder), read_sheet(sheet_csv)
    facts = {
        row.image: ImageFacts(row.image, (row.height, row.width), row.pixel_size)
        for row in sheet.itertuples()
    }
    if missing := [image for image in images_of_split(sheet, "test") if image not in files]:
        raise DataError(
            f"{folder}: has no prediction for {name_some(missing)}; an image without nuclei needs"
            " an empty label map"
        )
    if unknown := sorted(files.keys() - facts.keys()):
        raise DataError(
            f"{folder}: {name_some(unknown)} is no image of the dataset; move it elsewhere, or"
            " correct its name"
        )
    return files, facts
