import cv2
import numpy as np
from drawn_stains import draw_tissue, with_band
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from nucleibench.stain.colors import count_colors, index_colors, paint

IMAGES = array_shapes(min_dims=2, max_dims=2, max_side=8).flatmap(
    lambda shape: arrays(np.uint8, (*shape, 3), elements=st.sampled_from([0, 1, 7, 255]))
)


@given(IMAGES)
def test_colors_and_counts_are_those_of_unique(image):
    table = count_colors(image)
    colors, counts = np.unique(image.reshape(-1, 3), axis=0, return_counts=True)
    np.testing.assert_array_equal(table.colors, colors)
    np.testing.assert_array_equal(table.counts, counts)


@given(IMAGES)
def test_painting_other_colors_changes_every_pixel(image):
    table, places = index_colors(image)
    painted = paint(image.shape[:2], table, places, 255 - table.colors)
    np.testing.assert_array_equal(painted, 255 - image)


def test_density_follows_beer_and_lambert():
    table = count_colors(np.array([[[0, 1, 255]]], np.uint8))
    np.testing.assert_allclose(table.densities[:, 0], [np.log(255), np.log(255), 1e-6])


def pixels_of(table, chosen):
    return table.select(chosen).pixels


def test_tissue_is_what_is_darker_than_the_threshold_in_the_image_itself():
    image = draw_tissue(0)
    table = count_colors(image)
    lightness = cv2.cvtColor(image, cv2.COLOR_RGB2LAB)[..., 0] / 255
    for threshold in (0.5, 0.7, 0.8):
        expected = (lightness < threshold).sum()
        assert pixels_of(table, table.is_tissue(threshold)) == expected


def test_black_border_is_no_tissue():
    image = with_band(draw_tissue(0), (3, 0, 8), share=0.25)
    table, inner = count_colors(image), count_colors(image[len(image) // 4 :])
    assert pixels_of(table, table.is_black()) == image[..., 0].size // 4
    assert pixels_of(table, table.is_tissue(0.8)) == pixels_of(inner, inner.is_tissue(0.8))
