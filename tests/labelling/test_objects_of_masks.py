"""Objects of masks and what grows in them, beside SciPy and scikit-image on whole pictures."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import ndimage
from skimage.measure import label
from skimage.segmentation import watershed

from nucleibench.labelling import bands
from nucleibench.labelling.bands import cut_bands, look_up
from nucleibench.labelling.flooding import grow_markers
from nucleibench.labelling.maxima import h_maxima
from nucleibench.labelling.objects import fill_holes, label_objects
from nucleibench.labelling.smoothing import MAP_SIGMA, smooth_levels

SIDES = st.tuples(st.integers(1, 24), st.integers(1, 24))
MASKS = arrays(bool, SIDES)
FRACTIONS = arrays(np.float32, SIDES, elements=st.floats(0, 1, width=32))


def noise(seed, shape, sigma=1.0):
    """A mask of many objects of all forms."""
    drawn = np.random.default_rng(seed).normal(size=shape)
    return ndimage.gaussian_filter(drawn, sigma) > 0.02


@settings(max_examples=60, deadline=None)
@given(MASKS)
def test_holes_are_those_of_scipy(mask):
    np.testing.assert_array_equal(fill_holes(mask), ndimage.binary_fill_holes(mask))


@settings(max_examples=60, deadline=None)
@given(MASKS, st.sampled_from([4, 8]))
def test_objects_are_numbered_as_scikit_image_numbers_them(mask, connectivity):
    labels, count = label_objects(mask, connectivity)
    np.testing.assert_array_equal(labels, label(mask, connectivity=connectivity // 4))
    assert count == labels.max()


@pytest.mark.parametrize("connectivity", [4, 8])
def test_a_large_picture_is_numbered_in_the_order_of_pixels(connectivity):
    mask = noise(0, (900, 700))  # so large that OpenCV would share it among threads
    labels, _ = label_objects(mask, connectivity)
    np.testing.assert_array_equal(labels, label(mask, connectivity=connectivity // 4))


def test_a_mask_may_be_any_view():
    mask = noise(1, (60, 40))
    for view in (mask.T, mask[::2, ::3], mask[:, ::-1]):
        np.testing.assert_array_equal(fill_holes(view), ndimage.binary_fill_holes(view))
        np.testing.assert_array_equal(label_objects(view)[0], label(view, connectivity=1))


@settings(max_examples=40, deadline=None)
@given(MASKS, st.integers(0, 2**32 - 1))
def test_markers_grow_as_in_a_watershed_of_the_whole_picture(mask, seed):
    generator = np.random.default_rng(seed)
    depths = generator.permutation(mask.size).reshape(mask.shape)  # no two alike: no ties
    markers = label(mask & (generator.random(mask.shape) < 0.2), connectivity=2)
    objects = label(mask, connectivity=1)
    alone = mask & ~np.isin(objects, objects[markers > 0])
    markers[alone] = markers.max() + objects[alone]
    grown = grow_markers(depths, np.where(alone, 0, markers), mask)
    assert grown.dtype == np.int32
    np.testing.assert_array_equal(grown > 0, mask)
    np.testing.assert_array_equal(grown, watershed(depths, markers, mask=mask))


def test_a_nucleus_does_not_depend_on_other_objects_even_where_depths_are_alike():
    """Scikit-image's order among equal depths changes with what else is in the picture."""
    generator = np.random.default_rng(3)
    mask = noise(2, (120, 120), sigma=3)
    depths = generator.integers(0, 3, mask.shape).astype(np.uint8)
    markers = label(mask & (generator.random(mask.shape) < 0.05))
    grown, objects = grow_markers(depths, markers, mask), label(mask, connectivity=1)
    for number in range(1, objects.max() + 1):
        own = objects == number
        if (markers * own).any():
            alone = grow_markers(depths, markers * own, own)
            np.testing.assert_array_equal(grown[own], alone[own])


@settings(max_examples=60, deadline=None)
@given(FRACTIONS, st.data())
def test_levels_are_those_of_a_gaussian_in_double_precision(certainty, data):
    mask = data.draw(arrays(bool, certainty.shape))
    exact = 255 * np.clip(ndimage.gaussian_filter(certainty, MAP_SIGMA), 0, 1) * mask
    np.testing.assert_array_equal(smooth_levels(certainty, mask), np.rint(exact).astype(np.uint8))


@pytest.mark.parametrize("value", [0.0, 1.0, 127.5 / 255, 0.5])
def test_levels_of_a_plateau(value):
    """Where every pixel may lie between two levels, all are filtered at once."""
    certainty = np.full((40, 50), value, np.float32)
    exact = np.rint(255 * ndimage.gaussian_filter(certainty, MAP_SIGMA)).astype(np.uint8)
    np.testing.assert_array_equal(smooth_levels(certainty, np.ones((40, 50), bool)), exact)


def test_levels_of_many_pixels_near_a_border_of_levels():
    certainty = np.random.default_rng(0).random((300, 400), np.float32)
    exact = np.rint(255 * ndimage.gaussian_filter(certainty, MAP_SIGMA)).astype(np.uint8)
    np.testing.assert_array_equal(smooth_levels(certainty, np.ones(exact.shape, bool)), exact)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 90), st.integers(1, 9), st.integers(0, 3), st.integers(1, 40))
def test_bands_have_every_row_once_and_those_beyond(height, width, beyond, pixels):
    rows = np.arange(height)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bands, "PIXELS", pixels)
        cut = list(cut_bands((height, width), beyond))
    assert np.concatenate([rows[band] for band, *_ in cut]).tolist() == rows.tolist()
    for band, around, inner in cut:
        np.testing.assert_array_equal(rows[around][inner], rows[band])
        assert rows[around][0] == max(band.start - beyond, 0)
        assert rows[around][-1] == min(band.stop - 1 + beyond, height - 1)


@pytest.mark.parametrize("depth", [1, 20])
def test_bands_change_no_peak(depth, monkeypatch):
    heights = np.random.default_rng(1).random((70, 30), np.float32)
    heights = (255 * ndimage.gaussian_filter(heights, 2)).astype(np.uint8)
    at_once = h_maxima(heights, depth)
    monkeypatch.setattr(bands, "PIXELS", 1)
    np.testing.assert_array_equal(h_maxima(heights, depth), at_once)
    table = np.arange(256, dtype=np.int32)[::-1].copy()
    np.testing.assert_array_equal(look_up(table, heights), table[heights])
