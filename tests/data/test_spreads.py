"""Where the nuclei of all images lie: what no single image tells."""

import json
from itertools import product

import numpy as np
import pytest
from annotation_files import collection, feature
from drawn_folder import folder_dataset
from drawn_members import encode, octagon

from nucleibench.data.checking import check_dataset
from nucleibench.data.importing import DataWarning, import_dataset
from nucleibench.data.spreads import Spread, describe_spreads, measure_spread

PLACES = [(40, 120), (180, 60), (100, 30), (20, 170), (150, 150)]
"""Upper left corners of nuclei, one an image, in images of 200 x 240 pixels."""


def members(factor):
    """A dataset of images with one nucleus of 7 micrometres each, in pixels times a factor."""
    found = {}
    for number, place in enumerate(PLACES):
        pixels = np.full((200, 240, 3), 220, np.uint8)
        outline = octagon(*place, 28) * factor
        left, top = outline.min(axis=0).astype(int)
        right, bottom = outline.max(axis=0).astype(int)
        pixels[top:bottom, left:right] = 90 + number
        found[f"images/i{number}.png"] = encode(".png", pixels)
        found[f"labels/i{number}.geojson"] = json.dumps(collection(feature(outline)))
    return found


def test_spread_of_drawn_labels():
    labels = np.zeros((100, 50), np.int32)
    labels[10:20, 5:15], labels[60:80, 10:20] = 1, 2
    spread = measure_spread("a", labels, 0.5)
    # Two nuclei of 100 and 200 pixels; the lower one ends in row 80 of 100.
    assert spread == Spread("a", 0.5, 0.8, pytest.approx(2 * np.sqrt(150 / np.pi) * 0.5))
    assert measure_spread("a", np.zeros((9, 9), np.int32), 0.5) is None


def test_single_outlines_in_micrometres_are_told_of_the_dataset(make_archive):
    summary = check_dataset("mine", folder_dataset(make_archive(members(0.25))))
    (told,) = [note for note in summary.notes[""] if "upper left" in note]
    assert told.startswith("all nuclei of 5 of 5 images (i0, i1, i2, i3, i4) lie in the upper left")
    assert "outlines in micrometres, or of another level of a slide, must be brought to" in told


def test_single_outlines_in_pixels_are_nothing_odd(make_archive):
    summary = check_dataset("mine", folder_dataset(make_archive(members(1))))
    assert not [note for note in summary.notes.get("", ()) if "upper left" in note]


def test_the_import_tells_it_too(make_archive, tmp_path):
    archive = make_archive(members(0.25))
    with pytest.warns(DataWarning, match="mine: all nuclei of 5 of 5 images"):
        import_dataset(
            "mine", folder_dataset(archive), {"all": archive}, tmp_path / "out", "x", None, 1
        )


@pytest.mark.parametrize(
    ("extents", "pixel_size", "diameter", "told"),
    [
        ([0.2, 0.2, 0.2], 0.25, 8, True),  # once in 15 thousand by chance
        ([0.2, 0.2], 0.25, 8, False),  # once in 600
        ([0.2, 0.2, 0.9], 0.25, 8, False),
        ([0.2, 0.2, 0.9], 0.25, 2, True),  # smaller than nuclei
        ([0.2, 0.9, 0.9], 0.25, 2, False),  # one may be
        ([0.45] * 5, 0.5, 8, True),
        ([0.45] * 3, 0.5, 8, False),
        ([0.7] * 50, 1, 2, False),  # a pixel of a micrometre: both are the same
        ([], 0.25, 2, False),
    ],
)
def test_what_is_told(extents, pixel_size, diameter, told):
    spreads = [Spread(f"{n}", pixel_size, extent, diameter) for n, extent in enumerate(extents)]
    assert bool(describe_spreads([*spreads, None])) == told


def test_chance_is_that_of_nuclei_anywhere():
    """Of nuclei drawn anywhere, hardly any dataset is told of."""
    random = np.random.default_rng(0)
    told = 0
    for _, images in product(range(300), (1, 2, 3, 5)):
        extents = random.random((images, 2)).max(axis=1)
        told += bool(describe_spreads([Spread("a", 0.5, extent, 8) for extent in extents]))
    assert told <= 5
