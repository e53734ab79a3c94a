import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage
from skimage.measure import label, regionprops

from nucleibench.labelling.separation import HEIGHT_SIGMA
from nucleibench.labelling.smoothing import MAP_SIGMA
from nucleibench.slides.cells import MARGIN
from nucleibench.slides.objects import Box, find_objects


def draw_mask(seed, height, width, share):
    random = np.random.default_rng(seed)
    noise = random.random((height, width))
    if seed % 2:
        noise = ndimage.gaussian_filter(noise, 1)
    return noise >= np.quantile(noise, 1 - share)


@settings(max_examples=100, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    height=st.integers(1, 40),
    width=st.integers(1, 40),
    share=st.floats(0.1, 0.9),
)
def test_objects_are_the_pieces_of_the_filled_mask(seed, height, width, share):
    mask = draw_mask(seed, height, width, share)
    objects = find_objects(mask, (0, 0), 40)
    filled = ndimage.binary_fill_holes(mask)
    expected = sorted(region.bbox for region in regionprops(label(filled, connectivity=2)))
    found = [(top, left, top + h, left + w) for top, left, h, w in objects.boxes.tolist()]
    assert sorted(found) == expected
    whole = Box(0, 0, height, width)
    drawn = [objects.draw(np.array([number]), whole) for number in range(len(found))]
    np.testing.assert_array_equal(np.sum([np.zeros((height, width), int), *drawn], 0), filled)
    np.testing.assert_array_equal(objects.draw_all((height, width), whole), filled)


def test_a_large_piece_is_cut_where_the_plane_says_so_and_others_are_not():
    mask = np.zeros((30, 60), bool)
    mask[5:8, 2:50] = True
    mask[20:25, 12:28] = True
    objects = find_objects(mask, (100, 35), 20)
    columns = np.flatnonzero(objects.cuts.any(axis=0))
    assert (columns + 35).tolist() == [40, 60, 80]
    assert not objects.cuts[20:25].any()
    assert len(objects.boxes) == 5
    assert find_objects(mask, (100, 35), 48).cuts is None


def test_what_lies_in_a_hole_of_a_cut_piece_is_an_object_again():
    mask = np.zeros((50, 50), bool)
    mask[2:48, 2:48] = True
    mask[10:40, 10:40] = False
    mask[20:25, 18:23] = True
    assert len(find_objects(mask, (0, 0), 50).boxes) == 1
    boxes = find_objects(mask, (0, 0), 20).boxes.tolist()
    assert [20, 18, 5, 5] in boxes


def test_a_window_holds_objects_and_margin_inside_the_region():
    mask = np.zeros((60, 70), bool)
    mask[10:15, 3:8] = mask[30:35, 40:48] = True
    objects = find_objects(mask, (0, 0), 60)
    assert objects.window(np.array([0, 1]), 6, mask.shape) == Box(4, 0, 37, 54)


@pytest.mark.parametrize(("sigma", "beyond"), [(MAP_SIGMA, 2), (HEIGHT_SIGMA, 9)])
def test_the_margin_holds_what_separation_looks_at(sigma, beyond):
    impulse = np.zeros(201)
    impulse[100] = 1
    radius = np.count_nonzero(ndimage.gaussian_filter(impulse, sigma)) // 2
    assert radius + beyond <= MARGIN
