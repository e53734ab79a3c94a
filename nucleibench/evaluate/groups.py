"""Of which patient and organ images are, for scores that come without a dataset."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import pandas as pd

from nucleibench.data.folder import IMAGES
from nucleibench.data.image_table import ImageLine, line_of, read_image_table
from nucleibench.data.label_folders import raise_all
from nucleibench.errors import DataError
from nucleibench.evaluate.comparisons import interval_of_mean
from nucleibench.evaluate.summary import summarize

COLUMNS = ("patient", "organ")


def read_groups(path: str | Path, images: Sequence[str]) -> pd.DataFrame:
    """Read the patients and organs of images.

    Args:
        path: table of images, as a folder of one's own has it, with the column patient, organ or
            both. Images that are not asked for do not matter.
        images: names.

    Returns:
        The columns that it has, text, in the order of the images.

    Raises:
        DataError: it is no such table, an image is not in it, or it has the patient or the organ
            of some of the images alone; a line for each of these images.
    """
    lines, problems = _find_lines(Path(path), images)
    table = pd.DataFrame([asdict(line) for line in lines.values()], index=list(lines))
    known = [column for column in COLUMNS if column in table and table[column].notna().any()]
    gaps = [(i, c) for c in known for i in table.index[table[c].isna()]]
    raise_all([*problems, *(f"{path}: has no {column} of {image}" for image, column in gaps)])
    if not known:
        raise DataError(f"{path}: has neither a column patient nor a column organ; add one")
    return table[known]


def _find_lines(path: Path, images: Sequence[str]) -> tuple[dict[str, ImageLine], list[str]]:
    """Return image -> its line, and a problem for each image without one."""
    lines = read_image_table(path.read_bytes(), str(path))
    found, problems = {}, []
    for image in images:
        try:
            found[image] = line_of(lines, (image, *(image + end for end in IMAGES)), str(path))
        except DataError as error:
            problems.append(str(error))
    return found, problems


def interval_by_patient(scores: pd.DataFrame, seed: int) -> tuple[float, float, int]:
    """Return the interval of the mean AJI, and the number of patients; without any, of images.

    Both bounds are NaN where there are too few; see ``comparisons``.
    """
    by = scores["patient"] if "patient" in scores else scores["image"]
    grouped = scores["aji"].groupby(by.to_numpy())
    low, high = interval_of_mean(grouped.sum().to_numpy(), grouped.size().to_numpy(), seed)
    return low, high, len(grouped)


def summarize_organs(scores: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Return organ -> its summary, sorted; nothing without organs."""
    if "organ" not in scores:
        return {}
    return {str(organ): summarize(rows, "pooled") for organ, rows in scores.groupby("organ")}
