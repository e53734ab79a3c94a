import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nucleibench.families.unet.losses import (
    combined_loss,
    loss_of,
    map_error,
    soft_dice,
    weighted_cross_entropy,
)


def target(classes, weights):
    return np.stack([classes, weights], axis=-1).astype(np.float32)[None]


def two_classes(foreground):
    return np.stack([1 - foreground, foreground], axis=-1).astype(np.float32)[None]


def plain_loss(truth, foreground):
    """The paper's Eq. 1-3 pixel by pixel, cross-entropy as a mean."""
    entropy, overlap, squares = 0.0, 0.0, 0.0
    for (label, weight), p in zip(truth.reshape(-1, 2), foreground.ravel(), strict=True):
        entropy -= weight * np.log(p if label else 1 - p)
        overlap += p * label
        squares += p**2 + label**2
    return entropy / foreground.size + 1 - (2 * overlap + 1) / (squares + 1)


def test_even_odds_cost_log_two():
    truth = target(np.eye(4), np.ones((4, 4)))
    loss = weighted_cross_entropy(truth, two_classes(np.full((4, 4), 0.5)))
    assert float(loss) == pytest.approx(np.log(2))


def test_weights_multiply_the_cost_of_their_pixels():
    truth, even = np.eye(4), two_classes(np.full((4, 4), 0.5))
    once = weighted_cross_entropy(target(truth, np.ones((4, 4))), even)
    thrice = weighted_cross_entropy(target(truth, np.full((4, 4), 3)), even)
    assert float(thrice) == pytest.approx(3 * float(once))


def test_dice_of_half_overlapping_squares():
    truth, found = np.zeros((20, 20)), np.zeros((20, 20))
    truth[:10, :10] = found[:10, 5:15] = 1
    dice = soft_dice(target(truth, truth), two_classes(found))
    assert float(dice) == pytest.approx((2 * 50 + 1) / (200 + 1))


def test_certain_truth_costs_nothing():
    truth = np.eye(8)
    assert float(combined_loss(target(truth, np.ones((8, 8))), two_classes(truth))) < 1e-5


def test_certain_error_is_finite():
    truth = np.eye(8)
    loss = float(combined_loss(target(truth, np.ones((8, 8))), two_classes(1 - truth)))
    assert np.isfinite(loss)
    assert loss > 10


def test_tile_without_nuclei_is_finite():
    empty = np.zeros((8, 8))
    assert float(combined_loss(target(empty, np.ones((8, 8))), two_classes(empty))) < 1e-5


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6))
def test_agrees_with_the_equations_pixel_by_pixel(seed):
    generator = np.random.default_rng(seed)
    truth = target(generator.integers(0, 2, (6, 5)), generator.uniform(0, 12, (6, 5)))
    foreground = generator.uniform(0.01, 0.99, (6, 5))
    loss = float(combined_loss(truth, two_classes(foreground)))
    assert loss == pytest.approx(plain_loss(truth, foreground), rel=1e-4)


def test_a_constant_error_of_maps_has_no_slope():
    truth = np.zeros((1, 5, 6, 3), np.float32)
    truth[..., 0] = 1
    assert float(map_error(truth, np.full((1, 5, 6, 1), 0.5))) == pytest.approx(0.25)


def test_slopes_of_maps_count_inside_nuclei_only():
    """One wrong pixel: its square once over all pixels, and for each of its four slopes."""
    truth, maps = np.zeros((1, 5, 6, 3), np.float32), np.zeros((1, 5, 6, 1), np.float32)
    maps[0, 2, 3] = 2
    assert float(map_error(truth, maps)) == pytest.approx(4 / 30)
    truth[..., 0] = 1
    assert float(map_error(truth, maps)) == pytest.approx(4 / 30 + 2 * 4 / 24 + 2 * 4 / 25)


def test_the_loss_of_classes_and_maps_is_their_sum():
    generator = np.random.default_rng(0)
    truth = generator.integers(0, 2, (1, 8, 8, 4)).astype(np.float32)
    foreground, maps = generator.uniform(0.1, 0.9, (8, 8)), generator.normal(size=(1, 8, 8, 2))
    maps = maps.astype(np.float32)
    classes = two_classes(foreground)
    found = loss_of(classes=2, maps=2)(truth, np.concatenate([classes, maps], axis=-1))
    expected = combined_loss(truth, classes) + map_error(truth, maps)
    assert float(found) == pytest.approx(float(expected), rel=1e-5)
    assert loss_of(classes=2, maps=0) is combined_loss
