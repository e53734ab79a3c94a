"""Of which patient and organ images are, for scores that come without a dataset."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from nucleibench.data.label_folders import raise_all
from nucleibench.errors import DataError
from nucleibench.evaluate.comparisons import interval_of_mean
from nucleibench.evaluate.summary import summarize

COLUMNS = ("patient", "organ")


def read_groups(path: str | Path, images: Sequence[str]) -> pd.DataFrame:
    """Read the patients and organs of images.

    Args:
        path: CSV with the column image, and patient, organ or both. Other columns, and images
            that are not asked for, do not matter.
        images: names.

    Returns:
        The columns that it has, text, in the order of the images.

    Raises:
        DataError: it is no such table, or an image is not in it once; a line for each of these.
    """
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: not readable as CSV in UTF-8 ({error})") from error
    known = [column for column in COLUMNS if column in table]
    if "image" not in table or not known:
        raise DataError(
            f"{path}: has the columns {', '.join(table)}, but needs image, and patient, organ or"
            " both"
        )
    counts = table["image"].value_counts()
    found = {image: int(counts.get(image, 0)) for image in images}
    raise_all([_describe(path, image, count) for image, count in found.items() if count != 1])
    return table.set_index("image").loc[list(images), known]


def _describe(path: str | Path, image: str, count: int) -> str:
    said = f"names {image} {count} times" if count else f"does not have {image}"
    return f"{path}: {said}; each image needs one line"


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
