"""The table ``images.csv`` of a folder of images: what its owner knows of them."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from unicodedata import normalize

from nucleibench.bounds import LARGEST, SMALLEST
from nucleibench.data.notices import tell
from nucleibench.errors import DataError

SPLITS = ("train", "test")


@dataclass(frozen=True)
class ImageLine:
    """What the table says of an image; None where it says nothing.

    Attributes:
        organ: in lower case.
        patient: id of the patient.
        split: one of ``SPLITS``.
        pixel_size: side of a pixel in micrometres.
    """

    organ: str | None = None
    patient: str | None = None
    split: str | None = None
    pixel_size: float | None = None


def read_image_table(content: bytes, where: str) -> dict[str, ImageLine]:
    """Read the table, by what it calls the images.

    Args:
        content: CSV in UTF-8 with the column image, and any of organ, patient, split and
            pixel_size.
        where: what messages call it.

    Raises:
        DataError: it is no such table, an image occurs twice, or a value cannot be.

    Warns:
        DataWarning: it has other columns, which are not read.
    """
    try:
        reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig")), strict=True)
        columns = [name.strip() for name in reader.fieldnames or ()]
        rows = [(reader.line_num, row) for row in reader if _holds_something(row)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{where}: not readable as CSV in UTF-8 ({error})") from error
    _check_columns(columns, where)
    lines: dict[str, ImageLine] = {}
    for number, row in rows:
        if None in row:
            raise DataError(
                f"{where}: line {number} has more values than there are columns; a value with a"
                ' comma needs quotes around it, as "Doe, Jane"'
            )
        values = {key.strip(): value for key, value in row.items()}
        image = normalize("NFC", _text(values, "image") or "") or None
        if image is None or image in lines:
            fault = "has no image" if image is None else f"names {image} again"
            raise DataError(f"{where}: line {number} {fault}; each image needs one line")
        lines[image] = _read_line(values, f"{where}: line {number} ({image})")
    return lines


def _check_columns(columns: list[str], where: str) -> None:
    if "image" not in columns:
        raise DataError(
            f"{where}: has the columns {', '.join(columns) or 'none'}, but needs image, and commas "
            "between them; organ, patient, split and pixel_size are welcome"
        )
    known = ("image", "organ", "patient", "split", "pixel_size")
    if twice := [name for name in known if columns.count(name) > 1]:
        raise DataError(f"{where}: has the column {twice[0]} twice; remove one")
    if others := [name for name in columns if name and name not in known]:
        tell(f"{where}: the column {', '.join(others)} is not read; known are {', '.join(known)}")


def _read_line(values: Mapping[str, str | None], where: str) -> ImageLine:
    organ = _text(values, "organ")
    split = _text(values, "split")
    if "split" in values and split not in SPLITS:
        raise DataError(f"{where}: split is {split or 'empty'}; write {' or '.join(SPLITS)}")
    size = _pixel_size(_text(values, "pixel_size"), where)
    return ImageLine(organ and organ.lower(), _text(values, "patient"), split, size)


def _holds_something(row: Mapping[str | None, str | list[str] | None]) -> bool:
    return any(value and (isinstance(value, list) or value.strip()) for value in row.values())


def _text(values: Mapping[str, str | None], column: str) -> str | None:
    return (values.get(column) or "").strip() or None


def _pixel_size(text: str | None, where: str) -> float | None:
    if text is None:
        return None
    try:
        size = float(text)
    except ValueError:
        size = 0
    if not SMALLEST <= size <= LARGEST:
        raise DataError(
            f"{where}: pixel_size is {text}, but it is a number of micrometres from {SMALLEST} to "
            f"{LARGEST:g}, such as 0.25 at 40x"
        )
    return size


def file_name(member: str) -> str:
    """Return what a table may call a file: its name without folders, in one form of Unicode."""
    return normalize("NFC", PurePosixPath(member).name)


def line_of(lines: Mapping[str, ImageLine], names: Sequence[str], where: str) -> ImageLine:
    """Return what the table says of an image, which it calls by one of some names: its id first.

    Raises:
        DataError: it says nothing, or has several lines of it.
    """
    found = [name for name in dict.fromkeys(names) if name in lines]
    if len(found) > 1:
        raise DataError(f"{where}: {' and '.join(found)} are one image; each image needs one line")
    if not found:
        raise DataError(f"{where}: has no line for {names[0]}; {_remedy(lines, names)}")
    return lines[found[0]]


def _remedy(lines: Mapping[str, ImageLine], names: Sequence[str]) -> str:
    """Say what to do, and which line may be meant, if one differs in case alone."""
    wanted = {name.casefold() for name in names}
    close = next((name for name in lines if name.casefold() in wanted), None)
    return f"write {names[0]} for {close}, if that is meant" if close else "add it"


def tell_unused(lines: Mapping[str, ImageLine], images: Iterable[str], where: str) -> None:
    """Tell which lines are of no image; ``images`` are ids and file names."""
    if unused := sorted(set(lines) - set(images)):
        tell(f"{where}: there is no image {', '.join(unused[:5])}; its line is not used")
