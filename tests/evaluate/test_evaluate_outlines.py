"""``nucleibench evaluate`` of outlines that are in no pixels of the image, on either side."""

import json

import numpy as np
import pytest

from nucleibench.cli import main
from nucleibench.images import write_labels

TRUE = np.zeros((64, 64), np.int32)
TRUE[20:50, 20:50] = 1
SIDES = pytest.mark.parametrize("side", ["true", "predicted"])


def outline(left, top, width):
    right, bottom = left + width, top + width
    ring = [[left, top], [right, top], [right, bottom], [left, bottom], [left, top]]
    return {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [ring]}}


# Where nuclei of 8 pixels all over the image would lie in micrometres.
SMALL = [outline(x, y, 2) for x in (1, 5, 9, 12) for y in (1, 6)]


@pytest.fixture
def evaluate(tmp_path, capsys):
    """Give one folder outlines and the other one a label map: exit status, and what was said."""

    def call(side, outlines):
        for name in ("true", "predicted"):
            (tmp_path / name).mkdir()
            write_labels(tmp_path / name / "a.tif", TRUE)
        if outlines:
            (tmp_path / side / "a.tif").unlink()
            content = {"type": "FeatureCollection", "features": outlines}
            (tmp_path / side / "a.geojson").write_text(json.dumps(content))
        status = main(["evaluate", *(str(tmp_path / name) for name in ("true", "predicted"))])
        return status, *capsys.readouterr()

    return call


@SIDES
@pytest.mark.parametrize("inside", [[], [outline(5, 5, 30)]])
def test_outlines_of_another_level_are_refused(evaluate, side, inside):
    """The outline is so large that within the image it would be that of a frame."""
    status, out, err = evaluate(side, [outline(400, 400, 50), *inside])
    assert (status, out) == (1, "")
    assert f"{side}/a.geojson: outlines from (" in err
    assert "to (449.5, 449.5) do not fit an image of 64 x 64 pixels" in err
    assert "is it the annotation of another image or level" in err


@SIDES
def test_outlines_in_micrometres_are_refused(evaluate, side):
    status, out, err = evaluate(side, SMALL)
    assert (status, out) == (1, "")
    assert f"{side}/a.geojson: all 8 outlines lie in the upper left" in err
    assert "so they are not in pixels of the image; outlines in micrometres" in err


@SIDES
def test_few_outlines_that_may_be_in_micrometres_are_told(evaluate, side):
    status, _, err = evaluate(side, SMALL[:3])
    assert status == 0
    assert err.startswith("Warning: ")
    assert f"{side}/a.geojson: all 3 outlines lie in the upper left" in err


def test_one_image_is_not_images(evaluate):
    status, out, err = evaluate("true", [])
    assert (status, err) == (0, "")
    assert out.startswith("1 image, 1 true nucleus, 1 predicted\n")
    assert "no interval from 1 image, fewer than" in out


def test_single_outlines_in_micrometres_are_told_of_the_folder(tmp_path, capsys):
    for folder in ("true", "predicted"):
        (tmp_path / folder).mkdir()
    for image in "ab":
        write_labels(tmp_path / "true" / f"{image}.tif", TRUE)
        content = {"type": "FeatureCollection", "features": [outline(5, 6, 7)]}
        (tmp_path / "predicted" / f"{image}.geojson").write_text(json.dumps(content))
    assert main(["evaluate", *(str(tmp_path / name) for name in ("true", "predicted"))]) == 0
    (told,) = capsys.readouterr().err.splitlines()
    start = f"Warning: {tmp_path}/predicted: all nuclei of 2 of 2 images (a, b) lie in the upper"
    assert told.startswith(start)
