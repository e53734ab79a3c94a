"""Parts that a file has lost: blocks of zeros in the middle or at the end."""

import numpy as np
import pytest
from drawn_images import draw_tissue, picture, pyramid, tiff
from hypothesis import given, settings
from hypothesis import strategies as st

from nucleibench.errors import DataError
from nucleibench.images import tiff_pixels
from nucleibench.images.decoding import decode_rgb, open_content
from nucleibench.images.holes import BLOCK, NEAR, check_whole_blocks, find_hole

TISSUE = draw_tissue(300, 500)
PACKED = {
    "jpeg": picture(TISSUE, "JPEG", quality=95),
    "webp": picture(TISSUE, "WEBP", lossless=True),
    "jpeg2000": picture(TISSUE, "JPEG2000"),
    "tiff, jpeg 2000": tiff(
        TISSUE, photometric="rgb", compression="aperio_jp2000_rgb", tile=(304, 512)
    ),
    "tiff, webp": tiff(TISSUE, photometric="rgb", compression="webp", tile=(304, 512)),
    "tiff, zstd": tiff(TISSUE, photometric="rgb", compression="zstd", tile=(304, 512)),
    "tiff, packbits": tiff(TISSUE, photometric="rgb", compression="packbits", rowsperstrip=300),
}
FULL = draw_tissue(256, 512)  # fills its tiles, which would hold zeros beyond it
STORED = {
    "bmp": picture(FULL, "BMP"),
    "tiff": tiff(FULL, photometric="rgb"),
    "tiff, planes": tiff(np.moveaxis(FULL, 2, 0), photometric="rgb", planarconfig="separate"),
    "tiff, tiles": tiff(FULL, photometric="rgb", tile=(128, 128)),
    "big tiff": tiff(FULL, photometric="rgb", bigtiff=True, tile=(256, 256)),
}


def lose(content, first, blocks=1):
    """Return a file whose blocks are zeros."""
    lost = bytearray(content)
    lost[first * BLOCK : (first + blocks) * BLOCK] = bytes(
        len(content[first * BLOCK :][: blocks * BLOCK])
    )
    return bytes(lost)


@pytest.mark.parametrize("kind", PACKED)
def test_a_packed_file_that_lost_blocks_is_refused_wherever_they_lay(kind):
    content = PACKED[kind]
    decode_rgb(content, "image")
    for first in range(1, len(content) // BLOCK):
        with pytest.raises(DataError, match=r"not a readable image: .*; restore it"):
            decode_rgb(lose(content, first), "image")
    for first in (1, len(content) // BLOCK - 1):  # and all that comes after
        with pytest.raises(DataError, match="not a readable image"):
            decode_rgb(lose(content, first, len(content)), "image")


@pytest.mark.parametrize("kind", STORED)
def test_a_stored_file_that_lost_a_block_is_told(kind):
    content = STORED[kind]
    with open_content(content, "image") as raster:
        notes = raster.notes
    first = len(content) // BLOCK // 3
    with open_content(lose(content, first), "image") as raster:
        assert [note for note in raster.notes if note not in notes] == [
            f"the bytes from {first * BLOCK:,} to {(first + 1) * BLOCK:,} are zeros, as where a "
            "file has lost a part: look for a black stripe, and restore the file if it is there"
        ]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 299), st.integers(0, 299), st.integers(0, 499), st.integers(0, 499))
def test_black_rectangles_are_no_holes(top, bottom, left, right):
    image = TISSUE.copy()
    image[min(top, bottom) : max(top, bottom) + 1, min(left, right) : max(left, right) + 1] = 0
    for options in ({}, {"tile": (128, 128)}):
        with open_content(tiff(image, photometric="rgb", **options), "image") as raster:
            assert not raster.notes


@pytest.mark.parametrize("side", [2048, 4096])
def test_black_borders_of_round_images_are_no_holes(side):
    """Rows and tiles of these fill whole blocks of a file."""
    image = np.tile(TISSUE[:128, :256], (2, side // 256, 1))
    for border in ((slice(0, 64),), (slice(192, 256),), (slice(None), slice(0, side // 2))):
        framed = image.copy()
        framed[border] = 0
        for options in ({}, {"tile": (64, 64)}):
            content = tiff(framed, photometric="rgb", **options)
            # Blanks before the samples move them to each place in a block in turn.
            for extra in (0, 16, 512):
                moved = tiff(framed, photometric="rgb", description="x" * extra, **options)
                with open_content(moved if extra else content, "image") as raster:
                    assert not raster.notes


@pytest.mark.parametrize(
    ("format", "options"),
    [("JPEG", {"optimize": True}), ("WEBP", {}), ("WEBP", {"lossless": True}), ("JPEG2000", {})],
)
@pytest.mark.parametrize("value", [0, 255])
def test_large_even_parts_are_no_holes(format, options, value):
    image = np.full((2500, 2500, 3), value, np.uint8)
    image[:256, :256] = TISSUE[:256, :256]
    decode_rgb(picture(image, format, **options), "image")
    decode_rgb(pyramid(image, tile=1024, compression="jpeg"), "image")


def end_at_a_block(jpeg):
    """Return a JPEG with a comment, so that it ends where a block does."""
    blanks = -(len(jpeg) + 4) % BLOCK
    comment = b"\xff\xfe" + (blanks + 2).to_bytes(2, "big") + blanks * b" "
    return jpeg[:2] + comment + jpeg[2:]


def test_a_whole_picture_may_be_filled_up_with_zeros():
    content = end_at_a_block(PACKED["jpeg"])
    filled = decode_rgb(content + bytes(2 * BLOCK), "image")
    np.testing.assert_array_equal(filled, decode_rgb(content, "image"))
    with pytest.raises(DataError, match="nothing but zeros in the bytes from"):
        decode_rgb(content[:-BLOCK] + bytes(2 * BLOCK), "image")


@pytest.mark.parametrize("format", ["JPEG", "JPEG2000", "PNG"])
def test_zeros_behind_the_end_of_a_picture_are_no_hole(format):
    content = picture(TISSUE, format)
    for more in (0, 1):  # places at which the zeros of a hole would begin
        check_whole_blocks(content + bytes(2 * BLOCK), -len(content) % BLOCK - more)


@given(st.binary(min_size=1, max_size=40), st.integers(0, 3 * BLOCK), st.integers(0, 3 * BLOCK))
@settings(max_examples=200, deadline=None)
def test_a_hole_fills_whole_blocks_of_the_file(around, start, length):
    """Against a search byte by byte."""
    around = around.replace(b"\0", b"\1")
    content = around + bytes(length) + around
    first, last = start + len(around), start + len(around) + length
    inner = range(-(-first // BLOCK) * BLOCK, last // BLOCK * BLOCK, BLOCK)
    begins, ends = inner.start - first < NEAR, last - inner.stop < NEAR
    hole = (inner.start, inner.stop) if len(inner) and begins and ends else None
    assert find_hole(content, start) == hole
    to_the_end = find_hole(around + bytes(length), start)
    assert (to_the_end is not None) == (len(inner) > 0 and begins)
    assert find_hole(around + bytes(length), start, ends=False) is None


def test_a_hole_across_the_pieces_that_are_read_is_found(monkeypatch):
    content = tiff(draw_tissue(600, 700), photometric="rgb")
    monkeypatch.setattr(tiff_pixels, "PIECE", 16 * BLOCK)
    for first in (15, 16, 17, 120):
        with open_content(lose(content, first, 2), "image") as raster:
            (note,) = raster.notes
        assert note.startswith(f"the bytes from {first * BLOCK:,} to {(first + 2) * BLOCK:,} ")
    monkeypatch.setattr(tiff_pixels, "MOST_SEARCHED", 1000)
    with open_content(lose(content, 15, 2), "image") as raster:
        assert not raster.notes
