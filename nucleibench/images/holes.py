"""Where a file has lost a part: blocks of zeros in place of what a disk or a copy should hold.

A picture may be black, and codes may be zero, but such zeros end wherever a picture or a code ends.
What is lost begins and ends at blocks of the file system.
"""

from collections.abc import Iterable

import numpy as np

BLOCK = 4096
"""Bytes that file systems write together."""

NEAR = 2
"""Bytes beside a hole of which one is not zero: a code is zero in one of 256 cases."""

WHOLE = (b"\xff\xd9", b"IEND\xaeB`\x82")
"""Ends of JPEG, JPEG 2000 and PNG: zeros behind one of them fill up a file that is whole."""

# First byte, and the one behind the last.
Hole = tuple[int, int]


def find_hole(content: bytes | np.ndarray, start: int = 0, ends: bool = True) -> Hole | None:
    """Return the first stretch of zeros that fills whole blocks, with others before and behind it.

    Args:
        content: bytes of a file, or uint8 (n,).
        start: where in the file they begin.
        ends: whether the file ends with them, so that nothing need be behind it.
    """
    data = np.frombuffer(content, np.uint8) if isinstance(content, bytes) else content
    skipped = -start % BLOCK
    blocks = data[skipped:][: (len(data) - skipped) // BLOCK * BLOCK].reshape(-1, BLOCK)
    edges = np.flatnonzero(np.diff(_find_empty(blocks), prepend=False, append=False))
    for first, last in (edges * BLOCK + skipped).reshape(-1, 2).tolist():
        begins = data[max(0, first - NEAR) : first].any()
        if begins and (data[last : last + NEAR].any() or (ends and not data[last:].any())):
            return start + first, start + last
    return None


def check_whole_blocks(content: bytes, start: int = 0, ends: bool = True) -> None:
    """Raise ValueError where compressed bytes have a hole; the arguments are of ``find_hole``."""
    ends = ends and not content.rstrip(b"\0").endswith(WHOLE)
    if hole := find_hole(content, start, ends):
        raise ValueError(f"nothing but zeros in the bytes from {hole[0]:,} to {hole[1]:,}")


def describe_holes(parts: Iterable[tuple[int, np.ndarray]]) -> list[str]:
    """Tell of a hole in samples as they are, which may be black after all.

    Args:
        parts: where a strip or tile begins in the file, and its bytes, uint8 (n,).
    """
    for start, content in parts:
        if hole := find_hole(content, start, ends=False):
            return [
                f"the bytes from {hole[0]:,} to {hole[1]:,} are zeros, as where a file has lost a "
                "part: look for a black stripe, and restore the file if it is there"
            ]
    return []


def _find_empty(blocks: np.ndarray) -> np.ndarray:
    """Return which blocks (n, BLOCK) are zeros, bool (n,)."""
    empty = np.flatnonzero(blocks[:, ::512].max(axis=1, initial=0) == 0)  # most are not
    found = np.zeros(len(blocks), bool)
    found[empty] = blocks[empty].max(axis=1, initial=0) == 0
    return found
