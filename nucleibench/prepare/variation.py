"""Changes of tiles drawn anew in every epoch: cheap ones, so that no epoch repeats another."""

from dataclasses import dataclass

import numpy as np

from nucleibench.stain.perturbation import StainPerturbation, perturb_stains


@dataclass(frozen=True)
class Variation:
    """What changes from epoch to epoch."""

    turns: bool  # turn by multiples of 90 degrees, and mirror
    concentration: float  # the others as in StainPerturbation
    angle: float
    brightness: float
    blur: float


def vary_tile(
    image: np.ndarray,
    labels: np.ndarray,
    weights: np.ndarray,
    variation: Variation,
    generator: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return a changed tile: RGB uint8 (size, size, 3), labels and weights (size, size)."""
    turn = generator.integers(8) if variation.turns else 0
    image, labels, weights = (turn_square(array, turn) for array in (image, labels, weights))
    ranges = StainPerturbation(
        variation.concentration, variation.angle, variation.brightness, variation.blur
    )
    if any((ranges.concentration, ranges.angle, ranges.brightness, ranges.blur)):
        image = perturb_stains(image, ranges, generator)
    return image, labels, weights


def turn_square(array: np.ndarray, turn: int) -> np.ndarray:
    """Return one of the eight ways to lay (size, size[, channels]); 4 to 7 are mirrored."""
    turned = np.rot90(array, turn % 4)
    return np.ascontiguousarray(turned[:, ::-1] if turn >= 4 else turned)


def turn_back(array: np.ndarray, turn: int) -> np.ndarray:
    """Undo :func:`turn_square`."""
    straight = array[:, ::-1] if turn >= 4 else array
    return np.ascontiguousarray(np.rot90(straight, -turn % 4))
