"""Predictions of every kind against the images of a sheet."""

import json

import numpy as np
import pytest

from nucleibench.data.sheets import SheetRow, write_sheet
from nucleibench.errors import DataError
from nucleibench.families.external.label import label_image

SHAPE = (40, 60)
SQUARES = np.zeros(SHAPE, np.int32)
SQUARES[5:15, 5:15] = 7
SQUARES[25:35, 45:55] = 3


def square(left, top, scale=1.0):
    ring = [[left, top], [left + 10, top], [left + 10, top + 10], [left, top + 10], [left, top]]
    geometry = {"type": "Polygon", "coordinates": [[[x * scale, y * scale] for x, y in ring]]}
    return {"type": "Feature", "properties": {"objectType": "detection"}, "geometry": geometry}


def collection(*features):
    return json.dumps({"type": "FeatureCollection", "features": features})


@pytest.fixture
def sources(tmp_path):
    """Predictions of the images a and b, and a sheet in which c is there for training."""
    (tmp_path / "theirs").mkdir()
    for image in "ab":
        np.save(tmp_path / "theirs" / f"{image}.npy", SQUARES)
    rows = [
        SheetRow(image, "breast", image, "all", split, *SHAPE, 2, "")
        for image, split in (("a", "test"), ("b", "test"), ("c", "train"))
    ]
    write_sheet(tmp_path / "images.csv", rows)
    return [tmp_path / "theirs", tmp_path / "images.csv"]


def label(sources, image="a"):
    return label_image(image, None, None, sources)


def test_a_label_map_is_numbered_anew_and_keeps_its_nuclei(sources):
    labels = label(sources)
    assert labels.dtype == np.int32
    assert sorted(np.unique(labels)) == [0, 1, 2]
    for number in (3, 7):
        assert len(np.unique(labels[number == SQUARES])) == 1
    np.testing.assert_array_equal(labels > 0, SQUARES > 0)


def test_outlines_are_drawn_on_the_image(sources):
    (sources[0] / "a.npy").unlink()
    (sources[0] / "a.geojson").write_text(collection(square(5, 5), square(45, 25)))
    np.testing.assert_array_equal(label(sources) > 0, SQUARES > 0)


def test_predictions_of_images_that_do_not_test_are_left_alone(sources):
    (sources[0] / "c.npy").write_bytes(b"never read")
    np.testing.assert_array_equal(label(sources, "b") > 0, SQUARES > 0)


def test_an_image_may_have_no_nuclei(sources):
    np.save(sources[0] / "a.npy", np.zeros(SHAPE, np.uint8))
    assert not label(sources).any()


def remove(folder):
    (folder / "a.npy").unlink()


def misname(folder):
    np.save(folder / "d.npy", SQUARES)


def double(folder):
    np.save(folder / "a", SQUARES)
    (folder / "a.geojson").write_text(collection())


def exchange(folder):
    np.save(folder / "a.npy", SQUARES.T)


def enlarge(folder):
    np.save(folder / "a.npy", np.kron(SQUARES, np.ones((2, 2), int)))


def soften(folder):
    np.save(folder / "a.npy", SQUARES * 0.13)


def outlines(*features):
    def write(folder):
        (folder / "a.npy").unlink()
        (folder / "a.geojson").write_text(collection(*features))

    return write


SMALL = [square(x, y, 0.2) for x in (0, 20, 40) for y in (0, 20)]


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (remove, "theirs: has no prediction for a; an image without nuclei needs an empty label"),
        (misname, "theirs: d is no image of the dataset; move it elsewhere, or correct its name"),
        (double, "theirs: a.geojson and a.npy are of one image; remove one"),
        (exchange, "a.npy: has 40 x 60 pixels, but the image a has 60 x 40 (rows and columns"),
        (enlarge, "a.npy: has 120 x 80 pixels, but the image a has 60 x 40 (it seems to be of"),
        (enlarge, "2 times the image's); write it at the size of the image"),
        (soften, "a.npy: "),
        (outlines(square(100, 5)), "a.geojson: outlines from (99.5, 4.5) to "),
        # So large that it would pass for a frame.
        (outlines(square(40, 40, 5)), "a.geojson: outlines from (199.5, 199.5) to "),
        (outlines(*SMALL), "so they are not in pixels of the image; outlines in micrometres, or"),
    ],
)
def test_what_is_no_prediction_of_these_images_is_refused_in_words(sources, spoil, message):
    spoil(sources[0])
    with pytest.raises(DataError) as caught:
        label(sources)
    assert message in str(caught.value)


def test_what_is_odd_is_in_the_log(sources, capfd):
    np.save(sources[0] / "a.npy", (SQUARES > 0).astype(np.uint8))
    assert label(sources).max() == 2
    warning = "a.npy: is a mask of one value, so nuclei that touch count as one\n"
    assert capfd.readouterr().err.endswith(warning)
