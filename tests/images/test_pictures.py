"""PNG, JPEG, BMP, WebP and JPEG 2000, as Pillow and OpenCV write them."""

import io
import struct
import zlib
from functools import partial

import cv2
import imagecodecs
import numpy as np
import pytest
from drawn_images import TISSUE, on_glass, picture, with_alpha
from PIL import Image

from nucleibench.errors import DataError
from nucleibench.images import faults


def encoded(suffix, image):
    order = [2, 1, 0, 3][: image.shape[2]]
    return cv2.imencode(suffix, np.ascontiguousarray(image[..., order]))[1].tobytes()


@pytest.mark.parametrize(
    "content",
    [
        picture(TISSUE, "PNG"),
        encoded(".png", TISSUE),
        picture(TISSUE, "WEBP", lossless=True),
        picture(TISSUE, "JPEG2000"),
        picture(TISSUE, "PNG", "RGBA"),
    ],
)
def test_lossless_pictures_come_back(read, content):
    pixels, notes = read(content)
    np.testing.assert_array_equal(pixels, TISSUE)
    assert pixels.dtype == np.uint8
    assert notes == ""


def test_bitmaps_come_back_and_their_96_dpi_are_told(read):
    pixels, notes = read(picture(TISSUE, "BMP"))
    np.testing.assert_array_equal(pixels, TISSUE)
    assert "which no slide is scanned at" in notes


@pytest.mark.parametrize(
    ("format", "options"),
    [
        ("JPEG", {}),
        ("JPEG", {"progressive": True}),
        ("JPEG", {"subsampling": 0}),
        ("JPEG", {"keep_rgb": True}),
        ("WEBP", {"quality": 80}),
        ("JPEG2000", {"irreversible": True, "quality_layers": [10]}),
    ],
)
def test_lossy_pictures_are_what_pillow_makes_of_them(read, format, options):
    content = picture(TISSUE, format, **options)
    pixels, notes = read(content)
    np.testing.assert_array_equal(pixels, np.asarray(Image.open(io.BytesIO(content))))
    assert notes == ""


def test_a_palette_gives_its_colours(read):
    content = picture(TISSUE, "PNG", "P")
    expected = np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))
    np.testing.assert_array_equal(read(content)[0], expected)


@pytest.mark.parametrize("format", ["PNG", "WEBP", "JPEG2000"])
def test_transparent_is_white_and_told(read, format):
    options = {"WEBP": {"lossless": True}}.get(format, {})
    pixels, notes = read(picture(with_alpha(), format, **options))
    np.testing.assert_array_equal(pixels, on_glass())
    assert "transparent parts" in notes


def test_half_transparent_is_half_white(read):
    image = with_alpha()
    image[..., 3] = 128
    pixels, _ = read(picture(image, "PNG"))
    white = Image.new("RGBA", image.shape[1::-1], "white")
    expected = Image.alpha_composite(white, Image.fromarray(image)).convert("RGB")
    assert np.abs(pixels.astype(int) - np.asarray(expected)).max() <= 1


def test_a_transparent_colour_of_a_palette_is_white(read):
    indices = Image.fromarray(TISSUE).convert("P")
    stream = io.BytesIO()
    indices.save(stream, "PNG", transparency=int(np.asarray(indices)[0, 0]))
    pixels, notes = read(stream.getvalue())
    assert (pixels[np.asarray(indices) == np.asarray(indices)[0, 0]] == 255).all()
    assert "transparent parts" in notes


def lossless_jpeg2000(image):
    return imagecodecs.jpeg2k_encode(image, level=0, reversible=True, codecformat="jp2")


@pytest.mark.parametrize("encode", [partial(encoded, ".png"), lossless_jpeg2000])
@pytest.mark.parametrize(("factor", "bits"), [(1, 8), (16, 12), (256, 16), (257, 16)])
def test_deep_samples_are_scaled_by_the_bits_in_use_and_told(read, encode, factor, bits):
    pixels, notes = read(encode(TISSUE.astype(np.uint16) * factor))
    np.testing.assert_array_equal(pixels, TISSUE)
    assert f"16-bit samples with {bits} bits in use" in notes


TWELVE = TISSUE.astype(np.uint16) * 16


def with_significant_bits(content, bits):
    """A PNG that states how many bits of its samples are significant."""
    chunk = b"sBIT" + bytes([bits] * 3)
    chunk = struct.pack(">I", 3) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return content[:33] + chunk + content[33:]


@pytest.mark.parametrize("encode", [partial(encoded, ".png"), lossless_jpeg2000])
def test_a_broken_pixel_says_nothing_of_the_bits_in_use(read, encode):
    broken = TWELVE.copy()
    broken[3, 4, 1] = 65535
    pixels, notes = read(encode(broken))
    assert (pixels != TISSUE).sum() == (TISSUE[3, 4, 1] != 255)
    assert f"12 bits in use (larger samples are cut: 1 of {TISSUE.size:,})" in notes


def test_what_a_lossy_code_adds_says_nothing_of_the_bits_in_use(read):
    bright = np.where(TWELVE > 2900, 4095, TWELVE).astype(np.uint16)
    content = imagecodecs.jpeg2k_encode(bright, level=70, codecformat="jp2")
    decoded = cv2.imdecode(np.frombuffer(content, np.uint8), -1)[..., ::-1]
    assert (decoded > 4095).mean() > 0.1
    pixels, notes = read(content)
    np.testing.assert_array_equal(pixels, np.minimum(decoded, 4095) >> 4)
    assert "12 bits in use (larger samples are cut: " in notes


@pytest.mark.parametrize("codecformat", ["jp2", "j2k"])
def test_the_bits_that_a_jpeg_2000_states_are_taken(read, codecformat):
    dark = np.minimum(TWELVE, 500)
    options = {"level": 0, "reversible": True, "codecformat": codecformat}
    pixels, notes = read(imagecodecs.jpeg2k_encode(dark, bitspersample=12, **options))
    np.testing.assert_array_equal(pixels, dark >> 4)
    assert "12 bits in use (as the file states)" in notes


def test_significant_bits_of_a_png_are_the_highest(read):
    """The standard has samples shifted to the left; some writers do not."""
    for factor, bits in ((256, 16), (16, 12)):
        deep = TISSUE.astype(np.uint16) * factor
        pixels, notes = read(with_significant_bits(encoded(".png", deep), 12))
        np.testing.assert_array_equal(pixels, TISSUE)
        assert f"{bits} bits in use (as the file states)" in notes
    dark = np.minimum(TWELVE, 500)
    pixels, _ = read(with_significant_bits(encoded(".png", dark), 12))
    np.testing.assert_array_equal(pixels, dark >> 4)


def test_deep_samples_with_alpha(read):
    image = with_alpha().astype(np.uint16) * 257
    pixels, notes = read(encoded(".png", image))
    np.testing.assert_array_equal(pixels, on_glass())
    assert "transparent parts" in notes


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_orientation_is_not_applied_and_told(read, format):
    exif = Image.Exif()
    exif[0x0112] = 6
    content = picture(TISSUE, format, exif=exif, quality=98)
    pixels, notes = read(content)
    assert pixels.shape == TISSUE.shape
    np.testing.assert_array_equal(pixels, np.asarray(Image.open(io.BytesIO(content))))
    assert "EXIF orientation 6 is not applied" in notes


def test_a_cmyk_jpeg_is_converted_as_by_pillow_and_told(read):
    content = picture(TISSUE, "JPEG", "CMYK", quality=95)
    pixels, notes = read(content)
    expected = np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))
    assert np.abs(pixels.astype(int) - expected).max() <= 1
    assert "CMYK" in notes


@pytest.mark.parametrize(
    "content",
    [
        picture(TISSUE, "PNG", "L"),
        picture(TISSUE, "PNG", "LA"),
        picture(TISSUE[..., 0].astype(np.uint16), "PNG"),
        picture(TISSUE, "JPEG", "L"),
        picture(TISSUE, "JPEG2000", "L"),
    ],
)
def test_grey_is_refused(opened, content):
    with pytest.raises(DataError, match="is grey-scale, but H&E needs colour"):
        opened(content)


def test_one_bit_is_refused(opened):
    with pytest.raises(DataError, match="has 1 bit a pixel"):
        opened(picture(TISSUE, "PNG", "1"))


def test_grey_in_three_channels_is_told(read):
    _, notes = read(picture(np.repeat(TISSUE[..., :1], 3, axis=2), "PNG"))
    assert "red, green and blue are equal everywhere" in notes


@pytest.mark.parametrize("format", ["PNG", "WEBP"])
def test_animations_are_refused(opened, format):
    frames = [Image.fromarray(TISSUE[::-1])]
    content = picture(TISSUE, format, save_all=True, append_images=frames)
    with pytest.raises(DataError, match="holds 2 pictures; save the one that is meant"):
        opened(content)


def test_the_photograph_of_a_phone_is_the_first_of_its_pictures(read):
    content = picture(TISSUE, "MPO", save_all=True, append_images=[Image.fromarray(TISSUE[:9])])
    pixels, notes = read(content)
    assert pixels.shape == TISSUE.shape
    assert "the first of 2 pictures is taken" in notes


def test_a_picture_too_large_to_hold_is_refused_before_it_is_decoded(opened, monkeypatch):
    monkeypatch.setattr(faults, "LARGEST_WHOLE", TISSUE.shape[0] * TISSUE.shape[1] - 1)
    with pytest.raises(DataError, match=r"320 x 256 pixels are too many.*convert to a tiled TIFF"):
        opened(picture(TISSUE, "PNG"))


def test_a_bomb_is_refused_by_its_header(opened):
    """A PNG of 10 Gigapixels in a few bytes; nothing but the header is looked at."""
    content = bytearray(picture(TISSUE, "PNG"))
    content[16:24] = (100_000).to_bytes(4, "big") * 2
    content[29:33] = zlib.crc32(content[12:29]).to_bytes(4, "big")
    with pytest.raises(DataError, match="100000 x 100000 pixels are too many for a PNG"):
        opened(bytes(content))
