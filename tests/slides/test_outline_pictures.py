import numpy as np
import pytest
from drawn_nuclei import draw_ellipses, random_image
from skimage.segmentation import find_boundaries

from nucleibench.images import read_rgb
from nucleibench.slides.pictures import OutlinePicture
from nucleibench.slides.polygons import trace_outlines


def test_lines_of_two_pixels_lie_on_either_side_of_the_edge(tmp_path):
    labels = draw_ellipses()
    # Where a nucleus is cut by the image, its outline is closed as well.
    labels[0, 90:100] = labels.max() + 1
    image = np.full((*labels.shape, 3), 100, np.uint8)
    picture = OutlinePicture(labels.shape)
    picture.paste(image, (0, 0))
    picture.draw(trace_outlines(labels))
    picture.write(tmp_path / "a.png")
    drawn = read_rgb(tmp_path / "a.png")
    lines = find_boundaries(np.pad(labels, 1), mode="thick")[1:-1, 1:-1]
    np.testing.assert_array_equal(drawn[lines], np.tile([20, 224, 20], (lines.sum(), 1)))
    np.testing.assert_array_equal(drawn[~lines], image[~lines])


@pytest.mark.parametrize("limit", [1000, 100, 60])
def test_blocks_make_the_same_picture_as_the_whole_image(tmp_path, limit):
    labels = draw_ellipses((150, 190))
    image, outlines = random_image(labels), trace_outlines(labels)
    whole, parts = OutlinePicture(labels.shape, limit), OutlinePicture(labels.shape, limit)
    whole.paste(image, (0, 0))
    for y in range(0, 150, 64):
        for x in range(0, 190, 64):
            parts.paste(image[y : y + 64, x : x + 64], (x, y))
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


def test_a_block_must_begin_at_a_pixel_of_the_picture():
    picture = OutlinePicture((100, 100), limit=50)
    with pytest.raises(ValueError, match="multiple of 2"):
        picture.paste(np.zeros((10, 10, 3), np.uint8), (3, 0))
