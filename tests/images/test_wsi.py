"""Slides of scanners, beside OpenSlide itself."""

import io
import os
from pathlib import Path

import numpy as np
import pytest
import tifffile
from drawn_images import TISSUE, draw_tissue, tiff
from openslide import OpenSlide

from nucleibench.errors import DataError
from nucleibench.images.raster import open_raster
from nucleibench.slides.wsi import Slide, open_slide

TILES = {"photometric": "rgb", "tile": (64, 64), "compression": "jpeg", "metadata": None}


def aperio_slide(levels=3):
    """Bytes of a small slide as Aperio lays it out: image, thumbnail, smaller levels."""
    image = draw_tissue(600, 900)
    text = "Aperio Image Library v11.2.1\r\n900x600 [0,0 900x600] (64x64) JPEG/RGB Q=70"
    stream = io.BytesIO()
    with tifffile.TiffWriter(stream) as writer:
        writer.write(image, description=f"{text}|AppMag = 20|MPP = 0.4990", **TILES)
        thumbnail = {**TILES, "tile": None, "rowsperstrip": 16}
        writer.write(np.ascontiguousarray(image[::6, ::6]), description=text, **thumbnail)
        for level in range(1, levels):
            smaller = np.ascontiguousarray(image[:: 2**level, :: 2**level])
            writer.write(smaller, description=text, **TILES)
    return stream.getvalue()


@pytest.fixture
def slide_file(tmp_path):
    path = tmp_path / "slide.svs"
    path.write_bytes(aperio_slide())
    return path


def as_openslide_reads(path, top, left, height, width):
    with OpenSlide(path) as slide:
        return np.asarray(slide.read_region((left, top), 0, (width, height)).convert("RGB"))


def test_a_slide_is_read_as_by_openslide(slide_file):
    with open_raster(slide_file) as raster:
        assert isinstance(raster, Slide)
        assert raster.shape == (600, 900)
        assert raster.pixel_size == 0.499
        assert raster.pixel_size_source == "aperio.mpp"
        assert raster.notes == ()
        for region in ((0, 0, 600, 900), (100, 130, 200, 40), (599, 899, 1, 1)):
            expected = as_openslide_reads(slide_file, *region)
            np.testing.assert_array_equal(raster.read(*region), expected)
        assert (raster.read(-20, 880, 40, 40)[:20] == 255).all()
        assert (raster.read(-20, 880, 40, 40)[:, 20:] == 255).all()


@pytest.mark.parametrize(("longest", "level"), [(900, 0), (450, 1), (300, 1), (225, 2), (50, 2)])
def test_an_overview_comes_from_a_level_of_the_slide(slide_file, monkeypatch, longest, level):
    with open_raster(slide_file) as raster:
        levels, inside = [], raster._read_inside
        monkeypatch.setattr(raster, "_read_inside", lambda *at: levels.append(at[0]) or inside(*at))
        overview = raster.overview(longest)
        expected = np.asarray(raster._slide.get_thumbnail((longest, longest)))
    assert levels == [level]
    assert overview.shape == (round(600 * longest / 900), longest, 3)
    assert np.abs(overview.astype(int).mean() - expected.mean()) < 2


def test_a_tiff_that_no_scanner_wrote_is_left_to_the_strict_reader(tmp_path):
    path = tmp_path / "plain.tif"
    path.write_bytes(tiff(TISSUE, photometric="rgb", tile=(64, 64)))
    assert open_slide(path) is None
    with open_raster(path) as raster:
        assert not isinstance(raster, Slide)


def test_what_was_not_scanned_is_white(tmp_path):
    """A tile that OpenSlide gives as transparent."""
    content = bytearray(tiff(TISSUE, photometric="rgb", tile=(64, 64), metadata=None))
    with tifffile.TiffFile(io.BytesIO(content)) as tif:
        for name in ("TileOffsets", "TileByteCounts"):
            tag = tif.pages[0].tags[name]
            start = tag.valueoffset
            content[start : start + tag.valuebytecount // 20] = bytes(tag.valuebytecount // 20)
    path = tmp_path / "sparse.tif"
    path.write_bytes(content)
    with Slide(OpenSlide(path), path, "generic-tiff") as slide:
        region = slide.read(0, 0, 128, 128)
    assert (region[:64, :64] == 255).all()
    np.testing.assert_array_equal(region[64:], TISSUE[64:128, :128])


class Canvas(OpenSlide):
    """A slide whose scanner says that it scanned a part of the canvas."""

    @property
    def properties(self):
        part = {"bounds-y": "100", "bounds-x": "30", "bounds-height": "400", "bounds-width": "800"}
        return {**super().properties, **{f"openslide.{name}": part[name] for name in part}}


def test_a_slide_is_the_part_that_was_scanned(slide_file):
    with Slide(Canvas(slide_file), slide_file, "aperio") as slide:
        assert slide.shape == (400, 800)
        assert "begins at row 100 and column 30" in slide.notes[0]
        expected = as_openslide_reads(slide_file, 110, 50, 64, 96)
        np.testing.assert_array_equal(slide.read(10, 20, 64, 96), expected)
        assert slide.overview(400).shape == (200, 400, 3)


@pytest.mark.parametrize(
    ("name", "needed"),
    [("a.mrxs", "Slidedat.ini beside it"), ("a.vms", r"\.opt files"), ("a.dcm", "Whole Slide")],
)
def test_a_slide_that_lacks_its_files_is_refused_in_words(tmp_path, name, needed):
    (tmp_path / name).write_bytes(b"\xff\xd8\xff\xe0 a picture of the label")
    with pytest.raises(DataError, match=rf"{name}: OpenSlide does not read.*needs .*{needed}"):
        open_raster(tmp_path / name)


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9, 0.999])
def test_a_slide_cut_short_is_refused(tmp_path, kept):
    content = aperio_slide()
    path = tmp_path / "cut.svs"
    path.write_bytes(content[: int(kept * len(content))])
    with pytest.raises(DataError, match=r"cut\.svs: not a readable image"):
        open_raster(path)


def test_a_damaged_tile_is_told_when_it_is_read(tmp_path):
    content = bytearray(aperio_slide(levels=1))
    with tifffile.TiffFile(io.BytesIO(content)) as tif:
        start, length = tif.pages[0].dataoffsets[0], tif.pages[0].databytecounts[0]
    content[start : start + length] = bytes(length)
    path = tmp_path / "damaged.svs"
    path.write_bytes(content)
    with open_raster(path) as raster:
        raster.read(200, 200, 50, 50)
        with pytest.raises(DataError, match=r"damaged\.svs: not a readable image"):
            raster.read(0, 0, 50, 50)


@pytest.fixture
def real_slide():
    folder = os.environ.get("NUCLEIBENCH_REAL_DATA")
    if not folder:
        pytest.skip("NUCLEIBENCH_REAL_DATA does not name the folder of the real slide")
    return Path(folder) / "CMU-1-Small-Region.svs"


@pytest.mark.real_data
def test_the_real_slide(real_slide):
    with open_raster(real_slide) as raster:
        assert isinstance(raster, Slide)
        assert raster.shape == (2967, 2220)
        assert (raster.pixel_size, raster.pixel_size_source) == (0.499, "aperio.mpp")
        whole = raster.read(0, 0, *raster.shape)
        assert raster.overview(500).shape == (500, 374, 3)
    np.testing.assert_array_equal(whole, as_openslide_reads(real_slide, 0, 0, 2967, 2220))
    np.testing.assert_array_equal(whole, tifffile.imread(real_slide))


@pytest.mark.real_data
@pytest.mark.parametrize("kept", [0.3, 0.5, 0.7, 0.99])
def test_the_real_slide_cut_short_is_refused(real_slide, tmp_path, kept):
    content = real_slide.read_bytes()
    path = tmp_path / "cut.svs"
    path.write_bytes(content[: int(kept * len(content))])
    with pytest.raises(DataError, match="the file is cut short"):
        open_raster(path)
