"""Whole numbers as short text, which a page unpacks.

An array is its length and then its values. A number n >= 0 becomes 2n, and n < 0 becomes -2n - 1,
so that small numbers stay small (zigzag). Each is written in groups of seven bits, the lowest
first, where the eighth bit says that more follow (LEB128). All is compressed (zlib, RFC 1950) and
written in base64 (RFC 4648). ``unpack.js`` is the other half.
"""

import base64
import zlib
from collections.abc import Sequence

import numpy as np

BITS = 7
LONGEST = 5
"""Groups of bits of a number: 35 bits."""


def pack(arrays: Sequence[np.ndarray]) -> str:
    """Return arrays of whole numbers as text of letters, digits, ``+``, ``/`` and ``=``.

    Args:
        arrays: integers (n,), each of magnitude below 2^34.
    """
    lengths = np.array([len(array) for array in arrays], np.int64)
    numbers = [part for n, array in zip(lengths, arrays, strict=True) for part in ([n], array)]
    values = np.concatenate([np.empty(0, np.int64), *numbers]).astype(np.int64)
    return base64.b64encode(zlib.compress(_groups(_zigzag(values)).tobytes(), 9)).decode()


def unpack(text: str) -> list[np.ndarray]:
    """Return the arrays that :func:`pack` made a text of, int64."""
    data = np.frombuffer(zlib.decompress(base64.b64decode(text)), np.uint8).astype(np.int64)
    values = _unzigzag(_ungroup(data))
    arrays, place = [], 0
    while place < len(values):
        end = place + 1 + values[place]
        arrays.append(values[place + 1 : end])
        place = end
    return arrays


def _zigzag(values: np.ndarray) -> np.ndarray:
    return np.where(values < 0, -2 * values - 1, 2 * values)


def _unzigzag(values: np.ndarray) -> np.ndarray:
    return np.where(values % 2, -(values + 1) // 2, values // 2)


def _groups(values: np.ndarray) -> np.ndarray:
    """Return the groups of bits of numbers, uint8 (m,)."""
    rest = values[:, None] >> BITS * np.arange(LONGEST + 1)
    needed = rest[:, :LONGEST] > 0
    needed[:, 0] = True
    groups = (rest[:, :LONGEST] & (2**BITS - 1)) + np.where(rest[:, 1:] > 0, 2**BITS, 0)
    return groups[needed].astype(np.uint8)


def _ungroup(groups: np.ndarray) -> np.ndarray:
    if not len(groups):
        return groups
    last = groups < 2**BITS
    begin = np.flatnonzero(np.append(True, last[:-1]))
    place = np.arange(len(groups)) - np.repeat(begin, np.diff(begin, append=len(groups)))
    return np.add.reduceat((groups & (2**BITS - 1)) << BITS * place, begin)
