"""Where a file has lost a part: blocks of zeros in place of what a disk or a copy should hold.

A picture may be black, and codes may be zero, but such zeros end wherever a picture or a code ends.
What is lost begins and ends at blocks of the file system.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

BLOCK = 4096
"""Bytes that file systems write together."""

PIECE = 2**20
"""Bytes that are looked through at a time."""

NEAR = 2
"""Bytes beside a hole of which one is not zero: a code is zero in one of 256 cases."""

FEW = 16
"""Bytes: more than a pixel has, and as many as may be zeros in a row without a black part."""

WHOLE = (b"\xff\xd9", b"IEND\xaeB`\x82")
"""Ends of JPEG, JPEG 2000 and PNG: zeros behind one of them fill up a file that is whole."""

# First byte, and the one behind the last.
Hole = tuple[int, int]

Read = Callable[[int, int], np.ndarray]
"""Returns the bytes of a file from one place to another, uint8 (n,)."""


def find_hole(content: bytes, start: int = 0, ends: bool = True) -> Hole | None:
    """Return the first stretch of zeros that fills whole blocks, with others before and behind it.

    The last block of the bytes need not be whole.

    Args:
        content: compressed bytes of a file.
        start: where in the file they begin.
        ends: whether the file ends with them, so that nothing need be behind it.
    """
    data, end = np.frombuffer(content, np.uint8), start + len(content)

    def read(first: int, last: int) -> np.ndarray:
        return data[max(0, first - start) : last - start]

    for first, last in _find_empty(read, start, end):
        behind = read(last, last + NEAR).any() or (ends and last == end)
        if last - first > FEW and read(first - NEAR, first).any() and behind:
            return first, last
    return None


def check_whole_blocks(content: bytes, start: int = 0, ends: bool = True) -> None:
    """Raise ValueError where compressed bytes have a hole; the arguments are of ``find_hole``."""
    ends = ends and not content.rstrip(b"\0").endswith(WHOLE)
    if hole := find_hole(content, start, ends):
        raise ValueError(f"nothing but zeros in the bytes from {hole[0]:,} to {hole[1]:,}")


@dataclass(frozen=True)
class StoredSamples:
    """Samples that lie in a file as they are, where zeros are black.

    Attributes:
        read: reads from the file.
        begins: first byte of each strip or tile, in the order of the file, int64 (n,).
        ends: the one behind its last, int64 (n,).
        row: bytes of a row of a strip or tile.
        inside: those of them that lie in the picture. The last tile may be wider, and zeros may
            fill up a row.
        pixel: bytes of a pixel, rounded up. Zeros that go on behind a black part, for less than a
            pixel, are of a pixel that is not black.
    """

    read: Read
    begins: np.ndarray
    ends: np.ndarray
    row: int
    inside: int
    pixel: int

    def find_hole(self) -> Hole | None:
        """Return the first stretch of zeros that is not a black part of a picture.

        A lost part begins and ends at blocks of the file. A black part begins and ends with rows,
        or has more black beside it. So there are two kinds of holes:

        - Both ends are at blocks, and amid rows. By chance, this holds for one of four million
          black stretches.
        - One end is at a block, and amid a row without other black. The other end is that of a
          row, a strip, a tile or the samples. By chance, this holds for one of 2,048 black parts
          that have a margin of five pixels at one side.
        """
        for begin, end in self._runs():
            for first, last in _find_empty(self.read, begin, end):
                if last - first > FEW and self._is_lost(first, last, begin, end):
                    return first, last
        return None

    def _runs(self) -> Iterator[Hole]:
        """Yield the parts of the file in which less than a block is between strips or tiles."""
        ends = np.maximum.accumulate(self.ends)
        apart = np.flatnonzero(self.begins[1:] - ends[:-1] >= BLOCK)
        firsts, lasts = [0, *(apart + 1)], [*apart, len(ends) - 1]
        yield from zip(self.begins[firsts].tolist(), ends[lasts].tolist(), strict=True)

    def _is_lost(self, first: int, last: int, begin: int, end: int) -> bool:
        """Tell whether the zeros from ``first`` to ``last`` of a run are not black pixels."""
        before = self.read(max(begin, first - BLOCK), first)[::-1]
        behind = self.read(last, min(end, last + BLOCK))
        more = _count_zeros(before), _count_zeros(behind)
        borders = self._is_border(first - more[0]), self._is_border(last + more[1])
        if not all(border or few < NEAR for border, few in zip(borders, more, strict=True)):
            return False
        if borders == (False, True):
            return self._is_free_of_black(max(begin, first - self.row), first)
        if borders == (True, False):
            return self._is_free_of_black(last, min(end, last + self.row))
        return borders == (False, False)

    def _is_border(self, place: int) -> bool:
        """Tell whether a row of the picture begins or ends at a place in the file."""
        columns = self._columns(place, place + 1)
        return any(abs(columns[0] - border) < self.pixel for border in (0, self.inside, self.row))

    def _is_free_of_black(self, first: int, last: int) -> bool:
        """Tell whether no more than a few zeros are on end in a part of a picture."""
        row = self.read(first, last)[self._columns(first, last) < self.inside]
        return int(np.diff(np.flatnonzero(row), prepend=-1, append=len(row)).max()) <= FEW + 1

    def _columns(self, first: int, last: int) -> np.ndarray:
        """Return where in their rows the bytes from ``first`` to ``last`` are, int64 (n,)."""
        places = np.arange(first, last)
        segments = self.begins.searchsorted(places, "right") - 1
        return (places - self.begins[segments]) % self.row


def describe_holes(stored: Iterable[StoredSamples]) -> list[str]:
    """Tell of a hole in samples as they are, which may be black after all."""
    for samples in stored:
        if hole := samples.find_hole():
            return [
                f"the bytes from {hole[0]:,} to {hole[1]:,} are zeros, as where a file has lost a "
                "part: look for a black stripe, and restore the file if it is there"
            ]
    return []


def _count_zeros(content: np.ndarray) -> int:
    """Return how many zeros are at the beginning of bytes (n,)."""
    return int(np.argmax(content > 0)) if content.any() else len(content)


def _find_empty(read: Read, begin: int, end: int) -> Iterator[Hole]:
    """Yield the stretches of zeros between borders of blocks, which ``begin`` and ``end`` are."""
    edges = _find_edges(read, begin, end)
    yield from zip(edges, edges, strict=True)


def _find_edges(read: Read, begin: int, end: int) -> Iterator[int]:
    """Yield where a stretch begins, where it ends, where the next one begins, and so on."""
    head = min(-(-begin // BLOCK) * BLOCK, end)
    tail = max(head, end // BLOCK * BLOCK)
    inside = False
    for first, last in pairwise(sorted({begin, *range(head, tail, PIECE), head, tail, end})):
        blocks = read(first, last).reshape(-1, min(BLOCK, last - first))
        empty = _are_empty(blocks)
        yield from (first + BLOCK * np.flatnonzero(np.diff(empty, prepend=inside))).tolist()
        inside = bool(empty[-1])
    if inside:
        yield end


def _are_empty(blocks: np.ndarray) -> np.ndarray:
    """Return which blocks (n, bytes) are zeros, bool (n,)."""
    empty = np.flatnonzero(blocks[:, ::512].max(axis=1, initial=0) == 0)  # most are not
    found = np.zeros(len(blocks), bool)
    found[empty] = blocks[empty].max(axis=1, initial=0) == 0
    return found
