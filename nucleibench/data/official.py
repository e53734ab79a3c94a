"""What is known of the official images beforehand: organ, and checksum of the pixels."""

import csv
import hashlib
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path

import numpy as np

from nucleibench.errors import DataError

FOLDER = Path(__file__).parent


def load_organs(table: str | Path | None) -> dict[str, str]:
    """Load organs by image id, or by pattern of ids such as ``SYN-LIVER-*``.

    The packaged table holds what the MoNuSeg challenge says of its 44 images.

    Args:
        table: CSV file of the user's with the columns image and organ, which comes before the
            packaged table; or None.

    Raises:
        DataError: the table is missing or lacks a column.
    """
    own = _read_columns(Path(table), "image", "organ") if table is not None else {}
    packaged = _read_columns(FOLDER / "organs.csv", "image", "organ")
    others = {image: organ for image, organ in packaged.items() if image not in own}
    return {image: organ.lower() for image, organ in (own | others).items()}


def load_patients(table: str | Path | None) -> dict[str, str]:
    """Load patients by image id or pattern; none where the table has no column patient.

    Args:
        table: CSV file of the user's; or None.

    Raises:
        DataError: the table is missing or damaged.
    """
    if table is None or "patient" not in _read_header(Path(table)):
        return {}
    patients = _read_columns(Path(table), "image", "patient")
    return {image: patient for image, patient in patients.items() if patient}


def find_entry(table: Mapping[str, str], *names: str) -> str | None:
    """Return what a table says of the first of some names that it knows, by itself or a pattern."""
    for name in names:
        if name in table:
            return table[name]
    matches = (value for key, value in table.items() for name in names if fnmatchcase(name, key))
    return next(matches, None)


def organ_of(image: str, organs: Mapping[str, str], *others: str) -> str:
    """Return the organ of an image, in lower case, or raise a DataError that says how to add it.

    Args:
        image: id of the image.
        organs: as :func:`load_organs` gives them.
        others: other names that stand for it, such as its slide.
    """
    if organ := find_entry(organs, image, *others):
        return organ
    key = [image, *others][-1]
    raise DataError(
        f"{image}: its organ is not known; name in the configuration, as `organs` of the dataset, "
        f"a CSV table with the columns image and organ and a line such as `{key},liver`"
    )


def official_organs() -> dict[str, str]:
    """Return the organs of the 44 official MoNuSeg images by id, in lower case."""
    organs = load_organs(None)
    return {image: organs[image] for image in known_digests()}


def pixel_digest(image: np.ndarray) -> str:
    """Return the SHA-256 of the pixels of an RGB image, row by row."""
    return hashlib.sha256(np.ascontiguousarray(image).data).hexdigest()


def known_digests() -> dict[str, str]:
    """Return the pixel digests of the 44 official MoNuSeg images by id."""
    return _read_columns(FOLDER / "known_images.csv", "image", "sha256")


def _read_header(path: Path) -> list[str]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            return [name.strip() for name in next(csv.reader(stream), [])]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path}: cannot be read ({error}); correct its path") from error


def _read_columns(path: Path, key: str, value: str) -> dict[str, str]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            return {row[key].strip(): row[value].strip() for row in csv.DictReader(stream)}
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror}); correct its path") from error
    except (KeyError, AttributeError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path}: needs the columns {key} and {value} in every line") from error
