import numpy as np
import pandas as pd
import pytest
from skimage.draw import disk
from skimage.measure import label

from nucleibench.errors import DataError
from nucleibench.images import read_labels, read_rgb, write_rgb
from nucleibench.segment.trained import (
    at_pixel_size,
    draw_outlines,
    find_images,
    segment_images,
)

CENTRES = [(20, 20), (50, 60)]


def dark_discs(image):
    """Label the two discs of the drawn image by their darkness."""
    labels = np.zeros(image.shape[:2], np.int32)
    for number, centre in enumerate(CENTRES, start=1):
        labels[disk(centre, 9, shape=labels.shape)] = number
    return np.where(image[..., 0] < 100, labels, 0)


@pytest.fixture
def images(tmp_path):
    folder = tmp_path / "images"
    image = np.full((80, 90, 3), 230, np.uint8)
    for centre in CENTRES:
        image[disk(centre, 9)] = (80, 40, 120)
    write_rgb(folder / "b.png", image)
    write_rgb(folder / "a.tif", np.full((40, 40, 3), 230, np.uint8))
    (folder / "notes.txt").write_text("not an image")
    return folder


def test_every_nucleus_of_every_image_has_a_row(images, tmp_path):
    slides = [[path] for path in find_images(images)]
    nuclei = segment_images(list, dark_discs, slides, tmp_path / "out")
    assert nuclei["image"].tolist() == ["b", "b"]
    np.testing.assert_allclose(nuclei[["centroid-0", "centroid-1"]], CENTRES)
    assert nuclei["area"].nunique() == 1
    written = pd.read_csv(tmp_path / "out" / "nuclei.csv")
    pd.testing.assert_frame_equal(written, nuclei, check_dtype=False)
    assert read_labels(tmp_path / "out" / "a.tif").max() == 0
    np.testing.assert_array_equal(
        read_labels(tmp_path / "out" / "b.tif"), dark_discs(read_rgb(images / "b.png"))
    )


def test_outlines_are_drawn_on_the_image_and_labels_made_of_the_normalised_one(images, tmp_path):
    slide = find_images(images)
    nuclei = segment_images(
        lambda seen: [np.zeros_like(image) for image in seen], dark_discs, [slide], tmp_path / "out"
    )
    # Where all is dark the discs lie in the smaller image too.
    assert nuclei["image"].tolist() == ["a", "b", "b"]
    outlined = read_rgb(tmp_path / "out" / "b_outlines.png")
    np.testing.assert_array_equal(outlined[0, 0], read_rgb(images / "b.png")[0, 0])


@pytest.mark.parametrize("pixel_size", [0.125, 0.25, 0.5, 0.3])
def test_a_network_sees_every_image_at_its_own_scale(images, pixel_size):
    seen = []

    def segment(image):
        seen.append(image.shape[:2])
        return label(image[..., 0] < 150).astype(np.int32)

    image = read_rgb(images / "b.png")
    labels = at_pixel_size(segment, pixel_size)(image)
    assert seen == [(round(80 * pixel_size / 0.25), round(90 * pixel_size / 0.25))]
    assert labels.shape == (80, 90)
    for number, centre in enumerate(CENTRES, start=1):
        assert np.sum(labels == number) == pytest.approx(np.pi * 9**2, rel=0.1)
        assert labels[centre] == number


def test_outlines_are_green_and_leave_the_inside(images):
    image = read_rgb(images / "b.png")
    outlined = draw_outlines(image, dark_discs(image))
    np.testing.assert_array_equal(outlined[20, 20], image[20, 20])
    np.testing.assert_array_equal(outlined[0, 0], image[0, 0])
    assert outlined[20, 12, 1] > 200 > outlined[20, 12, 0]


def test_places_without_images_say_so(images, tmp_path):
    assert [path.name for path in find_images(images)] == ["a.tif", "b.png"]
    assert find_images(images / "b.png") == [images / "b.png"]
    with pytest.raises(DataError, match="nowhere does not exist; give an image or a folder"):
        find_images(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match=r"empty holds no images \(.png, .tif"):
        find_images(tmp_path / "empty")


def test_images_of_one_name_would_overwrite_each_other(images):
    write_rgb(images / "b.jpg", np.zeros((8, 8, 3), np.uint8))
    with pytest.raises(DataError, match="several images are called b; rename"):
        find_images(images)
