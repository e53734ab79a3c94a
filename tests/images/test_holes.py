"""Parts that a file has lost: blocks of zeros in the middle or at the end."""

import io
import os
import struct

import numpy as np
import pytest
import tifffile
from drawn_images import draw_tissue, picture, pyramid, tiff
from hypothesis import given, settings
from hypothesis import strategies as st
from lost_parts import lose, new_notes, told

from nucleibench.errors import DataError
from nucleibench.images import holes
from nucleibench.images.decoding import decode_rgb, open_content
from nucleibench.images.holes import BLOCK, FEW, NEAR, StoredSamples, check_whole_blocks, find_hole
from nucleibench.images.raster import open_raster
from nucleibench.images.tiff import open_tiff

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


@pytest.mark.parametrize("kind", PACKED)
def test_a_packed_file_that_lost_blocks_is_refused_wherever_they_lay(kind):
    content = PACKED[kind]
    decode_rgb(content, "image")
    for first in range(1, -(-len(content) // BLOCK)):
        with pytest.raises(DataError, match=r"not a readable image: .*; restore it"):
            decode_rgb(lose(content, first), "image")
    for first in (1, len(content) // BLOCK - 1):  # and all that comes after
        with pytest.raises(DataError, match="not a readable image"):
            decode_rgb(lose(content, first, len(content)), "image")


@pytest.mark.parametrize("kind", STORED)
def test_a_stored_file_that_lost_a_block_is_told(kind):
    content = STORED[kind]
    first = len(content) // BLOCK // 3
    assert new_notes(lose(content, first), content) == told(first * BLOCK, (first + 1) * BLOCK)


@pytest.mark.parametrize("kind", STORED)
def test_a_stored_file_that_lost_its_end_is_told(kind):
    content = STORED[kind]
    first = len(content) // BLOCK // 3
    (note,) = new_notes(lose(content, first, len(content)), content)
    assert note.startswith(f"the bytes from {first * BLOCK:,} to ")


def test_a_copy_that_was_interrupted_is_told(tmp_path):
    """The file has its size from the beginning, and holes where nothing was written."""
    content, path = STORED["tiff"], tmp_path / "a.tif"
    path.write_bytes(content[: 50 * BLOCK])
    os.truncate(path, len(content))
    with open_raster(path) as raster:
        assert list(raster.notes) == told(50 * BLOCK, len(content))


@pytest.mark.parametrize("first", [1, 2])
def test_lost_first_rows_are_told(first):
    content = tiff(TISSUE, photometric="rgb", description="x" * (first * BLOCK - 500))
    rows = content.index(TISSUE[0].tobytes())
    assert (first - 1) * BLOCK < rows < first * BLOCK
    lost = content[:rows] + bytes(3 * BLOCK - rows) + content[3 * BLOCK :]
    assert new_notes(lost, content) == told(rows, 3 * BLOCK)


def test_the_levels_and_no_other_pages_are_looked_through():
    content = pyramid(FULL)
    assert new_notes(lose(content, len(content) // BLOCK - 2), content)
    stream = io.BytesIO()
    with tifffile.TiffWriter(stream) as writer:
        for image in (TISSUE, TISSUE[:200, :300]):
            writer.write(image, photometric="rgb")
    content = stream.getvalue()
    assert not new_notes(lose(content, len(content) // BLOCK - 20), content)
    assert new_notes(lose(content, 20), content)


def test_a_file_is_looked_through_once_and_when_its_notes_are_asked_for():
    class Counting(io.BytesIO):
        count = 0

        def read(self, size=-1):
            self.count += size
            return super().read(size)

        def readinto(self, buffer):
            self.count += len(buffer)
            return super().readinto(buffer)

    content = tiff(TISSUE, photometric="rgb", tile=(64, 64))
    stream = Counting(content)
    raster = open_tiff(stream, "image")
    opened = stream.count
    assert opened < 1.2 * len(content)  # the search for colours reads a small image
    assert raster.notes == ()
    looked = stream.count
    assert looked - opened > 0.9 * len(content)
    assert raster.notes == ()
    assert stream.count == looked


def test_a_packed_bmp_that_lost_a_block_is_refused():
    """Pairs of a count and a colour, in the format of 1990."""
    colours = np.random.default_rng(0).integers(0, 2, (100, 300))
    rows = b"".join(b"".join(b"\1" + bytes([one]) for one in row) + b"\0\0" for row in colours)
    palette = b"\xb4\xb4\xe6\0" + b"\x96\x46\x6e\0"
    sizes = struct.pack("<IiiHHIIiiII", 40, 300, 100, 1, 8, 1, len(rows) + 2, 3780, 3780, 2, 2)
    head = struct.pack("<2sIHHI", b"BM", 62 + len(rows) + 2, 0, 0, 62)
    content = head + sizes + palette + rows + b"\0\1"
    assert np.ptp(decode_rgb(content, "image")[..., 0]) == 0xE6 - 0x6E
    for first in range(1, len(content) // BLOCK):
        with pytest.raises(DataError, match="not a readable image"):
            decode_rgb(lose(content, first), "image")


def black(where):
    """A picture without a zero but where it is black."""
    image = np.maximum(draw_tissue(60, 340), 1)
    rows, columns = np.mgrid[:60, :340]
    image[where(rows, columns)] = 0
    return image


BORDERS = {
    "beginning with a row": (lambda y, x: y >= 40, 0),
    "beside a wide margin": (lambda y, x: (y >= 40) | (x >= 310), 0),
    "beside a narrow margin": (lambda y, x: (y >= 40) | (x >= 335), NEAR),
    "of a round picture": (lambda y, x: np.hypot(y - 30, (x - 170) / 6) > 26, 0),
    "of a turned picture": (lambda y, x: abs(y - 30 + (x - 170) / 20) > 18, 0),
    "of a scan that was stopped": (lambda y, x: y * 340 + x > 40 * 340 + 200, NEAR),
}


@pytest.mark.parametrize("kind", BORDERS)
def test_how_often_black_ends_are_taken_for_holes(kind):
    """Of all places in a block at which the samples may begin."""
    where, expected = BORDERS[kind]
    image = black(where)
    data, row = image.ravel(), 3 * image.shape[1]
    alarms = 0
    for start in range(BLOCK):
        begin = np.array([start])

        def read(first, last, start=start):
            return data[first - start : last - start]

        samples = StoredSamples(read, begin, begin + len(data), row, row, 3)
        alarms += samples.find_hole() is not None
    assert alarms == expected


@settings(max_examples=60, deadline=None)
@given(st.integers(400, 700), st.integers(1, 90), st.integers(0, 2000))
def test_a_lost_end_is_told_unless_a_row_begins_there(width, first, description):
    image = np.maximum(np.resize(TISSUE, (300, width, 3)), 1)
    content = tiff(image, photometric="rgb", description="x" * description)
    rows, first = content.index(image[0].tobytes()), min(first, len(content) // BLOCK - 1)
    column = (first * BLOCK - rows) % (3 * width)
    expected = [] if min(column, 3 * width - column) < 3 else told(first * BLOCK, len(content))
    assert new_notes(lose(content, first, len(content)), content) == expected


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
    fills = last - inner.start > FEW  # the last block need not be whole
    assert to_the_end == ((inner.start, last) if begins and fills else None)
    assert find_hole(around + bytes(length), start, ends=False) is None


@pytest.mark.parametrize("blocks", [2, 15, 16, 40, 90])
def test_a_hole_across_the_pieces_that_are_read_is_found(monkeypatch, blocks):
    content = tiff(draw_tissue(600, 700), photometric="rgb")
    monkeypatch.setattr(holes, "PIECE", 16 * BLOCK)
    for first in (15, 16, 17, 120):
        lost = lose(content, first, blocks)
        assert new_notes(lost, content) == told(first * BLOCK, (first + blocks) * BLOCK)


def test_a_hole_longer_than_what_is_read_at_a_time_is_found():
    content = tiff(np.resize(TISSUE, (1200, 1000, 3)), photometric="rgb")
    blocks = holes.PIECE * 2 // BLOCK + 5
    assert new_notes(lose(content, 3, blocks), content) == told(3 * BLOCK, (3 + blocks) * BLOCK)
