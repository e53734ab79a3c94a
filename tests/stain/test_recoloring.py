"""Stains measured in one place and applied in another."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
import pytest
import spams
from drawn_stains import draw_hard_images, draw_tissue

from nucleibench.stain.engines import ENGINES
from nucleibench.stain.recoloring import Recoloring
from nucleibench.stain.reference import (
    apply_stains,
    fit_reference,
    measure_stains,
    normalize_image,
    normalize_together,
)

# This engine learns by the clock, and staintools recolours with solutions of its own.
REPEATABLE = [engine for engine in ENGINES if engine != "vahadane_staintools"]


@pytest.fixture(scope="module", params=REPEATABLE)
def reference(request):
    return fit_reference(draw_tissue(0), request.param)


def test_measuring_and_applying_is_normalising(reference):
    image = draw_tissue(5)
    stains = measure_stains([image], reference)
    expected, findings = normalize_image(image, reference)
    np.testing.assert_array_equal(apply_stains(image, stains, reference), expected)
    assert stains.findings.row() == findings.row()


def test_a_part_gets_the_colours_that_it_has_in_the_whole(reference):
    image = draw_tissue(5)
    stains = measure_stains([image], reference)
    whole = apply_stains(image, stains, reference)
    for rows, columns in [(slice(3, 100), slice(50, 51)), (slice(60, 61), slice(0, 128))]:
        part = apply_stains(image[rows, columns], stains, reference)
        np.testing.assert_array_equal(part, whole[rows, columns])


def test_images_are_measured_as_one(reference):
    images = [draw_tissue(5), draw_tissue(6)[:40]]
    stains = measure_stains(images, reference)
    expected, findings = normalize_together(images, reference)
    assert stains.findings.row() == findings.row()
    for image, normalized in zip(images, expected, strict=True):
        np.testing.assert_array_equal(apply_stains(image, stains, reference), normalized)


@pytest.mark.parametrize("name", ["white", "black", "green pen", "hematoxylin alone"])
def test_what_cannot_be_normalised_stays_as_it_is(reference, name):
    image = draw_hard_images()[name]
    stains = measure_stains([image], reference)
    expected, _ = normalize_image(image, reference)
    result = apply_stains(image, stains, reference)
    np.testing.assert_array_equal(result, expected)
    assert result is not image


def test_staintools_recolours_nearly_as_the_own_engine(monkeypatch):
    monkeypatch.setattr(spams, "trainDL", partial(spams.trainDL, iter=300))
    image = draw_tissue(5)
    reference = fit_reference(draw_tissue(0), "vahadane_staintools")
    stains = measure_stains([image], reference)
    own = fit_reference(draw_tissue(0), "vahadane")
    ours, _ = normalize_image(image, own)
    theirs = apply_stains(image, stains, reference)
    assert np.abs(ours.astype(int) - theirs).mean() < 1


def test_remembered_colours_are_those_that_are_computed(reference):
    stains = measure_stains([draw_tissue(5)], reference)
    recolor = Recoloring(stains, reference)
    images = [draw_tissue(seed)[:rows] for seed, rows in [(5, 40), (5, 128), (6, 128), (5, 1)]]
    images.append(np.array([[[0, 0, 0], [255, 255, 255], [0, 0, 1]]], np.uint8))
    with ThreadPoolExecutor(3) as threads:
        for image, found in zip(images, threads.map(recolor, images), strict=True):
            np.testing.assert_array_equal(found, apply_stains(image, stains, reference))


def test_an_image_that_cannot_be_normalised_is_copied(reference):
    image = draw_hard_images()["white"]
    found = Recoloring(measure_stains([image], reference), reference)(image)
    np.testing.assert_array_equal(found, image)
    assert not np.shares_memory(found, image)
