import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nucleibench.slides.tiling import SEEN, STEP, Tile, choose_tiles, lay_tiles
from nucleibench.slides.tissue import Tissue


def tissue(mask):
    return Tissue(np.asarray(mask, bool), (255, 255, 255))


def test_the_window_of_a_tile_ends_a_step_after_its_tissue():
    mask = np.zeros((32, 32))
    mask[14, 30] = True  # a cell is 32 px: rows 448 to 480, columns 960 to 992
    (upper, lower) = choose_tiles(lay_tiles((1024, 1024), 512, 0.5), tissue(mask), 512, 1024)
    assert upper == Tile((0, 2), slice(384, 512), slice(384, 512))
    assert lower == Tile((1, 2), slice(128, 256), slice(384, 512))  # begins at row 256
    grid = lay_tiles((1024, 1024), 512, 0.5)
    assert grid.box(upper) == (384, 896, 128, 128)
    assert grid.box(lower) == (384, 896, 128, 128)


@pytest.mark.parametrize("shape", [(300, 900), (900, 300), (40, 50)])
def test_no_side_is_cut_that_is_shorter_than_a_tile(shape):
    mask = np.zeros((10, 10))
    mask[0, 0] = True
    grid = lay_tiles(shape, 512, 0.1)
    (tile,) = choose_tiles(grid, tissue(mask), 0, shape[1])
    for side, window in zip(shape, (tile.rows, tile.columns), strict=True):
        assert window == slice(0, grid.size if side < grid.size else 128)


@given(
    st.integers(100, 1500),
    st.integers(100, 1500),
    st.lists(st.booleans(), min_size=1, max_size=60),
    st.integers(1, 6),
    st.sampled_from([128, 256, 320]),
)
def test_all_tissue_of_a_tile_lies_in_its_window(height, width, cells, columns, size):
    mask = np.resize(cells, (-(-len(cells) // columns), columns))
    grid = lay_tiles((height, width), size, 0.1)
    chosen = {tile.place: tile for tile in choose_tiles(grid, tissue(mask), 0, width)}
    down = np.arange(height) * mask.shape[0] // height
    along = np.arange(width) * mask.shape[1] // width
    pixels = mask[np.ix_(down, along)]
    for row, top in enumerate(grid.tops):
        for column, left in enumerate(grid.lefts):
            here = pixels[top : top + grid.size, left : left + grid.size]
            tile = chosen.get((row, column))
            assert bool(tile) == bool(here.any())
            if tile:
                _check_window(tile, here, grid.size)


def _check_window(tile, here, size):
    rows, columns = np.nonzero(here)
    for window, found in ((tile.rows, rows), (tile.columns, columns)):
        assert window.start in (0, *range(STEP, size, STEP))
        assert window.stop in (size, *range(STEP, size, STEP))
        assert window.start <= max(0, found.min() - SEEN)
        assert window.stop >= min(size, found.max() + 1 + SEEN)
