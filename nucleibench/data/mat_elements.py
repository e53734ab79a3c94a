"""The types of the parts of a MATLAB file: SciPy looks unknown ones up outside of its table.

See "MAT-File Level 5 File Format" by MathWorks.
"""

import struct
import zlib

HEADER = 128
MATRIX, COMPRESSED = 14, 15
NUMBERS = frozenset((1, 2, 3, 4, 5, 6, 7, 9, 12, 13))
"""Types of parts that are numbers."""

NUMERIC_CLASSES = range(6, 16)
COMPLEX = 0x0800
FLAGS = 16
"""Bytes of the first part of a matrix, which says of what class it is."""

BEGINNING = 4096
"""Bytes of a matrix that are unpacked: up to where its numbers begin."""


def check_elements(content: bytes) -> bytes:
    """Check a MATLAB file of version 5, and return it with the beginning of each part alone.

    That is enough to list its variables, and nothing needs to be unpacked whole for it. Files of
    version 4 are returned as they are: they have nothing to check.

    Raises:
        ValueError: numbers are of no known type, or complex.
    """
    if 0 in content[:4]:
        return content
    order = "<" if content[126:128] == b"IM" else ">"
    parts, at = [content[:HEADER]], HEADER
    while at + 8 <= len(content):
        kind, start, end, _ = _element(content, at, order)
        beginning = content[start : min(end, start + BEGINNING)]
        if kind == COMPRESSED:
            inside = zlib.decompressobj().decompress(content[start:end], BEGINNING)
            kind, start, _, _ = _element(inside, 0, order)
            beginning = inside[start:]
        _check_matrix(kind, beginning, order)
        parts += [struct.pack(f"{order}II", kind, len(beginning)), beginning]
        at = end
    return b"".join([*parts, content[at:]])


def _element(content: bytes, at: int, order: str) -> tuple[int, int, int, int]:
    """Return the type of a part, where its data begin and end, and where the next part begins."""
    kind, size = struct.unpack_from(f"{order}II", content, at)
    if kind >> 16:  # up to four bytes, in the place of the size
        return kind & 0xFFFF, at + 4, at + 4 + (kind >> 16), at + 8
    return kind, at + 8, at + 8 + size, at + 8 + -(-size // 8) * 8


def _check_matrix(kind: int, matrix: bytes, order: str) -> None:
    if kind != MATRIX:
        return
    (flags,) = struct.unpack_from(f"{order}I", matrix, 8)
    if flags & 0xFF not in NUMERIC_CLASSES:
        return
    sizes = _element(matrix, FLAGS, order)
    name = _element(matrix, sizes[-1], order)
    numbers = _element(matrix, name[-1], order)
    if numbers[0] not in NUMBERS or flags & COMPLEX:
        raise ValueError(f"numbers of the unknown type {numbers[0]}, or complex ones")
