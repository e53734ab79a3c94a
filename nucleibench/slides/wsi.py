"""Whole slide images of scanners, read by region through OpenSlide."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from openslide import OpenSlide

from nucleibench.errors import DataError
from nucleibench.images.colours import on_white
from nucleibench.images.faults import telling_damage
from nucleibench.images.interface import Raster
from nucleibench.images.pixel_size import Statement, choose_pixel_size

PLAIN = (None, "generic-tiff")
"""What OpenSlide calls files that no scanner wrote: the strict reader of TIFF is for them."""

NEEDED = {
    ".mrxs": "the folder of the same name with Slidedat.ini beside it",
    ".vms": "all .jpg and .opt files of the scan beside it",
    ".vmu": "all .ngr files of the scan beside it",
    ".dcm": "all files of the scan in one folder, of the kind VL Whole Slide Microscopy",
    ".svslide": "the whole file",
    ".czi": "the whole file, with 8 bits a channel",
}
"""Suffixes that only slides have, and what OpenSlide needs to open them."""

SOURCES = {"dicom": "DICOM"}
"""What to call the pixel size of a scanner; others are called ``aperio.mpp`` and so on."""

BOUNDS = ("bounds-y", "bounds-x", "bounds-height", "bounds-width")


class Slide(Raster):
    """A slide; where its scanner says which part it scanned, that part."""

    def __init__(self, slide: OpenSlide, path: Path, vendor: str) -> None:
        """Take an open slide."""
        height, width = slide.dimensions[::-1]
        self._slide = slide
        self._top, self._left, height, width = _bounds(slide.properties, height, width)
        self._factors = slide.level_downsamples
        shapes = [(round(height / factor), round(width / factor)) for factor in self._factors]
        size = choose_pixel_size(_statements(slide.properties, vendor))
        super().__init__(path, shapes, size, self._notes())

    def _notes(self) -> list[str]:
        if not (self._top or self._left):
            return []
        return [
            f"positions count from the scanned part, which begins at row {self._top} and column "
            f"{self._left} of the slide's canvas (as in QuPath)"
        ]

    def _read_inside(self, level: int, top: int, left: int, height: int, width: int) -> np.ndarray:
        factor = self._factors[level]
        corner = self._left + round(left * factor), self._top + round(top * factor)
        with telling_damage(str(self.path)):
            rgba = np.asarray(self._slide.read_region(corner, level, (width, height)))
        return on_white(rgba[..., :3], rgba[..., 3], premultiplied=False)

    def close(self) -> None:
        """Close the slide."""
        self._slide.close()


def open_slide(path: Path) -> Slide | None:
    """Open a slide for reading by region; return None where no scanner wrote the file.

    Raises:
        DataError: it is a slide that lacks files, or a damaged one.
    """
    with telling_damage(str(path)):
        vendor = OpenSlide.detect_format(path)
    if vendor in PLAIN:
        if needed := NEEDED.get(path.suffix.lower()):
            raise DataError(f"{path}: OpenSlide does not read this slide; it needs {needed}")
        return None
    with telling_damage(str(path)):
        return Slide(OpenSlide(path), path, vendor)


def _bounds(properties: Mapping[str, str], height: int, width: int) -> tuple[int, int, int, int]:
    """Return top, left, height and width of what was scanned."""
    stated = [properties.get(f"openslide.{name}") for name in BOUNDS]
    if any(value is None for value in stated):
        return 0, 0, height, width
    top, left, height, width = (int(value) for value in stated if value is not None)
    return top, left, height, width


def _statements(properties: Mapping[str, str], vendor: str) -> Iterator[Statement]:
    sides = [float(properties.get(f"openslide.mpp-{axis}", 0)) for axis in "yx"]
    if all(sides):
        yield Statement(SOURCES.get(vendor, f"{vendor}.mpp"), *sides)
