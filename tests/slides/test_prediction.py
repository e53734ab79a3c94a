from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from drawn_slides import ArrayRaster, draw_blobs, see

from nucleibench.labelling.stitch import predict_map
from nucleibench.slides import prediction, tiling
from nucleibench.slides.plane import Plane
from nucleibench.slides.prediction import blend_tiles, read_tiles
from nucleibench.slides.tiling import choose_tiles, lay_tiles
from nucleibench.slides.tissue import Tissue
from nucleibench.slides.trained_network import group_windows

EVERYWHERE = Tissue(np.ones((1, 1), bool), (255, 255, 255))


def predict(image, predictor, overlap, columns, tissue=EVERYWHERE):
    plane = Plane(ArrayRaster(image), 0.25, lambda pixels: pixels)
    grid = lay_tiles(plane.shape, 64, overlap)
    places = choose_tiles(grid, tissue, *columns)
    with ThreadPoolExecutor(2) as threads:
        tiles = read_tiles(plane, grid, places, threads, 2)
        maps = group_windows(predictor, 3)(tiles)
        strips = list(blend_tiles(grid, places, maps, *columns))
    assert len(strips) == len(grid.tops)
    return np.concatenate(strips)


@pytest.fixture(autouse=True)
def small_chunks_and_windows(monkeypatch):
    monkeypatch.setattr(prediction, "CHUNK", 40)
    monkeypatch.setattr(tiling, "STEP", 16)
    monkeypatch.setattr(tiling, "SEEN", 4)


@pytest.mark.parametrize("predictor", [see, lambda tiles: see(tiles)[..., 0]], ids=["3", "1"])
@pytest.mark.parametrize("overlap", [0, 0.2, 0.5, 0.7])
@pytest.mark.parametrize("shape", [(200, 170), (64, 64), (30, 200), (150, 9), (5, 3)])
def test_strips_are_the_maps_of_the_whole_image(predictor, overlap, shape):
    image = draw_blobs(0, *shape)
    expected = predict_map(image, predictor, 64, overlap, 3).astype(np.float16)
    found = predict(image, predictor, overlap, (0, shape[1]))
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("columns", [(0, 10), (50, 120), (100, 300), (299, 300)])
def test_columns_of_a_swath_are_those_of_the_whole(columns):
    image = draw_blobs(1, 100, 300)
    expected = predict_map(image, see, 64, 0.25, 3).astype(np.float16)
    found = predict(image, see, 0.25, columns)
    np.testing.assert_array_equal(found, expected[:, slice(*columns)])


@pytest.mark.parametrize("cells", [(0, 0), (2, 5), (4, 9)])
def test_maps_are_whole_in_tissue_and_nothing_far_from_it(cells):
    image = draw_blobs(2, 200, 400)
    mask = np.zeros((5, 10), bool)
    mask[cells] = True
    expected = predict_map(image, see, 64, 0.25, 3).astype(np.float16)
    found = predict(image, see, 0.25, (0, 400), Tissue(mask, (255, 255, 255)))
    near = np.kron(mask, np.ones((40, 40), bool))
    np.testing.assert_array_equal(found[near], expected[near])
    rows, columns = np.nonzero(found[..., 0])
    top, left = cells[0] * 40, cells[1] * 40
    assert top - 20 <= rows.min() <= rows.max() < top + 40 + 20
    assert left - 20 <= columns.min() <= columns.max() < left + 40 + 20


def test_each_chunk_is_read_once():
    raster, reads = ArrayRaster(draw_blobs(3, 200, 170)), []
    whole = raster.read
    raster.read = lambda *box: reads.append(box) or whole(*box)
    plane = Plane(raster, 0.25, lambda pixels: pixels)
    grid = lay_tiles(plane.shape, 64, 0.5)
    places = choose_tiles(grid, EVERYWHERE, 0, 170)
    with ThreadPoolExecutor(2) as threads:
        assert len(list(read_tiles(plane, grid, places, threads, 4))) == len(places)
    assert len(reads) == len(set(reads)) == 5 * 5
