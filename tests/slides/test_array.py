"""Images in memory: what ``nucleibench.segment`` takes and refuses."""

import numpy as np
import pytest

import nucleibench
from nucleibench.data.synthetic import draw_image
from nucleibench.errors import ConfigurationError, DataError
from nucleibench.images.array import open_array

IMAGE = np.random.default_rng(0).integers(0, 256, (8, 9, 3), np.uint8)


def test_more_bits_and_floats_are_converted():
    for image in (IMAGE, IMAGE.astype(np.uint16) * 257, IMAGE / 255, (IMAGE / 255).astype("f4")):
        np.testing.assert_array_equal(open_array(image).read(0, 0, 8, 9), IMAGE)


@pytest.mark.parametrize(("factor", "bits"), [(1, 8), (16, 12), (257, 16)])
def test_bits_in_use_are_found_and_told_as_of_files(factor, bits):
    raster = open_array(IMAGE.astype(np.uint16) * factor)
    np.testing.assert_array_equal(raster.read(0, 0, 8, 9), IMAGE)
    said = f"16-bit samples with {bits} bits in use (by the largest sample) were scaled to 8 bits"
    assert raster.notes == (said,)


def test_samples_of_twelve_bits_give_the_nuclei_of_eight():
    image = draw_image("kidney", "drawn", 0, 96)[0]
    usual = nucleibench.segment(image, members=[3], threads=1)
    deep = nucleibench.segment(image.astype(np.uint16) * 16, members=[3], threads=1)
    assert len(usual.nuclei) == len(deep.nuclei) > 0
    np.testing.assert_array_equal(deep.labels, usual.labels)
    told = [line for line in deep.warnings if line not in usual.warnings]
    assert len(told) == 1
    assert "12 bits in use" in told[0]


def test_grey_in_three_channels_is_told():
    assert "grey image" in open_array(np.repeat(IMAGE[..., :1], 3, axis=2)).notes[0]


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
        ("members", 1),
        ("members", "1,3"),
        ("members", [True]),
        ("members", [1.0]),
        ("pixel_size", None),
        ("pixel_size", "a"),
        ("pixel_size", "0.25"),
        ("pixel_size", float("nan")),
        ("pixel_size", True),
        ("threads", 10000),
        ("turns", 1.5),
        ("members", []),
        ("tissue", "none"),
        ("threads", 0),
    ],
)
def test_settings_out_of_bounds_are_refused_by_their_names(setting, value):
    with pytest.raises(ConfigurationError, match=f"^{setting}: "):
        nucleibench.segment(IMAGE, **{setting: value})


@pytest.mark.parametrize("members", [[3], (3,), range(3, 4), np.array([3]), np.int64([3])])
def test_numbers_of_numpy_and_any_sequence_are_taken(members):
    found = nucleibench.segment(IMAGE, np.float32(0.5), members=members, threads=np.int64(1))
    assert found.labels.shape == IMAGE.shape[:2]


def test_the_package_has_nothing_else():
    with pytest.raises(AttributeError, match="no attribute 'segmentation'"):
        nucleibench.segmentation  # noqa: B018
