import cv2
import numpy as np
import pytest
from drawn_slides import ArrayRaster, draw_blobs
from hypothesis import given, settings
from hypothesis import strategies as st

from nucleibench.slides.plane import Plane

SIZES = [0.5, 0.499, 0.26, 0.23, 0.125, 0.11]


def unchanged(pixels):
    return pixels


@settings(max_examples=40, deadline=None)
@given(
    data=st.data(),
    shape=st.tuples(st.integers(1, 60), st.integers(1, 60)),
    pixel_size=st.sampled_from([*SIZES, 0.25]),
)
def test_a_region_is_a_part_of_the_whole(data, shape, pixel_size):
    plane = Plane(ArrayRaster(draw_blobs(0, *shape)), pixel_size, unchanged)
    height, width = plane.shape
    top, left = data.draw(st.integers(0, height - 1)), data.draw(st.integers(0, width - 1))
    height = data.draw(st.integers(1, height - top))
    width = data.draw(st.integers(1, width - left))
    whole = plane.read(0, 0, *plane.shape)
    region = plane.read(top, left, height, width)
    np.testing.assert_array_equal(region, whole[top : top + height, left : left + width])


@pytest.mark.parametrize("pixel_size", SIZES)
def test_the_whole_is_what_opencv_makes_of_it(pixel_size):
    image = draw_blobs(1, 120, 150)
    plane = Plane(ArrayRaster(image), pixel_size, unchanged)
    way = cv2.INTER_AREA if pixel_size < 0.25 else cv2.INTER_CUBIC
    expected = cv2.resize(image, plane.shape[::-1], interpolation=way)
    apart = np.abs(plane.read(0, 0, *plane.shape).astype(int) - expected)
    assert apart.max() <= 1
    # Where four pixels become one OpenCV rounds every half up.
    assert (apart > 0).mean() < (0.2 if pixel_size == 0.125 else 1e-3)


def test_colours_change_before_the_scale():
    image = draw_blobs(2, 40, 40)
    inverted = Plane(ArrayRaster(image), 0.5, lambda pixels: 255 - pixels)
    expected = Plane(ArrayRaster(255 - image), 0.5, unchanged)
    np.testing.assert_array_equal(inverted.read(3, 4, 50, 60), expected.read(3, 4, 50, 60))


@pytest.mark.parametrize("pixel_size", [*SIZES, 0.25])
def test_labels_come_back_to_the_pixels_they_were_read_from(pixel_size):
    shape = 83, 61
    plane = Plane(ArrayRaster(draw_blobs(3, *shape)), pixel_size, unchanged)
    labels = np.arange(1, plane.shape[0] * plane.shape[1] + 1).reshape(plane.shape)
    whole, corner = plane.bring_back(labels, (0, 0))
    assert corner == (0, 0)
    assert whole.shape == shape
    row, column = (np.arange(n) + 0.5 for n in shape)
    rows, columns = (
        (place * length / n).astype(int)
        for place, length, n in zip((row, column), plane.shape, shape, strict=True)
    )
    np.testing.assert_array_equal(whole, labels[np.ix_(rows, columns)])
    part, (top, left) = plane.bring_back(labels[10:30, 5:20], (10, 5))
    height, width = part.shape
    np.testing.assert_array_equal(part, whole[top : top + height, left : left + width])
    rest = whole.copy()
    rest[top : top + height, left : left + width] = 0
    assert not np.isin(rest, labels[10:30, 5:20]).any()
