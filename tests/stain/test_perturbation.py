import numpy as np
import pytest
from skimage.color import rgb_from_hed

from nucleibench.stain.perturbation import StainPerturbation, perturb_stains

NOTHING = dict(concentration=0, angle=0, brightness=0, blur=0)


def perturb(image, seed=0, **changes):
    ranges = StainPerturbation(**{**NOTHING, **changes})
    return perturb_stains(image, ranges, np.random.default_rng(seed))


def stained(stain, amount):
    """A tile of one stain only, in the amount given."""
    color = 255 * np.exp(-amount * rgb_from_hed[stain] / np.linalg.norm(rgb_from_hed[stain]))
    return np.broadcast_to(np.rint(color), (6, 6, 3)).astype(np.uint8)


def density(image):
    return -np.log(np.maximum(image[0, 0].astype(float), 1) / 255)


def degrees(one, other):
    cosine = one @ other / np.linalg.norm(one) / np.linalg.norm(other)
    return np.degrees(np.arccos(np.clip(cosine, -1, 1)))


def test_nothing_changes_nothing():
    image = np.random.default_rng(1).integers(1, 256, (20, 30, 3), dtype=np.uint8)
    np.testing.assert_array_equal(perturb(image), image)


def test_white_stays_white_whatever_the_stain():
    white = np.full((5, 5, 3), 255, np.uint8)
    np.testing.assert_array_equal(perturb(white, concentration=0.5, angle=20), white)


@pytest.mark.parametrize("stain", [0, 1])
def test_the_amount_of_a_stain_changes_within_its_range_and_its_hue_does_not(stain):
    before = density(stained(stain, 1.0))
    changed = [density(perturb(stained(stain, 1.0), seed, concentration=0.3)) for seed in range(30)]
    ratios = [np.linalg.norm(after) / np.linalg.norm(before) for after in changed]
    assert 0.69 < min(ratios) < 0.8
    assert 1.2 < max(ratios) < 1.31
    assert max(degrees(before, after) for after in changed) < 1


def test_a_stain_turns_by_no_more_than_the_angle():
    before = stained(0, 1.2)
    turns = [degrees(density(before), density(perturb(before, s, angle=8))) for s in range(40)]
    assert 5 < max(turns) < 8.5


def test_brightness_moves_each_channel_by_itself():
    grey = np.full((4, 4, 3), 128, np.uint8)
    shifts = [density(perturb(grey, s, brightness=0.1)) - density(grey) for s in range(30)]
    assert 0.08 < np.abs(shifts).max() < 0.11
    assert np.std(shifts, axis=1).max() > 0.02


def test_blur_softens_and_keeps_the_mean():
    image = np.zeros((40, 40, 3), np.uint8)
    image[:, 20:] = 200
    blurred = perturb(image, seed=3, blur=2.0)
    assert np.abs(np.diff(blurred[20, :, 0].astype(int))).max() < 200
    assert blurred.mean() == pytest.approx(image.mean(), abs=1)


def test_the_generator_decides():
    image = np.random.default_rng(1).integers(1, 256, (8, 8, 3), dtype=np.uint8)
    ranges = dict(concentration=0.2, angle=5, brightness=0.05, blur=1)
    np.testing.assert_array_equal(perturb(image, 4, **ranges), perturb(image, 4, **ranges))
    assert not np.array_equal(perturb(image, 4, **ranges), perturb(image, 5, **ranges))
