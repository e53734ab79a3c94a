import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import ndimage
from skimage.morphology import local_maxima, reconstruction

from nucleibench.labelling.maxima import h_maxima

SIDES = st.tuples(st.integers(1, 24), st.integers(1, 24))


def of_morphology(heights, lowered):
    """By scikit-image's reconstruction by dilation, which sorts all pixels instead."""
    return local_maxima(reconstruction(lowered, heights))


@settings(max_examples=50, deadline=None)
@given(arrays(np.float32, SIDES, elements=st.floats(0, 8, width=32)), st.floats(0.02, 3))
def test_maxima_of_numbers_are_those_of_morphology(noise, depth):
    heights = ndimage.gaussian_filter(noise, 1)
    expected = of_morphology(heights, heights - np.float32(depth))
    np.testing.assert_array_equal(h_maxima(heights, depth), expected)


@settings(max_examples=50, deadline=None)
@given(arrays(np.uint8, SIDES), st.integers(1, 255))
def test_maxima_of_grey_levels_are_those_of_morphology(heights, depth):
    expected = of_morphology(heights, np.clip(heights.astype(int) - depth, 0, None))
    np.testing.assert_array_equal(h_maxima(heights, depth), expected)


@pytest.mark.parametrize(("depth", "peaks"), [(1.5, 2), (2.5, 1)])
def test_peaks_are_apart_where_the_height_falls_by_more_than_the_depth(depth, peaks):
    heights = np.array([[0, 5, 3, 7, 0]], np.float32)
    assert ndimage.label(h_maxima(heights, depth))[1] == peaks
