"""Parts that a BMP with a palette has lost."""

import math
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lost_parts import lose, new_notes, told

from nucleibench.images.decoding import open_content
from nucleibench.images.holes import BLOCK


def bmp(indices, bits):
    """Bytes of a BMP with a palette and samples of 4 or 8 bits, whose rows are filled up."""
    height, width = indices.shape
    packed = indices
    if bits == 4:
        even = np.pad(indices, ((0, 0), (0, width % 2)))
        packed = even[:, ::2] << 4 | even[:, 1::2]
    rows = np.pad(packed, ((0, 0), (0, -packed.shape[1] % 4))).astype(np.uint8).tobytes()
    palette = np.random.default_rng(1).integers(0, 256, (2**bits, 4), np.uint8).tobytes()
    start = 54 + len(palette)
    head = struct.pack("<2sIHHI", b"BM", start + len(rows), 0, 0, start)
    sizes = (40, width, height, 1, bits, 0, len(rows), 0, 0, 2**bits, 0)
    return head + struct.pack("<IiiHHIIiiII", *sizes) + palette + rows


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([4, 8]), st.integers(317, 420), st.integers(1, 5))
def test_a_lost_end_of_a_bmp_with_a_palette_is_told(bits, width, first):
    content = bmp(np.random.default_rng(0).integers(1, 2**bits, (160, width)), bits)
    packed = math.ceil(width * bits / 8)
    row = -(-packed // 4) * 4
    column = (first * BLOCK - (54 + 4 * 2**bits)) % row
    amid = 0 < column < packed
    expected = told(first * BLOCK, len(content)) if amid else []
    assert new_notes(lose(content, first, len(content)), content) == expected


@pytest.mark.parametrize("bits", [4, 8])
@pytest.mark.parametrize("width", [317, 320])
def test_black_rows_of_a_bmp_with_a_palette_are_no_holes(bits, width):
    for top in range(20, 60, 3):
        indices = np.random.default_rng(0).integers(1, 2**bits, (160, width))
        indices[top:] = 0
        with open_content(bmp(indices, bits), "image") as raster:
            assert not any("zeros" in note for note in raster.notes)
