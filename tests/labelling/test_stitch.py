import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nucleibench.labelling.stitch import blend_weights, predict_map


@given(st.integers(16, 500), st.integers(16, 128), st.floats(0, 0.8))
def test_weights_sum_to_one_at_every_pixel(length, size, overlap):
    from nucleibench.prepare.tiles import tile_positions

    weights = blend_weights(length, size, overlap)
    total = np.zeros(max(length, size))
    for start, row in zip(tile_positions(length, size, overlap), weights, strict=True):
        total[start : start + size] += row
    np.testing.assert_allclose(total, 1, atol=1e-5)


@settings(max_examples=25, deadline=None)
@given(st.integers(20, 150), st.integers(20, 150), st.floats(0, 0.7), st.integers(1, 5))
def test_a_pixelwise_predictor_gives_the_image_back(height, width, overlap, batch_size):
    image = np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)
    found = predict_map(image, lambda tiles: tiles[..., 0] / 255, 32, overlap, batch_size)
    np.testing.assert_allclose(found, image[..., 0] / 255, atol=1e-5)
    assert found.shape == (height, width)


def test_tile_centres_outweigh_tile_borders():
    weights = blend_weights(96, 64, 0.5)
    assert weights[0, 40] > weights[1, 40 - 32]


def test_predictor_sees_full_batches_of_whole_tiles():
    seen = []

    def predictor(tiles):
        seen.append(tiles.shape)
        return np.zeros(tiles.shape[:3])

    predict_map(np.zeros((100, 100, 3), np.uint8), predictor, 64, 0.5, 3)
    assert seen == [(3, 64, 64, 3)] * 3 or seen == [(3, 64, 64, 3), (1, 64, 64, 3)]


@pytest.mark.parametrize(("size", "expected"), [(32, 32), (64, 64), (128, 96)])
def test_tiles_are_no_larger_than_an_image_needs(size, expected):
    seen = []

    def predictor(tiles):
        seen.append(tiles.shape[1:3])
        return tiles[..., 0] / 255

    image = np.full((70, 10, 3), 51, np.uint8)
    np.testing.assert_allclose(predict_map(image, predictor, size, 0.5, 1), 0.2, atol=1e-6)
    assert set(seen) == {(expected, expected)}


def test_every_map_is_stitched_alike():
    image = np.random.default_rng(1).integers(0, 256, (70, 90, 3), dtype=np.uint8)
    found = predict_map(image, lambda tiles: tiles / 255, 32, 0.5, 4)
    np.testing.assert_allclose(found, image / 255, atol=1e-5)
