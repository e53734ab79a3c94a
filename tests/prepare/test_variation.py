import numpy as np

from nucleibench.prepare.settings import Variation
from nucleibench.prepare.variation import vary_tile

NOTHING = dict(rotate_flip=False, concentration=0, angle=0, brightness=0, blur=0)


def drawn_tile():
    generator = np.random.default_rng(0)
    labels = generator.integers(0, 9, (16, 16), dtype=np.uint16)
    image = np.repeat(labels[..., None] * 20 + 40, 3, axis=-1).astype(np.uint8)
    return image, labels, labels.astype(np.float16)


def vary(seed=0, **changes):
    variation = Variation(**{**NOTHING, **changes})
    return vary_tile(*drawn_tile(), variation, np.random.default_rng(seed))


def test_no_variation_is_none():
    for found, given in zip(vary(), drawn_tile(), strict=True):
        np.testing.assert_array_equal(found, given)


def test_image_labels_and_weights_turn_together():
    for seed in range(20):
        image, labels, weights = vary(seed, rotate_flip=True)
        np.testing.assert_array_equal(image[..., 0], labels * 20 + 40)
        np.testing.assert_array_equal(weights, labels)


def test_colours_vary_and_labels_stay():
    image, labels, _ = vary(concentration=0.3)
    assert not np.array_equal(image, drawn_tile()[0])
    np.testing.assert_array_equal(labels, drawn_tile()[1])
