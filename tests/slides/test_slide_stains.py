import numpy as np
import pytest
from drawn_slides import ArrayRaster

from nucleibench.data.synthetic import draw_image
from nucleibench.slides import stains
from nucleibench.slides.stains import measure_slide, sample_tissue
from nucleibench.slides.tissue import Tissue
from nucleibench.stain.reference import apply_stains, fit_reference, normalize_image

EVERYWHERE = Tissue(np.ones((1, 1), bool), (255, 255, 255))


@pytest.fixture
def small_patches(monkeypatch):
    monkeypatch.setattr(stains, "PATCH", 16)
    monkeypatch.setattr(stains, "PATCHES", 8)


def number_pixels(height, width):
    """Draw an image in which each patch of 16 pixels has a colour of its own."""
    rows, columns = np.indices((height, width)) // 16
    return np.stack([rows, columns, np.zeros_like(rows)], axis=-1).astype(np.uint8)


def test_an_image_no_larger_than_the_sample_is_measured_whole(small_patches):
    image = number_pixels(32, 64)
    (patch,) = sample_tissue(ArrayRaster(image), EVERYWHERE)
    np.testing.assert_array_equal(patch, image)


def test_patches_are_spread_repeatable_and_of_tissue(small_patches):
    image = number_pixels(160, 160)
    mask = np.zeros((10, 10), bool)
    mask[:, 5:] = True
    raster, tissue = ArrayRaster(image), Tissue(mask, (255, 255, 255))
    places = [tuple(patch[0, 0]) for patch in sample_tissue(raster, tissue)]
    assert len(set(places)) == 8
    assert all(column >= 5 for _, column, _ in places)
    assert len({row for row, _, _ in places}) > 3
    again = [tuple(patch[0, 0]) for patch in sample_tissue(raster, tissue)]
    assert places == again


def test_where_no_patch_is_full_of_tissue_the_fullest_are_taken(small_patches):
    mask = np.zeros((40, 40), bool)
    mask[4, 8] = True
    (patch,) = sample_tissue(ArrayRaster(number_pixels(160, 160)), Tissue(mask, (0, 0, 0)))
    assert tuple(patch[0, 0]) == (1, 2, 0)


def test_a_long_slide_thinner_than_a_patch_is_sampled(small_patches):
    patches = sample_tissue(ArrayRaster(number_pixels(4, 1600)), EVERYWHERE)
    assert [patch.shape for patch in patches] == [(4, 16, 3)] * 8


def test_regions_are_normalised_by_the_stains_of_the_slide():
    image, _ = draw_image("kidney", "drawn", 0, 256)
    other, _ = draw_image("liver", "drawn", 0, 256)
    reference = fit_reference(other, "vahadane")
    measured = measure_slide(ArrayRaster(image), EVERYWHERE, reference)
    expected, findings = normalize_image(image, reference)
    assert measured.findings.row() == findings.row()
    part = apply_stains(image[40:180, 7:101], measured, reference)
    np.testing.assert_array_equal(part, expected[40:180, 7:101])
