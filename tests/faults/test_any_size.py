"""Images of any size from one pixel, and label maps with anything in them."""

import tempfile
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nucleibench.evaluate.scores import score_image
from nucleibench.images import read_labels, write_labels
from nucleibench.labelling.stitch import blend_weights, predict_map
from nucleibench.prepare.tiles import cut_tile, pad_to_tile, tile_corners, tile_positions

sides = st.integers(1, 80)
tile_sizes = st.sampled_from([32, 64, 96])
overlaps = st.floats(0, 0.9)
label_maps = arrays(np.int32, st.tuples(sides, sides), elements=st.integers(0, 3))


@settings(deadline=None)
@given(sides, sides, tile_sizes, overlaps)
def test_tiles_cover_an_image_of_any_size(height, width, size, overlap):
    image = pad_to_tile(np.ones((height, width, 3), np.uint8), size)
    seen = np.zeros(image.shape[:2], bool)
    for top, left in tile_corners((height, width), size, overlap):
        assert cut_tile(image, top, left, size).shape == (size, size, 3)
        seen[top : top + size, left : left + size] = True
    assert seen[:height, :width].all()


@settings(deadline=None)
@given(sides, tile_sizes, overlaps)
def test_weights_sum_to_one_at_every_pixel_of_any_size(length, size, overlap):
    total = np.zeros(max(length, size))
    positions = tile_positions(length, size, overlap)
    for start, row in zip(positions, blend_weights(length, size, overlap), strict=True):
        total[start : start + size] += row
    np.testing.assert_allclose(total, 1, atol=1e-5)


@settings(max_examples=40, deadline=None)
@given(sides, sides, tile_sizes, st.floats(0, 0.7), st.integers(1, 5))
def test_maps_of_any_size_are_stitched(height, width, size, overlap, batch_size):
    image = np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)
    found = predict_map(image, lambda tiles: tiles[..., 0] / 255, size, overlap, batch_size)
    np.testing.assert_allclose(found, image[..., 0] / 255, atol=1e-5)


@settings(max_examples=40, deadline=None)
@given(label_maps, st.sampled_from([1, 100, 40_000]))
def test_label_maps_come_back_from_their_files(labels, factor):
    """Also numbers beyond 16 bits."""
    labels = labels * factor
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.tif")
        write_labels(path, labels)
        found = read_labels(path)
    np.testing.assert_array_equal(found, labels)
    assert found.dtype == np.int32


@settings(max_examples=60, deadline=None)
@given(sides, sides, st.booleans(), st.booleans())
def test_scores_of_empty_and_full_images_are_numbers_from_0_to_1(height, width, true, predicted):
    maps = [np.full((height, width), int(full), np.int32) for full in (true, predicted)]
    scores = score_image(*maps)
    assert 0 <= scores["aji"] <= 1
    assert (scores["aji"] == 1) == (true == predicted)
