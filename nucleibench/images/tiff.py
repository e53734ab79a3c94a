"""TIFF of every kind, pyramids and files larger than memory among them, read by region."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

import numpy as np

from nucleibench.images import colours
from nucleibench.images.channels import order_channels, order_note
from nucleibench.images.colours import Encoding, to_rgb
from nucleibench.images.faults import AS_RGB, damaged, telling_damage, unsuitable
from nucleibench.images.holes import StoredSamples, describe_holes
from nucleibench.images.interface import Raster
from nucleibench.images.pixel_size import PixelSize
from nucleibench.images.tiff_colours import UNNAMED, model_of, read_encoding
from nucleibench.images.tiff_pixels import (
    OrderedPixels,
    Pixels,
    StackedPixels,
    StoredPixels,
    open_pages,
    pixels_of,
    stored_array,
    stored_samples,
)
from nucleibench.images.tiff_tags import channel_names, orientation, read_pixel_size

SIGNATURES = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")

ONE_IMAGE = "YX", "YXS", "SYX"
CHANNELS_APART = "CYX", "QYX"
"""Axes as tifffile names them; Q is what no description explains."""

ONE_WANTED = "save the one that is meant alone"

MOST_LOOKED_AT = 2**22
"""Pixels of an image, or of its smallest level, that are looked at for colour when it is opened."""


@dataclass(frozen=True)
class Level:
    """One resolution of an image."""

    pixels: Pixels
    encoding: Encoding

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width."""
        return self.pixels.shape[:2]

    def read(self, top: int, left: int, height: int, width: int) -> np.ndarray:
        """Read a region inside the level as RGB uint8."""
        return to_rgb(self.pixels.read(top, left, height, width), self.encoding)


class TiffRaster(Raster):
    """The first image of a TIFF."""

    def __init__(
        self,
        stream: BinaryIO,
        where: str,
        levels: Sequence[Level],
        size: PixelSize,
        notes: Sequence[str],
        stored: Sequence[StoredSamples],
    ) -> None:
        """Take the levels from the largest to the smallest, and the stream they read from.

        ``stored`` is where the samples of all levels lie that are not compressed.
        """
        super().__init__(where, [level.shape for level in levels], size, notes)
        self._stream = stream
        self._levels = levels
        self._stored = stored

    def _read_inside(self, level: int, top: int, left: int, height: int, width: int) -> np.ndarray:
        with telling_damage(str(self.path)):
            return self._levels[level].read(top, left, height, width)

    def _find_oddities(self) -> list[str]:
        with telling_damage(str(self.path)):
            return describe_holes(self._stored)

    def close(self) -> None:
        """Close the file."""
        self._stream.close()


def open_tiff(stream: BinaryIO, where: str) -> TiffRaster:
    """Open the TIFF in ``stream``, which messages call ``where``; the raster keeps the stream.

    Raises:
        DataError: it is damaged, holds several images of one size, or has no colours that can be
            told for certain.
    """
    with telling_damage(where):
        tif = open_pages(stream)
        tif.filehandle.set_lock(True)
        _check_pages(tif, where)
        return _open_first(tif, stream, where)


def _check_pages(tif: Any, where: str) -> None:
    """Raise DataError where pages are lost: a file cut behind its first image still opens.

    Laser scanning microscopes write pages of their own kind, with channels of fluorescence.
    """
    if tif.is_lsm:
        raise unsuitable(where, "is of a laser scanning microscope, not of a slide scanner", AS_RGB)
    if not tif.series:
        raise damaged(where, "no image is in it")
    tif.filehandle.seek(tif.pages.next_page_offset)
    if any(tif.filehandle.read(tif.tiff.offsetsize)):
        raise damaged(where, f"there should be more than {len(tif.pages)} images in it")


def _open_first(tif: Any, stream: BinaryIO, where: str) -> TiffRaster:
    series = tif.series[0]
    page = series.keyframe
    planes = _count_planes(series, where)
    notes = _check_others(tif.series, where) + colours.orientation_note(orientation(page), "TIFF")
    pixels = [_read_planes(level, planes, where) for level in series.levels]
    names = channel_names(tif)
    encoding, told = read_encoding(page, pixels[0], names, where)
    if encoding.model == "RGB" and len(names) == pixels[0].shape[2]:
        pixels, told = _put_in_order(pixels, names[:3], told, where)
    levels = [
        Level(own, replace(encoding, model=model_of(level.keyframe)))
        for own, level in zip(pixels, series.levels, strict=True)
    ]
    notes += told + _colour_note(levels[-1])
    stored = [samples for level in series.levels for samples in stored_samples(level)]
    return TiffRaster(stream, where, levels, read_pixel_size(tif, page), notes, stored)


def _count_planes(series: Any, where: str) -> int:
    """Return of how many images of one channel the first image consists; 1 for the usual kind."""
    sizes = zip(series.axes, series.shape, strict=True)
    many = [(axis, size) for axis, size in sizes if size > 1 or axis in "YXS"]
    axes = "".join(axis for axis, _ in many)
    counts = [int(size) for axis, size in many if axis not in "YXS"]
    if axes in ONE_IMAGE:
        return 1
    if axes in CHANNELS_APART and (axes[0] == "C" or counts == [3]):
        return counts[0]
    raise unsuitable(where, f"holds {math.prod(counts)} images of one size", ONE_WANTED)


def _check_others(series: Sequence[Any], where: str) -> list[str]:
    """Refuse a second image as large as the first; tell of smaller ones, such as labels."""
    first, *others = ((image.keyframe.imagelength, image.keyframe.imagewidth) for image in series)
    if any(height * width >= first[0] * first[1] for height, width in others):
        sizes = ", ".join(f"{width} x {height}" for height, width in (first, *others))
        raise unsuitable(where, f"holds several images ({sizes})", ONE_WANTED)
    return [f"the first of {len(series)} images in the file is taken"] if others else []


def _read_planes(level: Any, planes: int, where: str) -> Pixels:
    """Return the samples of a level, whose channels may be pages, or lie behind the only page."""
    pages = list(level.pages)
    if None in pages:
        raise damaged(where, "some of its channels are in other files, which are not there")
    if planes == 1:
        return pixels_of(pages[0], where)
    if len(pages) == planes:
        return StackedPixels([pixels_of(page, where) for page in pages])
    page = level.keyframe
    shape = planes, page.imagelength, page.imagewidth
    return StoredPixels(np.moveaxis(stored_array(page, level.dataoffset, shape), 0, 2))


def _put_in_order(
    levels: list[Pixels], names: list[str], notes: list[str], where: str
) -> tuple[list[Pixels], list[str]]:
    """Return the levels with red, green and blue in this order, where channels are called so."""
    order = order_channels(names, where)
    if order is None:
        return levels, notes
    kept = [note for note in notes if note != UNNAMED]
    if order == sorted(order):
        return levels, kept
    return [OrderedPixels(own, order) for own in levels], [*kept, order_note(names)]


def _colour_note(level: Level) -> list[str]:
    height, width = level.shape
    if height * width > MOST_LOOKED_AT:
        return []
    return [colours.COLOURLESS] if colours.colourless(level.read(0, 0, height, width)) else []
