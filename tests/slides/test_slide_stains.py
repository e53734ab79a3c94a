import os
from pathlib import Path

import cv2
import numpy as np
import pytest
from drawn_slides import ArrayRaster
from scipy.ndimage import gaussian_filter

from nucleibench.data.synthetic import draw_image
from nucleibench.families.unet.release_card import STAINS as STAINS_OF_RELEASE
from nucleibench.images.raster import open_raster
from nucleibench.slides import stains
from nucleibench.slides.planning import find_release
from nucleibench.slides.stains import sample_tissue
from nucleibench.slides.tissue import Tissue, find_tissue, take_all
from nucleibench.stain.reference import (
    apply_stains,
    fit_reference,
    measure_stains,
    normalize_image,
    read_reference,
)

EVERYWHERE = Tissue(np.ones((1, 1), bool), (255, 255, 255))


def measure_slide(raster, tissue, reference):
    return measure_stains(sample_tissue(raster, tissue), reference)


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
    (patch,) = sample_tissue(ArrayRaster(number_pixels(160, 160)), Tissue(mask, (255, 255, 255)))
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


STAINS = np.array([[0.53, 0.75, 0.40], [0.31, 0.82, 0.46]])
INKS = {
    "blue": (25, 60, 170),
    "teal": (10, 125, 135),
    "green": (30, 130, 60),
    "black": (25, 25, 25),
}


def degrees(ones, others):
    """Return the angles between rows that are unit vectors."""
    lengths = np.linalg.norm(ones, axis=1) * np.linalg.norm(others, axis=1)
    return np.degrees(np.arccos((ones * others).sum(axis=1) / lengths))


def stain(seed, glass=255):
    """Draw tissue of known stains, hematoxylin in spots and eosin around, on glass."""
    random = np.random.default_rng(seed)
    spots = gaussian_filter(random.standard_normal((600, 800)), 4) > 0.06
    amounts = np.stack([spots * 1.4, ~spots * 0.9]) * random.uniform(0.4, 1, (600, 800))
    image = np.exp(
        -np.moveaxis(amounts, 0, -1) @ (STAINS / np.linalg.norm(STAINS, axis=1)[:, None])
    )
    image[:, 700:] = 1
    return np.rint(image * glass).astype(np.uint8)


def write_with(pen, image):
    """Draw strokes of a pen over a quarter of the image, blurred at their edges as by a scanner."""
    strokes = np.zeros(image.shape[:2], np.uint8)
    for row in (120, 420):
        cv2.line(strokes, (0, row), (560, row + 30), 255, 100)
    share = cv2.GaussianBlur(strokes, (0, 0), 1.5)[..., None] / 255
    return np.rint(image * (1 - share) + share * np.array(pen)).astype(np.uint8)


@pytest.fixture(scope="module")
def reference():
    return fit_reference(stain(9), "vahadane")


@pytest.mark.parametrize("ink", INKS)
def test_ink_is_left_out_of_the_stains(reference, ink):
    clean = stain(1)
    inked = write_with(INKS[ink], clean)
    raster = ArrayRaster(inked)
    measured = measure_slide(raster, find_tissue(raster, 0.25), reference).findings
    assert measured.flag == "ok"
    assert degrees(measured.stain_matrix, STAINS).max() < 1.5
    before = normalize_image(clean, reference)[1]
    ratio = measured.maximum_concentrations / before.maximum_concentrations
    assert np.abs(ratio - 1).max() < 0.05
    if ink != "black":
        assert normalize_image(inked, reference)[1].flag == "unusual_stains"


def test_without_ink_every_pixel_is_measured(reference):
    raster = ArrayRaster(stain(2))
    (patch,) = sample_tissue(raster, find_tissue(raster, 0.25))
    np.testing.assert_array_equal(patch, raster.pixels)


def test_an_image_of_ink_alone_is_measured_as_it_is():
    image = np.full((300, 300, 3), INKS["blue"], np.uint8)
    raster = ArrayRaster(image)
    (patch,) = sample_tissue(raster, find_tissue(raster, 0.25))
    np.testing.assert_array_equal(patch, image)


def test_dark_glass_is_not_measured_as_tissue(reference):
    bright, dark = stain(3), stain(3, glass=170)
    raster = ArrayRaster(dark)
    measured = measure_slide(raster, find_tissue(raster, 0.25), reference).findings
    whole = normalize_image(dark, reference)[1]
    own = normalize_image(bright, reference)[1].stain_matrix
    off, off_with_glass = (degrees(f.stain_matrix, own)[0] for f in (measured, whole))
    assert off < off_with_glass


def test_ink_is_known_where_all_is_taken(reference):
    raster = ArrayRaster(write_with(INKS["teal"], stain(4)))
    measured = measure_slide(raster, take_all(raster, 0.25), reference).findings
    assert measured.flag == "ok"


@pytest.mark.real_data
def test_ink_on_a_real_slide_is_left_out():
    folder = os.environ.get("NUCLEIBENCH_REAL_DATA")
    if not folder:
        pytest.skip("NUCLEIBENCH_REAL_DATA does not name the folder of the real archives")
    with open_raster(Path(folder) / "CMU-1-Small-Region.svs") as raster:
        tissue = find_tissue(raster, raster.pixel_size)
        network = read_reference(find_release().folder / STAINS_OF_RELEASE)
        found = measure_slide(raster, tissue, network).findings
        whole = measure_stains([raster.read(0, 0, *raster.shape)], network).findings
    assert found.flag == "ok"
    assert degrees(found.stain_matrix, STAINS)[0] < 5
    assert whole.flag == "unusual_stains"
