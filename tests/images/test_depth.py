"""How many bits are in use, in samples drawn at random and in files."""

import io

import imagecodecs
import numpy as np
import pytest
import tifffile
from drawn_images import TISSUE, tiff
from hypothesis import given, settings
from hypothesis import strategies as st

from nucleibench.images import depth
from nucleibench.images.depth import DEPTHS, count_samples, find_depth

TWELVE = TISSUE.astype(np.uint16) * 16
DEEP = st.sampled_from(DEPTHS)


def draw(seed, bits, brightness=1.0):
    """Samples of tissue and glass: a tenth to all of the brightness of white."""
    shares = np.random.default_rng(seed).uniform(0.1, 1, 5000) * brightness
    return (shares * ((1 << bits) - 1)).astype(np.uint16)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 9), DEEP, st.floats(0.3, 1), st.floats(0, 0.009), st.floats(0, 0.9))
def test_a_depth_is_found_whatever_is_broken_black_or_marked(
    seed, bits, brightness, broken, marked
):
    samples = draw(seed, bits, brightness)
    random = np.random.default_rng(seed)
    samples[: int(5000 * broken)] = random.integers(0, 65536, int(5000 * broken))
    value = random.choice([0, 65535])
    beside = np.full(int(5000 * marked / (1 - marked)), value, np.uint16)
    found = find_depth(count_samples(np.concatenate([samples, beside])))
    assert found.bits == bits


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 9), st.sampled_from(DEPTHS[:-1]), st.floats(0, 0.06))
def test_what_a_lossy_code_adds_to_saturated_white_is_no_bit_more(seed, bits, added):
    samples = draw(seed, bits)
    samples[::2] = np.random.default_rng(seed).uniform(1, 1 + added, 2500) * ((1 << bits) - 1)
    assert find_depth(count_samples(samples)).bits == bits


def test_samples_are_counted_some_rows_at_a_time(monkeypatch):
    samples = np.random.default_rng(0).integers(0, 65536, (70, 30, 3), np.uint16)
    whole = np.bincount(samples.ravel(), minlength=65536)
    for most in (1, 90, 1000, 10**6):
        monkeypatch.setattr(depth, "AT_A_TIME", most)
        np.testing.assert_array_equal(depth.count_samples(samples), whole)


def test_black_white_and_nothing_have_a_depth():
    for value, bits in ((0, 8), (255, 8), (4095, 12), (65535, 16)):
        assert find_depth(count_samples(np.full(9, value, np.uint16))).bits == bits


@pytest.mark.parametrize("options", [{}, {"tile": (64, 64), "compression": "zlib"}], ids=str)
@pytest.mark.parametrize("value", [5000, 65535])
def test_a_broken_pixel_says_nothing_of_the_bits_in_use(read, value, options):
    broken = TWELVE.copy()
    broken[3, 4, 1] = value
    pixels, notes = read(tiff(broken, photometric="rgb", **options))
    expected = TISSUE.copy()
    expected[3, 4, 1] = 255
    np.testing.assert_array_equal(pixels, expected)
    told = f"12 bits in use (larger samples are cut: 1 of {TISSUE.size:,})"
    assert told in notes


def test_a_mark_of_the_largest_value_says_nothing_of_the_bits_in_use(read):
    marked = TWELVE.copy()
    marked[200:220, 50:150] = 65535
    pixels, notes = read(tiff(marked, photometric="rgb"))
    np.testing.assert_array_equal(pixels[:200], TISSUE[:200])
    assert (pixels[200:220, 50:150] == 255).all()
    assert "12 bits in use" in notes


@pytest.mark.parametrize("value", [0, 65535])
def test_sixteen_bits_stay_so_beside_much_black_or_white(read, value):
    mostly = np.full(TISSUE.shape, value, np.uint16)
    mostly[:20, :20] = TISSUE[:20, :20].astype(np.uint16) * 257
    pixels, notes = read(tiff(mostly, photometric="rgb"))
    np.testing.assert_array_equal(pixels[:20, :20], TISSUE[:20, :20])
    assert (pixels[20:] == value >> 8).all()
    assert "16 bits in use (by the largest sample)" in notes


def test_the_bits_that_a_jpeg_2000_states_are_taken(read):
    dark = np.minimum(TWELVE, 500)
    content = imagecodecs.jpeg2k_encode(dark, level=0, reversible=True, bitspersample=12)

    stream = io.BytesIO()
    with tifffile.TiffWriter(stream) as writer:
        writer.write(
            iter([content]),
            shape=dark.shape,
            dtype=np.uint16,
            tile=dark.shape[:2],
            photometric="rgb",
            compression="jpeg2000",
        )
    for image in (content, stream.getvalue()):
        pixels, notes = read(image)
        np.testing.assert_array_equal(pixels, dark >> 4)
        assert "12 bits in use (as the file states)" in notes
