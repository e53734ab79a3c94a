"""Images in memory: what ``nucleibench.segment`` takes and refuses."""

import numpy as np
import pytest

import nucleibench
from nucleibench.errors import ConfigurationError, DataError
from nucleibench.images.array import as_rgb

IMAGE = np.random.default_rng(0).integers(0, 256, (8, 9, 3), np.uint8)


def test_more_bits_and_floats_are_converted():
    for image in (IMAGE, IMAGE.astype(np.uint16) * 257, IMAGE / 255, (IMAGE / 255).astype("f4")):
        np.testing.assert_array_equal(as_rgb(image), IMAGE)


@pytest.mark.parametrize(
    ("image", "said"),
    [
        (IMAGE[..., 0], r"of shape \(8, 9\) is not RGB; give an array \(height, width, 3\)"),
        (np.dstack([IMAGE, IMAGE])[..., :4], r"of shape \(8, 9, 4\) is not RGB"),
        (IMAGE.transpose(2, 0, 1), r"of shape \(3, 8, 9\) is not RGB"),
        (IMAGE[:0], r"of shape \(0, 9, 3\) is not RGB"),
        (IMAGE * 1.0, "neither 8 nor 16 bits, nor floats from 0 to 1; convert it"),
        (np.full((4, 4, 3), np.nan), "neither 8 nor 16 bits"),
        (IMAGE.astype(int), "neither 8 nor 16 bits"),
    ],
)
def test_what_cannot_be_told_to_be_rgb_is_refused_before_a_network_is_loaded(image, said):
    with pytest.raises(DataError, match=said):
        nucleibench.segment(image)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("pixel_size", 1000),
        ("pixel_size", 0),
        ("turns", 9),
        ("members", [4]),
        ("members", [1, 1]),
        ("members", []),
        ("tissue", "none"),
        ("threads", 0),
    ],
)
def test_settings_out_of_bounds_are_refused_by_their_names(setting, value):
    with pytest.raises(ConfigurationError, match=f"^{setting}: "):
        nucleibench.segment(IMAGE, **{setting: value})


def test_the_package_has_nothing_else():
    with pytest.raises(AttributeError, match="no attribute 'segmentation'"):
        nucleibench.segmentation  # noqa: B018
