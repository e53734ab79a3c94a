"""The slides of a cohort: those of a folder, or of a sheet."""

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from nucleibench.bounds import LARGEST, SMALLEST
from nucleibench.errors import ConfigurationError, DataError
from nucleibench.slides.companions import find_companions
from nucleibench.slides.inputs import SUFFIXES, find_inputs
from nucleibench.slides.naming import name_results


@dataclass(frozen=True)
class Slide:
    """A slide of a cohort.

    Attributes:
        name: of its results.
        path: of the file.
        patient: whose slide it is; its name where nobody says so.
        pixel_size: side of a pixel in micrometres; None takes what the file states.
    """

    name: str
    path: Path
    patient: str
    pixel_size: float | None = None


def find_slides(
    place: str | Path, output: str | Path, tell: Callable[[str], None] = lambda line: None
) -> list[Slide]:
    """Return the slides below a folder, or those that a CSV sheet lists.

    Args:
        place: a folder, or a sheet with the column slide, and perhaps patient and pixel_size.
        output: folder of results, which is no place of slides.
        tell: called with a line on files of the folder that are parts of slides, and with one on
            files of other kinds.

    Raises:
        ConfigurationError: the place does not exist or holds no slide; the sheet has no column
            slide, names a file that does not exist, a slide twice, or a pixel size out of bounds.
    """
    place = Path(place)
    try:
        if place.is_file():
            return _name(_read_sheet(place))
        found = find_inputs([place], SUFFIXES, Path(output), tell)
    except DataError as error:
        raise ConfigurationError(f"slides.images: {error}") from error
    names = name_results([given.below for given in found])
    return [Slide(name, given.path, name) for name, given in zip(names, found, strict=True)]


def _name(slides: list[Slide]) -> list[Slide]:
    """Return slides of a sheet, named by their files."""
    names = name_results([Path(slide.path.name) for slide in slides])
    return [
        Slide(name, slide.path, slide.patient or name, slide.pixel_size)
        for name, slide in zip(names, slides, strict=True)
    ]


def _read_sheet(sheet: Path) -> list[Slide]:
    with open(sheet, encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream)
        if "slide" not in (reader.fieldnames or []):
            raise DataError(f"{sheet} has no column slide; give one with the paths of the slides")
        rows = [_read_row(row, f"{sheet}, line {reader.line_num}", sheet.parent) for row in reader]
    if not rows:
        raise DataError(f"{sheet} lists no slides; give a row each")
    if parts := find_companions(row.path for row in rows):
        raise DataError(f"{sheet}: {min(parts)} is a part of another row's slide; leave it out")
    return rows


def _read_row(row: Mapping[str, str | None], where: str, folder: Path) -> Slide:
    path = folder / (row["slide"] or "").strip()
    if not path.is_file():
        raise DataError(f"{where}: there is no file {path}; paths are relative to the sheet")
    size = _read_size((row.get("pixel_size") or "").strip(), where)
    return Slide("", path, (row.get("patient") or "").strip(), size)


def _read_size(text: str, where: str) -> float | None:
    if not text:
        return None
    try:
        size = float(text)
    except ValueError:
        size = 0.0
    if not SMALLEST <= size <= LARGEST:
        raise DataError(
            f"{where}: pixel_size {text!r} is not a number from {SMALLEST} to {LARGEST} micrometres"
        )
    return size
