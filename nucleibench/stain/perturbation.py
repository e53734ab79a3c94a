"""Random changes of stain, as other hospitals would have made them.

Hospitals differ in the hue of their stains and in how much of each the tissue took up. Both are
linear in optical density, so that one matrix a tile changes them together.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from skimage.color import rgb_from_hed


@dataclass(frozen=True)
class StainPerturbation:
    """Ranges of the random changes; each is drawn uniformly within plus or minus its value."""

    concentration: float  # share by which the amount of each stain changes, 0 to 1
    angle: float  # degrees by which each stain's vector turns in optical density
    brightness: float  # optical density that is added to all pixels, each channel by itself
    blur: float  # pixels, the largest sigma of a Gaussian filter; 0 leaves images as they are


# Unit vectors of hematoxylin, eosin and what neither explains, one a row (Ruifrok and Johnston
# 2001).
_STAINS = np.stack([*rgb_from_hed[:2], np.cross(*rgb_from_hed[:2])])
_STAINS /= np.linalg.norm(_STAINS, axis=1, keepdims=True)
_DENSITY = -np.log(np.maximum(np.arange(256), 1) / 255).astype(np.float32)


def perturb_stains(
    image: np.ndarray, ranges: StainPerturbation, generator: np.random.Generator
) -> np.ndarray:
    """Return an RGB uint8 image (height, width, 3) with its stains changed at random."""
    matrix = _draw_matrix(ranges, generator)
    offset = generator.uniform(-1, 1, (3, 1)) * ranges.brightness
    # cv2.transform wants a row for each result: the transpose of densities times matrix.
    density = cv2.transform(_DENSITY[image], np.hstack([matrix.T, offset]).astype(np.float32))
    changed = np.rint(255 * cv2.exp(-np.maximum(density, 0))).astype(np.uint8)
    return _blur(changed, generator.uniform(0, ranges.blur) if ranges.blur else 0)


def _draw_matrix(ranges: StainPerturbation, generator: np.random.Generator) -> np.ndarray:
    """Draw the matrix (3, 3) that takes densities, as rows, to those of the changed stains."""
    amounts = np.ones(3)
    amounts[:2] += generator.uniform(-1, 1, 2) * ranges.concentration
    stains = _STAINS.copy()
    stains[:2] = [_turn(stain, ranges.angle, generator) for stain in stains[:2]]
    return np.linalg.inv(_STAINS) @ (amounts[:, None] * stains)


def _turn(stain: np.ndarray, limit: float, generator: np.random.Generator) -> np.ndarray:
    """Turn a unit vector by up to ``limit`` degrees to any side."""
    side = np.cross(stain, generator.normal(size=3))
    angle = np.deg2rad(generator.uniform(0, limit))
    return np.cos(angle) * stain + np.sin(angle) * side / np.linalg.norm(side)


def _blur(image: np.ndarray, sigma: float) -> np.ndarray:
    return cv2.GaussianBlur(image, (0, 0), sigma) if sigma > 0.1 else image
