"""The steps that stand in for ImageJ, on values that can be worked out by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.ndimage import distance_transform_edt, gaussian_filter
from skimage.draw import disk
from skimage.filters import threshold_isodata, threshold_li
from skimage.measure import label

from nucleibench.errors import ConfigurationError
from nucleibench.families.classical.imagej.steps import (
    THRESHOLDS,
    blur,
    convert_to_grey,
    fill_holes,
    find_default_threshold,
    find_li_threshold,
)
from nucleibench.families.classical.imagej.watershed import (
    GROWTH_TABLE,
    find_centres,
    separate_particles,
)


def draw_mask(*discs, size=80):
    mask = np.zeros((size, size), bool)
    for row, column, radius in discs:
        mask[disk((row, column), radius, shape=mask.shape)] = True
    return mask


def test_grey_is_the_mean_rounded_to_the_nearest():
    image = np.array([[[0, 0, 1], [0, 1, 1], [10, 20, 33], [255, 255, 255]]], np.uint8)
    np.testing.assert_array_equal(convert_to_grey(image), [[0, 1, 21, 255]])


def test_blur_is_gaussian_within_a_grey_level():
    grey = np.random.default_rng(0).integers(0, 256, (60, 70), dtype=np.uint8)
    expected = gaussian_filter(grey.astype(float), 2, mode="nearest")
    assert np.abs(blur(grey, 2.0) - expected).max() < 1


@pytest.mark.parametrize("sigma", [0, 0.3, 2, 8.5])
def test_blur_leaves_an_even_image(sigma):
    grey = np.full((20, 30), 131, np.uint8)
    np.testing.assert_array_equal(blur(grey, sigma), grey)


def test_blur_refuses_what_imagej_does_another_way():
    with pytest.raises(ConfigurationError, match=r"sigma must be from 0 to 8.5 pixels, not 9"):
        blur(np.zeros((4, 4), np.uint8), 9)


def test_threshold_of_two_peaks_lies_between_them():
    grey = np.repeat(np.array([50, 150], np.uint8), [400, 600])[None]
    assert find_default_threshold(grey) == 100


def test_threshold_is_isodata_where_no_value_stands_out():
    generator = np.random.default_rng(0)
    peaks = [generator.normal(80, 15, 4000), generator.normal(180, 20, 6000)]
    grey = np.concatenate(peaks).astype(np.uint8)[None]
    assert abs(find_default_threshold(grey) - threshold_isodata(grey)) <= 1


def test_li_is_that_of_scikit_image():
    generator = np.random.default_rng(0)
    peaks = [generator.normal(80, 15, 4000), generator.normal(180, 20, 6000)]
    grey = np.concatenate(peaks).astype(np.uint8)[None]
    assert abs(find_li_threshold(grey) - threshold_li(grey)) <= 2


@given(arrays(np.uint8, (5, 5), elements=st.sampled_from([0, 1, 2, 90, 254, 255])))
def test_thresholds_end_on_any_histogram(grey):
    for find in THRESHOLDS.values():
        assert 0 <= find(grey) <= 255


def test_empty_background_does_not_draw_the_threshold():
    tissue = np.random.default_rng(0).normal(120, 20, 5000).astype(np.uint8)
    few, many = (np.append(tissue, np.full(n, 240, np.uint8))[None] for n in (5000, 500_000))
    assert find_default_threshold(few) == find_default_threshold(many)


@pytest.mark.parametrize("value", [0, 7, 255])
def test_threshold_of_one_value_is_the_middle(value):
    assert find_default_threshold(np.full((4, 4), value, np.uint8)) == 128


def test_holes_are_filled_unless_they_reach_the_border():
    mask = draw_mask((40, 40, 20)) & ~draw_mask((40, 40, 5))
    assert fill_holes(mask)[40, 40]
    mask[40:, 40] = False
    assert not fill_holes(mask)[40, 40]


def test_a_disc_stays_whole():
    mask = draw_mask((40, 40, 20))
    np.testing.assert_array_equal(separate_particles(mask), mask)
    assert label(find_centres_of(mask)).max() == 1


def find_centres_of(mask):
    return find_centres(distance_transform_edt(mask).astype(np.float32))


def test_two_touching_discs_are_cut_at_the_neck():
    mask = draw_mask((40, 28, 13), (40, 51, 13))
    separated = separate_particles(mask)
    cut = mask & ~separated
    assert label(separated, connectivity=2).max() == 2
    assert np.abs(np.nonzero(cut)[1] - 39.5).max() <= 1.5


@pytest.mark.parametrize("value", [False, True])
def test_an_even_mask_stays(value):
    mask = np.full((5, 6), value)
    np.testing.assert_array_equal(separate_particles(mask), mask)


@pytest.mark.parametrize("seed", range(3))
def test_only_lines_are_lost_and_parts_do_not_touch(seed):
    generator = np.random.default_rng(seed)
    mask = draw_mask(*generator.uniform((0, 0, 3), (80, 80, 9), (25, 3)))
    separated = separate_particles(mask)
    assert not (separated & ~mask).any()
    cut = mask & ~separated
    assert not (cut[:-2, :-2] & cut[1:-1, 1:-1] & cut[2:, 2:] & cut[2:, :-2] & cut[:-2, 2:]).any()
    assert label(separated, connectivity=2).max() >= label(mask, connectivity=2).max()


def test_a_pixel_never_joins_two_groups_of_neighbours():
    north, east, south, west = 1, 4, 16, 64
    assert GROWTH_TABLE[north | south] == GROWTH_TABLE[east | west] == 0
    assert GROWTH_TABLE[north] == 1 << 4  # reached on the way south
    assert GROWTH_TABLE[north | east] == 1 << 4 | 1 << 6
    assert GROWTH_TABLE[0] == 0
