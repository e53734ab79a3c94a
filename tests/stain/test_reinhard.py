"""Reinhard's normalisation beside staintools and beside the table of colours."""

import numpy as np
import pytest
import staintools
from drawn_stains import draw_hard_images, draw_tissue

from nucleibench.stain.colors import count_colors
from nucleibench.stain.findings import look
from nucleibench.stain.reference import apply_stains, fit_reference, measure_stains, normalize_image

IMAGES = {"tissue": draw_tissue(1), **draw_hard_images()}


@pytest.fixture(scope="module")
def reference():
    return fit_reference(draw_tissue(0), "reinhard")


@pytest.mark.parametrize("name", IMAGES)
def test_pictures_are_those_of_staintools(reference, name):
    result, findings = normalize_image(IMAGES[name], reference)
    if not findings.usable:
        np.testing.assert_array_equal(result, IMAGES[name])
        return
    normalizer = staintools.ReinhardColorNormalizer()
    normalizer.fit(draw_tissue(0))
    np.testing.assert_array_equal(result, normalizer.transform(IMAGES[name]))
    stains = measure_stains([IMAGES[name]], reference)
    np.testing.assert_array_equal(apply_stains(IMAGES[name], stains, reference), result)


@pytest.mark.parametrize("name", IMAGES)
def test_tissue_and_black_are_those_of_the_table_of_colours(reference, name):
    found = normalize_image(IMAGES[name], reference)[1]
    expected = look("reinhard", count_colors(IMAGES[name]), 0.8)
    assert found.tissue_fraction == expected.tissue_fraction
    assert found.black_fraction == expected.black_fraction


def test_the_hard_images_hold_usable_and_unusable_ones(reference):
    flags = [normalize_image(image, reference)[1].usable for image in IMAGES.values()]
    assert any(flags)
    assert not all(flags)
