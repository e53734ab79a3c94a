import io

import cv2
import numpy as np
import pytest
import tifffile
from PIL import Image

from nucleibench.data.decoding import decode_mask, decode_rgb, encode_image
from nucleibench.errors import DataError

RGB = np.random.default_rng(0).integers(0, 256, (12, 17, 3), np.uint8)
RGBA = np.dstack([RGB, np.arange(12 * 17, dtype=np.uint8).reshape(12, 17)])
OPAQUE = np.dstack([RGB, np.full((12, 17), 255, np.uint8)])
MASK = np.random.default_rng(1).integers(0, 1000, (12, 17), np.uint16)


def tiff(image, **options):
    stream = io.BytesIO()
    tifffile.imwrite(stream, image, **options)
    return stream.getvalue()


def png(image):
    stream = io.BytesIO()
    Image.fromarray(image).save(stream, "png")
    return stream.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        tiff(RGB),
        tiff(RGB, compression="lzw"),
        tiff(RGB, compression="zlib", predictor=True),
        tiff(RGB, compression="lzw", byteorder=">"),
        tiff(OPAQUE, photometric="rgb", extrasamples=["unassalpha"]),
        png(RGB),
        png(OPAQUE),
    ],
)
def test_colours_survive_every_encoding(data):
    image = decode_rgb(data, "a")
    np.testing.assert_array_equal(image, RGB)
    assert image.dtype == np.uint8
    assert image.flags.c_contiguous


@pytest.mark.parametrize("data", [png(MASK), tiff(MASK)])
def test_sixteen_bit_masks(data):
    np.testing.assert_array_equal(decode_mask(data, "a"), MASK)


def test_masks_saved_as_colours():
    grey = RGB[..., 0]
    data = png(np.dstack([grey, grey, grey, 255 - grey]))
    np.testing.assert_array_equal(decode_mask(data, "a"), grey)


def test_colourful_mask_is_refused():
    with pytest.raises(DataError, match=r"a\.png: has colours"):
        decode_mask(png(RGB), "a.png")


@pytest.mark.parametrize("data", [png(RGB[..., 0]), png(MASK), tiff(MASK)])
def test_image_without_colours_is_refused(data):
    with pytest.raises(DataError, match="a: is grey-scale, but H&E needs colour"):
        decode_rgb(data, "a")


def test_what_is_transparent_in_an_image_is_white():
    image = decode_rgb(png(RGBA), "a")
    np.testing.assert_array_equal(image[0, 0], 255)
    np.testing.assert_array_equal(image[RGBA[..., 3] == 255], RGB[RGBA[..., 3] == 255])


def test_mask_with_a_missing_tile_is_refused():
    data = bytearray(tiff(np.pad(MASK, ((0, 20), (0, 15))), tile=(16, 16), compression="zlib"))
    with tifffile.TiffFile(io.BytesIO(data)) as tif:
        start = tif.pages[0].tags["TileByteCounts"].valueoffset
        size = tif.pages[0].tags["TileByteCounts"].valuebytecount // 4
    data[start : start + size] = bytes(size)
    with pytest.raises(DataError, match=r"a: not a readable image.*1 of 4 strips or tiles"):
        decode_mask(bytes(data), "a")


@pytest.mark.parametrize("encode", [png, tiff, lambda image: tiff(image, compression="lzw")])
@pytest.mark.parametrize("kept", [0, 0.1, 0.5, 0.95])
def test_image_cut_short_is_refused(encode, kept, capfd):
    data = encode(RGB)
    with pytest.raises(DataError, match="a: not a readable image"):
        decode_rgb(data[: int(kept * len(data))], "a")


def test_damaged_tiff_is_refused_where_opencv_draws_it_wrong(capfd):
    data = bytearray(tiff(RGB, compression="zlib"))
    start = data.index(b"\x78")
    data[start + 100] ^= 0xFF
    assert cv2.imdecode(np.frombuffer(bytes(data), np.uint8), cv2.IMREAD_COLOR) is not None
    with pytest.raises(DataError, match="a: not a readable image"):
        decode_rgb(bytes(data), "a")


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_encoded_images_come_back(suffix):
    np.testing.assert_array_equal(decode_rgb(encode_image(RGB, suffix), "a"), RGB)
    grey = RGB[..., 0]
    np.testing.assert_array_equal(decode_mask(encode_image(grey, suffix), "a"), grey)


def test_alpha_is_encoded_as_it_is():
    image = Image.open(io.BytesIO(encode_image(RGBA, ".png")))
    np.testing.assert_array_equal(np.asarray(image), RGBA)
