"""The one reader of images and slides: it gives RGB and the pixel size, or refuses in words."""

from collections.abc import Callable
from pathlib import Path

from nucleibench.errors import DataError
from nucleibench.images.clutter import is_clutter
from nucleibench.images.interface import Raster
from nucleibench.registry import Registry

__all__ = ["OPENERS", "Raster", "is_clutter", "open_raster"]

Opener = Callable[[Path], Raster | None]

OPENERS: Registry[Opener] = Registry(
    "kind of image",
    {
        "slide": "nucleibench.slides.wsi:open_slide",
        "plain": "nucleibench.images.decoding:open_plain",
    },
)
"""Each opens a file, or returns None where it is not of its kind; the last one always answers."""


def open_raster(path: str | Path) -> Raster:
    """Open an image or slide for reading by region.

    Raises:
        DataError: nothing is there, it is a folder, it is damaged, or its colours cannot be told
            for certain.
    """
    path = Path(path)
    if path.is_dir():
        raise DataError(f"{path}: is a folder, not an image; give the files in it")
    if not path.exists():
        raise DataError(f"{path}: does not exist; give an image or a slide")
    if not path.is_file():
        raise DataError(f"{path}: is a pipe or a device, not a file; give a file")
    return next(raster for kind in OPENERS if (raster := OPENERS[kind](path)))
