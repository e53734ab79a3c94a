import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nucleibench.prepare.tiles import (
    cut_tile,
    pad_to_tile,
    tile_corners,
    tile_positions,
    turn_back,
    turn_square,
)

sides = st.integers(32, 3000)
overlaps = st.floats(0, 0.9)


def test_paper_counts():
    # 560 tiles of 35 images imply 16 an image; half overlap gives 7 x 7.
    assert len(list(tile_corners((1000, 1000, 3), 256, 0.1))) == 16
    assert tile_positions(1000, 256, 0.5) == [0, 124, 248, 372, 496, 620, 744]


@given(sides, sides, overlaps)
def test_tiles_cover_every_pixel_and_stay_inside(length, size, overlap):
    positions = tile_positions(length, size, overlap)
    covered = np.zeros(max(length, size), bool)
    for start in positions:
        assert 0 <= start <= max(0, length - size)
        covered[start : start + size] = True
    assert covered.all()
    assert positions == sorted(set(positions))


@given(sides, sides, st.floats(0, 0.5))
def test_tiles_are_spread_evenly(length, size, overlap):
    steps = np.diff(tile_positions(length, size, overlap))
    assert len(steps) == 0 or steps.max() - steps.min() <= 1


def test_small_image_is_mirrored_to_a_tile():
    image = np.arange(20 * 30 * 3, dtype=np.uint8).reshape(20, 30, 3)
    padded = pad_to_tile(image, 32)
    assert padded.shape == (32, 32, 3)
    np.testing.assert_array_equal(padded[20, :30], image[19])
    np.testing.assert_array_equal(padded[:20, 30], image[:, 29])


def test_large_image_is_not_copied():
    image = np.zeros((64, 64, 3), np.uint8)
    assert pad_to_tile(image, 64) is image


@pytest.mark.parametrize(("top", "left"), [(0, 0), (3, 5)])
def test_cut_tile(top, left):
    image = np.arange(100).reshape(10, 10)
    np.testing.assert_array_equal(
        cut_tile(image, top, left, 4), image[top : top + 4, left : left + 4]
    )


def test_the_eight_turns_all_differ_and_lose_nothing():
    square = np.arange(9).reshape(3, 3)
    turned = {turn_square(square, turn).tobytes() for turn in range(8)}
    for turn in range(8):
        np.testing.assert_array_equal(turn_back(turn_square(square, turn), turn), square)
    assert len(turned) == 8
    assert all(sorted(np.frombuffer(t, square.dtype)) == list(range(9)) for t in turned)
