"""The samples of TIFF pages, read by region from strips, tiles or bytes as they lie in the file."""

import logging
import math
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import simplejpeg
import tifffile

from nucleibench.images.faults import check_size
from nucleibench.images.holes import StoredSamples, check_whole_blocks

# What tifffile says of damaged files is said in our own words; nothing goes to the terminal.
logging.getLogger("tifffile").addHandler(logging.NullHandler())

CACHE_BYTES = 2**28
"""Decoded strips and tiles that are kept for the next region: a row of blocks of a wide slide."""

UNCOMPRESSED = 1
JPEG_COMPRESSIONS = (6, 7, 34892, 33007)
JPEG_2000_COMPRESSIONS = (33003, 33004, 33005, 34712)
MOST_UNPACKED = 40_000
"""How many bytes one byte may become: of all compressions in use, Zstandard reaches most."""

ALWAYS_ALLOWED = 2**28
"""Bytes that any page may ask for."""

END_OF_IMAGE = b"\xff\xd9"
"""The last bytes of a JPEG, and of a JPEG 2000."""


class Pixels(ABC):
    """Samples that can be read by region.

    Attributes:
        shape: height, width and channels.
    """

    shape: tuple[int, int, int]

    @abstractmethod
    def read(self, top: int, left: int, height: int, width: int) -> np.ndarray:
        """Return the samples (height, width, channels) of a region inside the image."""

    def bands(self) -> Iterator[np.ndarray]:
        """Yield all samples, some rows at a time."""
        height, width, _ = self.shape
        rows = max(1, 2**22 // width)
        for top in range(0, height, rows):
            yield self.read(top, 0, min(rows, height - top), width)


class StoredPixels(Pixels):
    """Samples that lie in the file one after the other, as they are."""

    def __init__(self, array: np.ndarray) -> None:
        """Take a view of them as (height, width, channels), mapped and not read."""
        height, width, channels = array.shape
        self.shape = height, width, channels
        self._array = array

    def read(self, top: int, left: int, height: int, width: int) -> np.ndarray:
        """Return a copy in the byte order of this machine."""
        region = self._array[top : top + height, left : left + width]
        return region.astype(self._array.dtype.newbyteorder("="))


class StackedPixels(Pixels):
    """Channels that are kept as images of their own."""

    def __init__(self, planes: Sequence[Pixels]) -> None:
        """Take images of one channel and one size."""
        height, width, _ = planes[0].shape
        self.shape = height, width, len(planes)
        self._planes = planes

    def read(self, top: int, left: int, height: int, width: int) -> np.ndarray:
        """Read the region from every channel."""
        regions = [plane.read(top, left, height, width) for plane in self._planes]
        return np.concatenate(regions, axis=2)


class OrderedPixels(Pixels):
    """Samples whose channels lie in another order than they are wanted."""

    def __init__(self, pixels: Pixels, order: Sequence[int]) -> None:
        """Take samples, and the places of the channels that come first."""
        self.shape = pixels.shape
        self._pixels = pixels
        self._order = [*order, *range(len(order), pixels.shape[2])]

    def read(self, top: int, left: int, height: int, width: int) -> np.ndarray:
        """Read the region, and put its channels in order."""
        return np.take(self._pixels.read(top, left, height, width), self._order, axis=2)


class SegmentedPixels(Pixels):
    """Samples in strips or tiles, of which only those that a region touches are decoded."""

    def __init__(self, page: Any, where: str) -> None:
        """Take a page of tifffile.

        Raises:
            DataError: a strip or tile is too large to be decoded.
        """
        frame = page.keyframe
        self._page = page
        self._cache: OrderedDict[int, np.ndarray] = OrderedDict()
        self._planes, _, rows, columns, samples = frame.shaped
        self.shape = rows, columns, self._planes * samples
        self._rows = min(frame.tilelength if frame.is_tiled else frame.rowsperstrip, rows)
        self._columns = frame.tilewidth if frame.is_tiled else columns
        self._grid = math.ceil(rows / self._rows), math.ceil(columns / self._columns)
        check_size(where, self._rows, self._columns, "one strip or tile of a TIFF")

    def read(self, top: int, left: int, height: int, width: int) -> np.ndarray:
        """Decode what the region touches and put it together."""
        region = np.empty((height, width, self.shape[2]), self._page.keyframe.dtype)
        for plane, row, column in product(
            range(self._planes),
            range(top // self._rows, -(-(top + height) // self._rows)),
            range(left // self._columns, -(-(left + width) // self._columns)),
        ):
            segment = self._segment((plane * self._grid[0] + row) * self._grid[1] + column)
            down, right = row * self._rows - top, column * self._columns - left
            self._place(segment, plane, down, right, region)
        return region

    def _place(
        self, segment: np.ndarray, plane: int, down: int, right: int, region: np.ndarray
    ) -> None:
        """Copy the part of a segment that falls into a region, where it begins at (down, right)."""
        target = region[max(0, down) :, max(0, right) :]
        part = segment[max(0, -down) :, max(0, -right) :]
        height, width = (min(target.shape[axis], part.shape[axis]) for axis in (0, 1))
        channels = slice(plane, plane + 1) if self._planes > 1 else slice(None)
        target[:height, :width, channels] = part[:height, :width]

    def _segment(self, index: int) -> np.ndarray:
        """Return a decoded strip or tile (height, width, channels), or the one in the cache."""
        lock = self._page.parent.filehandle.lock
        with lock:
            if index in self._cache:
                self._cache.move_to_end(index)
                return self._cache[index]
            data = read_segment(self._page, index)
        segment = self._decoded(data, index)
        with lock:
            self._cache[index] = segment
            while len(self._cache) > 1 and len(self._cache) * segment.nbytes > CACHE_BYTES:
                self._cache.popitem(last=False)
        return segment

    def _decoded(self, data: bytes, index: int) -> np.ndarray:
        frame, tables = self._page.keyframe, self._page.jpegtables
        if frame.compression != UNCOMPRESSED:
            check_whole_blocks(data, self._page.dataoffsets[index])
        if frame.compression in JPEG_COMPRESSIONS and frame.bitspersample == 8:
            check_jpeg(data, tables)
        if frame.compression in JPEG_2000_COMPRESSIONS:
            check_jpeg_2000(data)
        segment, _, _ = frame.decode(data, index, jpegtables=tables)
        row, column = divmod(index % (self._grid[0] * self._grid[1]), self._grid[1])
        wanted = (
            min(self._rows, self.shape[0] - row * self._rows),
            min(self._columns, self.shape[1] - column * self._columns),
        )
        if segment.shape[1] < wanted[0] or segment.shape[2] < wanted[1]:
            raise ValueError(f"strip or tile {index} has {segment.shape[1:3]} pixels of {wanted}")
        return segment[0]


def read_segment(page: Any, index: int) -> bytes:
    """Return a strip or tile of a page as it is in the file."""
    handle = page.parent.filehandle
    handle.seek(page.dataoffsets[index])
    return handle.read(page.databytecounts[index])


def open_pages(source: str | Path | BinaryIO) -> tifffile.TiffFile:
    """Open a TIFF and find all its pages: tifffile sees a chain without end only when it counts.

    Raises:
        Exception: whatever damaged bytes lead tifffile to.
    """
    tif = tifffile.TiffFile(source)
    len(tif.pages)
    return tif


def check_jpeg(data: bytes, tables: bytes | None) -> None:
    """Raise ValueError where a JPEG inside a TIFF is not whole; decoders draw grey over the rest.

    Args:
        data: a strip or tile.
        tables: the page's JPEGTables, which the strips and tiles share.
    """
    if tables:
        data = tables.removesuffix(END_OF_IMAGE) + data[2:]
    # An eighth of the size costs little and reads every bit.
    space = "CMYK" if simplejpeg.decode_jpeg_header(data)[2] in ("CMYK", "YCCK") else "GRAY"
    simplejpeg.decode_jpeg(data, space, min_height=1, min_width=1, min_factor=8, strict=True)


def check_jpeg_2000(data: bytes) -> None:
    """Raise ValueError where a JPEG 2000 inside a TIFF has lost its end, which decoders ignore."""
    if not data.rstrip(b"\0").endswith(END_OF_IMAGE):
        raise ValueError("a JPEG 2000 without an end")


def check_whole(page: Any) -> None:
    """Raise ValueError where a page lacks strips or tiles, or claims more than they can hold."""
    wanted = math.prod(page.keyframe.chunked)
    offsets, counts = page.dataoffsets, page.databytecounts
    stored = [pair for pair in zip(offsets, counts, strict=False) if all(pair)]
    if len(stored) < wanted:
        raise ValueError(f"{wanted - len(stored)} of {wanted} strips or tiles are missing")
    end, size = max(map(sum, stored)), page.parent.filehandle.size
    if end > size:
        raise ValueError(f"{size} bytes of at least {end}")
    _check_claim(page.keyframe, sum(count for _, count in stored))


def _check_claim(frame: Any, stored: int) -> None:
    """Raise ValueError where memory for a page is asked that its bytes cannot fill."""
    segment = frame.tilelength * frame.tilewidth if frame.is_tiled else 0
    claimed = max(math.prod(frame.shaped), segment) * frame.dtype.itemsize
    if claimed > max(ALWAYS_ALLOWED, MOST_UNPACKED * stored):
        raise ValueError(f"{claimed:,} bytes cannot come out of {stored:,}")


def pixels_of(page: Any, where: str) -> Pixels:
    """Return the samples of a page of tifffile.

    Raises:
        ValueError: strips or tiles are missing or lie behind the end of the file.
        DataError: a strip or tile is too large to be decoded.
    """
    check_whole(page)
    if not page.keyframe.is_final:
        return SegmentedPixels(page, where)
    planes, _, height, width, samples = page.keyframe.shaped
    stored = stored_array(page, page.dataoffsets[0], (planes, height, width, samples))
    return StoredPixels(_channels_last(stored))


def stored_samples(level: Any) -> list[StoredSamples]:
    """Return where the samples of a level of tifffile lie, of each page that is uncompressed."""
    frame, handle = level.keyframe, level.keyframe.parent.filehandle
    if frame.compression != UNCOMPRESSED:
        return []

    def read(first: int, last: int) -> np.ndarray:
        with handle.lock:
            handle.seek(first)
            return np.frombuffer(handle.read(last - first), np.uint8)

    bits = frame.bitspersample * (frame.samplesperpixel if frame.planarconfig == 1 else 1)
    width = frame.tilewidth if frame.is_tiled else frame.imagewidth
    columns = width, frame.imagewidth % width or width, 1
    row, inside, pixel = (math.ceil(count * bits / 8) for count in columns)
    return [StoredSamples(read, *places, row, inside, pixel) for places in _places(level)]


def _places(level: Any) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield where strips or tiles begin and end in the file, in its order, for each page."""
    if level.dataoffset is not None:  # one after the other, and not all need be in a page
        begin = np.array([level.dataoffset])
        yield begin, begin + math.prod(level.shape) * level.dtype.itemsize
        return
    for page in level.pages:
        begins, counts = (np.array(each) for each in (page.dataoffsets, page.databytecounts))
        order = begins.argsort()
        yield begins[order], (begins + counts)[order]


def _channels_last(planes: np.ndarray) -> np.ndarray:
    """Turn (planes, height, width, samples), one of the two being 1, into a view of 3 axes."""
    return planes[0] if planes.shape[0] == 1 else np.moveaxis(planes[..., 0], 0, 2)


def stored_array(page: Any, offset: int, shape: tuple[int, ...]) -> np.ndarray:
    """Return uncompressed samples of a page's kind; those of a file are mapped and not read."""
    handle = page.parent.filehandle
    dtype = page.parent.byteorder + page.keyframe.dtype.char
    if handle.is_file:
        return handle.memmap_array(dtype, shape, offset)
    handle.seek(offset)
    return handle.read_array(dtype, math.prod(shape)).reshape(shape)
