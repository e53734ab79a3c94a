"""Masks in COCO: how many pixels of background, nucleus, background, ... follow in columns."""

from typing import Any

import numpy as np

from nucleibench.errors import DataError


def decode_mask(mask: dict[str, Any], shape: tuple[int, ...], where: str) -> np.ndarray:
    """Decode a mask in run lengths, plain or compressed.

    Args:
        mask: ``size``, (height, width), and ``counts``, a list or a string.
        shape: (height, width) of the image.
        where: what messages call it.

    Returns:
        bool (height, width).

    Raises:
        DataError: it is damaged or of another size.
    """
    counts = mask.get("counts")
    try:
        runs = np.array(_decode_counts(counts) if isinstance(counts, str) else counts, np.int64)
        size = tuple(mask.get("size", ()))
    except (TypeError, ValueError, IndexError, OverflowError) as error:
        raise DataError(f"{where} is damaged ({error}); export it again") from error
    if size != shape or runs.ndim != 1 or (runs < 0).any() or runs.sum() != np.prod(shape):
        raise DataError(
            f"{where} has {runs.sum()} pixels and the size {size}, but the image has {shape}; "
            "export it again"
        )
    return np.repeat(np.arange(len(runs)) % 2 == 1, runs).reshape(shape[::-1]).T


def _decode_counts(text: str) -> list[int]:
    """Return the runs of a compressed mask.

    A number is written in groups of five bits, the lowest first; the sixth bit says that more
    follow, and the last group's highest bit is the sign. From the fourth on, each is the
    difference from the run before the last one.
    """
    runs: list[int] = []
    position = 0
    while position < len(text):
        number, position = _decode_number(text, position)
        runs.append(number + runs[-2] if len(runs) > 2 else number)
    return runs


def _decode_number(text: str, position: int) -> tuple[int, int]:
    """Return the number that begins at a position, and where the next one begins."""
    number, shift, more = 0, 0, True
    while more:
        group = ord(text[position]) - 48
        number |= (group & 0x1F) << shift
        more, shift, position = bool(group & 0x20), shift + 5, position + 1
    if group & 0x10:
        number -= 1 << shift
    return number, position
