"""Files that belong to a slide of which another file is opened."""

import os
import re
import struct
from collections.abc import Iterable, Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

PREAMBLE, MAGIC = 128, b"DICM"
SERIES = 0x0020, 0x000E
"""SeriesInstanceUID, as group and element."""

DELIMITERS = 0xFFFE
"""Group of what begins and ends the items of a sequence."""

ENDS = (DELIMITERS, 0xE00D), (DELIMITERS, 0xE0DD)
UNDEFINED = 0xFFFFFFFF
"""Length of a sequence or an item that ends with one of ENDS."""

LONG = (b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV")
"""Kinds of values whose length takes four bytes, behind two that are empty."""

LONGEST_INDEX = 2**20
"""Bytes of an index."""

INDEXES = (".vms", ".vmu")
"""Suffixes of text files that name the other files of a Hamamatsu slide."""


def find_companions(files: Iterable[Path]) -> set[Path]:
    """Return the files that are only parts of a slide, which another one of the files stands for.

    The first file of a DICOM series in a folder stands for the slide. A ``.vms`` or ``.vmu``
    stands for all files that it names, and a ``.mrxs`` for all in its folder.
    """
    files = list(dict.fromkeys(files))
    parts = {*_repeated_series(files), *_named_in_indexes(files)}
    folders = {file.with_suffix("") for file in files if file.suffix.lower() == ".mrxs"}
    return {file for file in files if file in parts or not folders.isdisjoint(file.parents)}


def _repeated_series(files: Iterable[Path]) -> Iterator[Path]:
    """Yield all files of each DICOM series but the first."""
    seen = set()
    for file in files:
        if file.suffix.lower() in ("", ".dcm") and (series := read_series(file)):
            key = os.path.realpath(file.parent), series
            if key in seen:
                yield file
            seen.add(key)


def _named_in_indexes(files: Iterable[Path]) -> Iterator[Path]:
    """Yield the files that indexes name; a line of an index is a key, ``=`` and a value."""
    for file in files:
        if file.suffix.lower() in INDEXES:
            for name in re.findall(rb"=[ \t]*([^\r\n]+?)[ \t]*[\r\n]", _read_start(file) + b"\n"):
                yield file.parent / os.fsdecode(name)


def _read_start(file: Path) -> bytes:
    """Return the beginning of a file that should be a short text; nothing where it is not."""
    with _open(file) as stream:
        return stream.read(LONGEST_INDEX)


def read_series(file: str | Path) -> str:
    """Return the SeriesInstanceUID of a DICOM file; "" where none can be read."""
    with _open(file) as stream:
        if stream.read(PREAMBLE + len(MAGIC))[PREAMBLE:] == MAGIC:
            with suppress(struct.error):  # it is cut short
                return _find_series(stream)
    return ""


def _open(file: str | Path) -> BinaryIO:
    """Open a file. What is no file, or cannot be read, is empty: it is told when its turn comes."""
    try:
        return open(file, "rb") if os.path.isfile(file) else BytesIO()
    except OSError:
        return BytesIO()


def _find_series(stream: BinaryIO) -> str:
    """Read elements, in the order of their tags, up to the series; sequences may have others'."""
    depth, tag = 0, (0, 0)
    while depth or tag in ENDS or tag < SERIES:
        tag, length = _read_head(stream)
        if tag in ENDS:
            depth -= 1
        elif length == UNDEFINED:
            depth += 1
        elif tag == SERIES and not depth:
            return stream.read(length).decode("ascii", "replace").rstrip("\0 ")
        else:
            stream.seek(length, os.SEEK_CUR)
    return ""


def _read_head(stream: BinaryIO) -> tuple[tuple[int, int], int]:
    """Return the tag of an element and the length of its value, where the stream then stands."""
    group, element, kind, short = struct.unpack("<HH2sH", stream.read(8))
    if group == DELIMITERS or not (kind.isalpha() and kind.isupper()):  # no kind is stated
        return (group, element), struct.unpack("<I", kind + struct.pack("<H", short))[0]
    long = kind in LONG
    return (group, element), struct.unpack("<I", stream.read(4))[0] if long else short
