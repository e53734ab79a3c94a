"""How many bits of samples of 16 bits are in use."""

from typing import NamedTuple

import numpy as np

DEPTHS = (8, 10, 12, 14, 16)
"""Bits that cameras and scanners have."""

FULL = 2**16 - 1
"""What marks and broken pixels hold, whatever the depth of the others."""

OVERSHOOT = 16
"""Lossy codes add up to one part of so many to the largest samples, where white is saturated."""

MOST_ABOVE = 0.01
"""Share of samples that may be larger still, such as broken pixels.

A bright-field image with more bits in use has more of them: it would have to be four times darker
than its white in 99 of 100 samples."""

AT_A_TIME = 2**22
"""Samples of which eight bytes each are held."""

STATED = "as the file states"


class Depth(NamedTuple):
    """How many bits are in use, and how that is known, in words."""

    bits: int
    how: str


def count_samples(samples: np.ndarray) -> np.ndarray:
    """Return how often each value of 16 bits occurs, int64 (65536,), some rows at a time."""
    counts = np.zeros(FULL + 1, np.int64)
    rows = max(1, AT_A_TIME * len(samples) // max(1, samples.size))
    for first in range(0, len(samples), rows):
        counts += np.bincount(samples[first : first + rows].ravel(), minlength=FULL + 1)
    return counts


def find_depth(counts: np.ndarray) -> Depth:
    """Return the least depth of a camera that holds the samples, but for a few.

    Neither black nor the largest of all values says anything, unless there are no others.

    Args:
        counts: how often each value of 16 bits occurs, (65536,).
    """
    telling = counts.copy()
    telling[[0, FULL]] = 0
    telling = telling if telling.any() else counts
    most = MOST_ABOVE * telling.sum()
    bits = next(depth for depth in DEPTHS if telling[_limit(depth) :].sum() <= most)
    above = int(counts[1 << bits :].sum())
    if not above:
        return Depth(bits, "by the largest sample")
    return Depth(bits, f"larger samples are cut: {above:,} of {counts.sum():,}")


def _limit(depth: int) -> int:
    """Return the first value that a depth cannot hold, nor a lossy code make of what it holds."""
    return (1 << depth) + (1 << depth) // OVERSHOOT


def bits_in_use(highest: int) -> int:
    """Return the least depth of a camera that holds a sample."""
    return next(depth for depth in DEPTHS if highest < 1 << depth)


def scaling_note(stored: int, depth: Depth) -> str:
    """Say that samples of more than eight bits were made eight."""
    return f"{stored}-bit samples with {depth.bits} bits in use ({depth.how}) were scaled to 8 bits"
