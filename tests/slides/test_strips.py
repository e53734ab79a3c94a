import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nucleibench.slides.objects import Box
from nucleibench.slides.strips import Strips


def draw(seed, heights, width, maps):
    shape = (sum(heights), width, *([maps] if maps else []))
    whole = np.random.default_rng(seed).normal(0.5, 0.4, shape).astype(np.float16)
    ends = np.cumsum(heights)[:-1]
    return whole, Strips(np.split(whole, ends))


@given(
    seed=st.integers(0, 10**6),
    heights=st.lists(st.integers(1, 9), min_size=1, max_size=5),
    width=st.integers(1, 20),
    maps=st.sampled_from([0, 1, 3]),
    places=st.tuples(*[st.floats(0, 1)] * 4),
)
def test_a_box_is_that_of_the_whole(seed, heights, width, maps, places):
    whole, strips = draw(seed, heights, width, maps)
    assert strips.shape == whole.shape[:2]
    top, bottom = sorted(round(share * whole.shape[0]) for share in places[:2])
    left, right = sorted(round(share * width) for share in places[2:])
    bottom, right = max(bottom, top + 1), max(right, left + 1)
    top, left = min(top, whole.shape[0] - 1), min(left, width - 1)
    bottom, right = min(bottom, whole.shape[0]), min(right, width)
    read = strips.read(Box(top, left, bottom - top, right - left))
    assert read.dtype == np.float32
    np.testing.assert_array_equal(read, whole[top:bottom, left:right])


@given(
    seed=st.integers(0, 10**6),
    threshold=st.one_of(st.floats(0.01, 1), st.sampled_from([0.5, 0.1, 0.55, 0.6499, 1.0])),
)
def test_what_reaches_a_threshold_is_what_float32_says(seed, threshold):
    whole, strips = draw(seed, [3, 5], 40, 2)
    np.testing.assert_array_equal(
        strips.reaches(threshold), whole[..., 0].astype(np.float32) >= np.float32(threshold)
    )


@pytest.mark.parametrize("threshold", [0.1, 0.3, 0.5, 0.55, 0.7])
def test_values_on_and_beside_the_threshold(threshold):
    near = np.float16(threshold)
    beside = [near, np.nextafter(near, np.float16(0)), np.nextafter(near, np.float16(1))]
    values = np.array([[*beside, -near, -0.0, 0.0, 1.0]], np.float16)
    np.testing.assert_array_equal(
        Strips([values]).reaches(threshold), values.astype(np.float32) >= np.float32(threshold)
    )
