import numpy as np
import pytest
from skimage.draw import disk

from nucleibench.prepare.augment import draw_coordinates, identity_coordinates, warp_all
from nucleibench.prepare.settings import Augmentation

NONE = dict(probability=1.0, rotation=0, shear=0, skew=0, distortion=0, scale=0, flip=False)
ALL = Augmentation(
    probability=1.0, rotation=180, shear=10, skew=0.1, distortion=6, scale=0.2, flip=True
)


def coordinates(seed=0, size=64, **changes):
    return draw_coordinates(size, Augmentation(**{**NONE, **changes}), np.random.default_rng(seed))


def disc(size=200, center=(100, 100), radius=20):
    labels = np.zeros((size, size), np.int32)
    labels[disk(center, radius)] = 7
    return labels


def warp(array, where, centre):
    return warp_all({"image": array}, where, centre)["image"]


def test_no_warp_is_the_identity():
    np.testing.assert_allclose(coordinates(), identity_coordinates(64), atol=1e-4)


def test_identity_cuts_the_tile_exactly():
    image = np.random.default_rng(0).integers(0, 256, (100, 120, 3), dtype=np.uint8)
    tile = warp(image, identity_coordinates(32), (10 + 15.5, 50 + 15.5))
    np.testing.assert_array_equal(tile, image[10:42, 50:82])


def test_rotation_keeps_area_and_distance_to_centre():
    labels = disc(center=(100, 100 + 15), radius=8)
    for seed in range(10):
        tile = warp(labels, coordinates(seed, rotation=180), (100, 100))
        rows, columns = np.nonzero(tile)
        distance = np.hypot(rows.mean() - 31.5, columns.mean() - 31.5)
        assert distance == pytest.approx(15, abs=0.5)
        assert len(rows) == pytest.approx((labels > 0).sum(), rel=0.05)


def test_flip_mirrors_about_the_tiles_middle():
    image = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    tile = warp(image, coordinates(flip=True), (31.5, 31.5))
    np.testing.assert_array_equal(tile, image[:, ::-1])


def test_shear_moves_rows_in_proportion_to_their_distance():
    shifts = coordinates(3, shear=10)[..., 0] - identity_coordinates(64)[..., 0]
    slope = np.diff(shifts[:, 0])
    np.testing.assert_allclose(slope, slope[0], atol=1e-3)
    assert 0 < abs(slope[0]) <= np.tan(np.deg2rad(10)) + 1e-6


def test_scale_multiplies_offsets_from_the_centre_within_its_range():
    factors = [
        coordinates(seed, scale=0.25)[0, 0, 0] / identity_coordinates(64)[0, 0, 0]
        for seed in range(50)
    ]
    assert 1 / 1.25 <= min(factors) < 0.9
    assert 1.1 < max(factors) <= 1.25
    np.testing.assert_allclose(
        coordinates(3, scale=0.25), factors[3] * identity_coordinates(64), rtol=1e-4
    )


def test_distortion_is_bounded():
    shifts = coordinates(1, distortion=6) - identity_coordinates(64)
    # Cubic interpolation overshoots its control points a little.
    assert 1 < np.abs(shifts).max() < 6 * 1.3


def test_image_labels_and_weights_move_together():
    labels = disc(radius=30)
    image = np.where(labels[..., None] > 0, 200, 20).astype(np.uint8).repeat(3, axis=2)
    weights = np.where(labels > 0, 5.0, 1.0).astype(np.float32)
    for seed in range(10):
        where = draw_coordinates(64, ALL, np.random.default_rng(seed))
        inside = warp(labels, where, (100, 110)) > 0
        assert (inside == (warp(image, where, (100, 110))[..., 0] > 110)).mean() > 0.99
        assert (inside == (warp(weights, where, (100, 110)) > 3)).mean() > 0.99


def test_labels_stay_labels():
    tile = warp(disc(), draw_coordinates(64, ALL, np.random.default_rng(5)), (100, 100))
    assert tile.dtype == np.int32
    assert set(np.unique(tile)) <= {0, 7}


def test_same_seed_same_warp():
    np.testing.assert_array_equal(
        draw_coordinates(64, ALL, np.random.default_rng(2)),
        draw_coordinates(64, ALL, np.random.default_rng(2)),
    )


@pytest.mark.parametrize("dtype", [np.uint16, np.int32, np.int64])
def test_labels_of_any_integers_are_read_alike_and_exactly(dtype):
    labels = np.arange(100 * 90).reshape(100, 90)
    where = draw_coordinates(32, ALL, np.random.default_rng(6))
    found = warp(labels.astype(dtype), where, (40, 40))
    assert found.dtype == dtype
    np.testing.assert_array_equal(found, warp(labels.astype(np.int32), where, (40, 40)))
    raised = 2**30  # beyond what float32 holds exactly
    large = warp((labels + raised).astype(np.int32), where, (40, 40))
    np.testing.assert_array_equal(large - raised, found)
