"""Images at the networks' scale, and labels back."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import zoom
from skimage.draw import disk

from nucleibench.errors import DataError
from nucleibench.evaluate.contingency import tabulate_overlaps
from nucleibench.evaluate.scores import aggregated_jaccard_index
from nucleibench.images.resampling import Scale, resample_image, resample_labels, scale_shape

NOISE = np.random.default_rng(0).integers(0, 256, (60, 84, 3), dtype=np.uint8)
SIDES = st.tuples(st.integers(1, 90), st.integers(1, 90))
PIXEL_SIZES = st.floats(0.1, 2)


def draw_discs(shape, radius, step):
    labels = np.zeros(shape, np.int32)
    for number, y in enumerate(range(step // 2, shape[0], step)):
        for place, x in enumerate(range(step // 2, shape[1], step)):
            labels[disk((y, x), radius, shape=shape)] = 100 * number + place + 1
    return labels


@pytest.mark.parametrize("pixel_size", [0.25, 0.248, 0.2524])
def test_an_image_of_the_networks_scale_is_left_as_it_is(pixel_size):
    assert resample_image(NOISE, pixel_size) is NOISE
    labels = NOISE[..., 0].astype(np.int32)
    assert resample_labels(labels, labels.shape) is labels


@given(shape=SIDES, pixel_size=PIXEL_SIZES)
def test_an_image_has_the_shape_that_is_said_and_is_never_empty(shape, pixel_size):
    scaled = resample_image(np.full((*shape, 3), 7, np.uint8), pixel_size)
    assert scaled.shape[:2] == scale_shape(shape, pixel_size)
    assert scaled.min() == scaled.max() == 7
    if abs(4 * pixel_size - 1) > 0.01:
        expected = [max(1, round(4 * side * pixel_size)) for side in shape]
        assert list(scaled.shape[:2]) == expected


@pytest.mark.parametrize(
    ("pixel_size", "method"), [(0.5, cv2.INTER_CUBIC), (0.125, cv2.INTER_AREA)]
)
def test_a_whole_image_is_as_opencv_makes_it(pixel_size, method):
    height, width = scale_shape(NOISE.shape[:2], pixel_size)
    expected = cv2.resize(NOISE, (width, height), interpolation=method).astype(int)
    assert np.abs(resample_image(NOISE, pixel_size) - expected).max() <= 1


def test_labels_grow_and_shrink_by_their_centres():
    labels = np.arange(1, 13).reshape(3, 4)
    np.testing.assert_array_equal(
        resample_labels(labels, (6, 8)), zoom(labels, 2, order=0, grid_mode=True, mode="nearest")
    )
    np.testing.assert_array_equal(resample_labels(labels, (1, 2)), [[6, 8]])


@settings(deadline=None)
@given(pixel_size=st.floats(0.15, 0.6))
def test_discs_come_back_as_they_were(pixel_size):
    labels = draw_discs((120, 150), 11, 30)
    seen = resample_labels(labels, scale_shape(labels.shape, pixel_size))
    again = resample_labels(seen, labels.shape)
    assert set(np.unique(again)) == set(np.unique(labels))
    assert aggregated_jaccard_index(tabulate_overlaps(labels, again)) > 0.85


@settings(deadline=None)
@given(shape=SIDES, pixel_size=PIXEL_SIZES)
def test_labels_of_the_networks_scale_are_brought_back_and_those_of_the_image_stay(
    shape, pixel_size
):
    scale = Scale(shape, pixel_size)
    assert scale.seen == scale_shape(shape, pixel_size)
    seen = np.arange(np.prod(scale.seen)).reshape(scale.seen)
    np.testing.assert_array_equal(scale.bring_back(seen), resample_labels(seen, shape))
    own = np.zeros(shape, np.int32)
    assert scale.bring_back(own) is own


@pytest.mark.parametrize("shape", [(84, 60), (64, 84), (168, 120), (60, 84, 1)])
def test_labels_of_another_image_are_refused(shape):
    message = "but the image has 84 x 60, and 168 x 120 at 0.25 micrometres"
    with pytest.raises(DataError, match=message):
        Scale((60, 84), 0.5).bring_back(np.zeros(shape, np.int32))
