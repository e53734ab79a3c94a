import numpy as np
import pytest
from drawn_slides import ArrayRaster, draw_blobs

from nucleibench.data.synthetic import draw_image
from nucleibench.slides.tissue import (
    CELL_UM,
    MARGIN_UM,
    Tissue,
    estimate_glass,
    find_tissue,
    is_ink,
    take_all,
    without_ink,
)

PIXEL_SIZE = 2.0
TISSUE = (180, 120, 170)


def draw_slide(glass=(240, 238, 242), side=400):
    """A square of tissue, 400 micrometres wide, in the middle of glass."""
    image = np.full((side, side, 3), glass, np.uint8)
    image[100:300, 100:300] = TISSUE
    return image


def find(image):
    """The tissue of an image, by its own pixels."""
    mask = find_tissue(ArrayRaster(image, PIXEL_SIZE), PIXEL_SIZE).mask
    return np.kron(mask, np.ones((4, 4), bool))


@pytest.mark.parametrize(
    "glass", [(255, 255, 255), (240, 238, 242), (205, 200, 210), (228, 226, 220)]
)
def test_tissue_is_found_on_glass_of_any_level(glass):
    found = find(draw_slide(glass))
    margin = round(MARGIN_UM / PIXEL_SIZE)
    assert found[100:300, 100:300].all()
    outside = found.copy()
    outside[100 - margin : 300 + margin, 100 - margin : 300 + margin] = False
    assert not outside.any()


def test_glass_is_measured_beside_white_that_a_reader_filled_in():
    image = draw_slide((215, 210, 220))
    image[:, 350:] = 255
    assert estimate_glass(image) == pytest.approx((215, 210, 220), abs=1)
    assert not find(image)[:, 330:].any()


def test_an_image_without_glass_is_tissue_as_a_whole():
    image, _ = draw_image("breast", "drawn", 0, 256)
    raster = ArrayRaster(image, 0.25)
    assert find_tissue(raster, 0.25).mask.mean() > 0.95
    assert find_tissue(ArrayRaster(np.full((90, 90, 3), TISSUE, np.uint8)), 0.25).mask.all()


@pytest.mark.parametrize(
    "ink",
    [(0, 0, 0), (30, 30, 35), (100, 100, 105), (30, 40, 160), (20, 120, 60), (200, 30, 40)],
    ids=["border", "black", "grey", "blue", "green", "red"],
)
def test_ink_and_black_are_no_tissue(ink):
    image = draw_slide()
    image[20:60, 40:360] = ink
    image[150:250, 150:200] = ink
    found = find(image)
    assert not found[24:56, 44:356].any()
    assert not found[152:248, 152:200].any()
    assert found[104:144, 104:296].all()


@pytest.mark.parametrize("color", [(110, 80, 150), (70, 40, 110), (190, 50, 70), (230, 200, 220)])
def test_stained_tissue_is_no_ink(color):
    assert not is_ink(np.full((4, 4, 3), color, np.uint8)).any()


def test_dust_goes_and_sparse_cells_stay():
    image = draw_slide()
    image[40:46, 40:46] = TISSUE  # 144 square micrometres on glass
    image[200:206, 330:336] = TISSUE  # as small, but near the tissue
    found = find(image)
    assert not found[36:50, 36:50].any()
    assert found[200:206, 330:336].all()


def test_small_holes_are_filled_and_large_ones_are_not():
    image = draw_slide()
    image[120:160, 120:160] = 240  # 6,400 square micrometres
    image[170:290, 170:290] = 240
    found = find(image)
    assert found[120:160, 120:160].all()
    assert not found[200:260, 200:260].any()


def test_glass_alone_has_no_tissue():
    glass = np.full((300, 200, 3), 238, np.uint8)
    assert not find_tissue(ArrayRaster(glass), 0.25).mask.any()


def test_all_can_be_taken():
    tissue = take_all(ArrayRaster(draw_slide(), PIXEL_SIZE), PIXEL_SIZE)
    assert tissue.mask.all()
    assert tissue.glass == pytest.approx((240, 238, 242), abs=1)


def test_the_mask_has_cells_of_one_size():
    for side, pixel_size in [(400, 2.0), (1600, 0.5), (100, 0.25)]:
        raster = ArrayRaster(draw_blobs(0, side, side), pixel_size)
        expected = round(side * pixel_size / CELL_UM)
        assert find_tissue(raster, pixel_size).mask.shape == (expected, expected)


def test_shares_and_points_are_those_of_the_cells_they_meet():
    tissue = Tissue(np.array([[1, 0, 0], [0, 0, 1]], bool), (255, 255, 255))
    shape = 200, 300
    assert tissue.share(shape, (0, 0, 100, 100)) == 1
    assert tissue.share(shape, (0, 0, 101, 100)) == 0.5
    assert tissue.share(shape, (0, 0, 200, 300)) == pytest.approx(1 / 3)
    assert tissue.share(shape, (120, 220, 5, 5)) == 1
    rows, columns = np.array([0.0, 99.9, 199.9, 50]), np.array([99.9, 100, 299.9, 250])
    assert tissue.at(shape, rows, columns).tolist() == [True, False, True, False]


def test_nuclei_of_which_most_is_ink_are_left_out():
    image = np.full((10, 60, 3), (90, 50, 130), np.uint8)
    labels = np.zeros((10, 60), np.int32)
    for number, inked_rows in ((1, 0), (3, 5), (4, 6)):
        columns = slice(10 * number, 10 * number + 10)
        labels[:, columns] = number
        image[:inked_rows, columns] = (10, 120, 130)
    kept = without_ink(labels, image)
    np.testing.assert_array_equal(kept, np.where(labels == 4, 0, labels))
    assert not without_ink(np.zeros_like(labels), image).any()


def test_ink_is_widened_by_a_cell_and_lies_where_it_was_drawn():
    image = draw_slide()
    image[160:200, 160:240] = (10, 120, 130)
    tissue = find_tissue(ArrayRaster(image, PIXEL_SIZE), PIXEL_SIZE)
    inked = tissue.ink_in(image.shape[:2], (100, 120, 200, 150))
    expected = np.zeros((200, 150), bool)
    expected[56:104, 36:124] = True
    np.testing.assert_array_equal(inked, expected)
    assert tissue.lacks_ink
    everything = take_all(ArrayRaster(image, PIXEL_SIZE), PIXEL_SIZE)
    np.testing.assert_array_equal(everything.ink, tissue.ink)
    assert not everything.lacks_ink
    assert not find_tissue(ArrayRaster(draw_slide(), PIXEL_SIZE), PIXEL_SIZE).ink.any()
