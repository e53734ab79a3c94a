"""A file that is cut short or damaged never gives pixels that are not in it."""

import io
import subprocess
import sys

import pytest
import simplejpeg
import tifffile
from drawn_images import TISSUE, picture, pyramid, tiff
from hypothesis import given, settings
from hypothesis import strategies as st

from nucleibench.errors import DataError
from nucleibench.images import read_rgb
from nucleibench.images import tiff as opening
from nucleibench.images.decoding import decode_rgb

KINDS = {
    "png": picture(TISSUE, "PNG"),
    "jpeg": picture(TISSUE, "JPEG", quality=95),
    "progressive jpeg": picture(TISSUE, "JPEG", quality=95, progressive=True),
    "cmyk jpeg": picture(TISSUE, "JPEG", "CMYK", quality=95),
    "bmp": picture(TISSUE, "BMP"),
    "webp": picture(TISSUE, "WEBP"),
    "jpeg2000": picture(TISSUE, "JPEG2000"),
    "tiff": tiff(TISSUE, photometric="rgb"),
    "tiff, index last": picture(TISSUE, "TIFF"),
    "tiff, strips": tiff(TISSUE, photometric="rgb", compression="lzw", rowsperstrip=16),
    "tiff, tiles": tiff(TISSUE, photometric="rgb", compression="jpeg", tile=(64, 64)),
    "tiff, jpeg 2000": tiff(
        TISSUE, photometric="rgb", compression="aperio_jp2000_rgb", tile=(128, 128)
    ),
    "tiff, webp": tiff(TISSUE, photometric="rgb", compression="webp", tile=(128, 128)),
    "big tiff": tiff(TISSUE, photometric="rgb", bigtiff=True, tile=(64, 64)),
    "pyramid": pyramid(TISSUE),
}


def cut(content, kept):
    return content[: int(kept * len(content))]


@pytest.mark.parametrize("kept", [0.001, 0.1, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("kind", KINDS)
def test_a_file_cut_short_is_refused(opened, kind, kept, capfd):
    with pytest.raises(DataError, match=r"image: not a readable image: .*file is cut short"):
        opened(cut(KINDS[kind], kept))


@given(st.sampled_from([*KINDS]), st.floats(0, 1), st.integers(1, 12))
@settings(max_examples=150, deadline=None)
def test_wherever_a_file_is_cut_it_is_refused(kind, place, lost):
    content = KINDS[kind]
    for kept in (round(place * (len(content) - 1)), len(content) - lost):
        with pytest.raises(DataError, match="not a readable image"):
            decode_rgb(content[:kept], "image")


def test_an_empty_file_is_refused(opened):
    with pytest.raises(DataError, match=r"a\.png: not a readable image.*it is empty.*restore it"):
        opened(b"", "a.png")


@pytest.mark.parametrize("content", [b"not an image", b"\0\5\x16\7" + bytes(100), b"II*\0junk"])
def test_what_is_no_image_is_refused(opened, content, capfd):
    with pytest.raises(DataError, match=r"a\.png: not a readable image"):
        opened(content, "a.png")


@pytest.mark.parametrize("place", [0.3, 0.6, 0.9])
def test_a_bit_that_a_png_lost_is_found(opened, place):
    content = bytearray(KINDS["png"])
    content[int(place * len(content))] ^= 1
    with pytest.raises(DataError, match="not a readable image"):
        opened(bytes(content))


@pytest.mark.parametrize("kind", ["jpeg", "progressive jpeg"])
def test_a_jpeg_that_ends_early_by_its_own_mark_is_refused(opened, kind):
    with pytest.raises(DataError, match="not a readable image"):
        opened(cut(KINDS[kind], 0.5) + b"\xff\xd9")


def test_a_jpeg_with_a_hole_is_refused(opened):
    content = bytearray(KINDS["jpeg"])
    content[20_000:22_000] = bytes(2000)
    with pytest.raises(DataError, match="not a readable image"):
        opened(bytes(content))


def segments(content):
    """Tags of a TIFF by name, and where the first strip or tile begins and how long it is."""
    with tifffile.TiffFile(io.BytesIO(content)) as tif:
        page = tif.pages[0]
        return page.tags, page.dataoffsets[0], page.databytecounts[0]


@pytest.mark.parametrize("tag", ["TileOffsets", "TileByteCounts"])
def test_a_missing_tile_is_refused(opened, tag):
    content = bytearray(tiff(TISSUE, photometric="rgb", compression="zlib", tile=(64, 64)))
    tags, _, _ = segments(content)
    start = tags[tag].valueoffset
    content[start : start + tags[tag].valuebytecount // 20] = bytes(tags[tag].valuebytecount // 20)
    with pytest.raises(DataError, match="1 of 20 strips or tiles are missing"):
        opened(bytes(content))


@pytest.mark.parametrize("compression", ["zlib", "jpeg", "lzw", "jpeg2000", "zstd"])
def test_a_damaged_tile_is_refused_and_the_others_read(opened, monkeypatch, compression, capfd):
    monkeypatch.setattr(
        opening, "MOST_LOOKED_AT", 0
    )  # a larger image is not read when it is opened
    options = {"tile": (64, 64), "compression": compression}
    content = bytearray(tiff(TISSUE, photometric="rgb", **options))
    _, start, length = segments(content)
    content[start + length // 2 : start + length] = bytes(length - length // 2)
    raster = opened(bytes(content))
    raster.read(64, 0, 100, 100)
    with pytest.raises(DataError, match="not a readable image"):
        raster.read(63, 63, 2, 2)
    with pytest.raises(DataError, match="not a readable image"):
        read_rgb(raster.path)


def test_decoders_of_others_draw_over_what_is_lost():
    """Why JPEG is read by a strict one."""
    content = cut(KINDS["jpeg"], 0.5) + b"\xff\xd9"
    drawn = simplejpeg.decode_jpeg(content, strict=False)
    assert (drawn[-20:, 50:] == drawn[-1, -1]).all()


def test_libraries_say_nothing_of_damaged_files(tmp_path):
    """The reader's own error says it: standard error belongs to the command."""
    paths = [tmp_path / "cut.jp2", tmp_path / "cut.tif"]
    for path, kind in zip(paths, ("jpeg2000", "tiff, index last"), strict=True):
        path.write_bytes(KINDS[kind][: len(KINDS[kind]) * 2 // 3])
    code = (
        "import sys\nfrom nucleibench.errors import DataError\n"
        "from nucleibench.images.raster import open_raster\n"
        "for path in sys.argv[1:]:\n"
        "    try: open_raster(path)\n"
        "    except DataError: print('refused')"
    )
    command = [sys.executable, "-c", code, *map(str, paths)]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert (result.stdout, result.stderr) == ("refused\nrefused\n", "")
