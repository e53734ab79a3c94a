"""The sheet of a dataset, ``images.csv``: one line per image."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import pandas as pd

from nucleibench.data.splits import hold_out_organ
from nucleibench.errors import DataError
from nucleibench.files import atomic_path
from nucleibench.images import PIXEL_SIZE
from nucleibench.images.resampling import Scale

SPLITS = ("train", "test", "reference")
"""Images to learn from, those of the held-out organ, and the one that gives its colours to all."""


@dataclass(frozen=True)
class SheetRow:
    """One image.

    Attributes:
        image: id.
        organ: organ in lower case.
        patient: id of the patient.
        part: archive of the dataset from which it came.
        split: one of ``SPLITS``.
        height: pixels.
        width: pixels.
        nuclei: number of annotated nuclei.
        sha256: digest of the RGB pixels, row by row.
        pixel_size: side of a pixel in micrometres.
    """

    image: str
    organ: str
    patient: str
    part: str
    split: str
    height: int
    width: int
    nuclei: int
    sha256: str
    pixel_size: float = PIXEL_SIZE


COLUMNS = {field.name: field.type for field in fields(SheetRow)}


def write_sheet(path: str | Path, rows: Iterable[SheetRow]) -> None:
    """Write a sheet, atomically, in the order of ``rows``."""
    with atomic_path(path) as temporary:
        pd.DataFrame(map(asdict, rows), columns=list(COLUMNS)).to_csv(temporary, index=False)


def read_sheet(path: str | Path) -> pd.DataFrame:
    """Read a sheet, one row per image; ids are strings even where they look like numbers.

    Raises:
        DataError: the file is missing or no sheet, a column is missing or holds something else,
            an image occurs twice, or a split is unknown.
    """
    try:
        sheet = pd.read_csv(path, dtype=COLUMNS, keep_default_na=False)
    except (OSError, ValueError, OverflowError) as error:
        raise DataError(f"{path}: not a sheet of images ({error}); import it again") from error
    if missing := [column for column in COLUMNS if column not in sheet]:
        raise DataError(f"{path}: lacks the columns {', '.join(missing)}; import it again")
    if twice := sheet.image[sheet.image.duplicated()].tolist():
        raise DataError(f"{path}: {twice[0]} occurs twice; import it again")
    if unknown := sorted(set(sheet.split) - set(SPLITS)):
        raise DataError(f"{path}: split {unknown[0]!r} is not one of {', '.join(SPLITS)}")
    return sheet


def write_fold_sheet(source: str | Path, organ: str, output: str | Path) -> None:
    """Write a sheet again, with another organ held out, or with none where it is empty.

    Raises:
        DataError: the sheet cannot be read, or has no image of the organ that could test.
    """
    sheet = read_sheet(source)
    by_image = sheet.set_index("image")
    splits = hold_out_organ(by_image["split"].to_dict(), by_image["organ"].to_dict(), organ)
    with atomic_path(output) as temporary:
        sheet.assign(split=sheet["image"].map(splits)).to_csv(temporary, index=False)


def organs_of_split(path: str | Path, split: str) -> list[str]:
    """Read the organs of a split's images, sorted."""
    sheet = read_sheet(path)
    return sorted(set(sheet.loc[sheet["split"] == split, "organ"]))


def images_of_split(sheet: pd.DataFrame, split: str) -> list[str]:
    """Return the ids of a split's images, in the order of the sheet."""
    return sheet.loc[sheet["split"] == split, "image"].tolist()


def scales_of(sheet: pd.DataFrame, images: Iterable[str]) -> dict[str, Scale]:
    """Return image -> its pixels, of some images of a sheet."""
    rows = sheet.set_index("image").loc[list(images)]
    return {
        row.Index: Scale((int(row.height), int(row.width)), float(row.pixel_size))
        for row in rows.itertuples()
    }


def read_images_of_split(path: str | Path, split: str) -> list[str]:
    """Read the ids of a split's images, in the order of the sheet.

    Raises:
        DataError: the sheet cannot be read, or the split is empty.
    """
    images = images_of_split(read_sheet(path), split)
    if not images:
        raise DataError(
            f"{path}: no image is of the split {split!r}, so there is nothing to do; check the "
            "organs in this sheet and test_organ in the configuration"
        )
    return images
