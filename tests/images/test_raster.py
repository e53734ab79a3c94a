"""Reading by region, smaller views, large files, and what is no image at all."""

import itertools
import os
import resource
import subprocess
import sys
import textwrap
import time
import zlib
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest
import tifffile
from drawn_images import TISSUE, picture, pyramid, tiff
from hypothesis import given, settings
from hypothesis import strategies as st

from nucleibench.errors import DataError
from nucleibench.images import tiff_pixels
from nucleibench.images.decoding import decode_rgb, open_content
from nucleibench.images.raster import is_clutter, open_raster

RGB = {"photometric": "rgb"}
PLANES = np.moveaxis(TISSUE, 2, 0)
LAYOUTS = {
    "picture": picture(TISSUE, "PNG"),
    "as it is": tiff(TISSUE, **RGB),
    "strips": tiff(TISSUE, **RGB, compression="zlib", rowsperstrip=37),
    "tiles": tiff(TISSUE, **RGB, compression="zlib", tile=(64, 48)),
    "planes": tiff(PLANES, **RGB, planarconfig="separate", compression="lzw", tile=(48, 64)),
    "pages": tiff(PLANES, imagej=True, compression="zlib", metadata={"axes": "CYX"}),
    "pyramid": pyramid(TISSUE),
}
PLACES = st.integers(-400, 700)
LENGTHS = st.integers(0, 400)


@pytest.mark.parametrize("layout", LAYOUTS)
@settings(max_examples=40, deadline=None)
@given(PLACES, PLACES, LENGTHS, LENGTHS)
def test_any_region_is_the_slice_of_the_image_on_white(layout, top, left, height, width):
    margin = 1200
    padded = np.pad(TISSUE, ((margin,) * 2, (margin,) * 2, (0, 0)), constant_values=255)
    expected = padded[margin + top :, margin + left :][:height, :width]
    with open_content(LAYOUTS[layout], "a") as raster:
        region = raster.read(top, left, height, width)
        np.testing.assert_array_equal(region, expected)
        region[:] = 0  # the caller's own: the image stays as it is
        np.testing.assert_array_equal(raster.read(top, left, height, width), expected)


def test_a_negative_height_is_a_mistake():
    with open_content(LAYOUTS["tiles"], "a") as raster, pytest.raises(ValueError, match="negative"):
        raster.read(0, 0, -1, 5)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_many_threads_read_the_same(layout, tmp_path, monkeypatch):
    monkeypatch.setattr(tiff_pixels, "CACHE_BYTES", 3 * 64 * 48)
    (tmp_path / "a").write_bytes(LAYOUTS[layout])
    corners = [(top, left) for top in range(0, 256, 32) for left in range(0, 320, 40)]
    with open_raster(tmp_path / "a") as raster, ThreadPoolExecutor(8) as pool:
        read = pool.map(lambda corner: raster.read(*corner, 32, 40), corners)
        for (top, left), region in zip(corners, read, strict=True):
            np.testing.assert_array_equal(region, TISSUE[top : top + 32, left : left + 40])


@pytest.mark.parametrize("layout", LAYOUTS)
def test_an_overview_is_the_image_made_smaller(layout):
    with open_content(LAYOUTS[layout], "a") as raster:
        small = raster.overview(80)
        expected = cv2.resize(TISSUE, (80, 64), interpolation=cv2.INTER_AREA)
        assert small.shape == (64, 80, 3)
        difference = np.abs(small.astype(int) - expected)
        assert difference.max() <= 1 or layout == "pyramid"
        np.testing.assert_array_equal(raster.overview(320), TISSUE)
        np.testing.assert_array_equal(raster.overview(9999), TISSUE)
        with pytest.raises(ValueError, match="ask for 1 or more"):
            raster.overview(0)


@pytest.mark.parametrize("longest", [1, 7, 33, 100, 319])
def test_an_overview_made_in_bands_is_the_same(longest, monkeypatch):
    with open_content(LAYOUTS["tiles"], "a") as raster:
        whole = raster.overview(longest)
        monkeypatch.setattr("nucleibench.images.interface.BAND_PIXELS", 5000)
        bands = raster.overview(longest)
    assert bands.shape == whole.shape
    assert max(bands.shape[:2]) == longest
    assert np.abs(bands.astype(int) - whole).mean() < 3


def test_an_overview_reads_the_level_that_is_large_enough(monkeypatch):
    with open_content(LAYOUTS["pyramid"], "a") as raster:
        levels = []
        inside = raster._read_inside
        monkeypatch.setattr(
            raster,
            "_read_inside",
            lambda level, *region: levels.append(level) or inside(level, *region),
        )
        for longest in (40, 80, 81, 160, 161):
            raster.overview(longest)
    assert levels == [2, 2, 1, 1, 0]


@pytest.mark.parametrize("suffix", ["tiled", "strips"])
def test_a_slide_of_40000_pixels_is_read_by_region(tmp_path, suffix):
    """The same strip or tile again and again: the file is small, and what is read is not."""
    path = tmp_path / "large.tif"
    layout = {"tile": (256, 256)} if suffix == "tiled" else {"rowsperstrip": 30}
    height, width = 30_000, 40_000
    rows, columns = layout.get("tile", (30, width))
    segment = zlib.compress(np.full((rows, columns, 3), (230, 180, 210), np.uint8).tobytes(), 1)
    segments = itertools.repeat(segment, -(-height // rows) * -(-width // columns))
    form = {"shape": (height, width, 3), "dtype": np.uint8, "compression": "zlib"}
    tifffile.imwrite(path, segments, **RGB, **form, **layout)
    program = f"""
        import time, resource
        from nucleibench.images.raster import open_raster
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        start = time.process_time()
        raster = open_raster({str(path)!r})
        assert raster.shape == (30_000, 40_000)
        print(time.process_time() - start)
        assert (raster.read(29_000, 39_000, 1000, 1000) == (230, 180, 210)).all()
        print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)
    """
    output = subprocess.check_output([sys.executable, "-c", textwrap.dedent(program)], text=True)
    seconds, megabytes = map(float, output.split())
    assert seconds < 1
    assert megabytes < 500


def test_an_uncompressed_file_larger_than_memory_is_mapped(tmp_path):
    """A sparse file of 3.6 GB without tiles."""
    path = tmp_path / "sparse.tif"
    tifffile.imwrite(path, shape=(30_000, 40_000, 3), dtype=np.uint8, **RGB)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with open_raster(path) as raster:
        assert not raster.read(20_000, 20_000, 500, 500).any()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300 * 1024
    assert os.stat(path).st_blocks < 10_000


def test_a_folder_and_nothing_are_refused(tmp_path):
    (tmp_path / "x.tif").mkdir()
    with pytest.raises(DataError, match=r"x\.tif: is a folder, not an image"):
        open_raster(tmp_path / "x.tif")
    with pytest.raises(DataError, match=r"y\.tif: does not exist"):
        open_raster(tmp_path / "y.tif")


def test_a_file_is_closed_when_the_raster_is(tmp_path):
    for layout, content in LAYOUTS.items():
        (tmp_path / layout).write_bytes(content)
        open_raster(tmp_path / layout).close()
    held = [
        os.readlink(f"/proc/self/fd/{name}")
        for name in os.listdir("/proc/self/fd")
        if os.path.islink(f"/proc/self/fd/{name}")
    ]
    assert not [name for name in held if str(tmp_path) in name]


@pytest.mark.parametrize(
    ("name", "clutter"),
    [
        ("._a.png", True),
        (".DS_Store", True),
        ("Thumbs.db", True),
        ("desktop.ini", True),
        ("__MACOSX/a.png", True),
        (".hidden.png", True),
        ("a.png", False),
        ("folder.x/a_.png", False),
    ],
)
def test_clutter_is_told_from_images(tmp_path, name, clutter):
    assert is_clutter(name) == clutter
    assert is_clutter(tmp_path / name) == clutter


def test_bytes_and_files_are_the_same(tmp_path):
    start = time.process_time()
    for content in LAYOUTS.values():
        np.testing.assert_array_equal(decode_rgb(content, "a"), TISSUE)
    assert time.process_time() - start < 5
