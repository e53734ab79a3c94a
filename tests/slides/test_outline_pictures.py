import numpy as np
import pytest
from drawn_nuclei import draw_ellipses, random_image
from skimage.segmentation import find_boundaries

from nucleibench.images import read_rgb
from nucleibench.images.array import ArrayRaster
from nucleibench.images.interface import Raster
from nucleibench.images.pixel_size import PixelSize
from nucleibench.slides.pictures import OutlinePicture
from nucleibench.slides.polygons import trace_outlines


def test_lines_of_two_pixels_lie_on_either_side_of_the_edge(tmp_path):
    labels = draw_ellipses()
    # Where a nucleus is cut by the image, its outline is closed as well.
    labels[0, 90:100] = labels.max() + 1
    image = np.full((*labels.shape, 3), 100, np.uint8)
    picture = OutlinePicture(labels.shape)
    picture.lay_under(ArrayRaster(image))
    picture.draw(trace_outlines(labels))
    picture.write(tmp_path / "a.png")
    drawn = read_rgb(tmp_path / "a.png")
    lines = find_boundaries(np.pad(labels, 1), mode="thick")[1:-1, 1:-1]
    np.testing.assert_array_equal(drawn[lines], np.tile([20, 224, 20], (lines.sum(), 1)))
    np.testing.assert_array_equal(drawn[~lines], image[~lines])


@pytest.mark.parametrize("limit", [1000, 100, 60])
def test_nuclei_one_by_one_make_the_same_picture_as_all_at_once(tmp_path, limit):
    labels = draw_ellipses((150, 190))
    image, outlines = random_image(labels), trace_outlines(labels)
    whole, parts = OutlinePicture(labels.shape, limit), OutlinePicture(labels.shape, limit)
    whole.lay_under(ArrayRaster(image))
    parts.lay_under(ArrayRaster(image))
    whole.draw(outlines)
    for place in range(len(outlines)):
        parts.draw(outlines.select(np.array([place])))
    whole.write(tmp_path / "whole.png")
    parts.write(tmp_path / "parts.png")
    found = read_rgb(tmp_path / "whole.png")
    np.testing.assert_array_equal(found, read_rgb(tmp_path / "parts.png"))
    assert max(found.shape) <= limit
    assert found.shape[:2] == tuple(-(-side // whole.factor) for side in labels.shape)
    # Green around each nucleus, also in a small picture.
    for y, x in np.argwhere(np.diff(labels, axis=1) > 0)[::50]:
        near = found[y // whole.factor, max(x // whole.factor - 1, 0) : x // whole.factor + 2]
        assert near[:, 1].max() > 200


class Pyramid(Raster):
    """A slide of grey levels: 100 in full resolution, 150 in half of it."""

    def __init__(self):
        super().__init__("slide", [(401, 301), (200, 150)], PixelSize())

    def _read_inside(self, level, top, left, height, width):
        return np.full((height, width, 3), 100 + 50 * level, np.uint8)


@pytest.mark.parametrize(("limit", "seen"), [(1000, 100), (300, 100), (100, 150)])
def test_a_small_picture_is_made_from_the_pyramid(tmp_path, limit, seen):
    picture = OutlinePicture((401, 301), limit)
    picture.lay_under(Pyramid())
    picture.write(tmp_path / "a.png")
    drawn = read_rgb(tmp_path / "a.png")
    assert drawn.shape[:2] == tuple(-(-side // picture.factor) for side in (401, 301))
    assert np.unique(drawn).tolist() == [seen]
