"""Outlines that are larger than any nucleus are told."""

import cv2
import numpy as np
import pytest
from drawn_slides import ArrayRaster, stand_in

from nucleibench.slides.nuclei import NucleusStore
from nucleibench.slides.options import Options
from nucleibench.slides.segmenting import LARGEST_UM2, describe_result, find_nuclei


class DrawnRaster(ArrayRaster):
    """A drawn image with what a file states of itself."""

    pixel_size_source, notes = "drawn", ()


def warn(tmp_path, radii, pixel_size):
    """Return the warnings for an image of dark discs, of radii in pixels, and the areas found."""
    image = np.full((300, 300 * len(radii), 3), (230, 180, 210), np.uint8)
    for number, radius in enumerate(radii):
        cv2.circle(image, (150 + 300 * number, 150), radius, (70, 40, 110), -1)
    network = stand_in("none", 0.75)
    options = Options(tissue="all", threads=1)
    raster = DrawnRaster(image, pixel_size)
    with NucleusStore(tmp_path) as store:
        found = find_nuclei(raster, network, options, None, store, lambda done, total: None)
        areas = [area for block in store for area in block.table["area_um2"]]
        return describe_result(found, options)["warnings"], areas


@pytest.mark.parametrize(("pixel_size", "limit"), [(0.25, 42.2), (0.125, 84.4)])
def test_the_limit_is_an_area_in_square_micrometres(tmp_path, pixel_size, limit):
    assert np.pi * (limit * pixel_size) ** 2 == pytest.approx(LARGEST_UM2, rel=0.01)
    radii = [round(limit * share) for share in (0.5, 0.92, 1.1, 1.3)]
    warnings, areas = warn(tmp_path, radii, pixel_size)
    large = [area for area in areas if area > LARGEST_UM2]
    assert (len(areas), len(large)) == (4, 2)
    assert max(large) == pytest.approx(np.pi * (radii[-1] * pixel_size) ** 2, rel=0.06)
    assert warnings == (
        f"outlines larger than any nucleus (350 square micrometres): 2, up to {max(large):,.0f}; "
        "look for folds, ink and keratin there, and check the pixel size",
    )


def test_nuclei_of_usual_sizes_are_not_told(tmp_path):
    warnings, areas = warn(tmp_path, [20, 30], 0.25)
    assert len(areas) == 2
    assert warnings == ()
