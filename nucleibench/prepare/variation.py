"""Changes of tiles drawn anew in every epoch: cheap ones, so that no epoch repeats another."""

import numpy as np

from nucleibench.prepare.settings import Variation
from nucleibench.prepare.tiles import turn_square
from nucleibench.stain.perturbation import StainPerturbation, perturb_stains


def vary_tile(
    image: np.ndarray,
    labels: np.ndarray,
    weights: np.ndarray,
    variation: Variation,
    generator: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return a changed tile: RGB uint8 (size, size, 3), labels and weights (size, size)."""
    turn = int(generator.integers(8)) if variation.rotate_flip else 0
    image, labels, weights = (turn_square(array, turn) for array in (image, labels, weights))
    ranges = StainPerturbation(
        variation.concentration, variation.angle, variation.brightness, variation.blur
    )
    if any((ranges.concentration, ranges.angle, ranges.brightness, ranges.blur)):
        image = perturb_stains(image, ranges, generator)
    return image, labels, weights
