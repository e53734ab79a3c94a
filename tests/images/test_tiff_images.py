"""TIFF of every kind, as tifffile, Pillow and OpenCV write it."""

import io

import cv2
import numpy as np
import pytest
import tifffile
from drawn_images import TISSUE, on_glass, picture, pyramid, tiff, with_alpha
from PIL import Image

from nucleibench.errors import DataError
from nucleibench.images import faults, tiff_colours

PLANES = np.moveaxis(TISSUE, 2, 0)
LOSSLESS = [
    {},
    {"bigtiff": True},
    {"byteorder": ">"},
    {"compression": "lzw"},
    {"compression": "zlib", "predictor": True},
    {"compression": "zstd"},
    {"compression": "lzma"},
    {"compression": "packbits"},
    {"compression": "zlib", "rowsperstrip": 7},
    {"rowsperstrip": 7},
    {"tile": (64, 48)},
    {"tile": (64, 48), "compression": "zlib", "byteorder": ">"},
    {"tile": (512, 512)},
    {"tile": (128, 128), "compression": "jpegxl", "compressionargs": {"level": 101}},
    {"tile": (128, 128), "compression": "png"},
    {"ome": True, "metadata": {"axes": "YXS"}},
    {"imagej": True},
    {"metadata": None},
]


@pytest.mark.parametrize("options", LOSSLESS, ids=str)
def test_lossless_files_come_back(read, options):
    pixels, notes = read(tiff(TISSUE, photometric="rgb", **options))
    np.testing.assert_array_equal(pixels, TISSUE)
    assert notes == ""


@pytest.mark.parametrize(
    "options",
    [
        {"photometric": "rgb", "planarconfig": "separate"},
        {"photometric": "rgb", "planarconfig": "separate", "compression": "lzw", "rowsperstrip": 9},
        {"photometric": "rgb", "planarconfig": "separate", "tile": (64, 64), "byteorder": ">"},
        {"photometric": "minisblack"},
        {"photometric": "minisblack", "compression": "zlib", "tile": (64, 64)},
        {"imagej": True, "metadata": {"axes": "CYX", "mode": "composite"}},
        {"imagej": True, "compression": "zlib", "metadata": {"axes": "CYX"}},
        {"ome": True, "metadata": {"axes": "CYX"}},
        {"ome": True, "photometric": "rgb", "metadata": {"axes": "CYX"}},
    ],
    ids=str,
)
def test_channels_apart_come_together(read, options):
    pixels, notes = read(tiff(PLANES, **options))
    np.testing.assert_array_equal(pixels, TISSUE)
    assert ("taken as red, green and blue" in notes) == (options.get("photometric") != "rgb")


def test_a_hyperstack_with_one_page_for_all_channels(read):
    """ImageJ describes files above 4 GB by their first page only."""
    content = bytearray(tiff(PLANES, imagej=True, metadata={"axes": "CYX"}))
    with tifffile.TiffFile(io.BytesIO(content)) as tif:
        first = tif.pages[0]
        next_at = first.offset + 2 + 12 * len(first.tags)
    content[next_at : next_at + 4] = bytes(4)
    np.testing.assert_array_equal(read(bytes(content))[0], TISSUE)


@pytest.mark.parametrize(
    ("options", "most"),
    [
        ({"compression": "jpeg", "compressionargs": {"level": 95}}, 60),
        ({"compression": "jpeg", "tile": (64, 64), "compressionargs": {"level": 95}}, 60),
        ({"compression": "aperio_jp2000_rgb", "tile": (128, 128)}, 2),
        ({"compression": "jpeg2000", "tile": (128, 128)}, 2),
        ({"compression": "webp", "tile": (128, 128)}, 60),
    ],
    ids=str,
)
def test_lossy_files_are_near_and_equal_to_what_tifffile_decodes(read, options, most):
    content = tiff(TISSUE, photometric="rgb", **options)
    pixels, notes = read(content)
    np.testing.assert_array_equal(pixels, tifffile.imread(io.BytesIO(content)))
    difference = np.abs(pixels.astype(int) - TISSUE)
    assert difference.mean() < 8
    assert difference.max() <= most or "jpeg" in options["compression"]
    assert notes == ""


@pytest.mark.parametrize("compression", [None, "tiff_lzw", "tiff_adobe_deflate", "jpeg"])
def test_files_of_pillow(read, compression):
    content = picture(TISSUE, "TIFF", compression=compression)
    expected = np.asarray(Image.open(io.BytesIO(content)))
    assert np.abs(read(content)[0].astype(int) - expected).max() <= 1


def test_files_of_opencv(read):
    content = cv2.imencode(".tif", TISSUE[..., ::-1])[1].tobytes()
    np.testing.assert_array_equal(read(content)[0], TISSUE)


@pytest.mark.parametrize("compression", [None, "tiff_adobe_deflate"])
def test_luma_and_chroma_become_colours(read, compression):
    content = picture(TISSUE, "TIFF", "YCbCr", compression=compression)
    assert np.abs(read(content)[0].astype(int) - TISSUE).max() <= 3


def test_a_palette_gives_its_colours(read):
    content = picture(TISSUE, "TIFF", "P")
    expected = np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))
    np.testing.assert_array_equal(read(content)[0], expected)


def test_cmyk_is_converted_and_told(read):
    pixels, notes = read(picture(TISSUE, "TIFF", "CMYK"))
    np.testing.assert_array_equal(pixels, TISSUE)
    assert "converted from CMYK" in notes


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"extrasamples": ["unassalpha"], "tile": (64, 64)},
        {"extrasamples": ["assocalpha"]},
        {"extrasamples": ["unassalpha"], "planarconfig": "separate"},
    ],
    ids=str,
)
def test_transparent_is_white_and_told(read, options):
    image = with_alpha()
    image = np.moveaxis(image, 2, 0) if "planarconfig" in options else image
    pixels, notes = read(tiff(image, photometric="rgb", **options))
    np.testing.assert_array_equal(pixels, on_glass())
    assert "transparent parts" in notes


def test_a_fourth_channel_without_meaning_is_left_out_and_told(read):
    image = np.dstack([TISSUE, np.zeros_like(TISSUE[..., 0])])
    pixels, notes = read(tiff(image, photometric="rgb", extrasamples=["unspecified"]))
    np.testing.assert_array_equal(pixels, TISSUE)
    assert "fourth channel" in notes


@pytest.mark.parametrize("options", [{}, {"tile": (64, 64), "compression": "zlib"}], ids=str)
@pytest.mark.parametrize(("factor", "bits"), [(1, 8), (4, 10), (16, 12), (64, 14), (257, 16)])
def test_deep_samples_are_scaled_by_the_bits_in_use_and_told(read, factor, bits, options):
    pixels, notes = read(tiff(TISSUE.astype(np.uint16) * factor, photometric="rgb", **options))
    np.testing.assert_array_equal(pixels, TISSUE)
    assert f"16-bit samples with {bits} bits in use" in notes


def test_the_bits_in_use_may_be_stated(read):
    dark = np.minimum(TISSUE.astype(np.uint16) * 16, 500)
    tag = (281, "H", 3, (4095, 4095, 4095), True)
    pixels, notes = read(tiff(dark, photometric="rgb", extratags=[tag]))
    np.testing.assert_array_equal(pixels, dark >> 4)
    assert "12 bits in use (as the file states)" in notes


def test_samples_beyond_the_stated_bits_are_refused(read):
    tag = (281, "H", 3, (1023, 1023, 1023), True)
    content = tiff(TISSUE.astype(np.uint16) * 16, photometric="rgb", extratags=[tag])
    with pytest.raises(DataError, match="is more than 10 bits hold"):
        read(content)


def test_packed_samples_of_twelve_bits(read):
    content = tiff(TISSUE.astype(np.uint16) * 16, photometric="rgb", bitspersample=12)
    pixels, notes = read(content)
    np.testing.assert_array_equal(pixels, TISSUE)
    assert "12-bit samples with 12 bits in use" in notes


def test_a_large_deep_image_without_stated_bits_is_refused(opened, monkeypatch):
    monkeypatch.setattr(tiff_colours, "MOST_LOOKED_THROUGH", 1000)
    content = tiff(TISSUE.astype(np.uint16) * 16, photometric="rgb")
    with pytest.raises(DataError, match="does not state how many bits are in use"):
        opened(content)


REFUSED = {
    "grey": (tiff(TISSUE[..., 0]), "is grey-scale, but H&E needs colour"),
    "grey, white is 0": (tiff(TISSUE[..., 0], photometric="miniswhite"), "is grey-scale"),
    "grey and alpha": (picture(TISSUE, "TIFF", "LA"), "is grey-scale"),
    "a mask": (picture(TISSUE, "TIFF", "1"), "has 1 bit a pixel"),
    "float": (tiff(TISSUE / np.float32(255), photometric="rgb"), "floating-point samples"),
    "signed": (tiff(TISSUE.astype(np.int16), photometric="rgb"), "signed samples"),
    "32 bits": (tiff(TISSUE.astype(np.uint32), photometric="rgb"), "samples of 32 bits"),
    "Lab": (picture(TISSUE, "TIFF", "LAB"), "colours of the kind CIELAB"),
    "two images": (tiff(np.stack([TISSUE, TISSUE]), photometric="rgb"), "holds 2 images of one"),
    "two bare pages": (
        tiff(np.stack([TISSUE, TISSUE]), photometric="rgb", metadata=None),
        "holds 2 images of one size; save",
    ),
    "images in an array of five axes": (
        tiff(np.stack([TISSUE, TISSUE])[:, None], photometric="rgb"),
        "holds 2 images of one size",
    ),
    "three grey pages": (
        tiff(PLANES, photometric="minisblack", metadata=None),
        "holds 3 images of one size",
    ),
    "depths": (
        tiff(np.stack([TISSUE] * 4), photometric="rgb", ome=True, metadata={"axes": "ZYXS"}),
        "holds 4 images of one size",
    ),
    "two channels": (
        tiff(PLANES[:2], imagej=True, metadata={"axes": "CYX"}),
        "holds 2 channels, where H&E has red, green and blue",
    ),
    "named channels": (
        tiff(
            np.concatenate([PLANES, PLANES[:2]]),
            ome=True,
            metadata={"axes": "CYX", "Channel": {"Name": ["DAPI", "CD3", "CD8", "CD20", "Ki67"]}},
        ),
        r"holds 5 channels \(DAPI, CD3, CD8, CD20, Ki67\)",
    ),
    "five samples": (
        tiff(np.dstack([TISSUE, TISSUE[..., :2]]), photometric="rgb"),
        "holds 5 channels",
    ),
    "four samples of no meaning": (
        tiff(with_alpha(), photometric="minisblack", planarconfig="contig"),
        "holds 4 channels",
    ),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_has_no_certain_colours_is_refused_in_words(opened, kind):
    content, words = REFUSED[kind]
    with pytest.raises(DataError, match=f"image: .*{words}"):
        opened(content)


def two_images(second, **options):
    stream = io.BytesIO()
    with tifffile.TiffWriter(stream) as writer:
        writer.write(TISSUE, photometric="rgb", **options)
        writer.write(second, photometric="rgb" if second.ndim == 3 else "minisblack")
    return stream.getvalue()


def test_a_mask_beside_the_image_is_refused(opened):
    with pytest.raises(DataError, match=r"holds several images \(320 x 256, 320 x 256\)"):
        opened(two_images(TISSUE[..., 0]))


def test_a_label_beside_the_image_is_told(read):
    pixels, notes = read(two_images(TISSUE[:50, :70]))
    np.testing.assert_array_equal(pixels, TISSUE)
    assert "the first of 2 images in the file is taken" in notes


def test_the_levels_of_a_pyramid_are_one_image(read):
    pixels, notes = read(pyramid(TISSUE))
    np.testing.assert_array_equal(pixels, TISSUE)
    assert notes == ""


def test_orientation_is_not_applied_and_told(read):
    pixels, notes = read(tiff(TISSUE, photometric="rgb", extratags=[(274, "H", 1, 6, True)]))
    np.testing.assert_array_equal(pixels, TISSUE)
    assert "TIFF orientation 6 is not applied" in notes


def test_grey_in_three_channels_is_told(read):
    grey = np.repeat(TISSUE[..., :1], 3, axis=2)
    assert "red, green and blue are equal" in read(tiff(grey, photometric="rgb"))[1]


def test_a_strip_too_large_to_decode_is_refused(opened, monkeypatch):
    monkeypatch.setattr(faults, "LARGEST_WHOLE", TISSUE.shape[0] * TISSUE.shape[1] - 1)
    one_strip = {"compression": "zlib", "rowsperstrip": TISSUE.shape[0]}
    with pytest.raises(DataError, match=r"too many for one strip.*convert to a tiled TIFF"):
        opened(tiff(TISSUE, photometric="rgb", **one_strip))
    opened(tiff(TISSUE, photometric="rgb"))
