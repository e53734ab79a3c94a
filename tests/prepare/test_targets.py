import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import ndimage
from skimage.draw import disk
from skimage.segmentation import find_boundaries

from nucleibench.prepare.target_maps import BOUNDARY_WIDTH, inner_distance
from nucleibench.prepare.targets import TARGETS

SMALL_LABELS = arrays(np.uint16, (12, 14), elements=st.sampled_from([0, 3, 4, 9]))


def square(*sides):
    labels = np.zeros((30, 40), np.uint16)
    for number, (top, left, height, width) in enumerate(sides, start=5):
        labels[top : top + height, left : left + width] = number
    return labels


@settings(max_examples=50, deadline=None)
@given(SMALL_LABELS)
def test_distances_are_those_of_each_nucleus_alone(labels):
    """Beside ours: SciPy's transform, nucleus by nucleus, from the pixels of its border."""
    expected = np.zeros(labels.shape)
    border = find_boundaries(labels, connectivity=1, mode="thick") & (labels > 0)
    for number in set(labels[labels > 0]):
        mine = labels == number
        if border.any():
            expected[mine] = ndimage.distance_transform_edt(~border)[mine] + 1
    found = inner_distance(labels)
    nearest = np.where(labels > 0, expected, 0)
    if border.any():
        # Background is as far as a border there: no pixel of a nucleus is nearer to it.
        np.testing.assert_allclose(found, nearest, atol=1e-3)
    assert (found[labels > 0] >= 1).all()


@settings(max_examples=50, deadline=None)
@given(SMALL_LABELS, st.sampled_from(sorted(TARGETS)))
def test_drawings_agree_on_the_mask_and_are_finite(labels, name):
    target = TARGETS[name]
    drawn = target.draw(labels)
    assert drawn.shape == (*labels.shape, 1 + target.maps)
    assert drawn.dtype == np.float32
    np.testing.assert_array_equal(drawn[..., 0] > 0, labels > 0)
    assert set(np.unique(drawn[..., 0])) <= set(range(target.classes))
    assert np.abs(drawn[..., 1:]).max(initial=0) <= 1 + 1e-6
    assert not drawn[labels == 0].any()


def test_the_boundary_lies_inside_and_parts_touching_nuclei():
    drawn = TARGETS["boundary"].draw(square((5, 5, 10, 10), (5, 15, 10, 10)))[..., 0]
    inside = drawn == 1
    assert inside.sum() == 2 * (10 - 2 * BOUNDARY_WIDTH) ** 2
    assert ndimage.label(inside)[1] == 2


def test_distance_is_a_share_of_the_largest():
    drawn = TARGETS["distance"].draw(square((5, 5, 9, 9)))[..., 1]
    np.testing.assert_allclose(drawn[9, 5:14], np.array([1, 2, 3, 4, 5, 4, 3, 2, 1]) / 5)


def test_places_run_from_minus_one_over_the_centre_to_one():
    _, across, down = np.moveaxis(
        TARGETS["horizontal_vertical"].draw(square((5, 5, 9, 5), (5, 10, 9, 5))), -1, 0
    )
    expected = [-1, -0.5, 0, 0.5, 1]
    np.testing.assert_allclose(across[8, 5:15], expected * 2, atol=1e-6)
    np.testing.assert_allclose(down[5:14, 7], np.linspace(-1, 1, 9), atol=1e-6)


@pytest.mark.parametrize("target", ["distance", "horizontal_vertical"])
def test_maps_do_not_depend_on_a_neighbour_that_does_not_touch(target):
    alone, accompanied = np.zeros((2, 40, 60), np.uint16)
    alone[disk((20, 15), 9)] = accompanied[disk((20, 15), 9)] = 4
    accompanied[disk((20, 45), 12)] = 1
    mine = alone > 0
    np.testing.assert_allclose(
        TARGETS[target].draw(alone)[mine], TARGETS[target].draw(accompanied)[mine], atol=1e-6
    )
